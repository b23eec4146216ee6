"""The sound of things that are struck: one stroke, as samples. Pure.

A stroke is a sum of sines that die away, each at its own pace: the partials of the thing.
Each is made by the recurrence of a damped oscillator, two multiplications a sample: the
smallest Pi has no time for a sine per partial and sample while it should begin to ring.
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from agent.frozen import frozen
from hw.types import Voice

SAMPLE_RATE: Final = 16000
"""Samples a second of all that is made here."""
AUDIBLE: Final = 0.01
"""A stroke ends when its loudest partial has fallen to this share of its beginning (-40 dB)."""


@frozen
class Partial:
    """One sine of a stroke.

    Attributes:
        ratio: Its frequency, in multiples of the fundamental's.
        level: Its share of the amplitude at the stroke, 0 to 1.
        fade_s: Seconds in which it falls to 1/e.
    """

    ratio: float
    level: float
    fade_s: float


PARTIALS: Final[Mapping[Voice, tuple[Partial, ...]]] = MappingProxyType(
    {
        # The bowl of a telephone's bell: partials that are no whole multiples, and a long ring.
        Voice.BELL: (
            Partial(1.0, 0.50, 0.22),
            Partial(2.0, 0.25, 0.14),
            Partial(2.76, 0.15, 0.09),
            Partial(5.4, 0.10, 0.04),
        ),
        # A marimba's bar is hollowed out until its second partial lies two octaves up.
        Voice.BAR: (
            Partial(1.0, 0.75, 0.12),
            Partial(4.0, 0.18, 0.03),
            Partial(9.2, 0.07, 0.01),
        ),
    }
)


@lru_cache(maxsize=64)
def stroke(voice: Voice, frequency: int) -> tuple[float, ...]:
    """Returns the samples of one stroke, from -1 to 1; a rest (0 hertz) has none.

    Args:
        voice: What is struck.
        frequency: Its fundamental in hertz.
    """
    if not frequency:
        return ()
    partials = [each for each in PARTIALS[voice] if each.ratio * frequency < SAMPLE_RATE / 2]
    longest = max(each.fade_s for each in partials)
    made = [0.0] * int(longest * math.log(1 / AUDIBLE) * SAMPLE_RATE)
    for partial in partials:
        _add(made, partial, frequency)
    return tuple(made)


def _add(made: list[float], partial: Partial, frequency: int) -> None:
    """Adds a sine that dies away; it begins at zero, so that the stroke does not click."""
    angle = 2 * math.pi * partial.ratio * frequency / SAMPLE_RATE
    fade = math.exp(-1 / (partial.fade_s * SAMPLE_RATE))
    once, twice = 2 * fade * math.cos(angle), -fade * fade
    before, now = -partial.level * math.sin(angle) / fade, 0.0
    for at in range(len(made)):
        made[at] += now
        before, now = now, once * now + twice * before
