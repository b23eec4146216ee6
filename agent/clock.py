"""Time comes in as an argument; here is where it comes from."""

import time
from typing import Protocol


class Clock(Protocol):
    """Two ways to ask for the time."""

    def monotonic(self) -> float:
        """Seconds that only ever grow; for timers."""
        ...

    def wall(self) -> float:
        """Seconds since 1970-01-01 UTC; for dates that people read and expiry."""
        ...


class SystemClock:
    """The machine's own clock."""

    def monotonic(self) -> float:
        """See `Clock`."""
        return time.monotonic()

    def wall(self) -> float:
        """See `Clock`."""
        return time.time()
