"""Speaking into a handset and hearing oneself half a second later, over ALSA.

For who has just built a phone: whatever is wrong is told in a sentence.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from hw.board import HandsetDevices
from hw.level import Level, bar, loudest, measure, verdict
from hw.ring_voice import SAMPLE_RATE
from hw.sound_cards import library

FRAME: Final = SAMPLE_RATE // 50
"""Samples that are read at once: 20 ms."""
DELAY_FRAMES: Final = 25
"""Half a second: late enough to know one's own voice from the one in one's head."""
_SHOWN_EVERY: Final = 5
"""Frames from one bar to the next: a tenth of a second."""
_BUSY: Final = "Device or resource busy"
Write = Callable[[str], None]
"""Takes text for a terminal."""


class TrialError(Exception):
    """The handset cannot be tried; the text says why, for the person who can mend it."""


def speak_and_hear(devices: HandsetDevices, seconds: float, write: Write) -> Level:
    """Plays what is spoken, later, and shows how loud it is.

    Args:
        devices: ALSA PCMs.
        seconds: For how long; the card sets the pace.
        write: Hears the bar, again and again, in the same line of a terminal.

    Returns:
        The loudest that was heard of the microphone.

    Raises:
        TrialError: A PCM cannot be opened, or went away.
    """
    levels: list[Level] = []
    alsaaudio = library()
    late = deque([bytes(2 * FRAME)] * DELAY_FRAMES)
    with (
        _opened(devices.capture, "microphone", alsaaudio.PCM_CAPTURE) as microphone,
        _opened(devices.playback, "earpiece", alsaaudio.PCM_PLAYBACK) as earpiece,
    ):
        try:
            for frame in _frames(microphone, round(seconds * SAMPLE_RATE / FRAME)):
                late.append(frame)
                earpiece.write(late.popleft())
                levels.append(measure(frame))
                if len(levels) % _SHOWN_EVERY == 0:
                    write(f"\r  {bar(loudest(levels[-_SHOWN_EVERY:]))}")
        except alsaaudio.ALSAAudioError as error:
            raise TrialError(f"The sound card went away: {error}") from error
        except KeyboardInterrupt:  # the person has heard enough
            pass
    write("\n")
    return loudest(levels)


def opening_faults(devices: HandsetDevices) -> list[str]:
    """Opens microphone and earpiece for a moment, without a sound.

    Returns:
        A sentence for each that cannot be opened.
    """
    alsaaudio = library()
    faults = []
    for name, part, direction in (
        (devices.capture, "microphone", alsaaudio.PCM_CAPTURE),
        (devices.playback, "earpiece", alsaaudio.PCM_PLAYBACK),
    ):
        try:
            with _opened(name, part, direction):
                pass
        except TrialError as error:
            faults.append(str(error))
    return faults


def report(level: Level, write: Write) -> bool:
    """Says what the level means; returns whether the microphone will do."""
    fine, sentence = verdict(level)
    write(f"{sentence}\n")
    return fine


def _frames(microphone: Any, count: int) -> Iterator[bytes]:
    for _ in range(count):
        length, sound = microphone.read()
        # A negative length is an overrun: samples were lost, and the next read goes on.
        yield sound[: 2 * max(0, length)].ljust(2 * FRAME, b"\0")


@contextmanager
def _opened(name: str, part: str, direction: int) -> Iterator[Any]:
    alsaaudio = library()
    try:
        pcm = alsaaudio.PCM(
            direction,
            device=name,
            rate=SAMPLE_RATE,
            channels=1,
            format=alsaaudio.PCM_FORMAT_S16_LE,
            periodsize=FRAME,
            periods=4,
        )
    except alsaaudio.ALSAAudioError as error:
        raise TrialError(cannot_open(name, part, str(error))) from error
    try:
        yield pcm
    finally:
        pcm.close()


def cannot_open(name: str, part: str, error: str) -> str:
    """Says why ALSA could not open a PCM, and what to do about it.

    Args:
        name: The PCM.
        part: What it is for: "microphone" or "earpiece".
        error: What ALSA says.
    """
    if _BUSY in error:
        return (
            f"The {part} is in use: does the phone run and is there a call? "
            "Stop it first (systemctl stop sotto)."
        )
    if "No such file or directory" in error:
        return f"The sound card has no {part} ({name}): a card for playing alone will not do."
    return f"The {part} cannot be opened: {error}"
