"""One question to a time server (RFC 5905, appendix A of RFC 4330): how late is it? Pure."""

import struct
from typing import Final

PORT: Final = 123
LENGTH: Final = 48
"""Octets of a packet without extensions."""
NONCE: Final = 8
"""Octets by which an answer is told from a made-up one."""
_REQUEST: Final = 0b00_100_011
"""No leap warning, version 4, mode 3: a client."""
_SERVER: Final = 4
_UNSYNCHRONISED: Final = 3
_STRATUM_MAX: Final = 15
_EPOCH: Final = 2_208_988_800
"""Seconds from 1900 to 1970."""
_ERA: Final = 1 << 32
_FRACTION: Final = 1 << 32
_ANSWER: Final = struct.Struct(">BB22x8sIIII")


class SntpError(ValueError):
    """The answer is none, or of a server that does not know the time itself."""


def request(nonce: bytes) -> bytes:
    """The packet that asks.

    Args:
        nonce: `NONCE` random octets in place of our time, which is nobody's business.
    """
    return bytes([_REQUEST]) + bytes(LENGTH - 1 - NONCE) + nonce


def offset(answer: bytes, nonce: bytes, sent: float, received: float) -> float:
    """By how many seconds the server's clock is ahead of ours (RFC 5905 section 8).

    Args:
        answer: The packet that came.
        nonce: What the request had.
        sent: When it was sent, in seconds since 1970 by our clock.
        received: When the answer came, by our clock.

    Raises:
        SntpError: It is no answer to this request, or one that says nothing.
    """
    if len(answer) < LENGTH:
        raise SntpError("the answer is too short")
    head, stratum, returned, at, at_part, out, out_part = _ANSWER.unpack(answer[:LENGTH])
    if head & 0b111 != _SERVER or returned != nonce:
        raise SntpError("this is no answer to what was asked")
    if head >> 6 == _UNSYNCHRONISED or not 1 <= stratum <= _STRATUM_MAX:
        raise SntpError("the server does not know the time itself")
    arrived, left = _unix(at, at_part, sent), _unix(out, out_part, sent)
    return ((arrived - sent) + (left - received)) / 2


def _unix(seconds: int, fraction: int, near: float) -> float:
    """Seconds since 1970, in the era of 2^32 seconds that is nearest to our own time."""
    moment = seconds - _EPOCH + fraction / _FRACTION
    return moment + round((near - moment) / _ERA) * _ERA
