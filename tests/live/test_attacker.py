"""Somebody on the line who alters, forges and repeats: told or shrugged off, and never let in."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from agent.demo.speech import Stretch
from agent.zrtp.modp import MODP_3072
from support import sound
from support.couple import CALLEE, RTP_PORTS, Couple, Side, couple
from support.netns import network_namespace
from support.pcap import Datagram
from support.relay import (
    Relay,
    Tamper,
    flipped,
    mended,
    message_of,
    relaying,
    untouched,
    with_other_message,
)

pytestmark = pytest.mark.live

MESSAGES = (
    *("Hello", "HelloACK", "Commit", "DHPart1", "DHPart2", "Confirm1", "Confirm2", "Conf2ACK"),
)
ATTACKED = "ATTACKED."
ALTERED = "The call was altered on its way."
UNPROVEN = "the peer's Confirm does not prove the same keys as ours"
TALK_S = 6.0
LAST_FORGED = 240
"""Which packet is the last that is tampered with: the last ones of a call may come too late."""
SAME_VOICE = 0.65
"""See test_speech.py."""
STRANGER = 18398
"""A port of nobody's, from which packets are forged."""


@dataclass(frozen=True)
class Scene:
    """Two phones, and the one between them."""

    both: Couple
    relay: Relay

    def trust(self) -> list[list[tuple[object, ...]]]:
        """All that both phones remember of others."""
        return [rows(side, "peer", "retained_secret", "peer_uri") for side in self.both.sides]

    def alarms(self) -> list[str]:
        """What both phones wrote down as attacks, without the time."""
        found = [row for side in self.both.sides for row in rows(side, "security_event")]
        return [str(row[-1]) for row in found if "zrtp-attack" in row]


def rows(side: Side, *tables: str) -> list[tuple[object, ...]]:
    file = side.home.folder / "sotto.db"
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return [row for table in tables for row in database.execute(f"SELECT * FROM {table}")]  # noqa: S608
    finally:
        database.close()


@pytest.fixture(scope="module", autouse=True)
def _network() -> Iterator[None]:
    with network_namespace():
        yield


@pytest.fixture(name="living", scope="module")
def _living(_network: None) -> Iterator[Scene]:
    with couple() as both, relaying(both.loop, RTP_PORTS) as relay:
        yield Scene(both, relay)


@pytest.fixture(name="scene")
def _scene(living: Scene) -> Iterator[Scene]:
    """Afterwards an undisturbed call works."""
    try:
        yield living
    finally:
        living.relay.tamper = untouched
        living.both.run(living.both.rest())
    living.both.run(living.both.whole_call())


def altering(kind: str, at: int = -20) -> Tamper:
    """Changes one octet of every message of a type, and mends the CRC as only an attacker would.

    Args:
        kind: The type; of what comes in pieces the first one is altered.
        at: Which octet of the packet, from its end; the last four are the CRC.
    """

    def tamper(packet: Datagram) -> list[Datagram]:
        return [mended(packet, at) if packet.zrtp == kind else packet]

    return tamper


@dataclass
class Once:
    """Does it to the first message of a type from each side that the other side can hear.

    Who has not sent anything yet may not listen yet either: the callee's first Hello can
    overtake its answer.
    """

    kind: str
    tamper: Tamper
    done: set[int] = field(default_factory=set)
    _listening: set[int] = field(default_factory=set)

    def __call__(self, packet: Datagram) -> list[Datagram]:
        if packet.zrtp:
            self._listening.add(packet.source)
        if (
            packet.zrtp != self.kind
            or packet.source in self.done
            or packet.target not in self._listening
        ):
            return [packet]
        self.done.add(packet.source)
        return self.tamper(packet)


async def is_told(both: Couple, sentence: str) -> None:
    """A call comes to nothing, and one of the phones says why."""
    await both.dial()
    await both.callee.until(lambda: any(sentence in side.reads for side in both.sides), sentence)
    await both.hang_up()


def refused(scene: Scene, tamper: Tamper, sentence: str, reason: str) -> None:
    """The attack is told and written down; nobody heard anything, and nothing is remembered."""
    scene.relay.tamper = tamper
    trust, alarms = scene.trust(), scene.alarms()
    scene.both.run(is_told(scene.both, sentence))
    for side in scene.both.sides:
        passed = side.passed()[-1]
        assert passed["zrtp received"]
        assert {"sent", "received", "rtcp sent", "rtcp received"}.isdisjoint(passed)
    assert scene.trust() == trust
    assert reason in added(alarms, scene.alarms())
    assert any(reason in side.journal for side in scene.both.sides)


def added(before: list[str], after: list[str]) -> list[str]:
    """What was written down in between, by either phone."""
    return list((Counter(after) - Counter(before)).elements())


@pytest.mark.parametrize(
    ("kind", "sentence", "reason"),
    [
        ("Hello", ALTERED, "every Hello that came differs from the one in the peer's SDP"),
        ("Commit", ATTACKED, "the Commit message was altered on its way: its MAC is wrong"),
        ("DHPart1", ATTACKED, UNPROVEN),
        # The initiator has committed to its DHPart2 by hvi before it saw DHPart1.
        ("DHPart2", ATTACKED, "the peer's DHPart2 is not the one that its Commit announced"),
        ("Confirm1", ATTACKED, UNPROVEN),
        ("Confirm2", ATTACKED, UNPROVEN),
    ],
)
def test_altered_message_with_its_crc_mended(
    scene: Scene, kind: str, sentence: str, reason: str
) -> None:
    refused(scene, altering(kind), sentence, reason)


@pytest.mark.parametrize("kind", ["Hello", "HelloACK", "Conf2ACK"])
def test_altered_once_and_then_let_through(scene: Scene, kind: str) -> None:
    """The first Hello is not the announced one; the ACKs hold nothing that could be proved."""
    scene.relay.tamper = Once(kind, altering(kind, -5))
    scene.both.run(scene.both.whole_call())
    ignored = "bad hello hash" if kind == "Hello" else "unknown type"
    told = [line for side in scene.both.sides for line in side.journal.splitlines()[-1:]]
    assert any("ZRTP not used" in line and ignored in line for line in told)


@pytest.mark.parametrize("kind", MESSAGES)
def test_altered_message_without_its_crc(scene: Scene, kind: str) -> None:
    """It counts as damage: dropped at the gate, and sent again by its sender."""
    scene.relay.tamper = Once(kind, lambda packet: [flipped(packet, 20)])
    scene.both.run(scene.both.whole_call())
    dropped = sum(side.passed()[-1].get("zrtp bad crc", 0) for side in scene.both.sides)
    assert dropped == len(scene.relay.tamper.done) > 0


@dataclass
class Forger:
    """Makes life hard for the callee: says how often it did what."""

    relay: Relay
    count: int = 0
    forged: int = 0
    replayed: int = 0
    first: Datagram | None = None

    def __call__(self, packet: Datagram) -> list[Datagram]:
        if packet.source >= CALLEE.rtp_port or packet.source % 2 or packet.zrtp:
            return [packet]
        self.first = self.first or packet
        self.count += 1
        loud = bytes(index * 37 % 256 for index in range(len(packet.payload) - 12))
        forgeries = {
            3: flipped(packet, 40),
            6: flipped(packet, -1),
            9: replace(packet, payload=packet.payload[:12] + loud),  # in the clear
            12: replace(flipped(packet, 40), source=STRANGER),
        }
        repetitions = {15: packet, 18: self.first}
        turn = self.count % 20 if self.count <= LAST_FORGED else 0
        self.forged += turn in forgeries
        self.replayed += turn in repetitions
        found = forgeries.get(turn), packet, repetitions.get(turn)
        return [each for each in found if each is not None]


def test_forged_and_repeated_speech(scene: Scene) -> None:
    """Each such packet is counted, none is heard, and the sound goes on where it was."""
    both, relay = scene.both, scene.relay
    forger = relay.tamper = Forger(relay)
    before = len(relay.seen)

    async def talk() -> Stretch:
        await both.dial()
        await both.secure()
        _, heard = await both.talk(TALK_S)
        await both.hang_up()
        return heard

    heard = sound.played(both.run(talk()))
    passed = both.callee.passed()[-1]
    assert forger.forged > 40
    assert forger.replayed > 20
    assert passed["not authentic"] == forger.forged
    assert passed["replayed"] == forger.replayed
    assert forger.count - 2 <= passed["received"] <= forger.count
    likeness = sound.waveform_likeness(sound.spoken(both.caller.home.microphone), heard)
    print(f"{forger.forged} forged, {forger.replayed} repeated; likeness {likeness:.3f}")  # noqa: T201
    assert likeness > SAME_VOICE
    # Nobody has drawn the callee's own speech to another port.
    pairs = {(each.source, each.target) for each in relay.seen[before:]}
    assert {pair[::-1] for pair in pairs} == pairs
    assert len(pairs) == 4


@pytest.mark.parametrize("kind", ["DHPart1", "DHPart2"])
def test_public_value_that_gives_the_keys_away(kind: str) -> None:
    """With p-1 there are two possible keys, whatever the other side has drawn."""
    first = 12 + 32 + 4 * 8  # type, H1, four identifiers of secrets
    value = (MODP_3072 - 1).to_bytes(384)

    def tamper(packet: Datagram) -> list[Datagram]:
        if packet.zrtp != kind:
            return [packet]
        message = message_of(packet)
        return [with_other_message(packet, message[:first] + value + message[first + 384 :])]

    with (
        network_namespace(),
        couple('\n[zrtp]\nkey_agreements = ["DH3k"]\n') as both,
        relaying(both.loop, RTP_PORTS) as relay,
    ):
        scene = Scene(both, relay)
        reason = "the peer's public value would make the keys known to others"
        refused(scene, tamper, ATTACKED, reason)
        relay.tamper = untouched
        both.run(both.whole_call())
        assert "DH3k" in both.caller.journal
