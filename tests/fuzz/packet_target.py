"""The packet parser and the messages: read to the octet, and written back as they were."""

from collections.abc import Callable
from typing import Final, Protocol

from agent.zrtp.algorithms import KEY_AGREEMENTS
from agent.zrtp.errors import Ignored, NotUsedError
from agent.zrtp.hash_chain import MAC_LENGTH
from agent.zrtp.messages import (
    Commit,
    Confirm,
    DHPart1,
    DHPart2,
    ErrorMessage,
    GoClear,
    Hello,
    MessageType,
    Ping,
    hello_version,
    message_type,
)
from agent.zrtp.wire import decode_packet
from fuzz.meter import Meter
from fuzz.records import with_length_and_crc

_KEY: Final = bytes(32)
_FLAGS_AT: Final = 12 + 4 + 16 + 32 + 12
# S, and what stands between the flags and the five counts, is not read.
_FLAGS_READ: Final = 0x300FFFFF
_PART_OVERHEAD: Final = 12 + 32 + 4 * 8 + 8
_VALUE_LENGTHS: Final = {
    length for kind in KEY_AGREEMENTS.values() for length in (kind.pvr_length, kind.pvi_length)
}


class _Plain(Protocol):
    def serialize(self) -> bytes: ...


class _Keyed(Protocol):
    def serialize(self, key: bytes, /) -> bytes: ...


def _write_plain(parse: Callable[[bytes], _Plain]) -> Callable[[bytes], bytes]:
    return lambda message: parse(message).serialize()


def _write_keyed(parse: Callable[[bytes], _Keyed]) -> Callable[[bytes], bytes]:
    """The MAC at the end is the old one: nobody here has its key."""
    return lambda message: parse(message).serialize(_KEY)[:-MAC_LENGTH] + message[-MAC_LENGTH:]


def _write_confirm(message: bytes) -> bytes:
    return Confirm.parse(message).serialize(message_type(message))


def _write_hello(message: bytes) -> bytes:
    hello_version(message)
    written = _write_keyed(Hello.parse)(message)
    flags = int.from_bytes(message[_FLAGS_AT : _FLAGS_AT + 4])
    read = int.from_bytes(written[_FLAGS_AT : _FLAGS_AT + 4])
    assert read == flags & _FLAGS_READ
    return written[:_FLAGS_AT] + flags.to_bytes(4) + written[_FLAGS_AT + 4 :]


def _write_part(part: type[DHPart1 | DHPart2]) -> Callable[[bytes], bytes]:
    """A public value of a length that there is; any other has to be refused."""

    def parse(message: bytes) -> DHPart1 | DHPart2:
        length = len(message) - _PART_OVERHEAD
        return part.parse(message, length if length in _VALUE_LENGTHS else min(_VALUE_LENGTHS))

    return _write_keyed(parse)


_WRITERS: Final[dict[MessageType, Callable[[bytes], bytes]]] = {
    MessageType.HELLO: _write_hello,
    MessageType.COMMIT: _write_keyed(Commit.parse),
    MessageType.DHPART1: _write_part(DHPart1),
    MessageType.DHPART2: _write_part(DHPart2),
    MessageType.CONFIRM1: _write_confirm,
    MessageType.CONFIRM2: _write_confirm,
    MessageType.SAS_RELAY: _write_confirm,
    MessageType.ERROR: _write_plain(ErrorMessage.parse),
    MessageType.GO_CLEAR: _write_plain(GoClear.parse),
    MessageType.PING: _write_plain(Ping.parse),
}


def take_apart(data: bytes) -> None:
    """From a datagram to the fields of its message, and back.

    Raises:
        NotUsedError: it is damaged, malformed or of an unknown type.
    """
    packet = decode_packet(data)
    message = packet.message
    assert message == data[12:-4]
    kind = message_type(message)
    if kind in _WRITERS:
        assert _WRITERS[kind](message) == message


class PacketTarget:
    """An input is a datagram; one that is damaged is repaired and tried again."""

    def __init__(self) -> None:
        self.meter = Meter()

    def execute(self, data: bytes) -> None:
        if self._outcome(data) is Ignored.BAD_CRC:
            assert self._outcome(with_length_and_crc(data)) is not Ignored.BAD_CRC
        self.meter.executed()

    def _outcome(self, data: bytes) -> Ignored | None:
        try:
            self.meter.measure(take_apart, data)
        except NotUsedError as error:
            return error.why
        return None
