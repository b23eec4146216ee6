"""The known answers under tests/vectors."""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[1] / "vectors"


def load(name: str) -> Any:
    """The content of a JSON file, by its path below tests/vectors."""
    return json.loads((_FOLDER / name).read_text(encoding="utf-8"))
