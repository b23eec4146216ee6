"""What a check says: whether it is good, and if not, what to do. Pure."""

from collections.abc import Iterable
from enum import Enum

from agent.frozen import frozen


class Area(Enum):
    """What is looked at, in this order; the value is its title."""

    CONFIGURATION = "Configuration"
    STORAGE = "Storage"
    NETWORK = "Network"
    NAMES = "Name service"
    CLOCK = "Clock"
    TLS = "TLS"
    SERVER = "Server"
    MEDIA = "Ports and NAT"
    SOUND = "Sound"
    HARDWARE = "Hardware"
    SOFTWARE = "Software"


class State(Enum):
    """How it stands."""

    GOOD = "good"
    WATCH = "watch"
    """It works, but somebody ought to look at it."""
    WRONG = "wrong"
    SKIPPED = "skipped"
    """It was not looked at; the sentence says why."""


@frozen
class Finding:
    """What one check says.

    Attributes:
        area: What was looked at.
        state: How it stands.
        sentence: What is so.
        advice: What to do about it; empty: nothing.
    """

    area: Area
    state: State
    sentence: str
    advice: str = ""


def good(area: Area, sentence: str) -> Finding:
    """It is as it ought to be."""
    return Finding(area, State.GOOD, sentence)


def watch(area: Area, sentence: str, advice: str = "") -> Finding:
    """It works, but not as it ought to, or not for long."""
    return Finding(area, State.WATCH, sentence, advice)


def wrong(area: Area, sentence: str, advice: str) -> Finding:
    """It is wrong, and the phone suffers from it."""
    return Finding(area, State.WRONG, sentence, advice)


def skipped(area: Area, what: str, why: str) -> Finding:
    """It was not looked at.

    Args:
        area: What it belongs to.
        what: The thing, as the beginning of a sentence.
        why: The reason, as the rest of one, without its full stop.
    """
    return Finding(area, State.SKIPPED, f"{what}: not looked at, because {why}.")


def are_well(findings: Iterable[Finding]) -> bool:
    """Whether none of them is wrong; what only wants to be watched is not."""
    return all(each.state is not State.WRONG for each in findings)


def listed(names: Iterable[str]) -> str:
    """Names as a sentence has them: "a, b and c"."""
    *first, last = list(names) or [""]
    return f"{', '.join(first)} and {last}" if first else last
