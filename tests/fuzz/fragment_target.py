"""Messages that come in pieces: what is put together came so, soon enough, from one sender."""

import struct
from collections import defaultdict
from typing import Final

from agent.zrtp.algorithms import KEY_AGREEMENTS
from agent.zrtp.errors import NotUsedError
from agent.zrtp.fragments import Fragment, Reassembly, cut, largest_message
from agent.zrtp.messages import MessageType
from agent.zrtp.wire import WORD
from fuzz.meter import Meter
from fuzz.records import Kind, Record, edited, packet_around, read, with_crc

SOURCES: Final = frozenset({1, 2, 3})
_STRANGER: Final = 4
_PATIENCE: Final = 2.0
_HEAD: Final = struct.Struct(">HHH")
_KIND: Final = KEY_AGREEMENTS["X3M3"]
_PIECE_AT: Final = 8


def _message(kind: MessageType, length: int) -> bytes:
    """One of that type and length, of which every word tells where it stands."""
    numbers = b"".join(number.to_bytes(WORD) for number in range(length // WORD))
    return b"\x50\x5a" + (length // WORD).to_bytes(2) + kind.value + numbers[3 * WORD :]


def real_pieces() -> list[bytes]:
    """The pieces of a Commit and of a DHPart1, as large as they come, in small and large packets."""
    commit = _message(MessageType.COMMIT, 29 * WORD + _KIND.public_key_length)
    dhpart1 = _message(MessageType.DHPART1, 21 * WORD + _KIND.pvr_length)
    return [
        fragment.encode(sequence, 1)
        for number, message in enumerate((commit, dhpart1), start=1)
        for mtu in (600, 1452)
        for sequence, fragment in enumerate(cut(message, number, mtu))
    ]


class _Seen:
    """Every word that came, by sender and by its place in the message."""

    def __init__(self) -> None:
        self._words: dict[tuple[int, int, bytes], float] = defaultdict(lambda: -_PATIENCE)

    def note(self, datagram: bytes, now: float) -> None:
        ssrc, body = int.from_bytes(datagram[8:12]), datagram[12:-4]
        at = int.from_bytes(body[4:6]) * WORD
        for place in range(_PIECE_AT, len(body), WORD):
            self._words[ssrc, at + place - _PIECE_AT, body[place : place + WORD]] = now

    def knows(self, ssrc: int, message: bytes, now: float) -> bool:
        return all(
            now - self._words[ssrc, at, message[at : at + WORD]] <= _PATIENCE
            for at in range(0, len(message), WORD)
        )


class FragmentTarget:
    """An input is a list of records; each execution begins with nothing on its way."""

    def __init__(self) -> None:
        self.meter = Meter()
        self._limit = largest_message((_KIND.name,))
        self._real = real_pieces()

    def execute(self, data: bytes) -> None:
        reassembly, seen, now = Reassembly(self._limit), _Seen(), 0.0
        for record in read(data):
            now += record.argument / 64 if record.kind is Kind.TIME else 0.0
            datagram = self._datagram(record)
            if datagram is not None:
                self._receive(reassembly, seen, datagram, now)
        self.meter.executed()

    def _receive(self, reassembly: Reassembly, seen: _Seen, datagram: bytes, now: float) -> None:
        try:
            packet = self.meter.measure(reassembly.receive, datagram, now, SOURCES)
        except NotUsedError:
            return
        if datagram[0] == 0x11:
            seen.note(datagram, now)
            assert int.from_bytes(datagram[8:12]) in SOURCES
        if packet is not None and datagram[0] == 0x11:
            assert len(packet.message) == int.from_bytes(packet.message[2:4]) * WORD
            assert len(packet.message) <= self._limit
            assert seen.knows(packet.ssrc, packet.message, now)

    def _datagram(self, record: Record) -> bytes | None:
        argument, data = record.argument, record.data
        match record.kind:
            case Kind.PACKET:
                return data if argument % 2 else with_crc(data)
            case Kind.MESSAGE if len(data) > _HEAD.size:
                return _piece(data, 1 + argument % _STRANGER)
            case Kind.HONEST:
                return edited(self._real[argument % len(self._real)], data)
            case Kind.SRTP:
                return packet_around(data, 1)
            case _:
                return None


def _piece(data: bytes, ssrc: int) -> bytes:
    """A fragment whose lengths are in words, of at most as many as there can be."""
    message_id, total, offset = _HEAD.unpack_from(data)
    piece = data[_HEAD.size :] + bytes(-(len(data) - _HEAD.size) % WORD)
    return Fragment(message_id, total % 512 * WORD, offset % 512 * WORD, piece).encode(1, ssrc)
