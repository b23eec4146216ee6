"""The first start of a card with a person's file on it, cut at a random moment.

Until the first file system is mounted to be written to, all rounds are alike: that is played once, and the
machine is kept as it is then. Each round goes on from there.
"""

import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from image.cut_card import BEFORE, CARD_MIB, NUMBER, card_of
from image.remains import Remains, remains
from image.scripts import ENDS, LOOKED, SAYS, STAYS, TELLS
from support.card import LAYOUT_OF_CARD, Card, Start
from support.card_cuts import (
    Cut,
    Drive,
    Given,
    Known,
    Plug,
    Stage,
    drawn,
    giving_faults,
    last_answers,
    phone_faults,
)
from support.write_log import moments_of, replayed, writes

AFTER_READY_S: Final = 10.0
AIMED_S: Final = 3.0
_SECRETS: Final = ("geheim, geheim", "noch viel geheimer")
_URI: Final = 'uri = "sip:alice@example.org"'
FILE: Final = f"""[phone]
name = "Alice"
board = "pi-wm8960-hat"

[[account]]
name = "office"
{_URI}
password = "{_SECRETS[0]}"

[wifi]
network = "Office"
password = "{_SECRETS[1]}"
country = "DE"
"""
GIVEN: Final = Given((_URI,), _SECRETS)
_WHOLE: Final = "whole"
_TOLD: Final = "told"
_AIMED: Final = (
    Stage("grow", r"Starting.*sotto-grow", AIMED_S),
    Stage("file", r"Starting.*sotto-card", AIMED_S),
    Stage("machine", r"Starting.*sotto-machine", AIMED_S),
    Stage("phone", r"Starting.*sotto\.service", AIMED_S),
)
_ALL: Final = (Stage(_WHOLE, "", 0.0), *_AIMED, Stage(_TOLD, "@@at=told", 0.0))

_ASKED: Final = SAYS + TELLS + STAYS


class FirstStart:
    """That story.

    Args:
        image: The folder that `make image` filled.
        folder: Where the cards lie.

    Attributes:
        begun: The card before its first file system is mounted.
        log: Each write to it from there on, once it was rehearsed (`support.write_log`).
    """

    def __init__(self, image: Path, folder: Path) -> None:
        self._image = image
        self._folder = folder
        self._kept = folder / "first.state"
        self.begun = folder / "first-begun/card.img"
        self.log = folder / "first.log"
        self._stages: tuple[Stage, ...] = ()

    def rehearse(self) -> str:
        """Plays it without a cut, which says how long it takes."""
        if not self._kept.exists():
            card = self._card("begun", self._image / "sotto.img")
            card.put("sotto.toml", FILE)
            begins = Plug([BEFORE], Cut(BEFORE.mark, 0.0), time.monotonic)
            card.start("A", NUMBER, asked=_ASKED, pull=begins, keep=self._kept)
        plug = Plug(_ALL, Cut(_TOLD, AFTER_READY_S), time.monotonic)
        self._first(plug, self.log)
        whole = Stage(_WHOLE, "", plug.between(_WHOLE, _TOLD) + AFTER_READY_S)
        self._stages = (whole, *_AIMED)
        return ", ".join(f"{mark} {plug.between(_WHOLE, mark):.1f} s" for mark in plug.seen)

    def drawn(self, chance: random.Random) -> Cut:
        """A moment of it, as likely near one of its steps as anywhere."""
        return drawn(chance, self._stages)

    def play(self, cut: Cut) -> tuple[str, list[str]]:
        """One card: the cut, and the start after it; returns what was seen, and what is wrong."""
        plug = Plug(_ALL, cut, time.monotonic)
        card, first = self._first(plug)
        known = Known.of(first.answers)
        if (usual := card.usual) is None:
            return "", ["autoboot.txt names no slot"]
        start = card.start(usual, NUMBER, asked=SAYS + LOOKED + ENDS)
        wrong = self._faults(card, start, known)
        return f"seen: {' '.join(plug.seen)}; ZID {known.zid or 'not told'}", wrong

    def looked(self, chance: random.Random, looks: int) -> Iterator[tuple[str, list[str]]]:
        """Looks at the card as it was at random writes of the rehearsal, each of which was cut short.

        Args:
            chance: Which writes, and how much of them was done.
            looks: How many.

        Yields:
            Which write, and what is wrong then.
        """
        done = writes(self.log)
        folder = self._folder / "first-looked"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        card = folder / "card.img"
        subprocess.run(["cp", "--sparse=always", self.begun, card], check=True)
        moments = moments_of(done, chance, looks)
        told = Remains(())
        for moment in replayed(card, self.log, moments, chance):
            found = remains(card, folder / "parts", GIVEN)
            wrong = [*found.faults, *found.is_not(told)]
            told = found.after(told)
            yield f"write {moment + 1} of {len(done)}; ZID {found.zid or 'not made'}", wrong

    def _first(self, plug: Plug, log: Path | None = None) -> tuple[Card, Start]:
        card = self._card("round", self.begun)
        return card, card.start("A", NUMBER, asked=_ASKED, pull=plug, kept=self._kept, log=log)

    def _card(self, name: str, source: Path) -> Card:
        return card_of(self._image, self._folder / f"first-{name}", source)

    @staticmethod
    def _faults(card: Card, start: Start, known: Known) -> list[str]:
        answers = last_answers(start.console)
        octets = card.octets("CONFIG")
        drive = Drive(card.read("sotto.toml"), card.read("sotto-error.txt"), octets)
        wrong = phone_faults(known, answers) + giving_faults(GIVEN, answers, drive)
        least = 0.9 * (CARD_MIB - LAYOUT_OF_CARD.partition("DATA").start_mib)
        if int(answers.get("var_mib", 0)) < least:
            wrong.append(f"the data have {answers.get('var_mib')} MiB")
        boards = {card.read("board.txt", f"BOOT_{slot}") for slot in "AB"}
        if len(boards) != 1 or "wm8960" not in (boards.pop() or ""):
            wrong.append("the board's settings are not in both halves")
        return wrong
