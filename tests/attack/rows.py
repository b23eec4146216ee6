"""One row of the table, and what it is made of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from attack.registry import Attack

from support import scene

_ALARMING: Final = (
    *(scene.ATTACKED, scene.ALTERED, scene.ANOTHER, scene.CHANGED, scene.WIRETAPPED),
    *(scene.FAILED, scene.SILENT, "No longer announced", "Verified", "Signalling"),
)
_LONGEST: Final = 76

HEADING: Final = "attack / sent / did / showed / trust store"


@dataclass(frozen=True, slots=True)
class Row:
    """A finding.

    Attributes:
        name: ID of an attack, or what was done.
        level: "live", "engine alone", ...
        sent: To the phone.
        did: What it did.
        showed: On its panel.
        keeps: What its trust store holds afterwards.
        holds: Whether the phone held; None: it was not tried.
        data: All that is known.
    """

    name: str
    level: str
    sent: str
    did: str
    showed: str
    keeps: str
    holds: bool | None
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def lines(self) -> Iterator[str]:
        """For the table."""
        mark = {True: "holds", False: "BROKEN", None: "not tried"}[self.holds]
        yield f"{self.name:<9} {mark:<10} {self.level}"
        told = (("sent", self.sent), ("did", self.did), ("showed", self.showed))
        for name, text in (*told, ("trust", self.keeps)):
            if text:
                yield f"          {name:<7} {text}"

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        names = ("name", "level", "sent", "did", "showed", "keeps", "holds")
        return {name: getattr(self, name) for name in names} | self.data


def row_of(attack: Attack, results: Sequence[dict[str, Any]]) -> Row:
    """What became of an attack, from what the witness wrote down of its tests."""
    bad = [each for each in results if each["outcome"] not in {"passed", "rerun"}]
    tried = {str(each["test"]).partition("[")[0] for each in results}
    missing = sorted(set(attack.tests) - tried)
    holds = None if not attack.tests else not bad and not missing
    phones = [phone for each in results for phone in each["phones"]]
    if holds is None:
        did = attack.reason
    elif holds:
        did = f"{attack.expected} [{len(results)} tests]"
    else:
        did = "not as it should: " + ", ".join([*(each["test"] for each in bad), *missing])
    alarms = list(dict.fromkeys(alarm for phone in phones for alarm in phone["alarms"]))
    if alarms and holds:
        did += "; written down: " + _short(alarms[0])
    data = {"attack": attack.text, "reason": attack.reason, "tests": list(results)}
    showed, keeps = _showed(phones), _keeps(phones)
    if attack.level == "live" and not phones:
        showed = "no phone with a panel took part"
    return Row(attack.name, attack.level, attack.sent, did, showed, keeps, holds, data)


def _showed(phones: Sequence[dict[str, Any]]) -> str:
    pictures = [picture for phone in phones for picture in phone["showed"]]
    for sign in _ALARMING:
        for picture in pictures:
            if sign in picture:
                return _short(picture)
    return _short(pictures[-1]) if pictures else ""


def _keeps(phones: Sequence[dict[str, Any]]) -> str:
    if not phones:
        return ""
    peers = max(phone["peers"] for phone in phones)
    changed = any(phone["trust_changed"] for phone in phones)
    return f"{peers} known, " + ("secrets of good calls added" if changed else "unchanged")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
