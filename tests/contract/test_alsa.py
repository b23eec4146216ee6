"""The loudspeaker and the handset on ALSA itself, with its file plugin as the card."""

from pathlib import Path

import numpy as np
import pytest

from hw.board import HandsetDevices
from hw.handset import AlsaHandset
from hw.handset_trial import opening_faults
from hw.part import PartError
from hw.profile import SoundProfile, SpeakerProfile
from hw.ring_voice import SAMPLE_RATE
from hw.ringer import LOOK_SECONDS, Speaker
from hw.types import RingTone

TONE = RingTone((800,), 1000, (100, 50))


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PCM called "ringer" that keeps what is played to it in this file."""
    sound = tmp_path / "ringer.raw"
    config = tmp_path / "asound.conf"
    config.write_text(
        f"pcm.ringer {{ type file slave.pcm quiet file {sound} format raw }}\n"
        "pcm.quiet { type null }\n"
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(config))
    return sound


def test_the_loudspeaker_plays_the_tone_that_was_made(recording: Path) -> None:
    speaker = Speaker(SpeakerProfile("ringer"))
    speaker.open()
    assert speaker.step(0.0, print) == LOOK_SECONDS
    speaker.ring(TONE)
    assert [speaker.step(0.0, print) for _ in range(15)] == [0.0] * 15
    speaker.close()  # before another opening, which would begin the file anew
    heard = np.frombuffer(recording.read_bytes(), "<i2")
    assert len(heard) >= SAMPLE_RATE * 3 // 10
    sounding = heard[: SAMPLE_RATE // 10].astype(float)
    assert np.argmax(np.abs(np.fft.rfft(sounding))) * 10 == 800
    assert not heard[SAMPLE_RATE // 10 : SAMPLE_RATE * 15 // 100].any()


@pytest.mark.usefixtures("recording")
def test_a_loudspeaker_that_was_told_to_stop_stops() -> None:
    speaker = Speaker(SpeakerProfile("ringer"))
    speaker.open()
    speaker.ring(TONE)
    assert speaker.step(0.0, print) == 0.0
    speaker.ring(None)
    assert speaker.step(0.0, print) == LOOK_SECONDS
    speaker.close()


def test_another_tone_begins_at_its_beginning(recording: Path) -> None:
    speaker = Speaker(SpeakerProfile("ringer"))
    speaker.open()
    for tone in (TONE, RingTone((400,), 1000, (100,))):
        speaker.ring(tone)
        speaker.step(0.0, print)
    speaker.close()
    heard = np.frombuffer(recording.read_bytes(), "<i2").astype(float)
    period = SAMPLE_RATE // 50
    loudest = [
        int(np.argmax(np.abs(np.fft.rfft(heard[at : at + period])))) * 50 for at in (0, period)
    ]
    assert loudest == [800, 400]


@pytest.mark.usefixtures("recording")
def test_a_loudspeaker_that_is_not_there_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    speaker = Speaker(SpeakerProfile("plughw:CARD=NoSuchCard"))
    with pytest.raises(PartError, match='for ringing: no sound card called "NoSuchCard"'):
        speaker.open()
    assert capfd.readouterr().err == ""  # ALSA itself is not even asked
    with pytest.raises(PartError, match=r"no loudspeaker for ringing: .*\[nonsense\]"):
        Speaker(SpeakerProfile("nonsense")).open()


def test_a_handset_on_named_pcms() -> None:
    woken: list[None] = []
    handset = AlsaHandset(SoundProfile(capture="mic", playback="ear"), lambda: woken.append(None))
    handset.open()
    assert (handset.devices.capture, handset.devices.playback) == ("mic", "ear")
    assert handset.devices.is_card
    handset.set_volume(30)
    assert len(woken) == 1
    assert handset.step(0.0, print) > 0  # such PCMs have no mixer
    handset.close()


@pytest.mark.parametrize(
    "profile",
    [
        SoundProfile(card="NoSuchCard"),
        SoundProfile(capture="plughw:CARD=NoSuchCard", playback="plughw:CARD=NoSuchCard"),
    ],
)
def test_a_handset_that_is_not_there_is_told(profile: SoundProfile) -> None:
    handset = AlsaHandset(profile, lambda: None)
    with pytest.raises(PartError, match='no sound card called "NoSuchCard"'):
        handset.open()


def test_a_handset_is_opened_for_a_moment(recording: Path) -> None:
    assert opening_faults(HandsetDevices(capture="quiet", playback="ringer")) == []
    assert recording.exists()


@pytest.mark.usefixtures("recording")
def test_what_cannot_be_opened_is_told() -> None:
    faults = opening_faults(HandsetDevices(capture="nobody", playback="quiet"))
    assert len(faults) == 1
    assert "microphone" in faults[0]
