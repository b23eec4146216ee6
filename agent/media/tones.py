"""The tones that a phone plays into its own earpiece, as data (ETSI TS 101 041-2).

One tone of 425 Hz with different cadences is what Europe hears. Pure.
"""

import math
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ToneStep:
    """One sound of a tone, and the pause after it.

    Attributes:
        frequencies: One or two frequencies in hertz that sound together.
        on_ms: How long it sounds, 1 to 32,767 milliseconds.
        off_ms: Silence after it, 0 to 32,767 milliseconds; 0 joins it to the next one.
    """

    frequencies: tuple[int, ...]
    on_ms: int
    off_ms: int = 0

    def __post_init__(self) -> None:
        """Refuses what PJSIP's tone generator cannot play."""
        if len(self.frequencies) not in {1, 2}:
            raise ValueError(f"a step has one or two frequencies, not {len(self.frequencies)}")
        if not 0 < self.on_ms <= LONGEST_MS or not 0 <= self.off_ms <= LONGEST_MS:
            raise ValueError(f"on {self.on_ms} ms and off {self.off_ms} ms cannot be played")


LONGEST_MS: Final = 32_767
"""The longest step that PJSIP's tone generator takes, in milliseconds (16 bits)."""


@dataclass(frozen=True, slots=True)
class ToneSpec:
    """A tone.

    Attributes:
        steps: What sounds, in order.
        repeat: Whether it goes on until it is stopped.
        level_dbfs: Its peak in decibels below full scale, 0 or less.
    """

    steps: tuple[ToneStep, ...]
    repeat: bool = True
    level_dbfs: int = -14

    def __post_init__(self) -> None:
        """Refuses a tone without a sound, or one that is louder than loud."""
        if not self.steps or self.level_dbfs > 0:
            raise ValueError("a tone has a step at least, and a level of 0 dBFS at most")

    @property
    def amplitude(self) -> int:
        """Its peak as a 16-bit sample, 1 to 32,767."""
        return max(1, int(32_767 * math.pow(10, self.level_dbfs / 20)))


DIAL_TONE: Final = ToneSpec((ToneStep((425,), 32_000),))
"""Off-hook, waiting for digits. 32 s are whole periods of 425 Hz: the loop has no click."""
RINGBACK: Final = ToneSpec((ToneStep((425,), 1000, 4000),))
"""The other phone rings."""
BUSY: Final = ToneSpec((ToneStep((425,), 500, 500),))
"""The other side is busy, or has hung up."""
ERROR: Final = ToneSpec(
    (ToneStep((950,), 330), ToneStep((1400,), 330), ToneStep((1800,), 330, 1000)),
)
"""The call cannot be made: the special information tone of ITU-T E.180."""
CALL_WAITING: Final = ToneSpec((ToneStep((425,), 200, 600), ToneStep((425,), 200, 3000)))
"""Somebody else calls."""
CONFIRMATION: Final = ToneSpec((ToneStep((880,), 90, 40), ToneStep((1320,), 140)), repeat=False)
"""It is done: once, two notes upwards."""
ALARM: Final = ToneSpec((ToneStep((1400,), 180), ToneStep((900,), 180)), level_dbfs=-8)
"""Something is wrong with the security of this call: look at the display."""
