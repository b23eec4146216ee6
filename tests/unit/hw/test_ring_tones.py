"""The ring tones: each playable on a buzzer, each heard on a loudspeaker, each itself."""

import numpy as np
import numpy.typing as npt
import pytest

from agent.config.loader import RING_TONES as CONFIGURED
from hw.ring_pattern import Pattern, samples
from hw.ring_tones import RING_TONES, USUAL, ring_tone
from hw.ring_voice import PARTIALS, SAMPLE_RATE, stroke
from hw.types import RingTone, Voice

each_tone = pytest.mark.parametrize("name", RING_TONES)
AUDIBLE = [name for name, tone in RING_TONES.items() if tone.frequencies]


def one_round(tone: RingTone) -> npt.NDArray[np.float64]:
    count = sum(tone.cadence_ms) * SAMPLE_RATE // 1000
    return np.frombuffer(samples(Pattern(tone, SAMPLE_RATE), 0, count), "<i2").astype(float)


def test_there_are_enough_and_the_configuration_knows_them() -> None:
    assert tuple(RING_TONES) == CONFIGURED
    assert len(RING_TONES) >= 8
    assert len(set(RING_TONES.values())) == len(RING_TONES)


@each_tone
def test_a_buzzer_can_play_it(name: str) -> None:
    """A passive buzzer gives little below 300 Hz and above 5 kHz; PWM by software no more."""
    tone = ring_tone(name)
    assert all(each == 0 or 300 <= each <= 5000 for each in tone.frequencies)
    assert tone.turn_ms >= 20 or not tone.frequencies
    assert len(tone.cadence_ms) % 2 == 0
    assert all(each >= 100 for each in tone.cadence_ms)


@each_tone
def test_it_leaves_pauses_to_think_in(name: str) -> None:
    tone = ring_tone(name)
    assert sum(tone.cadence_ms[1::2]) >= sum(tone.cadence_ms) // 4


@pytest.mark.parametrize("name", AUDIBLE)
def test_it_is_loud_and_never_cut_off_at_the_top(name: str) -> None:
    sound = one_round(ring_tone(name))
    assert 8000 < np.abs(sound).max() < 32_000


@pytest.mark.parametrize("name", AUDIBLE)
def test_its_first_tone_is_heard(name: str) -> None:
    tone = ring_tone(name)
    first = one_round(tone)[: tone.turn_ms * SAMPLE_RATE // 1000]
    spectrum = np.abs(np.fft.rfft(first * np.hanning(len(first)), 1 << 16))
    assert np.argmax(spectrum) * SAMPLE_RATE / (1 << 16) == pytest.approx(
        tone.frequencies[0], rel=0.03
    )


def test_silent_rings_without_a_sound() -> None:
    assert not one_round(ring_tone("silent")).any()


def test_a_name_that_nobody_knows_rings_as_usual() -> None:
    assert ring_tone("of another phone") == RING_TONES[USUAL]


@pytest.mark.parametrize("voice", PARTIALS)
def test_a_stroke_begins_softly_and_dies_away(voice: Voice) -> None:
    sound = np.array(stroke(voice, 800))
    assert abs(sound[0]) < 1e-9
    quarters = np.array_split(np.abs(sound), 4)
    loudest = [quarter.max() for quarter in quarters]
    assert loudest == sorted(loudest, reverse=True)
    assert loudest[0] > 0.4
    assert loudest[-1] < 0.05
    assert stroke(voice, 0) == ()


@pytest.mark.parametrize("voice", PARTIALS)
def test_a_stroke_holds_the_partials_of_the_thing(voice: Voice) -> None:
    sound = np.array(stroke(voice, 500))
    spectrum = np.abs(np.fft.rfft(sound, 1 << 16))
    for partial in PARTIALS[voice]:
        at = round(partial.ratio * 500 * (1 << 16) / SAMPLE_RATE)
        near = spectrum[at - 40 : at + 40].max()
        assert near == pytest.approx(partial.level * partial.fade_s * SAMPLE_RATE / 2, rel=0.3)


def test_a_partial_beyond_the_band_is_left_out() -> None:
    """At 2 kHz a bell's highest partial would lie at 10.8 kHz, and come back as another tone."""
    spectrum = np.abs(np.fft.rfft(np.array(stroke(Voice.BELL, 2000)), 1 << 16))
    folded = round((SAMPLE_RATE - 5.4 * 2000) * (1 << 16) / SAMPLE_RATE)
    assert spectrum[folded - 40 : folded + 40].max() < spectrum.max() / 20


def test_a_bell_rings_on_into_the_pause() -> None:
    bell = one_round(RING_TONES["bell"])
    pause = bell[SAMPLE_RATE : SAMPLE_RATE * 12 // 10]
    assert np.abs(pause).max() > 3000
    assert np.abs(one_round(RING_TONES["classic"])[SAMPLE_RATE:]).max() == 0
