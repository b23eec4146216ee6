import pytest

from agent.media import tones
from agent.media.tones import ToneSpec, ToneStep

ALL = [each for each in vars(tones).values() if isinstance(each, ToneSpec)]


@pytest.mark.parametrize("tone", ALL)
def test_every_tone_can_be_heard_on_a_telephone(tone: ToneSpec) -> None:
    for step in tone.steps:
        assert all(300 <= each <= 3400 for each in step.frequencies)
    assert 1000 < tone.amplitude <= 32_767


def test_no_two_tones_sound_alike() -> None:
    assert len(ALL) == 7
    assert len({tone.steps for tone in ALL}) == len(ALL)


def test_dial_tone_has_no_seam() -> None:
    (step,) = tones.DIAL_TONE.steps
    assert step.off_ms == 0
    assert step.frequencies[0] * step.on_ms % 1000 == 0


@pytest.mark.parametrize(("level", "amplitude"), [(0, 32_767), (-20, 3276), (-200, 1)])
def test_amplitude(level: int, amplitude: int) -> None:
    assert ToneSpec((ToneStep((425,), 1),), level_dbfs=level).amplitude == amplitude


@pytest.mark.parametrize(
    ("frequencies", "on_ms", "off_ms"),
    [((), 1, 0), ((1, 2, 3), 1, 0), ((425,), 0, 0), ((425,), 40_000, 0), ((425,), 1, -1)],
)
def test_step_that_cannot_be_played(frequencies: tuple[int, ...], on_ms: int, off_ms: int) -> None:
    with pytest.raises(ValueError, match=r"step|played"):
        ToneStep(frequencies, on_ms, off_ms)


def test_tone_that_cannot_be_played() -> None:
    with pytest.raises(ValueError, match="step"):
        ToneSpec(())
    with pytest.raises(ValueError, match="0 dBFS"):
        ToneSpec((ToneStep((425,), 1),), level_dbfs=1)
