"""Looks again and again: one timer for whatever has no way to say that it has changed."""

import asyncio
from collections.abc import Callable


class Looking:
    """One look now, and the next one when that asks for it.

    Args:
        look: Looks; returns after how many seconds it wants to look again.
    """

    def __init__(self, look: Callable[[], float]) -> None:
        self._due = look
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Looks now, and then again and again."""
        self._timer = self._loop.call_later(self._due(), self.start)

    def close(self) -> None:
        """Looks no longer."""
        if self._timer is not None:
            self._timer.cancel()
