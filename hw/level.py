"""How loud a microphone is, and what that says about it. Pure."""

import math
import sys
from array import array
from collections.abc import Iterable
from typing import Final

from agent.frozen import frozen

FULL_SCALE: Final = 32768
FLOOR_DBFS: Final = -96.0
"""What stands for silence: less than one step of a 16-bit sample."""
SILENT_DBFS: Final = -75.0
"""A microphone that is alive is never quieter: its own noise is louder."""
QUIET_DBFS: Final = -36.0
"""Somebody who speaks into a handset is louder than that, at least once."""
CLIPPED_SHARE: Final = 0.001
"""A louder voice has more samples at the end of the scale than this share of all."""
BAR_WIDTH: Final = 40
"""Characters of the bar, from -60 dBFS to 0."""
_BAR_FROM_DBFS: Final = -60.0


@frozen
class Level:
    """How loud a stretch of sound is.

    Attributes:
        peak_dbfs: Its largest sample, in decibels below full scale.
        rms_dbfs: Its root mean square, the same way: how loud it sounds.
        samples: How many samples it has.
        clipped: How many of them lie at the end of the scale.
    """

    peak_dbfs: float
    rms_dbfs: float
    samples: int
    clipped: int


SILENCE: Final = Level(FLOOR_DBFS, FLOOR_DBFS, 0, 0)


def measure(sound: bytes) -> Level:
    """Measures samples: signed 16 bit, little endian, one channel."""
    samples = array("h", sound[: len(sound) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    if not samples:
        return SILENCE
    peak = max(map(abs, samples))
    power = sum(sample * sample for sample in samples) / len(samples)
    clipped = sum(sample >= FULL_SCALE - 1 or sample <= -FULL_SCALE for sample in samples)
    return Level(_dbfs(peak), _dbfs(math.sqrt(power)), len(samples), clipped)


def loudest(levels: Iterable[Level]) -> Level:
    """The levels of all stretches taken together: the loudest of each kind."""
    kept = list(levels)
    return Level(
        max((each.peak_dbfs for each in kept), default=FLOOR_DBFS),
        max((each.rms_dbfs for each in kept), default=FLOOR_DBFS),
        sum(each.samples for each in kept),
        sum(each.clipped for each in kept),
    )


def bar(level: Level) -> str:
    """The level as a bar and in numbers, always equally long."""
    share = 1 - level.rms_dbfs / _BAR_FROM_DBFS
    full = max(0, min(BAR_WIDTH, round(BAR_WIDTH * share)))
    mark = " clips" if level.clipped else "      "
    return f"[{'#' * full}{'.' * (BAR_WIDTH - full)}] {level.rms_dbfs:6.1f} dBFS{mark}"


def verdict(level: Level) -> tuple[bool, str]:
    """What a microphone's level says: whether it will do, and a sentence for its owner."""
    if level.peak_dbfs <= SILENT_DBFS:
        return False, (
            "The microphone gives nothing: is the capture switch on? "
            "alsamixer shows it on its capture page (F4)."
        )
    if level.clipped > CLIPPED_SHARE * level.samples:
        return (
            False,
            "The microphone clips: turn its capture volume down until the bar stays inside.",
        )
    if level.peak_dbfs < QUIET_DBFS:
        return False, (
            f"The microphone is very quiet ({level.peak_dbfs:.0f} dBFS at its loudest): "
            "speak into it, or turn its capture volume up."
        )
    return True, f"The microphone works: {level.peak_dbfs:.0f} dBFS at its loudest."


def _dbfs(amplitude: float) -> float:
    return 20 * math.log10(amplitude / FULL_SCALE) if amplitude > 0 else FLOOR_DBFS
