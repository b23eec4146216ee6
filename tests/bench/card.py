"""Boots the card that `make image` has made, where a nanosecond is an instruction, and says what it took.

One table here, all runs in build/bench-image.json. Asserts nothing. The card starts twice: for the
first time it takes its configuration and makes its keys. A busy machine makes all of it longer, and
changes no instruction.
"""

import argparse
import json
import os
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Final

# The image's own modules, and the tests'.
sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import card_figures
from bench.figures import HEADER
from bench.rivals import long_speech

from support.card import Card, Start, tools_missing
from support.source import ROOT

CARD_MIB: Final = 4096
LIMIT_S: Final = 2700.0
CONFIG: Final = """[phone]
name = "Alice"
board = "pi-usb-handset"

[[account]]
name = "office"
uri = "sip:alice@example.org"
password = "geheim, geheim"
"""
"""As on a card's first day; its server cannot be found."""
WORDS: Final = " ".join(
    f"systemd.setenv={name}={value}" for name, value in card_figures.NO_AES.items()
)
"""What each process of the card has in its environment."""
HASTE: Final = (
    "#!/bin/sh\nuntil systemctl start sotto.service; do :; done\nsystemctl --no-block poweroff\n"
)
BROUGHT: Final = (
    *("bench/card_figures.py", "bench/echo.py", "bench/figures.py", "bench/gate.py"),
    *("bench/on_card.py", "bench/opus.py", "bench/processes.py", "support/certificates.py"),
    *("support/couple.py", "support/keyed_phone.py", "support/sip_phone.py"),
    *("support/waiting.py", "support/zrtp_pair.py"),
)
"""What runs there, and all of the tests' modules that it imports."""
_HERE: Final = Path(__file__).parent
_RESULT: Final = ROOT / "build/bench-image.json"


def main() -> None:
    """Boots, and prints."""
    parser = argparse.ArgumentParser(prog="make bench-image", description=__doc__)
    parser.add_argument("--console", type=Path, help="keep what the card's console said here")
    wanted = parser.parse_args()
    if missing := tools_missing():
        sys.exit(f"missing: {', '.join(missing)}")
    image = Path(os.environ.get("SOTTO_IMAGE", ROOT / "build/image"))
    if not (image / "sotto.img").exists():
        sys.exit(f"there is no {image / 'sotto.img'}: make image")
    began = time.monotonic()
    start = _start(image)
    if wanted.console:
        wanted.console.write_text(start.console, encoding="utf-8")
    result = card_figures.read(start.answers)
    _say(HEADER)
    for figure in result.figures:
        _say(figure.line)
    for note in result.notes:
        _say(note)
    _say(f"All of it took {(time.monotonic() - began) / 60:.0f} minutes.")
    _RESULT.parent.mkdir(exist_ok=True)
    _RESULT.write_text(json.dumps(result.as_json(), indent=1) + "\n", encoding="utf-8")
    if result.failed:
        sys.exit(f"A part failed on the card:\n{result.failed}")


def _start(image: Path) -> Start:
    with tempfile.TemporaryDirectory(prefix="sotto-bench-") as name:
        folder = Path(name)
        brought = _disk(folder)
        card = Card(image, folder, CARD_MIB)
        card.put("sotto.toml", CONFIG)
        first = card.start("A", asked=HASTE, limit_s=LIMIT_S, counted=True)
        _say(f"It has its configuration and its keys, after {first.seconds / 60:.0f} minutes.")
        asked = (_HERE / "on_card.sh").read_text(encoding="utf-8")
        return card.start(
            "A", asked=asked, limit_s=LIMIT_S, counted=True, brought=brought, words=WORDS
        )


def _disk(folder: Path) -> Path:
    """What runs there and what is said, as a tar; those have a multiple of 512 octets."""
    disk = folder / "brought.tar"
    with tarfile.open(disk, "w") as tar:
        for file in BROUGHT:
            tar.add(ROOT / "tests" / file, file)
        tar.add(long_speech(folder), "speech.wav")
    return disk


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a person reads it


if __name__ == "__main__":
    main()
