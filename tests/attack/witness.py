"""A plugin of pytest that writes down what phones did, showed and kept in each test.

`ATTACK_REPORT` names the file, one JSON object a line.
"""

import json
import os
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from hw.types import Picture
from support.couple import Couple, Side
from support.scene import Scene, rows, rows_in
from support.two_phones import Pair, TestPhone
from torture.rig import Rig

_REPORT: Final = Path(os.environ["ATTACK_REPORT"])
_TRUST: Final = ("peer", "retained_secret", "peer_uri")
_NOTED: Final = "attack"


@dataclass(frozen=True, slots=True)
class _Watched:
    """A phone, whether it is a process of its own or not.

    Attributes:
        name: Whose.
        pictures: All that its panel has shown.
        rows: Of these tables of its memory.
        passed: The counters of its calls that are over.
    """

    name: str
    pictures: Sequence[Picture]
    rows: Callable[..., list[tuple[object, ...]]]
    passed: Callable[[], list[dict[str, int]]]

    @classmethod
    def process(cls, side: Side) -> "_Watched":
        title, seen = side.home.resident.title, side.person.seen
        return cls(title, seen, lambda *tables: rows(side, *tables), side.passed)

    @classmethod
    def object(cls, phone: TestPhone) -> "_Watched":
        """Its counters are nobody's."""
        folder, pictures = phone.folder, phone.board.pictures
        return cls(phone.name, pictures, lambda *tables: rows_in(folder, *tables), list)


@dataclass(frozen=True, slots=True)
class _Before:
    """How things stood with one phone when a test began."""

    phone: _Watched
    pictures: int
    events: int
    calls: int
    trust: list[tuple[object, ...]]

    @classmethod
    def of(cls, phone: _Watched) -> "_Before":
        events, trust = phone.rows("security_event"), phone.rows(*_TRUST)
        return cls(phone, len(phone.pictures), len(events), len(phone.passed()), trust)

    def since(self) -> dict[str, object]:
        """What came to be since then; a panel that did not change still shows what it did."""
        phone = self.phone
        pictures = phone.pictures[self.pictures :] or phone.pictures[-1:]
        return {
            "phone": phone.name,
            "showed": list(dict.fromkeys(" / ".join(each.text) for each in pictures)),
            "alarms": [
                f"{row[2]}: {row[-1]}" for row in phone.rows("security_event")[self.events :]
            ],
            "gate": phone.passed()[self.calls :],
            "peers": len(phone.rows("peer")),
            "trust_changed": phone.rows(*_TRUST) != self.trust,
        }


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Generator[None]:
    """Looks at the phones that a test was given, before it and after it."""
    watched = {each.name: each for value in item.funcargs.values() for each in _phones(value)}
    before = [_Before.of(each) for each in watched.values()]
    yield
    item.user_properties.append((_NOTED, [each.since() for each in before]))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Writes it down; of what went before and after a test only what failed or was left out."""
    if report.when == "call" or not report.passed:
        noted = dict(report.user_properties).get(_NOTED, [])
        line = {
            "test": report.nodeid,
            "outcome": report.outcome,
            "seconds": round(report.duration, 2),
            "told": report.longreprtext[-2000:] if not report.passed else "",
            "phones": noted,
        }
        with _REPORT.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _phones(value: object) -> list[_Watched]:
    match value:
        case Scene() | Couple():
            return [_Watched.process(each) for each in value.sides]
        case Rig():
            return [_Watched.process(value.phone)]
        case Side():
            return [_Watched.process(value)]
        case Pair():
            return [_Watched.object(each) for each in value.phones]
        case _:
            return []
