"""Care of the panel: an OLED that always shows the same, burns in.

At rest it gets darker after half a minute and dark after some more; while it is on, the picture
moves by a pixel every few minutes. Any key and the hook wake it. The key that wakes it does
nothing else, unless it is a digit, star or hash: those are how one begins to dial.
"""

from typing import Final

from agent.frozen import frozen
from agent.phone.preferences import Preferences

DIM_AFTER_S: Final = 30.0
"""After so many seconds at rest the panel gets darker."""
DIM_PERCENT: Final = 10
_SHIFTS: Final = ((0, 0), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0))
"""Where the picture stands, in columns and rows; neighbours differ by one pixel."""
_MINUTES: Final = 5
"""How long it stands there."""


@frozen
class Glow:
    """How the panel shows what it shows.

    Attributes:
        brightness: In percent; 0: dark.
        shift: By how many columns to the right and rows down the picture is moved.
    """

    brightness: int
    shift: tuple[int, int] = (0, 0)


class PanelCare:
    """When the panel was last looked at, as far as one can tell."""

    def __init__(self) -> None:
        self._touched_at = 0.0

    def touch(self, now: float) -> None:
        """Somebody did something, or something happened that is to be seen."""
        self._touched_at = now

    def brightness(self, wanted: Preferences, now: float) -> int:
        """How bright it is at rest, in percent."""
        rested = now - self._touched_at
        if wanted.screen_off_after_s and rested >= wanted.screen_off_after_s:
            return 0
        if rested >= DIM_AFTER_S:
            return min(DIM_PERCENT, wanted.brightness)
        return wanted.brightness

    def next_change(self, wanted: Preferences, now: float) -> float | None:
        """When it changes by itself; None: not any more."""
        steps = [DIM_AFTER_S]
        if wanted.screen_off_after_s:
            steps.append(float(wanted.screen_off_after_s))
        times = [self._touched_at + step for step in steps]
        return min((time for time in times if time > now), default=None)


def shift_at(minutes: int) -> tuple[int, int]:
    """Where the picture stands in this minute of the day."""
    return _SHIFTS[minutes // _MINUTES % len(_SHIFTS)]
