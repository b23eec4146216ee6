"""Contacts bounce; people press once. Pure: samples and times in, changes out.

A change counts once it was seen without interruption for `confirm` seconds, so that a
spike on a long wire is nothing. For `hold_off` seconds after it the contact may bounce
as it likes. A bounce no longer than `hold_off` is therefore one change, and it is told
at its beginning: who lifts the handset waits for no settling.
"""

from collections.abc import Iterable
from typing import Final

from agent.frozen import frozen
from hw.types import Key, KeyPressed, KeyReleased


@frozen
class Bounce:
    """How a kind of contact behaves, in seconds.

    Attributes:
        confirm: How long a change must last to be one.
        hold_off: How long after a change the contact may still bounce.
    """

    confirm: float
    hold_off: float


KEY_BOUNCE: Final = Bounce(confirm=0.008, hold_off=0.030)
"""Rubber and tactile keys settle within 5 to 20 ms."""
HOOK_BOUNCE: Final = Bounce(confirm=0.010, hold_off=0.120)
"""Leaf springs of hook switches bounce for up to 100 ms."""


class Debouncer:
    """One contact.

    Args:
        bounce: How the contact behaves.
        closed: The state that it is taken to be in at first.
    """

    def __init__(self, bounce: Bounce, *, closed: bool = False) -> None:
        self._bounce = bounce
        self._closed = closed
        self._differs_since: float | None = None
        self._quiet_until = float("-inf")

    @property
    def closed(self) -> bool:
        """The state that counts."""
        return self._closed

    @property
    def is_settled(self) -> bool:
        """Whether the last sample was the state that counts."""
        return self._differs_since is None

    def sample(self, *, closed: bool, now: float) -> bool:
        """Takes a sample and tells whether the state that counts has changed.

        Args:
            closed: What the contact looks like.
            now: A monotonic time in seconds, not before that of the last sample.
        """
        if closed == self._closed:
            self._differs_since = None
            return False
        if self._differs_since is None:
            self._differs_since = now
        if now - self._differs_since < self._bounce.confirm or now < self._quiet_until:
            return False
        self._closed = closed
        self._differs_since = None
        self._quiet_until = now + self._bounce.hold_off
        return True


class KeyDebouncer:
    """All keys of a keypad.

    Args:
        bounce: How its contacts behave.
    """

    def __init__(self, bounce: Bounce = KEY_BOUNCE) -> None:
        self._keys = {key: Debouncer(bounce) for key in Key}

    @property
    def held(self) -> frozenset[Key]:
        """The keys that count as pressed."""
        return frozenset(key for key, contact in self._keys.items() if contact.closed)

    @property
    def is_at_rest(self) -> bool:
        """Whether no key is pressed and none is about to be."""
        return all(contact.is_settled and not contact.closed for contact in self._keys.values())

    def sample(self, down: Iterable[Key], now: float) -> list[KeyPressed | KeyReleased]:
        """Takes the keys that look pressed at a time, and returns what happened."""
        looks_down = frozenset(down)
        return [
            KeyPressed(key) if contact.closed else KeyReleased(key)
            for key, contact in self._keys.items()
            if contact.sample(closed=key in looks_down, now=now)
        ]
