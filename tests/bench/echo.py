"""What PJSIP's echo canceller costs, which runs where a sound card is, not with files.

With PJSIP's own libraries, the settings that the phone gives it, and frames as long as a turn of the
card's bridge.
"""

import ctypes
import time
import wave
from pathlib import Path
from typing import Any, Final

import pjsua2 as pj

from agent.media.audio import CARD_TURN_MS, CLOCK_HZ
from agent.sip.library import ECHO_TAIL_MS, PLAYBACK_MS

FRAME: Final = CLOCK_HZ * CARD_TURN_MS // 1000
"""Samples in a turn."""
_LATE: Final = 3
"""So many frames later the earpiece is in the microphone's sound, a quarter as loud."""
_POOL_OCTETS: Final = 65536
"""More than a pj_caching_pool has."""


def measure(speech: Path, frames: int) -> float:
    """Nanoseconds of CPU time that a turn takes it, both ways.

    Args:
        speech: A WAV file at 48 kHz, mono, which the earpiece plays.
        frames: How many turns.

    Raises:
        OSError: PJSIP refuses.
    """
    with wave.open(str(speech)) as file:
        played = [file.readframes(FRAME) for _ in range(frames)]
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    media = ctypes.CDLL(_loaded("libpjmedia.so"))
    factory = (ctypes.c_char * _POOL_OCTETS)()
    media.pj_caching_pool_init(factory, None, 0)
    media.pj_pool_create.restype = ctypes.c_void_p
    pool = ctypes.c_void_p(media.pj_pool_create(factory, b"echo", 4096, 4096, None))
    echo = ctypes.c_void_p()
    options = pj.PJMEDIA_ECHO_SPEEX | pj.PJMEDIA_ECHO_USE_SW_ECHO
    status = media.pjmedia_echo_create2(
        pool, CLOCK_HZ, 1, FRAME, ECHO_TAIL_MS, PLAYBACK_MS, options, ctypes.byref(echo)
    )
    if status:
        raise OSError(f"PJSIP makes no echo canceller: {status}")
    took = _run(media, echo, played)
    media.pjmedia_echo_destroy(echo)
    endpoint.libDestroy()
    return took / frames


def _run(media: Any, echo: ctypes.c_void_p, played: list[bytes]) -> int:
    silence = bytes(2 * FRAME)
    heard = [_softer(frame) for frame in [silence] * _LATE + played]
    began = time.thread_time_ns()
    for out, back in zip(played, heard, strict=False):
        media.pjmedia_echo_playback(echo, ctypes.create_string_buffer(out, 2 * FRAME))
        media.pjmedia_echo_capture(echo, back, 0)
    return time.thread_time_ns() - began


def _softer(frame: bytes) -> Any:
    samples = (ctypes.c_int16 * FRAME).from_buffer_copy(frame)
    return (ctypes.c_int16 * FRAME)(*(each // 4 for each in samples))


def _loaded(name: str) -> str:
    """The path of a library that this process has."""
    lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    return next(line.split()[-1] for line in lines if f"/{name}" in line)
