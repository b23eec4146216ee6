"""What Opus costs, by the libopus that PJSIP uses, set as the phone sets it: mono, 48 kHz, 20 ms."""

import ctypes
import time
import wave
from pathlib import Path
from typing import Final

from agent.media.audio import CLOCK_HZ, FRAME_MS
from agent.sip.library import OPUS_BIT_RATE, OPUS_LOSS_PERCENT

FRAME: Final = CLOCK_HZ * FRAME_MS // 1000
"""Samples in a packet."""
COMPLEXITY: Final = 5
"""PJSIP's own."""
_VOIP: Final = 2048
_SETTINGS: Final = {
    4002: OPUS_BIT_RATE,
    4006: 0,
    4010: COMPLEXITY,
    4012: 1,
    4014: OPUS_LOSS_PERCENT,
}
"""OPUS_SET_BITRATE, _VBR, _COMPLEXITY, _INBAND_FEC, _PACKET_LOSS_PERC (opus_defines.h)."""
_LARGEST: Final = 1275


def measure(speech: Path, packets: int) -> tuple[float, float]:
    """Nanoseconds of CPU time that a packet takes to encode, and to decode.

    Args:
        speech: A WAV file at 48 kHz, mono.
        packets: How many of its packets.

    Raises:
        OSError: There is no libopus.
        ValueError: libopus refuses a packet.
    """
    with wave.open(str(speech)) as file:
        frames = [file.readframes(FRAME) for _ in range(packets)]
    library = ctypes.CDLL("libopus.so.0")
    for name in ("opus_encoder_create", "opus_decoder_create"):
        getattr(library, name).restype = ctypes.c_void_p
    error = ctypes.c_int()
    encoder = ctypes.c_void_p(library.opus_encoder_create(CLOCK_HZ, 1, _VOIP, ctypes.byref(error)))
    decoder = ctypes.c_void_p(library.opus_decoder_create(CLOCK_HZ, 1, ctypes.byref(error)))
    for request, value in _SETTINGS.items():
        _checked(library.opus_encoder_ctl(encoder, request, value))
    buffer = (ctypes.c_char * _LARGEST)()
    played = (ctypes.c_int16 * FRAME)()
    encoded = []
    began = time.thread_time_ns()
    for frame in frames:
        size = _checked(library.opus_encode(encoder, frame, FRAME, buffer, _LARGEST))
        encoded.append(buffer.raw[:size])
    between = time.thread_time_ns()
    for packet in encoded:
        _checked(library.opus_decode(decoder, packet, len(packet), played, FRAME, 0))
    ended = time.thread_time_ns()
    library.opus_encoder_destroy(encoder)
    library.opus_decoder_destroy(decoder)
    return (between - began) / packets, (ended - between) / packets


def _checked(answer: int) -> int:
    if answer < 0:
        raise ValueError(f"libopus says {answer}")
    return answer
