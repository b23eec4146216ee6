"""Messages that do not fit into one packet, in the form in which Linphone sends them.

RFC 6189 knows no fragments. A packet whose first octet is 0x11 holds one: after the usual 12 octets
of header come message id, total length, offset and length of this piece, of 16 bits each and the
lengths in words, then the piece, then the CRC. The id counts the messages of its sender that were
cut, and stays the same when one is sent again.

Nothing of this is authenticated before the message is whole. So what is kept is bounded in size
and time, and nothing is believed that contradicts what was believed before.
"""

import struct
from collections.abc import Container, Iterator
from typing import Final, Self

from agent.frozen import frozen
from agent.zrtp.algorithms import KEY_AGREEMENTS
from agent.zrtp.errors import Ignored, LocalError, NotUsedError
from agent.zrtp.messages import MessageType, message_type
from agent.zrtp.wire import (
    CRC_LENGTH,
    FRAGMENT,
    HEADER_LENGTH,
    WORD,
    Packet,
    check_length,
    decode_packet,
    is_fragment,
    open_packet,
    seal_packet,
)

__all__ = [
    "DEFAULT_MTU",
    "Fragment",
    "Reassembly",
    "check_mtu",
    "cut",
    "fits",
    "largest_message",
]

DEFAULT_MTU: Final = 1452
"""Octets of UDP payload that every path is taken to carry: Ethernet's less IPv6 and UDP."""

_MTU_FLOOR: Final = 600
_PIECE: Final = struct.Struct(">HHHH")
_OVERHEAD: Final = HEADER_LENGTH + _PIECE.size + CRC_LENGTH
_SMALLEST_PACKET: Final = 28
_LARGEST_PACKET: Final = 3072
_MESSAGE_HEADER: Final = 3 * WORD
_COMMIT: Final = 29 * WORD
_DHPART1: Final = 21 * WORD

# Longer than the longest wait between two transmissions of the same message (section 6).
_PATIENCE: Final = 2.0

_CUT: Final = frozenset({MessageType.COMMIT, MessageType.DHPART1})


@frozen
class Fragment:
    """A piece of a message.

    Attributes:
        message_id: which message of its sender.
        total: octets of the whole message.
        offset: where in the message the piece begins, in octets.
        piece: what stands there.
    """

    message_id: int
    total: int
    offset: int
    piece: bytes

    def encode(self, sequence: int, ssrc: int) -> bytes:
        """The whole packet."""
        lengths = (self.total // WORD, self.offset // WORD, len(self.piece) // WORD)
        body = _PIECE.pack(self.message_id, *lengths) + self.piece
        return seal_packet(FRAGMENT, sequence, ssrc, body)

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read what is between header and CRC.

        Raises:
            NotUsedError: the piece is empty, is not as long as it says, or reaches beyond the end.
        """
        message_id, total, offset, length = _PIECE.unpack_from(body)
        piece = body[_PIECE.size :]
        if not piece or len(piece) != length * WORD or offset + length > total:
            raise NotUsedError(Ignored.BAD_FRAGMENT)
        return cls(message_id, total * WORD, offset * WORD, piece)


def fits(message: bytes, mtu: int) -> bool:
    """Whether a message goes into one packet."""
    return HEADER_LENGTH + len(message) + CRC_LENGTH <= mtu


def check_mtu(mtu: int) -> None:
    """Refuse a size that no path has.

    Raises:
        LocalError: below 600.
    """
    if mtu < _MTU_FLOOR:
        raise LocalError(f"packets of {mtu} octets are too small: {_MTU_FLOOR} is the least")


def cut(message: bytes, message_id: int, mtu: int) -> Iterator[Fragment]:
    """The pieces of a message, each as large as a packet of `mtu` octets allows."""
    room = (mtu - _OVERHEAD) // WORD * WORD
    for offset in range(0, len(message), room):
        yield Fragment(message_id, len(message), offset, message[offset : offset + room])


def largest_message(key_agreements: tuple[str, ...]) -> int:
    """Octets of the largest Commit or DHPart1 that may come cut; 0 without a KEM among them."""
    kinds = (KEY_AGREEMENTS[name] for name in key_agreements if name in KEY_AGREEMENTS)
    return max(
        (
            max(_COMMIT + kind.public_key_length, _DHPART1 + kind.pvr_length)
            for kind in kinds
            if kind.is_kem
        ),
        default=0,
    )


class _Collected:
    """One message of which some pieces have come."""

    def __init__(self, first: Fragment, now: float) -> None:
        self.message_id = first.message_id
        self.total = first.total
        self.until = now + _PATIENCE
        self._octets = bytearray(first.total)
        self._known = bytearray(first.total // WORD)

    def add(self, fragment: Fragment) -> bytes | None:
        """Put a piece in its place; the whole message when it was the last one.

        Raises:
            NotUsedError: it was there already, or overlaps with what was.
        """
        octets = slice(fragment.offset, fragment.offset + len(fragment.piece))
        words = slice(octets.start // WORD, octets.stop // WORD)
        if any(self._known[words]):
            again = all(self._known[words]) and self._octets[octets] == fragment.piece
            raise NotUsedError(Ignored.DUPLICATE if again else Ignored.BAD_FRAGMENT)
        self._octets[octets] = fragment.piece
        self._known[words] = b"\x01" * (words.stop - words.start)
        return bytes(self._octets) if all(self._known) else None

    def begin_again(self) -> None:
        """It was complete: should its sender repeat it, it is put together once more."""
        self._known = bytearray(len(self._known))


class Reassembly:
    """Takes messages out of packets, and puts those together that were cut.

    At most one message of each sender is on its way, and a lower id than its own is an old one.
    Both are forgotten soon, so that nobody can stop the exchange for good by inventing a high id.

    Args:
        limit: octets of the largest message that may come in pieces; 0: none may.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._collected: dict[int, _Collected] = {}

    def receive(self, data: bytes, now: float, sources: Container[int]) -> Packet | None:
        """Take in a packet.

        Args:
            data: the whole packet, whatever it contains.
            now: monotonic seconds.
            sources: the SSRCs that may send fragments; there are few of them.

        Returns:
            A packet with a whole message, or None while pieces of it are missing.

        Raises:
            NotUsedError: it is damaged or malformed, a duplicate, a lie, or from somebody else.
        """
        if not (self._limit and is_fragment(data)):
            return decode_packet(data)
        if not _SMALLEST_PACKET <= len(data) <= _LARGEST_PACKET:
            raise NotUsedError(Ignored.BAD_FRAGMENT)
        sequence, ssrc, body = open_packet(data)
        if ssrc not in sources:
            raise NotUsedError(Ignored.WRONG_SOURCE)
        fragment = Fragment.parse(body)
        self._check(fragment)
        self._collected = {
            source: collected
            for source, collected in self._collected.items()
            if source in sources and now <= collected.until
        }
        message = self._add(fragment, ssrc, now)
        return None if message is None else Packet(sequence, ssrc, message)

    def _add(self, fragment: Fragment, ssrc: int, now: float) -> bytes | None:
        collected = self._collected.get(ssrc)
        if collected is None or collected.message_id < fragment.message_id:
            collected = self._collected[ssrc] = _Collected(fragment, now)
        if (fragment.message_id, fragment.total) != (collected.message_id, collected.total):
            raise NotUsedError(Ignored.BAD_FRAGMENT)
        message = collected.add(fragment)
        if message is not None:
            collected.begin_again()
        return message

    def _check(self, fragment: Fragment) -> None:
        """What can be told from a piece alone.

        Raises:
            NotUsedError: it belongs to no message that may come in pieces.
        """
        if fragment.total > self._limit:
            raise NotUsedError(Ignored.BAD_FRAGMENT)
        if fragment.offset == 0:
            head = fragment.piece[:_MESSAGE_HEADER]
            check_length(head, fragment.total)
            if message_type(head) not in _CUT:
                raise NotUsedError(Ignored.BAD_FRAGMENT)
