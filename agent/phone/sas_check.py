"""The words on the screen, and the person's verdict on them.

A verdict is a deliberate act: its key held for half a second, after the words stood there long
enough to be read. Which key says what, the caller knows: confirm for words that match and star
for words that differ; or a digit for each of the words that the other person may have read. Any
other key breaks a hold off, so that two keys at once mean nothing.
"""

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from agent.phone.settings import Timings
from hw.types import Key


class Verdict(Enum):
    """What the person says of the words."""

    MATCH = auto()
    DIFFER = auto()
    LATER = auto()
    """The question is put off, or the person has seen enough."""


Verdicts = Mapping[Key, Verdict]
"""What each key says when it is held."""

CONFIRMING: Final[Verdicts] = MappingProxyType(
    {Key.CONFIRM: Verdict.MATCH, Key.STAR: Verdict.DIFFER}
)
"""Where the person sees both halves and compares."""
DENYING: Final[Verdicts] = MappingProxyType({Key.STAR: Verdict.DIFFER})
"""Where nobody can read the words."""
CHOICES: Final = (Key.DIGIT_1, Key.DIGIT_2, Key.DIGIT_3, Key.DIGIT_4)
"""The keys of the candidates, where the person chooses what was heard."""


def choosing(candidates: tuple[str, ...], heard: str) -> Verdicts:
    """What the keys say where the person chooses: any candidate but the right one is a no.

    Args:
        candidates: Four, one of them the right one.
        heard: The half that the other person reads aloud.
    """
    judged = zip(CHOICES, candidates, strict=True)
    return {
        Key.STAR: Verdict.DIFFER,
        **{key: Verdict.MATCH if each == heard else Verdict.DIFFER for key, each in judged},
    }


class SasCheck:
    """The words as they are shown once."""

    def __init__(
        self, shown_at: float, timings: Timings, *, asked: bool, verdicts: Verdicts = CONFIRMING
    ) -> None:
        """Shows the words.

        Args:
            shown_at: When they came up.
            timings: How long they must stand, and how long a key must be held.
            asked: False when the person looks again at words that nobody asks about.
            verdicts: What the keys say.
        """
        self.asked = asked
        self._verdicts = verdicts
        self._readable_at = shown_at + timings.sas_dwell_s
        self._hold_s = timings.sas_hold_s
        self._held: Key | None = None
        self._held_until = 0.0

    @property
    def confirming(self) -> bool:
        """Whether the key for "they match" is held down."""
        return self._held is Key.CONFIRM

    @property
    def differing(self) -> bool:
        """Whether the key for "they differ" is held down."""
        return self._held is Key.STAR

    @property
    def choosing(self) -> int | None:
        """Which of the candidates' keys is held down, counted from 0."""
        return CHOICES.index(self._held) if self._held in CHOICES else None

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
        if self.is_confirmable(now) and key in self._verdicts:
            self._held = key
            self._held_until = now + self._hold_s
        return None

    def released(self, key: Key) -> None:
        """A key came up: a hold that was not long enough is forgotten."""
        if key in self._verdicts:
            self._held = None

    def due(self, now: float) -> Verdict | None:
        """The verdict, once its key was held long enough."""
        if self._held is None or now < self._held_until:
            return None
        return self._verdicts[self._held]

    def next_timer(self, now: float) -> float | None:
        """When something changes without a key."""
        if self._held is not None:
            return self._held_until
        return None if self.is_confirmable(now) else self._readable_at
