"""Messages of two whole phones replaced on their way, by who has seen what may be in them."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from agent.zrtp.messages import Commit, DHPart1, MessageType
from support import scene as scenes
from support.pcap import Datagram
from support.relay import message_of, with_other_message
from support.scene import ATTACKED, Scene

pytestmark = pytest.mark.live

NOT_THE_KEY = b"H1 of the sender, which is H1.."
X25519 = 32
ALTERED_COMMIT = "the Commit message was altered on its way: its MAC is wrong"
OTHER_KEYS = "the peer's Confirm does not prove the same keys as ours"


@pytest.fixture(name="living", scope="module")
def _living() -> Iterator[Scene]:
    """Each message fits into one packet."""
    with scenes.scene('\n[zrtp]\nkey_agreements = ["X255"]\n') as found:
        yield found


def other_commits(message: bytes) -> list[bytes]:
    """With the right H2, which everybody has seen by now."""
    commit = Commit.parse(message)
    others = (
        replace(commit, commitment=b"\xff" * 32),
        replace(commit, hash=b"S256"),
        replace(commit, cipher=b"AES1"),
        replace(commit, key_agreement=b"DH3k"),
        replace(commit, key_agreement=b"Prsh", commitment=bytes(24)),
        replace(commit, key_agreement=b"Mult", commitment=bytes(16)),
    )
    return [each.serialize(NOT_THE_KEY) for each in others]


def test_xa03_commit_sent_anew_after_dhpart1(scene: Scene) -> None:
    """To the responder, once it has answered the first one: none of them is used."""
    commits: dict[int, Datagram] = {}
    sent = 0

    def tamper(packet: Datagram) -> list[Datagram]:
        nonlocal sent
        if packet.zrtp == "Commit":
            commits[packet.source] = packet
        if packet.zrtp != "DHPart1":
            return [packet]
        first = commits[packet.target]
        forged = [with_other_message(first, each) for each in other_commits(message_of(first))]
        sent += len(forged)
        return [*forged, packet, *forged]

    alarms = scene.alarms()
    scene.call(tamper)
    assert scene.alarms() == alarms
    assert sent >= 6
    assert f"out of state {2 * sent}" in scene.unused()


def commit_bid_down(message: bytes) -> bytes:
    return replace(Commit.parse(message), cipher=b"AES1").serialize(NOT_THE_KEY)


def commit_of_another_hash(message: bytes) -> bytes:
    return replace(Commit.parse(message), hash=b"S256").serialize(NOT_THE_KEY)


def dhpart1_with_other_secrets(message: bytes) -> bytes:
    part = DHPart1.parse(message, X25519)
    ids = replace(part.ids, rs1=bytes(8))
    return replace(part, ids=ids).serialize(NOT_THE_KEY)


@pytest.mark.parametrize(
    ("kind", "alter", "reason"),
    [
        (MessageType.COMMIT, commit_bid_down, ALTERED_COMMIT),
        (MessageType.COMMIT, commit_of_another_hash, ALTERED_COMMIT),
        (MessageType.DHPART1, dhpart1_with_other_secrets, OTHER_KEYS),
    ],
    ids=["cipher of a Commit", "hash of a Commit", "secrets of a DHPart1"],
)
def test_xb03_right_preimage_and_altered_body(
    scene: Scene, kind: MessageType, alter: Callable[[bytes], bytes], reason: str
) -> None:
    """An attack, and no noise on the line: the MAC of the message tells as soon as it can."""

    def tamper(packet: Datagram) -> list[Datagram]:
        if packet.zrtp != kind.value.decode().strip():
            return [packet]
        return [with_other_message(packet, alter(message_of(packet)))]

    scene.refused(tamper, ATTACKED, reason)
