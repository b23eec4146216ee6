"""An update from a USB stick, cut at a random moment of it.

All of it is lived once without a cut: a card that takes its file, and whose person verifies somebody; the stick,
the new half, its first start. Three moments of that are kept, and each round goes on from one of them.
"""

import random
import re
import shutil
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.config import parse_config
from agent.machine import boot_settings
from agent.update.autoboot import SLOTS
from image.cut_card import BEFORE, NUMBER, card_of
from image.remains import Remains, remains
from image.scripts import ENDS, LOOKED, SAYS, STAYS, TELLS, UPDATES, befriends, unless
from support.card import Card, Start
from support.card_cuts import (
    Cut,
    Known,
    Plug,
    Stage,
    boot_faults,
    drawn,
    last_answers,
    lasting,
    phone_faults,
    software_faults,
)
from support.card_software import Software, stick
from support.write_log import moments_of, replayed, writes

NEWER: Final = "99.0.1"
FRIEND: Final = "0B" * 12
FILE: Final = """[phone]
name = "Alice"
board = "simulator"

[simulator]
socket = "/run/sotto/board.sock"
"""
AFTER_S: Final = 5.0
"""How long after the end of the story the plug may be pulled."""
_COPY: Final = (Stage("copy", "", 0.0), Stage("offered", "@@at=offered", 0.0))
_INSTALL: Final = (Stage("install", "", 0.0), Stage("restart", "@@at=installed", 0.0))
_PROVE: Final = (
    Stage("new half", "", 0.0),
    Stage("proof", "@@at=ready", 0.0),
    Stage("kept", "@@at=proven", 0.0),
    Stage("told", "@@at=told", 0.0),
)
_PLUGGED_IN: Final = Stage("stick", "Starting.*sotto-stick", 0.0)
_STICK: Final = re.compile(r"sotto-stick@\S+ .*")
"""That one unit has failed, and no other."""
_UPDATES: Final = SAYS + befriends(FRIEND) + TELLS + UPDATES
_PROVES: Final = SAYS + LOOKED + STAYS


@dataclass(frozen=True, slots=True)
class Point:
    """A moment from which rounds go on.

    Attributes:
        card: The card as it was.
        machine: The machine as it was.
        slot: Which half was running.
    """

    card: Path
    machine: Path
    slot: str


class Update:
    """That story.

    Args:
        image: The folder that `make image` filled.
        folder: Where cards, machines and the stick lie: 8 GiB.
    """

    def __init__(self, image: Path, folder: Path) -> None:
        self._image = image
        self._folder = folder / "update"
        self._folder.mkdir()
        software = Software(image, self._folder)
        bundle = software.bundle(NEWER)
        self._stick = stick(self._folder / "stick", bundle)
        bundle.unlink()
        shutil.rmtree(self._folder / "root")
        new = self._folder / f"parts-{NEWER}" / "root.squashfs"
        self._roots = {"A": image / "root.squashfs", "B": new}
        self._boot = _unpacked(image / "boot.tar")
        self._known = Known()
        self._points: dict[str, Point] = {}
        self._stages: tuple[Stage, ...] = ()

    def rehearse(self) -> str:
        """Plays it without a cut, which says how long it takes.

        Raises:
            AssertionError: Something is wrong with the card even so.
        """
        copied = self._point("copy", "A", self._begun(), _PLUGGED_IN)
        copies = self._plug(_COPY, Cut("offered", 0.0))
        card, start = self._on("install", copied, copies, keep=True, log=self._log("copy"))
        self._known = Known.of(start.answers)
        assert self._known.verified == (FRIEND,), start.console[-4000:]
        written = self._points["install"] = Point(card.path, self._state("install"), "A")
        installs = self._plug(_INSTALL)
        card, start = self._on("later", written, installs, log=self._log("install"))
        ended = time.monotonic()
        assert card.usual == "B", start.console[-4000:]
        began = self._point("new half", "B", self._card("new half", card.path), BEFORE)
        proves = self._plug(_PROVE, Cut("told", AFTER_S))
        card, start = self._on("round", began, proves, log=self._log("new half"))
        wrong = self._faults(card, start, self._known) + self._half_faults(card, "B")
        assert not wrong, wrong
        self._stages = (
            *lasting(_COPY[:1], copies.seen, copies.seen["offered"]),
            *lasting(_INSTALL, installs.seen, ended),
            *lasting(_PROVE[:2], proves.seen, proves.seen["kept"] + AFTER_S),
        )
        return ", ".join(f"{stage.mark} {stage.lasts:.1f} s" for stage in self._stages)

    def drawn(self, chance: random.Random) -> Cut:
        """A moment of it; each of its parts is as likely."""
        return drawn(chance, self._stages)

    def looked(self, chance: random.Random, looks: int) -> Iterator[tuple[str, list[str]]]:
        """Looks at the card as it was at random writes of the rehearsal, each of which was cut short.

        Args:
            chance: Which writes, and how much of them was done.
            looks: How many, in all.

        Yields:
            Which write, and what is wrong then.
        """
        told = Remains(())
        for name, point in self._points.items():
            log = self._log(name)
            done = writes(log)
            card = self._card("looked", point.card)
            moments = moments_of(done, chance, looks // 3)
            for moment in replayed(card.path, log, moments, chance):
                usual = card.usual
                wrong = ["autoboot.txt names no slot"] if usual is None else []
                wrong += self._half_faults(card, usual) if usual else []
                found = remains(card.path, self._folder / "parts")
                wrong += [*found.faults, *found.is_not(told)]
                told = found.after(told)
                yield f"write {moment + 1} of {len(done)} of {name!r}; half {usual} next", wrong

    def play(self, cut: Cut) -> tuple[str, list[str]]:
        """One card: the cut, the start after it, and the update again where it did not get through.

        Returns:
            What was seen, and what is wrong.
        """
        name, stages = next(
            (name, stages)
            for name, stages in (("copy", _COPY), ("install", _INSTALL), ("new half", _PROVE))
            if cut.mark in {stage.mark for stage in stages}
        )
        card, start = self._on("round", self._points[name], self._plug(stages, cut))
        known = Known.of(start.answers) if name == "copy" else self._known
        if (usual := card.usual) is None:
            return "", ["autoboot.txt names no slot"]
        wrong = self._half_faults(card, usual)
        start = card.start(
            usual,
            NUMBER,
            asked=SAYS + LOOKED + unless(NEWER),
            stick=self._stick,
            once=True,
        )
        wrong += self._faults(card, start, known)
        said = last_answers(start.console)
        left = " ".join(said.get("left_mib", "nothing").split())
        seen = f"then half {usual}, {said.get('version')}, {said.get('slots')}, left over: {left}"
        if said.get("version") == NEWER:
            return seen, wrong
        if card.usual != "B":
            return seen, [*wrong, f"not written again: {said.get('updating')}; {said.get('told')}"]
        wrong += self._half_faults(card, "B")
        start = card.start("B", NUMBER, asked=SAYS + LOOKED + ENDS)
        if last_answers(start.console).get("version") != NEWER:
            wrong.append("it was written again, and does not run")
        return f"{seen}; written again", [*wrong, *self._faults(card, start, known)]

    def _begun(self) -> Card:
        """A card with a file on it, and the settings of that board, which want no second start."""
        card = self._card("copy", self._image / "sotto.img")
        card.put("sotto.toml", FILE)
        board = boot_settings(parse_config(FILE, Path("sotto.toml")))
        for slot in SLOTS:
            card.put("board.txt", board, f"BOOT_{slot}")
        return card

    def _point(self, name: str, slot: str, card: Card, stage: Stage) -> Point:
        """Starts a card, and keeps it and the machine when a stage begins."""
        plug = self._plug((stage,), Cut(stage.mark, 0.0))
        asked = _UPDATES if slot == "A" else _PROVES
        stick = self._stick if slot == "A" else None
        keep = self._state(name)
        card.start(slot, NUMBER, asked=asked, stick=stick, pull=plug, keep=keep, once=True)
        self._points[name] = Point(card.path, keep, slot)
        return self._points[name]

    def _on(
        self,
        name: str,
        point: Point,
        plug: Plug,
        *,
        keep: bool = False,
        log: Path | None = None,
    ) -> tuple[Card, Start]:
        """Goes on from there, with a copy of the card, until the plug is pulled or it restarts."""
        card = self._card(name, point.card)
        start = card.start(
            point.slot,
            NUMBER,
            asked=_UPDATES if point.slot == "A" else _PROVES,
            stick=self._stick if point.slot == "A" else None,
            pull=plug,
            kept=point.machine,
            keep=self._state(name) if keep else None,
            log=log,
            once=True,
        )
        return card, start

    def _log(self, name: str) -> Path:
        return self._folder / f"{name.replace(' ', '-')}.log"

    def _state(self, name: str) -> Path:
        return self._folder / f"{name.replace(' ', '-')}.state"

    def _plug(self, stages: tuple[Stage, ...], cut: Cut | None = None) -> Plug:
        return Plug(stages, cut, time.monotonic)

    def _card(self, name: str, source: Path) -> Card:
        return card_of(self._image, self._folder / name.replace(" ", "-"), source)

    def _half_faults(self, card: Card, slot: str) -> list[str]:
        """How the half that is started next is not all that was to be written there."""
        folder = self._folder / "tree"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        card.tree(f"BOOT_{slot}", folder)
        wrong = boot_faults(slot, self._boot, _contents(folder))
        if difference := card.unlike(f"ROOT_{slot}", self._roots[slot]):
            wrong.append(difference)
        return wrong

    @staticmethod
    def _faults(card: Card, start: Start, known: Known) -> list[str]:
        answers = last_answers(start.console)
        failed = answers.get("failed", "")
        if answers.get("version") == NEWER and _STICK.fullmatch(failed):
            answers |= {"failed": ""}  # nothing newer is on its stick, which is refused
        wrong = phone_faults(known, answers) + software_faults(NEWER, answers)
        if FILE.splitlines()[1] not in answers.get("config", ""):
            wrong.append("the configuration is lost")
        if card.read("sotto-error.txt") is not None:
            wrong.append(f"told as wrong: {card.read('sotto-error.txt')}")
        return wrong


def _contents(folder: Path) -> dict[str, bytes]:
    """All files under it, by name."""
    files = (each for each in sorted(folder.rglob("*")) if each.is_file())
    return {str(each.relative_to(folder)): each.read_bytes() for each in files}


def _unpacked(archive: Path) -> dict[str, bytes]:
    """All files of a tar, by name."""
    with tarfile.open(archive) as tar:
        files = ((each, tar.extractfile(each)) for each in tar if each.isfile())
        return {each.name.removeprefix("./"): file.read() for each, file in files if file}
