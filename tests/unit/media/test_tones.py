import pytest

from agent.media.tones import ALARM, CONFIRMATION, MOST_STEPS, ToneSpec, ToneStep


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
    with pytest.raises(ValueError, match="32 at most"):
        ToneSpec((ToneStep((425,), 1),) * (MOST_STEPS + 1))
    with pytest.raises(ValueError, match="0 dBFS"):
        ToneSpec((ToneStep((425,), 1),), level_dbfs=1)


def test_an_alarm_is_louder_than_all_else_and_a_confirmation_ends() -> None:
    assert ALARM.amplitude > CONFIRMATION.amplitude
    assert ALARM.repeat
    assert not CONFIRMATION.repeat
