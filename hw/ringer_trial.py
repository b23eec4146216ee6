"""Ringing for some seconds, without a phone."""

import contextlib
import time
from collections.abc import Callable
from typing import Protocol

from hw.board import Emit
from hw.types import HardwareEvent, RingTone


class Ringer(Protocol):
    """A buzzer or a loudspeaker of `hw.ringer`."""

    def ring(self, tone: RingTone | None) -> None: ...  # noqa: D102
    def open(self) -> None: ...  # noqa: D102
    def step(self, now: float, emit: Emit) -> float: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


def play(
    ringer: Ringer,
    tone: RingTone,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Rings; Ctrl-C ends it sooner.

    Args:
        ringer: Which is not in use.
        tone: How it rings.
        seconds: For how long.
        clock: A monotonic clock in seconds.
        sleep: Waits so many seconds.

    Raises:
        PartError: There is no ringer, or it went away.
    """
    ringer.ring(tone)
    try:
        ringer.open()
        end = clock() + seconds
        with contextlib.suppress(KeyboardInterrupt):
            while (now := clock()) < end:
                sleep(min(ringer.step(now, _nothing), end - now))
    finally:
        ringer.close()


def _nothing(event: HardwareEvent) -> None:
    """A ringer has nothing to tell."""
