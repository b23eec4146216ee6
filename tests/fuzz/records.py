"""What a fuzzer's octets mean to a session: a list of records, each one thing that happens to it.

A record is kind, argument and length (1, 1 and 2 octets), then that many octets of data. Every
string of octets is a list of records: what is cut off at the end counts as it is.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice
from typing import Final

from agent.zrtp.wire import WORD, Packet, crc32c, encode_packet

_HEAD: Final = struct.Struct(">BBH")
_EDIT: Final = struct.Struct(">HB")
_CRC: Final = struct.Struct("<I")
_LENGTH_AT: Final = 2
_PACKET_HEADER: Final = 12
_MOST_RECORDS: Final = 12
_MOST_EDITS: Final = 8


class Kind(IntEnum):
    """What happens."""

    PACKET = 0  # a datagram; its CRC is made to fit unless the argument is odd
    MESSAGE = 1  # a message, of any length, put into a packet of the SSRC that the argument picks
    HONEST = 2  # the true peer's next packet, or another by the argument; data: edits
    TIME = 3  # the next timer is due
    SRTP = 4  # an authentic SRTP packet came
    SDP = 5  # a=zrtp-hash values, one a line
    VERDICT = 6  # the user compared the SAS: the same, or another if the argument is odd


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happens."""

    kind: Kind
    argument: int = 0
    data: bytes = b""

    def write(self) -> bytes:
        return _HEAD.pack(self.kind, self.argument, len(self.data)) + self.data


def read(data: bytes) -> Iterator[Record]:
    """The first records in there; so many that an execution stays short."""
    return islice(_read(data), _MOST_RECORDS)


def _read(data: bytes) -> Iterator[Record]:
    at = 0
    while at + _HEAD.size <= len(data):
        kind, argument, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        yield Record(Kind(kind % len(Kind)), argument, data[at : at + length])
        at += length


def with_crc(datagram: bytes) -> bytes:
    """The same with a CRC that fits in its last four octets."""
    covered = datagram[: -_CRC.size]
    return covered + _CRC.pack(crc32c(covered))


def packet_around(message: bytes, ssrc: int) -> bytes:
    """A packet around anything, with padding, preamble and length as they have to be."""
    padded = message.ljust(3 * WORD, b" ") + bytes(-len(message) % WORD)
    head = b"\x50\x5a" + (len(padded) // WORD & 0xFFFF).to_bytes(2)
    return encode_packet(Packet(1, ssrc, head + padded[len(head) :]))


def with_length_and_crc(datagram: bytes) -> bytes:
    """The same with the length of its message, and a CRC, that fit."""
    words = (len(datagram) - _PACKET_HEADER - _CRC.size) // WORD
    at = _PACKET_HEADER + _LENGTH_AT
    return with_crc(datagram[:at] + (words & 0xFFFF).to_bytes(2) + datagram[at + 2 :])


def edited(packet: bytes, edits: bytes) -> bytes:
    """Some octets after the header replaced; untouched when there are no edits."""
    if len(edits) < _EDIT.size:
        return packet
    altered = bytearray(packet)
    room = len(packet) - _PACKET_HEADER - _CRC.size
    for number in range(min(len(edits) // _EDIT.size, _MOST_EDITS)):
        offset, value = _EDIT.unpack_from(edits, number * _EDIT.size)
        altered[_PACKET_HEADER + offset % room] = value
    return with_crc(bytes(altered))
