"""What is brought to the booted card."""

import ast
import subprocess
import sys
from collections.abc import Iterator

from bench.card import BROUGHT

from support.source import ROOT

TESTS = ROOT / "tests"


def imported(file: str) -> Iterator[str]:
    """The tests' own modules that a file there imports when it begins."""
    for node in ast.parse((TESTS / file).read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
            paths = (f"{name.replace('.', '/')}.py" for name in names)
            yield from (path for path in paths if (TESTS / path).exists())


def test_all_that_runs_there_has_what_it_imports() -> None:
    missing = {each for file in BROUGHT for each in imported(file)} - set(BROUGHT)
    assert not missing


def test_it_loads_nothing_that_a_card_has_not() -> None:
    order = f"import sys; sys.path[:0] = {[str(ROOT), str(TESTS)]}; import bench.on_card; "
    order += "import support.keyed_phone; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", order], check=True, capture_output=True, text=True)
    assert not {"aiohttp", "hypothesis", "numpy", "pytest"} & set(done.stdout.split())
