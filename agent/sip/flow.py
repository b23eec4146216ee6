"""Whether the connection that a registration lives on is alive (RFC 5626 section 4.4.1). Pure.

TCP itself says nothing when the other end vanishes without a word. So the phone sends an empty
line now and then, and expects one back from a server that has ever sent one.
"""

from enum import Enum
from typing import Final

PING_S: Final = 20.0
"""The longest time between two pings, in seconds; the shortest is four fifths of it. RFC 5626
section 4.4.1 allows 120 s: that is how long a dead server would stay unnoticed."""
PONG_S: Final = 10.0
"""How long an answer may take, in seconds (RFC 5626 section 4.4.1)."""


class Beat(Enum):
    """What to do about a connection."""

    REST = "rest"
    """Nothing, yet."""
    PING = "ping"
    """A ping must go out now."""
    DEAD = "dead"
    """It is given up."""


class Flow:
    """One connection.

    Args:
        now: Seconds of a clock that only grows.
        random: From 0 to 1, for the time of the first ping.
        interval_s: The longest time between two pings; a server may want a shorter one.
    """

    def __init__(self, now: float, random: float, interval_s: float = PING_S) -> None:
        self._interval_s = interval_s
        self._answers = False
        self._asked: float | None = None
        self._due = now + self._wait(random)

    @property
    def due(self) -> float:
        """When `beat` has something to say."""
        return self._due

    def beat(self, now: float, random: float) -> Beat:
        """What is to be done now.

        Args:
            now: Seconds of the same clock.
            random: From 0 to 1, for the time of the next ping.
        """
        if now < self._due:
            return Beat.REST
        if self._asked is not None:
            return Beat.DEAD
        # Whoever has never answered may not know how to: RFC 5626 is not everywhere.
        self._asked = now if self._answers else None
        self._due = now + (PONG_S if self._answers else self._wait(random))
        return Beat.PING

    def answered(self, now: float, random: float) -> None:
        """A pong has come, or any other empty line."""
        self._answers = True
        self._asked = None
        self._due = now + self._wait(random)

    def _wait(self, random: float) -> float:
        return self._interval_s * (0.8 + random / 5)
