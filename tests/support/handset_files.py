"""WAV files to be spoken into a handset, and what is in those that it played."""

import wave
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

RATE: Final = 48_000
"""Samples a second of the files made here."""

Sound = npt.NDArray[np.float64]


def write_tone(path: Path, hertz: float, seconds: float = 2.0) -> Path:
    """A sine of a quarter of full scale."""
    times = np.arange(int(RATE * seconds)) / RATE
    return _write(path, 8000 * np.sin(2 * np.pi * hertz * times))


def write_bursts(path: Path) -> Path:
    """Half a second of noise, half a second of silence: like speech, hard to code and easy."""
    noise = np.random.default_rng(1).normal(0, 6000, RATE // 2)
    return _write(path, np.concatenate([noise, np.zeros(RATE // 2)]))


def heard(path: Path) -> Sound:
    """All samples of a recording, also of one that is still being written."""
    data = path.read_bytes()[44:]
    return np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float64)


def share_of(samples: Sound, hertz: float, rate: int = RATE) -> float:
    """How much of the sound's power lies within 20 Hz of a frequency, 0 to 1."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    frequencies = np.fft.rfftfreq(len(samples), 1 / rate)
    near = spectrum[np.abs(frequencies - hertz) < 20]
    return float(near.sum()) / float(spectrum.sum())


def frequencies(samples: Sound, step: int = 1) -> list[int]:
    """The tones in a sound, in hertz to the nearest `step`, the lowest first.

    A tone is a frequency with at least a fifth of the loudest one's amplitude.
    """
    padded = 16 * len(samples)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), padded))
    inner = spectrum[1:-1]
    is_peak = (inner > spectrum[:-2]) & (inner >= spectrum[2:]) & (inner > spectrum.max() / 5)
    found = (np.flatnonzero(is_peak) + 1) * RATE / padded
    return sorted({round(each / step) * step for each in found})


def length_s(path: Path) -> float:
    """The length in seconds that a finished file's header claims."""
    with wave.open(str(path)) as file:
        frames, rate = int(file.getnframes()), int(file.getframerate())
    return frames / rate


def _write(path: Path, samples: Sound) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.clip(-32768, 32767).astype("<i2").tobytes())
    return path
