"""Speech for the microphones, and a measure of whether it was heard.

Pure but for `speak`, which lets espeak-ng speak into a file.
"""

import array
import math
import subprocess
import sys
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from agent.demo.household import DemoError
from agent.frozen import frozen

WAV_HEADER: Final = 44
"""Octets before the first sample, in files as PJSIP writes them."""
FRAME_S: Final = 0.02
"""Loudness is measured over 20 ms, the length of one RTP packet's audio."""

TEXTS: Final = {
    "alice": (
        "Good evening. This is Alice, on a telephone that nobody else can hear. "
        "I read you the second word, and you read me the first. "
        "The harbour lights went on at seven, and the old ferry left without us."
    ),
    "bob": (
        "Hello Alice, this is Bob. Both words are the same here. "
        "Tell me about the north wind and the sun, and I will write it all down. "
        "Seven green bottles stand on the wall, and no one counts them but you and me."
    ),
}


def speak(text: str, voice: str, path: Path) -> None:
    """Speaks the text into a WAV file (16 bit, mono), once: an existing file is kept.

    Raises:
        DemoError: espeak-ng is missing or refused.
    """
    if path.exists():
        return
    spoken = path.with_suffix(".part")
    order = ["espeak-ng", "-v", voice, "-w", str(spoken), text]
    try:
        done = subprocess.run(order, check=False, capture_output=True)  # noqa: S603 - no shell, own words
    except FileNotFoundError:
        raise DemoError("espeak-ng is not installed; `make setup` installs it.") from None
    if not spoken.exists():  # its exit status is 0 all the same
        raise DemoError(f"espeak-ng could not speak: {done.stderr.decode().strip()}")
    spoken.rename(path)


@frozen
class Sound:
    """Samples of 16 bit, one channel, and their rate in hertz."""

    samples: "array.array[int]"
    rate: int


@frozen
class Stretch:
    """A part of what an earpiece played: octets of its WAV file, from and to."""

    recording: Path
    start: int
    end: int


def read(path: Path) -> Sound:
    """The first channel of a WAV file of 16 bit."""
    with wave.open(str(path), "rb") as file:
        rate, channels = file.getframerate(), file.getnchannels()
        samples = array.array("h", file.readframes(file.getnframes()))
    if sys.byteorder == "big":
        samples.byteswap()
    return Sound(samples[::channels], rate)


def cut(stretch: Stretch) -> Sound:
    """A part of a recording with one channel."""
    whole = read(stretch.recording)
    first, last = ((octets - WAV_HEADER) // 2 for octets in (stretch.start, stretch.end))
    return Sound(whole.samples[max(0, first) : max(0, last)], whole.rate)


def loudness(sound: Sound) -> list[float]:
    """The root mean square of each 20 ms, 0 to 32767."""
    step = int(sound.rate * FRAME_S)
    return [
        math.sqrt(sum(value * value for value in sound.samples[start : start + step]) / step)
        for start in range(0, len(sound.samples) - step + 1, step)
    ]


def likeness(spoken: Sequence[float], heard: Sequence[float]) -> float:
    """How well what was heard follows what was spoken, at the best delay.

    Args:
        spoken: Loudness of the microphone's file, which is spoken again and again.
        heard: Loudness of the earpiece during the call.

    Returns:
        The largest correlation coefficient of the two over all delays: 1 the same, near 0
        for anything else. 0 if either is silent or heard is shorter than a second.
    """
    if len(heard) < 1 / FRAME_S or not spoken:
        return 0.0
    turns = [spoken[index % len(spoken)] for index in range(len(spoken) + len(heard))]
    return max(_correlation(turns[lag : lag + len(heard)], heard) for lag in range(len(spoken)))


def _correlation(left: Sequence[float], right: Sequence[float]) -> float:
    mean_left, mean_right = sum(left) / len(left), sum(right) / len(right)
    pairs = [(a - mean_left, b - mean_right) for a, b in zip(left, right, strict=True)]
    energy = math.sqrt(sum(a * a for a, _ in pairs) * sum(b * b for _, b in pairs))
    return sum(a * b for a, b in pairs) / energy if energy else 0.0


def tone_share(sound: Sound, hertz: float) -> float:
    """The share of a sound's power that lies at one frequency, 0 to 1 (Goertzel)."""
    turn = 2 * math.cos(2 * math.pi * hertz / sound.rate)
    before, last = 0.0, 0.0
    energy = 0.0
    for value in sound.samples:
        before, last = last, value + turn * last - before
        energy += value * value
    power = before * before + last * last - turn * before * last
    return 2 * power / (len(sound.samples) * energy) if energy else 0.0
