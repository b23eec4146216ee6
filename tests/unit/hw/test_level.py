import math
from array import array

import pytest

from hw.level import BAR_WIDTH, FLOOR_DBFS, SILENCE, Level, bar, loudest, measure, verdict


def tone(amplitude: int, count: int = 1600) -> bytes:
    wave = (round(amplitude * math.sin(2 * math.pi * at / 16)) for at in range(count))
    return array("h", wave).tobytes()


@pytest.mark.parametrize(
    ("amplitude", "peak", "rms"), [(32767, 0, -3), (16384, -6, -9), (328, -40, -43)]
)
def test_a_sine_is_three_decibels_below_its_peak(amplitude: int, peak: int, rms: int) -> None:
    level = measure(tone(amplitude))
    assert level.peak_dbfs == pytest.approx(peak, abs=0.1)
    assert level.rms_dbfs == pytest.approx(rms, abs=0.1)
    assert level.samples == 1600


def test_silence_and_nothing_at_all() -> None:
    assert measure(b"") == SILENCE
    assert measure(bytes(200)) == Level(FLOOR_DBFS, FLOOR_DBFS, 100, 0)
    assert loudest([]) == SILENCE


def test_both_ends_of_the_scale_are_clipped() -> None:
    assert measure(array("h", [32767, -32768, 32766, 0]).tobytes()).clipped == 2


def test_the_bar_grows_and_is_always_as_long() -> None:
    bars = [bar(measure(tone(amplitude))) for amplitude in (0, 30, 300, 3000, 30000)]
    lengths = [each.count("#") for each in bars]
    assert lengths == sorted(lengths)
    assert lengths[0] == 0
    assert lengths[-1] > BAR_WIDTH * 0.9
    assert len({len(each) for each in bars}) == 1
    assert "clips" in bar(Level(0.0, -3.0, 100, 5))


@pytest.mark.parametrize(
    ("level", "fine", "sentence"),
    [
        (SILENCE, False, "The microphone gives nothing: is the capture switch on?"),
        (Level(-80.0, -90.0, 1000, 0), False, "The microphone gives nothing"),
        (Level(-50.0, -60.0, 1000, 0), False, "The microphone is very quiet (-50 dBFS"),
        (Level(0.0, -6.0, 1000, 20), False, "The microphone clips"),
        (Level(0.0, -6.0, 100_000, 20), True, "The microphone works: 0 dBFS at its loudest."),
        (Level(-12.0, -20.0, 1000, 0), True, "The microphone works: -12 dBFS"),
    ],
)
def test_what_a_level_means(level: Level, sentence: str, *, fine: bool) -> None:
    good, told = verdict(level)
    assert good is fine
    assert told.startswith(sentence)
