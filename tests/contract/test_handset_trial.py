"""Hearing oneself, on ALSA itself: its file plugin speaks, and keeps what is heard."""

import math
from array import array
from pathlib import Path

import numpy as np
import pytest

from hw.board import HandsetDevices
from hw.handset_trial import (
    DELAY_FRAMES,
    FRAME,
    TrialError,
    cannot_open,
    report,
    speak_and_hear,
)
from hw.part import PartError
from hw.profile import SpeakerProfile
from hw.ring_tones import RING_TONES
from hw.ring_voice import SAMPLE_RATE
from hw.ringer import Speaker
from hw.ringer_trial import play

DEVICES = HandsetDevices(capture="mouth", playback="ear")
HERTZ = 500


@pytest.fixture
def ear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """PCMs "mouth", which says what is in mouth.raw, and "ear", which writes this file."""
    heard = tmp_path / "ear.raw"
    config = tmp_path / "asound.conf"
    mouth = f"infile {tmp_path}/mouth.raw file /dev/null"
    config.write_text(
        f"pcm.mouth {{ type file slave.pcm quiet {mouth} format raw }}\n"
        f"pcm.ear {{ type file slave.pcm quiet file {heard} format raw }}\n"
        "pcm.quiet { type null }\n"
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(config))
    return heard


def says(ear: Path, amplitude: int, seconds: float = 4.0) -> None:
    wave = (
        max(-32768, min(32767, round(amplitude * math.sin(2 * math.pi * HERTZ * at / SAMPLE_RATE))))
        for at in range(int(seconds * SAMPLE_RATE))
    )
    ear.with_name("mouth.raw").write_bytes(array("h", wave).tobytes())


def test_one_hears_oneself_half_a_second_later(ear: Path) -> None:
    says(ear, 8000)
    written: list[str] = []
    level = speak_and_hear(DEVICES, 2.0, written.append)
    heard = np.frombuffer(ear.read_bytes(), "<i2")
    late = DELAY_FRAMES * FRAME
    assert not heard[:late].any()
    spoken = heard[late : late + SAMPLE_RATE].astype(float)
    assert np.argmax(np.abs(np.fft.rfft(spoken))) == HERTZ
    assert level.peak_dbfs == pytest.approx(-12.2, abs=0.2)
    bars = [each for each in written if each.startswith("\r")]
    assert len(bars) == 20
    assert all("#" in each and "dBFS" in each for each in bars)


@pytest.mark.parametrize(
    ("amplitude", "fine", "sentence"),
    [
        (0, False, "The microphone gives nothing: is the capture switch on?"),
        (100, False, "The microphone is very quiet"),
        (8000, True, "The microphone works"),
        (60_000, False, "The microphone clips"),
    ],
)
def test_what_is_wrong_is_said(ear: Path, amplitude: int, sentence: str, *, fine: bool) -> None:
    says(ear, amplitude)
    told: list[str] = []
    level = speak_and_hear(DEVICES, 1.0, told.append)
    told.clear()
    assert report(level, told.append) is fine
    assert "".join(told).startswith(sentence)


def test_a_card_without_a_microphone_is_told(ear: Path) -> None:
    says(ear, 0)
    with pytest.raises(TrialError, match="microphone"):
        speak_and_hear(HandsetDevices("nowhere", "ear"), 1.0, print)
    with pytest.raises(TrialError, match="earpiece"):
        speak_and_hear(HandsetDevices("mouth", "nowhere"), 1.0, print)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            "Device or resource busy [plughw:CARD=Device]",
            "The microphone is in use: does the phone",
        ),
        ("No such file or directory [plughw:CARD=Device]", "The sound card has no microphone"),
        ("Permission denied [plughw:CARD=Device]", "The microphone cannot be opened: Permission"),
    ],
)
def test_why_a_card_cannot_be_opened_is_said(error: str, sentence: str) -> None:
    assert cannot_open("plughw:CARD=Device", "microphone", error).startswith(sentence)


def test_the_ringer_rings_for_a_while_and_stops(ear: Path) -> None:
    times = iter(range(1000))
    speaker = Speaker(SpeakerProfile("ear"))
    play(speaker, RING_TONES["classic"], 50.0, lambda: float(next(times)), lambda _: None)
    assert 15_000 < len(ear.read_bytes()) // 2 < 20_000  # 50 steps of 20 ms, and what was padded


def test_a_ringer_that_is_not_there_is_told(ear: Path) -> None:
    del ear
    speaker = Speaker(SpeakerProfile(card="NoSuchCard"))
    with pytest.raises(PartError, match='for ringing: no sound card called "NoSuchCard"'):
        play(speaker, RING_TONES["classic"], 1.0)
