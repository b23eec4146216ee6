"""What one client sends and how long it may take for it. Pure: the clock is passed in."""

from typing import Final

from agent.control.protocol import LINE_LIMIT, ControlError

SILENCE_S: Final = 10.0
"""A client that asks nothing for so long is dropped, unless it follows the events."""
UNREAD_S: Final = 10.0
"""Likewise one that does not read what it is told."""


class Intake:
    """Octets in, lines out, and when the client's time is up.

    Args:
        now: When the client came.
    """

    def __init__(self, now: float) -> None:
        self._buffer = bytearray()
        self._heard_at = now
        self._unread_since: float | None = None
        self._follows = False

    def received(self, data: bytes, now: float) -> list[bytes]:
        """Takes octets; returns the lines that are complete now, without their ends.

        Raises:
            ControlError: A line is too long; no further one can be told from it.
        """
        self._buffer += data
        *lines, rest = bytes(self._buffer).split(b"\n")
        if any(len(line) >= LINE_LIMIT for line in (*lines, rest)):
            raise ControlError(f"A line has {LINE_LIMIT // 1024} KiB at most.")
        self._buffer = bytearray(rest)
        if lines:
            # Single octets, sent slowly, are silence.
            self._heard_at = now
        return lines

    def follows(self) -> None:
        """From now on it only listens."""
        self._follows = True

    def stopped_reading(self, now: float) -> None:
        """What it was told piles up."""
        if self._unread_since is None:
            self._unread_since = now

    def reads_again(self) -> None:
        """It has read most of it."""
        self._unread_since = None

    def due(self) -> float | None:
        """When it is dropped; None: not by time alone."""
        times = [] if self._follows else [self._heard_at + SILENCE_S]
        if self._unread_since is not None:
            times.append(self._unread_since + UNREAD_S)
        return min(times, default=None)
