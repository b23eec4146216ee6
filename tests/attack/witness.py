"""A plugin of pytest that writes down what phones did, showed and kept in each test.

`ATTACK_REPORT` names the file, one JSON object a line.
"""

import json
import os
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from support.couple import Couple, Side
from support.scene import Scene, rows

_REPORT: Final = Path(os.environ["ATTACK_REPORT"])
_TRUST: Final = ("peer", "retained_secret", "peer_uri")
_NOTED: Final = "attack"


@dataclass(frozen=True, slots=True)
class _Before:
    """How things stood with one phone when a test began."""

    side: Side
    pictures: int
    events: int
    calls: int
    trust: list[tuple[object, ...]]

    @classmethod
    def of(cls, side: Side) -> "_Before":
        events = len(rows(side, "security_event"))
        calls = len(side.passed())
        return cls(side, len(side.person.seen), events, calls, rows(side, *_TRUST))

    def since(self) -> dict[str, object]:
        """What came to be since then."""
        pictures = self.side.person.seen[self.pictures :]
        trust = rows(self.side, *_TRUST)
        return {
            "phone": self.side.home.resident.title,
            "showed": list(dict.fromkeys(" / ".join(each.text) for each in pictures)),
            "alarms": [
                f"{row[2]}: {row[-1]}" for row in rows(self.side, "security_event")[self.events :]
            ],
            "gate": self.side.passed()[self.calls :],
            "peers": len(rows(self.side, "peer")),
            "trust_changed": trust != self.trust,
        }


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Generator[None]:
    """Looks at the phones that a test was given, before it and after it."""
    sides = {id(side): side for value in item.funcargs.values() for side in _sides(value)}
    before = [_Before.of(side) for side in sides.values()]
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


def _sides(value: object) -> tuple[Side, ...]:
    match value:
        case Scene() | Couple():
            return value.sides
        case _:
            return ()
