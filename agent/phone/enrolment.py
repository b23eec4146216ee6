"""Whether a telephone system may listen in on the calls that it puts through.

That is what an enrolment at a PBX means (RFC 6189 section 7.3.1). Yes is a deliberate act, as
with the words: the confirm key held, after the question stood there long enough to be read.
Every other key is a no.
"""

from enum import Enum, auto

from agent.phone.settings import Timings
from hw.types import Key


class Answer(Enum):
    """What the person says."""

    ALLOWED = auto()
    REFUSED = auto()


class EnrolmentQuestion:
    """The question as it is shown once."""

    def __init__(self, shown_at: float, timings: Timings) -> None:
        """Asks.

        Args:
            shown_at: When it came up.
            timings: How long it must stand, and how long a key must be held; as for the words.
        """
        self._readable_at = shown_at + timings.sas_dwell_s
        self._hold_s = timings.sas_hold_s
        self._allowed_at: float | None = None

    @property
    def holding(self) -> bool:
        """Whether the key for yes is held down."""
        return self._allowed_at is not None

    def is_answerable(self, now: float) -> bool:
        """Whether it stood long enough for an answer."""
        return now >= self._readable_at

    def pressed(self, key: Key, now: float) -> Answer | None:
        """A key went down; returns the answer if that is one already."""
        if not self.is_answerable(now):
            return None
        if key is not Key.CONFIRM:
            return Answer.REFUSED
        self._allowed_at = now + self._hold_s
        return None

    def released(self, key: Key) -> None:
        """A key came up: a hold that was not long enough is forgotten."""
        if key is Key.CONFIRM:
            self._allowed_at = None

    def due(self, now: float) -> Answer | None:
        """The answer, once the key was held long enough."""
        return None if self._allowed_at is None or now < self._allowed_at else Answer.ALLOWED

    def next_timer(self, now: float) -> float | None:
        """When something changes without a key."""
        if self._allowed_at is not None:
            return self._allowed_at
        return None if self.is_answerable(now) else self._readable_at
