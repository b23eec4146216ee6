"""Keys that stay down for ever: a coffee, a crumb, a solder bridge. Pure.

A person holds a key for seconds, never for half a minute. A key that is stuck is let go on
its owner's behalf, so that the phone does not act on it, and nothing is heard of it again
until it has really come up.
"""

from collections.abc import Iterable
from typing import Final

from hw.types import Key, KeyPressed, KeyReleased

STUCK_SECONDS: Final = 30.0
"""How long a key may be down."""


class StuckKeys:
    """Tells keys that are held from keys that are stuck."""

    def __init__(self) -> None:
        self._down_since: dict[Key, float] = {}
        self._stuck: set[Key] = set()

    @property
    def keys(self) -> frozenset[Key]:
        """The keys that are stuck now."""
        return frozenset(self._stuck)

    def handle(
        self, events: Iterable[KeyPressed | KeyReleased], now: float
    ) -> list[KeyPressed | KeyReleased]:
        """Takes what happened by a time in seconds, perhaps nothing, and returns what counts."""
        told = [event for event in events if self._counts(event, now)]
        late = [key for key, since in self._down_since.items() if now - since >= STUCK_SECONDS]
        for key in late:
            del self._down_since[key]
            self._stuck.add(key)
        return [*told, *map(KeyReleased, late)]

    def _counts(self, event: KeyPressed | KeyReleased, now: float) -> bool:
        if isinstance(event, KeyPressed):
            self._down_since[event.key] = now
            return True
        was_stuck = event.key in self._stuck
        self._stuck.discard(event.key)
        self._down_since.pop(event.key, None)
        return not was_stuck


def complaint(stuck: Iterable[Key]) -> str:
    """Says in a sentence which keys are stuck, and what that may be."""
    names = sorted(key.value for key in stuck)
    keys = f"the key {names[0]} is" if len(names) == 1 else f"the keys {' '.join(names)} are"
    return f"{keys} down all the time: stuck, or its wires touch"
