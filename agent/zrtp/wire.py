"""Octets in and out: bounded reading, and the packet around a message (RFC 6189 section 5)."""

import struct
from dataclasses import dataclass
from typing import Final

from agent.zrtp.errors import Ignored, NotUsedError

__all__ = ["PREAMBLE", "WORD", "Packet", "Reader", "crc32c", "decode_packet", "encode_packet"]

WORD: Final = 4
"""Octets of the 32-bit words in which ZRTP counts lengths."""

PREAMBLE: Final = 0x505A
"""The first two octets of every message."""

_MAGIC_COOKIE: Final = 0x5A525450
_VERSION_NIBBLE: Final = 0x1
_HEADER: Final = struct.Struct(">HHII")
# The CRC of RFC 4960 appendix B goes over the wire with its least significant octet first.
_CRC: Final = struct.Struct("<I")
_MESSAGE_HEADER: Final = struct.Struct(">HH")
_SHORTEST_MESSAGE: Final = 3 * WORD


class Reader:
    """Reads octets from front to back, and never past the end.

    Args:
        data: what is to be read.

    Every method raises NotUsedError, counted as malformed, when the data does not hold what is
    asked for.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def remaining(self) -> int:
        """Octets that were not read yet."""
        return len(self._data) - self._at

    def take(self, length: int) -> bytes:
        """The next `length` octets."""
        if not 0 <= length <= self.remaining:
            raise NotUsedError(Ignored.MALFORMED)
        start, self._at = self._at, self._at + length
        return self._data[start : self._at]

    def word(self) -> int:
        """The next 32-bit word as an unsigned integer."""
        return int.from_bytes(self.take(WORD))

    def finish(self) -> None:
        """Everything has to be read by now."""
        if self.remaining:
            raise NotUsedError(Ignored.MALFORMED)


@dataclass(frozen=True, slots=True)
class Packet:
    """A ZRTP packet.

    Attributes:
        sequence: 16 bits; counts the packets sent. Advisory: nothing here depends on it.
        ssrc: the source identifier, 32 bits.
        message: the message, from its preamble on, without packet header and CRC.
    """

    sequence: int
    ssrc: int
    message: bytes


def _crc_table() -> tuple[int, ...]:
    """CRC-32C of each octet, reflected, polynomial 0x1EDC6F41."""
    table = []
    for octet in range(256):
        value = octet
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return tuple(table)


_CRC_TABLE: Final = _crc_table()


def crc32c(data: bytes) -> int:
    """CRC-32C as in RFC 4960 appendix B, before its octets are put in wire order."""
    table = _CRC_TABLE
    value = 0xFFFFFFFF
    for octet in data:
        value = table[(value ^ octet) & 0xFF] ^ value >> 8
    return value ^ 0xFFFFFFFF


def encode_packet(packet: Packet) -> bytes:
    """Put header and CRC around a message; the 12 unused header bits are sent as zero."""
    header = _HEADER.pack(
        _VERSION_NIBBLE << 12, packet.sequence & 0xFFFF, _MAGIC_COOKIE, packet.ssrc
    )
    covered = header + packet.message
    return covered + _CRC.pack(crc32c(covered))


def decode_packet(data: bytes) -> Packet:
    """Take a message out of a packet.

    Raises:
        NotUsedError: no ZRTP packet (MALFORMED), damaged on its way (BAD_CRC, section 5), or the
            length inside does not agree with that of the datagram (MALFORMED).
    """
    if len(data) < _HEADER.size + _SHORTEST_MESSAGE + _CRC.size:
        raise NotUsedError(Ignored.MALFORMED)
    first, sequence, cookie, ssrc = _HEADER.unpack_from(data)
    # The 12 bits after the first nibble are ignored on receipt.
    if first >> 12 != _VERSION_NIBBLE or cookie != _MAGIC_COOKIE:
        raise NotUsedError(Ignored.MALFORMED)
    covered = data[: -_CRC.size]
    if _CRC.pack(crc32c(covered)) != data[-_CRC.size :]:
        raise NotUsedError(Ignored.BAD_CRC)
    message = covered[_HEADER.size :]
    preamble, words = _MESSAGE_HEADER.unpack_from(message)
    if preamble != PREAMBLE or words * WORD != len(message):
        raise NotUsedError(Ignored.MALFORMED)
    return Packet(sequence, ssrc, message)
