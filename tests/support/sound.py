"""How alike two sounds are, measured on their samples: sharper than the loudness alone."""

import wave
from pathlib import Path
from typing import Final

import numpy as np

from agent.demo.speech import WAV_HEADER, Stretch
from support.g711 import Samples

RATE: Final = 8_000
"""Everything is compared at this rate, in hertz: the band of a telephone."""
WINDOW_S: Final = 0.5
"""Seconds that are looked for at one delay: short, since a jitter buffer shifts what follows."""
_QUIET: Final = 100.0
"""A window whose root mean square is lower than this holds no speech to compare."""
_FRAME: Final = RATE // 50


def read_wav(path: Path) -> tuple[Samples, int]:
    """The samples of a finished mono recording, and their rate in hertz."""
    with wave.open(str(path), "rb") as file:
        data = file.readframes(file.getnframes())
        return np.frombuffer(data, dtype="<i2").astype(np.float64), file.getframerate()


def spoken(path: Path) -> Samples:
    """What a microphone's file says, at `RATE`."""
    return resample(*read_wav(path))


def played(stretch: Stretch) -> Samples:
    """A part of what an earpiece played, at `RATE`; its phone may be running still."""
    samples = np.fromfile(
        stretch.recording,
        dtype="<i2",
        offset=max(WAV_HEADER, stretch.start),
        count=(stretch.end - max(WAV_HEADER, stretch.start)) // 2,
    )
    rate = int(np.fromfile(stretch.recording, dtype="<u4", offset=24, count=1)[0])
    return resample(samples.astype(np.float64), rate)


def resample(samples: Samples, rate: int) -> Samples:
    """The same sound at `RATE`; what does not fit into its band is cut off."""
    length = len(samples) * RATE // rate
    spectrum = np.fft.rfft(samples)[: length // 2 + 1]
    spectrum = np.pad(spectrum, (0, length // 2 + 1 - len(spectrum)))
    resampled: Samples = np.fft.irfft(spectrum, length) * (length / len(samples))
    return resampled


def waveform_likeness(speech: Samples, heard: Samples) -> float:
    """How well the waveform of what was heard follows what was spoken.

    Each `WINDOW_S` of what was heard is looked for in the speech, which is spoken again and
    again, at every delay and with either sign.

    Returns:
        The median over these of the largest correlation coefficient; 1: the same.
        0 when nothing loud enough was heard.
    """
    size = int(RATE * WINDOW_S)
    windows = [heard[at : at + size] for at in range(0, len(heard) - size + 1, size)]
    loud = [each for each in windows if np.sqrt(np.mean(each**2)) > _QUIET]
    return float(np.median([_best(speech, each) for each in loud])) if loud else 0.0


def loudness_likeness(speech: Samples, heard: Samples) -> float:
    """The same of the loudness of each 20 ms, over the whole of what was heard."""
    if len(heard) < RATE:
        return 0.0
    return _best(_loudness(speech), _loudness(heard))


def _loudness(samples: Samples) -> Samples:
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    found: Samples = np.sqrt(np.mean(frames**2, axis=1))
    return found


def _best(speech: Samples, window: Samples) -> float:
    """The largest correlation coefficient of a window with the speech, over all delays."""
    size = len(window)
    turns = np.resize(speech, len(speech) + size)
    centred = window - window.mean()
    length = len(turns) + size
    products = np.fft.irfft(
        np.fft.rfft(turns, length) * np.conj(np.fft.rfft(centred, length)), length
    )[: len(speech)]
    sums = np.concatenate(([0.0], np.cumsum(turns)))
    squares = np.concatenate(([0.0], np.cumsum(turns**2)))
    means = (sums[size:] - sums[:-size])[: len(speech)] / size
    energies = (squares[size:] - squares[:-size])[: len(speech)] - size * means**2
    scale = np.sqrt(np.maximum(energies, 1.0) * max(float(np.sum(centred**2)), 1.0))
    return float(np.max(np.abs(products) / scale))
