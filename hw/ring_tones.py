"""The ring tones that the phone has, by name. Pure data.

Each is made of frequencies in turns, so that a buzzer can play all of them; a loudspeaker
gives the struck ones the voice of what is struck.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hw.types import RingTone, Voice

USUAL: Final = "classic"
"""The name of the ring tone of a phone that was told nothing else."""

RING_TONES: Final[Mapping[str, RingTone]] = MappingProxyType(
    {
        # A warble, one second in five, as telephones rang before they sang.
        "classic": RingTone((1180, 1470), 40, (1000, 4000)),
        "two-tone": RingTone((880, 660), 250, (1000, 500, 1000, 2500)),
        # A clapper between two gongs, twenty strokes a second.
        "bell": RingTone((1040, 1310), 50, (1000, 200, 1000, 2800), Voice.BELL),
        # C major, up and down.
        "marimba": RingTone(
            (523, 659, 784, 1047, 784, 659, 523, 0), 160, (1280, 320, 1280, 2120), Voice.BAR
        ),
        "chirp": RingTone(
            (1600, 1800, 2000, 2200, 2400, 2600, 0, 0, 0, 0), 25, (250, 100, 250, 2400)
        ),
        # For ears that no longer hear what is high; still within what a small loudspeaker gives.
        "low": RingTone((440, 494), 60, (1200, 3000)),
        "urgent": RingTone((1500, 2000, 2500), 70, (420, 180, 420, 180, 420, 980)),
        "gong": RingTone((784, 0, 659, 0, 523, 0, 0, 0), 350, (2800, 1200), Voice.BELL),
        # Seen, not heard: the display and the lamps tell of the call.
        "silent": RingTone((), 0, (1000, 4000)),
    }
)


def ring_tone(name: str) -> RingTone:
    """Returns the ring tone of that name; the usual one where there is none of it.

    A name may come from a contact that was written down by an older or a newer phone, and
    a phone that rings wrongly is better than one that does not ring.
    """
    return RING_TONES.get(name, RING_TONES[USUAL])
