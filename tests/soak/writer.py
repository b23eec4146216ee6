"""A process that writes what a person chose, or takes configurations, until it is killed.

    python tests/soak/writer.py settings|pin|config FOLDER FIRST

It goes through the same code as the phone, and says each number only when that has written it.
"""

import itertools
import os
import sys
import time
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from agent.config import Config
from agent.fleet.disk import Disk
from agent.fleet.inbox import Inbox
from agent.store import Store

NAMES: Final = ("language", "ring_tone", "country", "forward_always")
"""Choices that are written together, and must never differ."""
CARD: Final = "boot/sotto.toml"
TARGET: Final = "etc/sotto.toml"
DATABASE: Final = "state/sotto.db"


def text(number: int) -> str:
    """The configuration of that number: its name and its password tell which."""
    return f"""[phone]
name = "Desk {number}"
board = "simulator"

[[account]]
name = "office"
uri = "sip:desk@example.org"
password = "hush-{number}"
"""


def open_store(folder: Path) -> Store:
    """The memory that is written to."""
    return Store.open(folder / DATABASE, time.time, os.urandom)


def inbox(folder: Path) -> Inbox:
    """The card that is taken from."""
    return Inbox(folder / CARD, folder / TARGET, Disk(None), _takes_all)


def main() -> None:
    """Writes number after number."""
    kind, folder, first = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    store = open_store(folder) if kind != "config" else None
    _say(first - 1)
    for number in itertools.count(first):
        if store is None:
            (folder / CARD).write_text(text(number), encoding="utf-8")
            inbox(folder).take()
        elif kind == "pin":
            store.set_pin(f"{number:06}")
        else:
            store.save_preferences(dict.fromkeys(NAMES, f'"{number}"'))
        _say(number)


def _takes_all(config: Config) -> None:
    """No board is looked for."""


def _say(number: int) -> None:
    print(number, flush=True)  # noqa: T201 - who kills it reads it


if __name__ == "__main__":
    main()
