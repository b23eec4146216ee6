import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.ring_pattern import Pattern, samples
from hw.ring_voice import SAMPLE_RATE
from hw.types import RingTone, Voice

WARBLE = RingTone((800, 1000), 40, (1000, 2000))


@pytest.mark.parametrize(
    ("ms", "frequency", "change"),
    [
        (0, 800, 40),
        (39, 800, 1),
        (40, 1000, 40),
        (85, 800, 35),
        (990, 800, 10),
        (1000, 0, 2000),
        (2999, 0, 1),
        (3000, 800, 40),
        (6040, 1000, 40),
    ],
)
def test_what_sounds_when(ms: int, frequency: int, change: int) -> None:
    moment = Pattern(WARBLE, 1000).at(ms)
    assert (moment.frequency, moment.change) == (frequency, change)


def test_a_tone_without_a_cadence_never_pauses() -> None:
    for cadence in ((), (0,), (0, 0), (500,)):
        pattern = Pattern(RingTone((425,), 50, cadence), 1000)
        assert {pattern.at(ms).frequency for ms in range(0, 5000, 7)} == {425}


def test_a_tone_without_frequencies_is_silence() -> None:
    assert Pattern(RingTone((), 0, (100, 100)), 1000).at(5).frequency == 0
    assert not any(samples(Pattern(RingTone((), 0, ()), SAMPLE_RATE), 0, 100))


def wave(tone: RingTone, start: int, count: int) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    return np.frombuffer(samples(Pattern(tone, SAMPLE_RATE), start, count), "<i2")


def test_the_samples_hold_the_tone_and_the_pause() -> None:
    made = wave(RingTone((800,), 40, (1000, 500)), 0, SAMPLE_RATE * 3 // 2)
    sounding, silent = made[:SAMPLE_RATE], made[SAMPLE_RATE:]
    spectrum = np.abs(np.fft.rfft(sounding.astype(float)))
    assert np.argmax(spectrum) == 800
    assert 11000 < sounding.max() <= 12000
    assert not silent.any()


def test_a_tone_comes_and_goes_softly() -> None:
    made = wave(RingTone((1000,), 40, (100, 100)), 0, SAMPLE_RATE // 10)
    steps = np.abs(np.diff(made.astype(int), prepend=0, append=0))
    assert steps[:8].max() < 500
    assert steps[-8:].max() < 500


@pytest.mark.parametrize("voice", Voice)
def test_half_the_gain_is_half_as_high(voice: Voice) -> None:
    pattern = Pattern(RingTone((800,), 40, (1000, 500), voice), SAMPLE_RATE)
    full, half, none = (
        np.frombuffer(samples(pattern, 100, 4000, gain), "<i2").astype(int) for gain in (1, 0.5, 0)
    )
    assert np.abs(full - 2 * half).max() <= 1
    assert not none.any()


def test_strokes_fall_on_the_turns_of_the_sounding_parts() -> None:
    pattern = Pattern(RingTone((800, 0, 900), 50, (170, 90), Voice.BAR), 1000)
    strokes = [(0, 800), (100, 900), (150, 800), (260, 800), (360, 900), (410, 800)]
    assert list(pattern.strokes(-500, 420)) == strokes
    assert list(pattern.strokes(1, 261)) == strokes[1:4]


@given(
    st.integers(0, 50000),
    st.lists(st.integers(1, 900), min_size=1, max_size=4),
    st.sampled_from(
        [
            *(WARBLE, RingTone((425,), 7, (3, 5, 20)), RingTone((440, 480), 1, (30, 9))),
            *(RingTone((800, 0, 900), 50, (400, 90), voice) for voice in Voice),
        ]
    ),
)
def test_the_samples_are_the_same_however_they_are_cut(
    start: int, cuts: list[int], tone: RingTone
) -> None:
    pattern = Pattern(tone, SAMPLE_RATE)
    whole = samples(pattern, start, sum(cuts))
    assert len(whole) == 2 * sum(cuts)
    pieces = b""
    for cut in cuts:
        pieces += samples(pattern, start + len(pieces) // 2, cut)
    assert pieces == whole
