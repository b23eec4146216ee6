"""Whether software on trial has proved itself: by what the running phone says of itself. Pure."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any, Final

PATIENCE_S: Final = 600.0
"""A server may be away for a moment, and a small board takes a minute to start."""
LOOK_S: Final = 5.0
"""How often the phone is asked."""
_NEEDED: Final = ("display", "handset")
"""Parts without which a person could not even see or hear that something is wrong."""


class Verdict(Enum):
    """What is to be done now."""

    WAIT = auto()
    KEEP = auto()
    """It works: it is the phone's software from now on."""
    LEAVE = auto()
    """It did not prove itself in time: the machine is restarted, with the software before."""


def lacking(status: Mapping[str, Any]) -> str:
    """What is not yet as it ought to be; empty: it works.

    Args:
        status: The phone's answer to `agent.control.requests.Status`.
    """
    for part in status["missing"]:
        if part["device"] in _NEEDED:
            return f"the {part['device']} does not answer: {part['reason']}"
    for account in status["accounts"]:
        if account["condition"] != "ready":
            return f"the account {account['account']} is not registered: {account['condition']}"
    return ""


class Trial:
    """A trial that has begun.

    Args:
        now: The time, in seconds.
    """

    def __init__(self, now: float) -> None:
        self._ends_at = now + PATIENCE_S
        self.lacks = "the phone does not answer"

    def hear(self, status: Mapping[str, Any] | None, now: float) -> Verdict:
        """The phone was asked.

        Args:
            status: What it said; None: nothing.
            now: The time.
        """
        self.lacks = "the phone does not answer" if status is None else lacking(status)
        if not self.lacks:
            return Verdict.KEEP
        return Verdict.LEAVE if now >= self._ends_at else Verdict.WAIT
