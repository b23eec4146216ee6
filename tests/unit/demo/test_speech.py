import array
import math
import random
import wave
from pathlib import Path

import pytest

from agent.demo import speech
from agent.demo.household import DemoError

RATE = 16_000


def write(path: Path, samples: list[float]) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array.array("h", [int(value) for value in samples]).tobytes())
    return path


def tone(hertz: float, seconds: float, level: float = 8000.0) -> list[float]:
    return [level * math.sin(2 * math.pi * hertz * n / RATE) for n in range(int(seconds * RATE))]


def test_loudness_is_measured_each_20_ms(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", tone(1000, 0.1) + [0.0] * (RATE // 10))
    loud = speech.loudness(speech.read(path))
    assert len(loud) == 10
    assert loud[0] == pytest.approx(8000 / math.sqrt(2), rel=0.01)
    assert loud[-1] == 0


def test_the_same_speech_is_found_at_any_delay_and_level() -> None:
    draw = random.Random(1)
    spoken = [draw.uniform(0, 9000) for _ in range(400)]
    heard = [0.3 * spoken[(index + 123) % len(spoken)] for index in range(300)]
    assert speech.likeness(spoken, heard) == pytest.approx(1.0)


def test_strangers_speech_silence_and_a_snippet_are_not_alike() -> None:
    draw = random.Random(2)
    spoken = [draw.uniform(0, 9000) for _ in range(400)]
    strange = [draw.uniform(0, 9000) for _ in range(400)]
    assert speech.likeness(spoken, strange) < 0.5
    assert speech.likeness(spoken, [0.0] * 400) == 0
    assert speech.likeness(spoken, spoken[:20]) == 0
    assert speech.likeness([], strange) == 0


def test_a_tone_is_told_from_another_and_from_silence(tmp_path: Path) -> None:
    path = write(tmp_path / "b.wav", [0.0] * RATE + tone(425, 1.0))
    silent = speech.cut(speech.Stretch(path, 0, speech.WAV_HEADER + 2 * RATE))
    loud = speech.cut(speech.Stretch(path, speech.WAV_HEADER + 2 * RATE, path.stat().st_size))
    assert speech.tone_share(loud, 425) == pytest.approx(1.0, abs=0.02)
    assert speech.tone_share(loud, 1000) < 0.01
    assert len(silent.samples) == RATE
    assert speech.tone_share(silent, 425) == 0


def test_speech_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="espeak-ng could not speak: Can't write"):
        speech.speak("Hello", "en", tmp_path / "missing" / "c.wav")


def test_what_was_spoken_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "d.wav"
    path.write_bytes(b"already there")
    speech.speak("Hello", "en", path)
    assert path.read_bytes() == b"already there"
