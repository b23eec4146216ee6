"""When the plug of a card's machine is pulled, and what may not be missing afterwards. Pure."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from agent.update.autoboot import SLOTS

MARK: Final = "@@"
"""Begins what is said on the console: @@NAME=VALUE."""
Contents = Mapping[str, bytes]
"""Of files, by their names."""
_COMMAND_LINE: Final = "cmdline.txt"
_BOARD: Final = "board.txt"
"""These two came not with the software: one is the half's own, one the phone's."""
_ZID: Final = re.compile("[0-9A-F]{24}")
_PROVEN: Final = ("success", "exec-condition")
"""What became of the proof: it was given, or there was nothing to prove."""
_ALARMS: Final = ("database-set-aside", "database-restored")
"""What a phone notes whose memory was damaged, or that takes it for a copy."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of what a machine does.

    Attributes:
        mark: Its name.
        sign: The regular expression that the console says at its beginning.
        lasts: How many seconds after that the plug is pulled, at the most.
    """

    mark: str
    sign: str
    lasts: float


@dataclass(frozen=True, slots=True)
class Cut:
    """When the plug is pulled.

    Attributes:
        mark: In which stage.
        linger: How many seconds after its beginning.
    """

    mark: str
    linger: float

    def __str__(self) -> str:
        return f"{self.linger:.1f} s after {self.mark!r}"


def drawn(chance: random.Random, stages: Sequence[Stage]) -> Cut:
    """Each stage is as likely as the other, and so is each moment of it."""
    stage = chance.choice(stages)
    return Cut(stage.mark, chance.uniform(0, stage.lasts))


def lasting(stages: Sequence[Stage], seen: Mapping[str, float], end: float) -> tuple[Stage, ...]:
    """The same stages, each as long as it was until the next one began.

    Args:
        stages: One after the other.
        seen: When each began.
        end: When the last one ended.
    """
    ends = [*(seen[stage.mark] for stage in stages[1:]), end]
    return tuple(
        Stage(stage.mark, stage.sign, until - seen[stage.mark])
        for stage, until in zip(stages, ends, strict=True)
    )


class Plug:
    """Watches a console.

    Args:
        stages: What is looked for on it.
        cut: When it is pulled; None: never.
        clock: The time, in seconds.

    Attributes:
        seen: When each stage began, by its mark.
        pulled: Whether the moment has come.
    """

    def __init__(
        self, stages: Sequence[Stage], cut: Cut | None, clock: Callable[[], float]
    ) -> None:
        self._stages = stages
        self._cut = cut
        self._clock = clock
        self.seen: dict[str, float] = {}
        self.pulled = False

    def __call__(self, console: str) -> bool:
        """Whether the plug is pulled now, when the console has said this."""
        now = self._clock()
        for stage in self._stages:
            if stage.mark not in self.seen and re.search(stage.sign, console):
                self.seen[stage.mark] = now
        began = None if self._cut is None else self.seen.get(self._cut.mark)
        self.pulled = began is not None and now - began >= (self._cut.linger if self._cut else 0)
        return self.pulled

    def between(self, first: str, last: str) -> float:
        """How many seconds lay between the beginnings of two stages.

        Raises:
            KeyError: One of them did not begin.
        """
        return self.seen[last] - self.seen[first]


@dataclass(frozen=True, slots=True)
class Known:
    """What a phone has told of itself before its plug was pulled.

    Attributes:
        zid: Its ZID in hex; empty: it was not said.
        certificate: The SHA-256 of its certificate; empty: it was not said.
        verified: The ZIDs of the peers that its person has verified.
    """

    zid: str = ""
    certificate: str = ""
    verified: tuple[str, ...] = ()

    @classmethod
    def of(cls, answers: Mapping[str, str]) -> "Known":
        """What it has said on the console; a machine that started anew has said it twice."""
        zid, certificate, verified = (
            sorted(set(answers.get(name, "").split()))
            for name in ("zid", "certificate", "verified")
        )
        return cls(" ".join(zid), " ".join(certificate), tuple(verified))

    def after(self, answers: Mapping[str, str]) -> "Known":
        """What is known once it has said more."""
        said = Known.of(answers)
        return Known(
            said.zid or self.zid,
            said.certificate or self.certificate,
            said.verified or self.verified,
        )


def answers_of(console: str) -> dict[str, str]:
    """What was said on a console, by name; what was said more than once, line by line."""
    answers: dict[str, str] = {}
    # A pulled plug may leave half a line at the end.
    for line in console.split("\n")[:-1]:
        if MARK in line:
            name, _, value = line.strip("\r").split(MARK, 1)[1].partition("=")
            answers[name] = f"{answers[name]}\n{value}" if name in answers else value
    return answers


def last_answers(console: str) -> dict[str, str]:
    """The same of the last start alone, where the machine has started anew by itself meanwhile."""
    return answers_of(console.rpartition(f"{MARK}at=ready")[2])


def phone_faults(known: Known, answers: Mapping[str, str]) -> list[str]:
    """What is wrong with the phone that came up after a cut.

    Args:
        known: What it had said before.
        answers: What looked.sh says of it now.
    """
    wrong = []
    if answers.get("phone") != "active running":
        wrong.append(f"the phone is {answers.get('phone', 'not there')}")
    if failed := answers.get("failed"):
        wrong.append(f"failed: {failed}")
    if (health := answers.get("integrity", "not read")) != "ok":
        wrong.append(f"integrity: {health}")
    if aside := answers.get("aside"):
        wrong.append(f"set aside: {aside}")
    wrong += [f"event: {each}" for each in _ALARMS if each in answers.get("event", "").split()]
    now = Known.of(answers)
    if not _ZID.fullmatch(now.zid):
        wrong.append(f"its ZID is {now.zid!r}")
    if known.zid and now.zid != known.zid:
        wrong.append(f"it was {known.zid} and is {now.zid}")
    if not now.certificate or (known.certificate and now.certificate != known.certificate):
        wrong.append(f"its certificate is {now.certificate!r}, and was {known.certificate!r}")
    forgotten = [zid for zid in known.verified if zid not in now.verified]
    wrong += [f"verified, and forgotten: {zid}" for zid in forgotten]
    return wrong


def software_faults(new: str, answers: Mapping[str, str]) -> list[str]:
    """What is wrong with the half that runs.

    Args:
        new: The version that was installed into half B; A has another one.
        answers: What looked.sh says of the card.
    """
    wrong = []
    slot, version = answers.get("slot"), answers.get("version")
    if slot not in SLOTS or not version or (version == new) != (slot == "B"):
        wrong.append(f"half {slot} has version {version}")
    if (proof := answers.get("proof")) not in _PROVEN:
        wrong.append(f"its proof: {proof}")
    return wrong


def boot_faults(slot: str, wanted: Contents, found: Contents) -> list[str]:
    """How a boot partition is not what its half is started with.

    Args:
        slot: Which half.
        wanted: What came with the software, by the files' names.
        found: What is there.
    """
    names = {*wanted, *found} - {_COMMAND_LINE, _BOARD}
    wrong = [
        f"{name} of half {slot} is not what was written"
        for name in sorted(names)
        if found.get(name) != wanted.get(name)
    ]
    line = found.get(_COMMAND_LINE, b"")
    if f"sotto.slot={slot}".encode() not in line.split():
        wrong.append(f"half {slot} is started with {line!r}")
    return wrong


@dataclass(frozen=True, slots=True)
class Given:
    """What a person has put on the card.

    Attributes:
        lines: What the phone's configuration must hold of it.
        secrets: What must have left the card, and be among the phone's own.
    """

    lines: tuple[str, ...]
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drive:
    """The partition that every computer reads.

    Attributes:
        text: Its sotto.toml; None: there is none.
        error: Its sotto-error.txt; None: there is none.
        octets: All of it.
    """

    text: str | None
    error: str | None
    octets: bytes = field(repr=False, default=b"")


def giving_faults(given: Given, answers: Mapping[str, str], drive: Drive) -> list[str]:
    """Whether what was put on the card was lost, or stays where it ought not to."""
    own = answers.get("config", "").splitlines()
    wrong = [f"not taken: {line}" for line in given.lines if line not in own]
    kept = answers.get("secret", "").splitlines()
    wrong += [f"lost: {each!r}" for each in given.secrets if each not in kept]
    if len(kept) != len(given.secrets):
        wrong.append(f"{len(kept)} secrets in the place of {len(given.secrets)}")
    wrong += [f"still on the card: {each!r}" for each in given.secrets if _lies_on(drive, each)]
    if drive.text is None:
        wrong.append("sotto.toml is gone from the card")
    if drive.error is not None:
        wrong.append(f"told as wrong: {drive.error}")
    return wrong


def _lies_on(drive: Drive, secret: str) -> bool:
    return secret.encode() in drive.octets
