"""The words on the screen, and the person's verdict on them.

Confirming is a deliberate act: the confirm key held for half a second, after the words stood
there long enough to be read. Saying that they differ is just as easy: the star key, held as
long. Any other key breaks a hold off, so that two keys at once mean nothing.
"""

from enum import Enum, auto

from agent.phone.settings import Timings
from hw.types import Key


class Verdict(Enum):
    """What the person says of the words."""

    MATCH = auto()
    DIFFER = auto()
    LATER = auto()
    """The question is put off, or the person has seen enough."""


class SasCheck:
    """The words as they are shown once."""

    def __init__(self, shown_at: float, timings: Timings, *, asked: bool) -> None:
        """Shows the words.

        Args:
            shown_at: When they came up.
            timings: How long they must stand, and how long a key must be held.
            asked: False when the person looks again at words that nobody asks about.
        """
        self.asked = asked
        self._readable_at = shown_at + timings.sas_dwell_s
        self._hold_s = timings.sas_hold_s
        self._held: Verdict | None = None
        self._held_until = 0.0

    @property
    def confirming(self) -> bool:
        """Whether the key for "they match" is held down."""
        return self._held is Verdict.MATCH

    @property
    def differing(self) -> bool:
        """Whether the key for "they differ" is held down."""
        return self._held is Verdict.DIFFER

    def is_confirmable(self, now: float) -> bool:
        """Whether the words stood long enough for a verdict."""
        return now >= self._readable_at

    def pressed(self, key: Key, now: float) -> Verdict | None:
        """A key went down; returns the verdict if that is one already."""
        self._held = None
        if key is Key.MENU:
            return Verdict.LATER
        if key is Key.CONFIRM and not self.asked:
            return Verdict.LATER
        if self.is_confirmable(now):
            self._hold(key, now)
        return None

    def released(self, key: Key) -> None:
        """A key came up: a hold that was not long enough is forgotten."""
        if key in {Key.CONFIRM, Key.STAR}:
            self._held = None

    def due(self, now: float) -> Verdict | None:
        """The verdict, once its key was held long enough."""
        if self._held is None or now < self._held_until:
            return None
        return self._held

    def next_timer(self, now: float) -> float | None:
        """When something changes without a key."""
        if self._held is not None:
            return self._held_until
        return None if self.is_confirmable(now) else self._readable_at

    def _hold(self, key: Key, now: float) -> None:
        if key is Key.CONFIRM:
            self._held = Verdict.MATCH
        elif key is Key.STAR:
            self._held = Verdict.DIFFER
        self._held_until = now + self._hold_s
