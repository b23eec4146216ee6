"""What somebody sends into the key agreement of two whole phones beside their own packets."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from agent.zrtp.messages import (
    Commit,
    Confirm,
    DHPart1,
    DHPart2,
    ErrorMessage,
    Hello,
    MessageType,
    plain_message,
)
from agent.zrtp.retained_secrets import SecretIds
from agent.zrtp.wire import FRAGMENT, Packet, crc32c, encode_packet, seal_packet
from support.pcap import Datagram
from support.scene import FAILED, Scene

pytestmark = pytest.mark.live

STRANGER = 18398
"""A port of nobody's."""
FLOOD = 2000

Forge = Callable[[int], Iterator[bytes]]
"""From an SSRC to whole packets in its name."""


def rand(length: int) -> bytes:
    return secrets.token_bytes(length)


def packed(ssrc: int, *messages: bytes) -> Iterator[bytes]:
    return (encode_packet(Packet(7, ssrc, message)) for message in messages)


def commit(key_agreement: bytes = b"X255", commitment: int = 32) -> bytes:
    algorithms = (b"S256", b"AES1", b"HS32", key_agreement, b"B32 ")
    return Commit(rand(32), rand(12), *algorithms, rand(commitment)).serialize(rand(32))


def hello() -> bytes:
    lists = ((b"S256",), (b"AES1",), (b"HS32",), (b"X255",), (b"B32 ",))
    return Hello(b"1.10", b"Nobody".ljust(16), rand(32), rand(12), *lists).serialize(rand(32))


def part(kind: type[DHPart1 | DHPart2], length: int) -> bytes:
    return kind(rand(32), SecretIds(rand(8), rand(8), rand(8), rand(8)), rand(length)).serialize(
        rand(32)
    )


def xa17_out_of_turn(ssrc: int) -> Iterator[bytes]:
    confirm = Confirm(rand(8), rand(16), rand(40))
    yield from packed(
        ssrc,
        confirm.serialize(MessageType.CONFIRM1),
        confirm.serialize(MessageType.CONFIRM2),
        plain_message(MessageType.CONF2_ACK),
        plain_message(MessageType.ERROR_ACK),
        commit(b"Mult", 16),
    )


def xb01_false_hello(ssrc: int) -> Iterator[bytes]:
    yield from packed(ssrc, hello())
    yield from packed(ssrc ^ 1, hello())


def xb02_false_images(ssrc: int) -> Iterator[bytes]:
    yield from packed(ssrc, commit(), part(DHPart1, 1120), part(DHPart2, 16))


def xb05_many_commits(ssrc: int) -> Iterator[bytes]:
    for _ in range(200):
        yield from packed(ssrc, commit())


def xb12_lying_lengths(ssrc: int) -> Iterator[bytes]:
    whole = commit()
    for words in (0, 3, len(whole) // 4 - 1, len(whole) // 4 + 1, 0xFFFF):
        lie = whole[:2] + words.to_bytes(2) + whole[4:]
        yield seal_packet(0x1000, 7, ssrc, lie)
    yield seal_packet(0x1000, 7, ssrc, whole[:12])


def xb16_lying_pieces(ssrc: int) -> Iterator[bytes]:
    numbers = [(0, 400, 0, 4), (1, 0, 0, 4), (1, 0xFFFF, 0xFFFE, 4), (1, 400, 398, 4)]
    numbers += [(1, 400, 0, 9), (1, 400, 10, 4), (1, 300, 10, 4), (9, 0xFFFF, 0, 4)]
    for lie in numbers:
        yield seal_packet(FRAGMENT, 7, ssrc, b"".join(n.to_bytes(2) for n in lie) + rand(16))


def xb20_garbage(ssrc: int) -> Iterator[bytes]:
    for length in (1, 3, 12, 27, 28, 200, 1400):
        yield (b"\x10\0\0\x07ZRTP" + ssrc.to_bytes(4) + rand(1400))[:length]


class Beside:
    """Sends forgeries to both phones before the first genuine messages of some types.

    Args:
        forge: Makes them.
        kinds: The types.
        source: From which port; 0: from that of the other phone.
    """

    def __init__(self, forge: Forge, *kinds: str, source: int = 0) -> None:
        self._forge = forge
        self._kinds = kinds
        self._source = source
        self._done: set[tuple[str, int]] = set()
        self._sources: dict[int, int] = {}
        self.forged = 0

    def __call__(self, packet: Datagram) -> list[Datagram]:
        if not packet.zrtp:
            return [packet]
        self._sources[packet.source] = int.from_bytes(packet.payload[8:12])
        occasion = packet.zrtp, packet.source
        if packet.zrtp not in self._kinds or occasion in self._done:
            return [packet]
        self._done.add(occasion)
        found = []
        for there, here in ((packet.source, packet.target), (packet.target, packet.source)):
            if there in self._sources:
                found += [
                    replace(packet, source=self._source or there, target=here, payload=payload)
                    for payload in self._forge(self._sources[there])
                ]
        self.forged += len(found)
        return [*found, packet]


@pytest.mark.parametrize(
    ("forge", "kinds"),
    [
        (xa17_out_of_turn, ("Hello", "Commit")),
        (xb01_false_hello, ("Hello",)),
        (xb02_false_images, ("Hello", "Commit", "DHPart1", "DHPart2")),
        (xb05_many_commits, ("Hello", "Commit")),
        (xb12_lying_lengths, ("Hello", "Commit", "DHPart1", "DHPart2")),
        (xb16_lying_pieces, ("Hello", "Commit", "DHPart1")),
        (xb20_garbage, ("Hello", "Commit", "DHPart1", "DHPart2", "Confirm1")),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_agreement_goes_on(scene: Scene, forge: Forge, kinds: tuple[str, ...]) -> None:
    line, alarms = Beside(forge, *kinds), scene.alarms()
    scene.call(line)
    assert line.forged
    assert scene.alarms() == alarms


def test_xb06_sequence_numbers_say_nothing(scene: Scene) -> None:
    def tamper(packet: Datagram) -> list[Datagram]:
        if not packet.zrtp:
            return [packet]
        covered = packet.payload[:2] + b"\xff\xff" + packet.payload[4:-4]
        return [replace(packet, payload=covered + crc32c(covered).to_bytes(4, "little"))]

    scene.call(tamper)


def test_xb19_zrtp_from_another_address_moves_nothing(scene: Scene) -> None:
    before = len(scene.relay.seen)
    line = Beside(xb02_false_images, "Hello", "Commit", "DHPart1", source=STRANGER)
    scene.call(line)
    assert line.forged
    pairs = {(each.source, each.target) for each in scene.relay.seen[before:]}
    assert STRANGER not in {port for pair in pairs for port in pair}


def test_xb04_flood_of_hellos(scene: Scene) -> None:
    def flood(_ssrc: int) -> Iterator[bytes]:
        one = next(packed(0, hello()))
        for _ in range(FLOOD):
            covered = one[:8] + rand(4) + one[12:-4]
            yield covered + crc32c(covered).to_bytes(4, "little")

    line = Beside(flood, "Hello")
    scene.call(line)
    assert line.forged >= FLOOD


def test_xb07_error_in_the_agreement_is_told(scene: Scene) -> None:
    line = Beside(lambda ssrc: packed(ssrc, ErrorMessage(0x20).serialize()), "DHPart1")
    scene.refused(line, FAILED)


def test_xb07_error_once_secure_is_ignored(scene: Scene) -> None:
    async def call() -> None:
        start = len(scene.relay.seen)
        await scene.secure_call()
        spoken = [each for each in scene.relay.seen[start:] if each.zrtp]
        for each in {each.source: each for each in spoken}.values():
            ssrc = int.from_bytes(each.payload[8:12])
            (error,) = packed(ssrc, ErrorMessage(0x20).serialize())
            scene.relay.inject(replace(each, payload=error))
        await scene.both.talk(0.5)
        await scene.both.secure()
        await scene.both.hang_up()

    scene.both.run(call())
    assert scene.unused().count("errors ignored 1") == 2
