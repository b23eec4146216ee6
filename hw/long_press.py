"""Function keys for keypads that have none: the long press of another key. Pure.

A key with a long press cannot be told until it is known which of the two was meant: it
is told when it comes up, or as the other key once it was held long enough.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from hw.types import Key, KeyPressed, KeyReleased

HOLD_SECONDS: Final = 0.6
"""How long a press is a long press."""


class LongPress:
    """Turns long presses into the keys that they stand for.

    Args:
        functions: Which key a long press of a key stands for.
    """

    def __init__(self, functions: Mapping[Key, Key]) -> None:
        self._functions = dict(functions)
        self._pressed_at: dict[Key, float] = {}
        self._turned: set[Key] = set()

    def handle(
        self, events: Iterable[KeyPressed | KeyReleased], now: float
    ) -> list[KeyPressed | KeyReleased]:
        """Takes what happened by a time in seconds, perhaps nothing, and returns what it means."""
        meant: list[KeyPressed | KeyReleased] = []
        for event in events:
            if event.key not in self._functions:
                meant.append(event)
            elif isinstance(event, KeyPressed):
                self._pressed_at[event.key] = now
            else:
                meant += self._released(event.key)
        return meant + self._held_long(now)

    def _released(self, key: Key) -> list[KeyPressed | KeyReleased]:
        if key in self._turned:
            self._turned.discard(key)
            return [KeyReleased(self._functions[key])]
        if self._pressed_at.pop(key, None) is None:
            return []
        return [KeyPressed(key), KeyReleased(key)]

    def _held_long(self, now: float) -> list[KeyPressed | KeyReleased]:
        long = [key for key, at in self._pressed_at.items() if now - at >= HOLD_SECONDS]
        for key in long:
            del self._pressed_at[key]
            self._turned.add(key)
        return [KeyPressed(self._functions[key]) for key in long]
