"""When a message is sent again, and when that ends (RFC 6189 section 6), as values."""

from typing import Final

__all__ = [
    "EXCHANGE_LIMIT",
    "HELLO_DEADLINE",
    "RESPONDER_PATIENCE",
    "T1",
    "T1_EXTENDED",
    "T2",
    "Budget",
    "Repetition",
    "Schedule",
]

Schedule = tuple[float, ...]
"""Seconds to wait before each repetition, and in the last place before giving up."""


def _doubling(first: float, cap: float, retransmissions: int) -> Schedule:
    waits = (min(first * 2**n, cap) for n in range(retransmissions))
    # The RFC's schedules end with the last repetition; its answer needs time to come, too.
    return (*waits, cap)


T1: Final = _doubling(0.050, 0.200, 20)
"""For a Hello while nothing tells that the other side knows ZRTP: 20 repetitions in 3.75 s."""

T1_EXTENDED: Final = _doubling(0.050, 0.200, 62)
"""For a Hello when something does: at least 12 s."""

T2: Final = _doubling(0.150, 1.200, 10)
"""For all other messages: 10 repetitions in 9.45 s."""

HELLO_DEADLINE: Final[Schedule] = (sum(T1_EXTENDED),)
"""How long we wait for the Hello of a peer that has acknowledged ours."""

RESPONDER_PATIENCE: Final = 10.0
"""Seconds that a responder stays without hearing from the initiator."""

EXCHANGE_LIMIT: Final = 3 * sum(T2)
"""Seconds from Commit to Confirm2: an initiator repeats each of its three messages so long."""


_ANSWERS_AT_ONCE: Final = 30
_ANSWERS_PER_SECOND: Final = 20.0


class Budget:
    """How many answers a stream gives to whoever asks: no more than a peer has use for.

    20 answers a second take less than the media that the call is for (section 6), and are more
    than a peer's repetitions need (5 a second).
    """

    def __init__(self) -> None:
        self._left = float(_ANSWERS_AT_ONCE)
        self._at = 0.0

    def spend(self, now: float) -> bool:
        """Whether there is one left; it is taken then."""
        earned = max(now - self._at, 0.0) * _ANSWERS_PER_SECOND
        self._left = min(self._left + earned, _ANSWERS_AT_ONCE)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class Repetition:
    """A message that is sent again until it is answered; with an empty one, a mere deadline.

    Args:
        message: what is sent again.
        schedule: the waits; a single one is a deadline.
        now: when the message was sent first.
    """

    def __init__(self, message: bytes, schedule: Schedule, now: float) -> None:
        self.message = message
        self._schedule = schedule
        self._at = 0
        self.due = now + schedule[0]

    def advance(self, now: float) -> bool:
        """A wait is over: True when the message is to be sent again, False to give up."""
        self._at += 1
        if self._at >= len(self._schedule):
            return False
        self.due = now + self._schedule[self._at]
        return True

    def extend(self, schedule: Schedule) -> None:
        """Go on with a longer schedule that begins with the same waits; a deadline stays."""
        if self.message:
            self._schedule = schedule
