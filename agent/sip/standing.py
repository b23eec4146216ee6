"""How a server stands that is tried now and then, and what is worth telling of it. Pure."""

from typing import Final

from agent.sip.backoff import delay
from agent.sip.settings import Backoff

LOOK_AGAIN_S: Final = 300.0
"""How long a server that answered counts as one that does, in seconds."""


class Standing:
    """One server's, or one kind's.

    Args:
        backoff: How long to wait between two tries of one that fails.
    """

    def __init__(self, backoff: Backoff) -> None:
        self._backoff = backoff
        self._failures = 0
        self._told: str | None = None
        self._due: float | None = None

    @property
    def due(self) -> float | None:
        """When it is to be tried; None: a try is under way, or there is no such server."""
        return self._due

    def wanted(self, now: float) -> None:
        """It is to be tried at once, unless it is being tried already."""
        self._due = now

    def take(self, now: float) -> bool:
        """Whether it is to be tried now; whoever asks, tries it."""
        if self._due is None or self._due > now:
            return False
        self._due = None
        return True

    def answered(self, reason: str, now: float, random: float) -> bool:
        """Takes the outcome of a try; returns whether that is news.

        Args:
            reason: A sentence for what failed; empty: nothing did.
            now: Seconds of a clock that only grows.
            random: From 0 to 1; see `backoff.delay`.
        """
        self._failures = self._failures + 1 if reason else 0
        wait = delay(self._backoff, self._failures, random) if reason else LOOK_AGAIN_S
        self._due = now + wait
        is_news = reason != self._told
        self._told = reason
        return is_news
