"""Octets in and out: bounded reading, and the packet around a message (RFC 6189 section 5)."""

import struct
from typing import Final

from agent.frozen import frozen
from agent.zrtp.errors import Ignored, NotUsedError

__all__ = [
    "CRC_LENGTH",
    "FRAGMENT",
    "HEADER_LENGTH",
    "PREAMBLE",
    "WORD",
    "Packet",
    "Reader",
    "check_length",
    "crc32c",
    "decode_packet",
    "encode_packet",
    "is_fragment",
    "open_packet",
    "seal_packet",
]

WORD: Final = 4
"""Octets of the 32-bit words in which ZRTP counts lengths."""

PREAMBLE: Final = 0x505A
"""The first two octets of every message."""

HEADER_LENGTH: Final = 12
"""Octets before the message."""

CRC_LENGTH: Final = 4
"""Octets after it."""

FRAGMENT: Final = 0x1100
"""The first 16 bits of a packet that holds a piece of a message."""

_MAGIC_COOKIE: Final = 0x5A525450
_PACKET: Final = 0x1000
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


@frozen
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


def seal_packet(first: int, sequence: int, ssrc: int, body: bytes) -> bytes:
    """Put header and CRC around a body; `first` is the first 16 bits."""
    covered = _HEADER.pack(first, sequence & 0xFFFF, _MAGIC_COOKIE, ssrc) + body
    return covered + _CRC.pack(crc32c(covered))


def open_packet(data: bytes) -> tuple[int, int, bytes]:
    """Sequence number, SSRC, and what is between header and CRC: 12 octets at least.

    Raises:
        NotUsedError: no ZRTP packet (MALFORMED), or damaged on its way (BAD_CRC, section 5).
    """
    if len(data) < _HEADER.size + _SHORTEST_MESSAGE + _CRC.size:
        raise NotUsedError(Ignored.MALFORMED)
    first, sequence, cookie, ssrc = _HEADER.unpack_from(data)
    # The 12 bits after the first nibble are ignored on receipt.
    if first & 0xF000 != _PACKET or cookie != _MAGIC_COOKIE:
        raise NotUsedError(Ignored.MALFORMED)
    covered = data[: -_CRC.size]
    if _CRC.pack(crc32c(covered)) != data[-_CRC.size :]:
        raise NotUsedError(Ignored.BAD_CRC)
    return sequence, ssrc, covered[_HEADER.size :]


def is_fragment(data: bytes) -> bool:
    """Whether a packet says of itself that it holds a piece of a message.

    Section 5 ignores the octet's second half, so this is asked only where pieces are expected.
    """
    return data[:1] == b"\x11"


def check_length(message: bytes, length: int) -> None:
    """Check the preamble of a message, and that it says to have `length` octets.

    Raises:
        NotUsedError: it does not (MALFORMED).
    """
    if len(message) < _SHORTEST_MESSAGE:
        raise NotUsedError(Ignored.MALFORMED)
    preamble, words = _MESSAGE_HEADER.unpack_from(message)
    if preamble != PREAMBLE or words * WORD != length:
        raise NotUsedError(Ignored.MALFORMED)


def encode_packet(packet: Packet) -> bytes:
    """Put header and CRC around a message; the 12 unused header bits are sent as zero."""
    return seal_packet(_PACKET, packet.sequence, packet.ssrc, packet.message)


def decode_packet(data: bytes) -> Packet:
    """Take a message out of a packet.

    Raises:
        NotUsedError: no ZRTP packet (MALFORMED), damaged on its way (BAD_CRC, section 5), or the
            length inside does not agree with that of the datagram (MALFORMED).
    """
    sequence, ssrc, message = open_packet(data)
    check_length(message, len(message))
    return Packet(sequence, ssrc, message)
