"""All attacks by ID: what is done, what has to become of it, and the tests that do it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance import report

_SENT: Final = Path(__file__).with_name("sent.toml")
_ON_CALLS: Final = ("tests/attacks/test_live", "tests/live/", "tests/torture/")
_WITHOUT_LINE: Final = ("tests/attacks/test_trust", "tests/flows/")


@dataclass(frozen=True, slots=True)
class Attack:
    """One row of the table.

    Attributes:
        name: Its ID, such as XA01.
        text: What it is.
        sent: What goes over the line, or is done to the phone.
        expected: What has to become of it.
        tests: "path::name" of each; none: there is a reason.
        reason: Why it is not tested, or where a test ends.
    """

    name: str
    text: str
    sent: str
    expected: str
    tests: tuple[str, ...]
    reason: str

    @property
    def level(self) -> str:
        """How near to a real call the nearest of its tests comes."""
        if any(test.startswith(_ON_CALLS) for test in self.tests):
            return "live"
        if any(test.startswith(_WITHOUT_LINE) for test in self.tests):
            return "whole phone, no line"
        return "engine alone" if self.tests else "not tried"


def attacks() -> list[Attack]:
    """All of them, in the order of the list."""
    sent = tomllib.loads(_SENT.read_text(encoding="utf-8"))
    return [
        Attack(row.name, row.text, sent[row.name], row.expected, row.tests, row.remark)
        for row in report.requirements()
        if row.level == "attack"
    ]
