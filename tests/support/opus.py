"""Opus, by Debian's libopus: mono at 48 kHz, 20 ms a packet."""

import ctypes
import ctypes.util
from collections.abc import Iterable
from typing import Final

import numpy as np

from support.g711 import Samples

FRAME: Final = 960
"""Samples in 20 ms."""
_RATE: Final = 48_000
_LONGEST: Final = 5760
_VOIP: Final = 2048

_LIBRARY: Final = ctypes.CDLL(ctypes.util.find_library("opus") or "libopus.so.0")
_LIBRARY.opus_decoder_create.restype = ctypes.c_void_p
_LIBRARY.opus_encoder_create.restype = ctypes.c_void_p


def _destroy(name: str, codec: ctypes.c_void_p) -> None:
    getattr(_LIBRARY, name)(codec)


def decode(packets: Iterable[bytes]) -> Samples:
    """What a receiver would play: 20 ms of silence where a packet is no Opus."""
    error = ctypes.c_int()
    decoder = ctypes.c_void_p(_LIBRARY.opus_decoder_create(_RATE, 1, ctypes.byref(error)))
    buffer = (ctypes.c_int16 * _LONGEST)()
    played = [np.zeros(0)]
    for packet in packets:
        count = _LIBRARY.opus_decode(decoder, packet, len(packet), buffer, _LONGEST, 0)
        played.append(np.array(buffer[:count]) if count > 0 else np.zeros(FRAME))
    _destroy("opus_decoder_destroy", decoder)
    return np.concatenate(played).astype(np.float64)


def encode(samples: Samples) -> list[bytes]:
    """One packet for each whole 20 ms."""
    error = ctypes.c_int()
    encoder = ctypes.c_void_p(_LIBRARY.opus_encoder_create(_RATE, 1, _VOIP, ctypes.byref(error)))
    buffer = (ctypes.c_char * 1500)()
    packets = []
    for start in range(0, len(samples) - FRAME + 1, FRAME):
        frame = samples[start : start + FRAME].astype(np.int16).tobytes()
        size = _LIBRARY.opus_encode(encoder, frame, FRAME, buffer, len(buffer))
        packets.append(buffer.raw[:size])
    _destroy("opus_encoder_destroy", encoder)
    return packets
