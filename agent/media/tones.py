"""What a tone in the earpiece is, and the two that are the phone's own. Pure.

The tones of the network differ from country to country: `agent.media.countries`. What says
that the words were confirmed, or that something is wrong, sounds the same everywhere.
"""

import math
from typing import Final

from agent.frozen import frozen

LONGEST_MS: Final = 32_767
"""The longest step that PJSIP's tone generator takes, in milliseconds (16 bits)."""
MOST_STEPS: Final = 32
"""The most steps that it takes (PJMEDIA_TONEGEN_MAX_DIGITS)."""


@frozen
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


@frozen
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
        """Refuses a tone without a sound, one too long to play, or one louder than loud."""
        if not 0 < len(self.steps) <= MOST_STEPS or self.level_dbfs > 0:
            raise ValueError(
                f"a tone has a step at least, {MOST_STEPS} at most, and a level of 0 dBFS at most"
            )

    @property
    def amplitude(self) -> int:
        """Its peak as a 16-bit sample, 1 to 32,767."""
        return max(1, int(32_767 * math.pow(10, self.level_dbfs / 20)))


CONFIRMATION: Final = ToneSpec((ToneStep((880,), 90, 40), ToneStep((1320,), 140)), repeat=False)
"""It is done: once, two notes upwards."""
SECURE: Final = ToneSpec(
    (ToneStep((660,), 110, 50), ToneStep((880,), 110, 50), ToneStep((1320,), 220)), repeat=False
)
"""The call is verified, for whom no display says so: once, three notes upwards."""
COMPARE: Final = ToneSpec((ToneStep((1000,), 90, 110), ToneStep((1000,), 90, 4710)), level_dbfs=-26)
"""The call is not verified: two short notes, softly, every five seconds under the talk."""
ALARM: Final = ToneSpec((ToneStep((1400,), 180), ToneStep((900,), 180)), level_dbfs=-8)
"""Something is wrong with the security of this call: look at the display."""
