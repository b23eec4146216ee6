"""The card that the plug is pulled of, alike in all stories."""

import shutil
from pathlib import Path
from typing import Final

from support.card import Card
from support.card_cuts import Stage

CARD_MIB: Final = 4096
NUMBER: Final = "10000000abcdef01"
BEFORE: Final = Stage("before", r"local-fs-pre\.target", 0.0)
"""Nothing of the card is mounted by then but the root."""
_WORDS: Final = "systemd.show_status=1 TERM=dumb"
"""What systemd begins and ends stands on the console: by that the moments are known."""


def card_of(image: Path, folder: Path, source: Path) -> Card:
    """A copy of a card, in a folder of which nothing stays.

    Args:
        image: The folder that `make image` filled.
        folder: Where the copy lies.
        source: What is copied.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return Card(
        image,
        folder,
        CARD_MIB,
        source=source,
        cache="writethrough",
        words=_WORDS,
        counted=True,
    )
