"""What reaches the sound of two whole phones: nothing in the clear, repeated or sent back."""

import re
from dataclasses import replace
from functools import partial

import pytest

from agent.demo.speech import Stretch
from agent.zrtp.wire import decode_packet, encode_packet
from hw.types import Key
from support import sound
from support.couple import Side
from support.pcap import Datagram
from support.relay import Tamper
from support.scene import FAILED, Scene, from_caller
from support.signalling import hash_stripped

pytestmark = pytest.mark.live

TALK_S = 4.0
SETTLE_S = 0.5
LATE_S = 1.0
SAME_VOICE = 0.65
HEADER = 12
RTCP_BYE = b"\x81\xcb\x00\x01"
BYES = 20


def sent_back(packet: Datagram) -> Datagram:
    """To its sender, as if it came from the other phone."""
    return replace(packet, source=packet.target, target=packet.source)


def in_the_name_of(packet: Datagram, other: Datagram) -> Datagram:
    """Sent back with the SSRC of the other phone."""
    ssrc = decode_packet(other.payload).ssrc
    payload = encode_packet(replace(decode_packet(packet.payload), ssrc=ssrc))
    return replace(sent_back(packet), payload=payload)


def is_sound(packet: Datagram) -> bool:
    """Whether it is RTP or SRTP."""
    return not packet.zrtp and packet.source % 2 == 0


def secure_and_talk(scene: Scene, tamper: Tamper) -> tuple[Stretch, Stretch]:
    """A call in which this is done once both phones are secure; what they played meanwhile."""
    both = scene.both

    async def call() -> tuple[Stretch, Stretch]:
        await scene.secure_call()
        scene.relay.tamper = tamper
        heard = await both.talk(TALK_S)
        scene.withdraws()
        await both.talk(SETTLE_S)
        await both.secure()
        await both.hang_up()
        return heard

    alarms = scene.alarms()
    heard = both.run(call())
    assert scene.alarms() == alarms
    return heard


def is_heard_by_the_other(scene: Scene, heard: tuple[Stretch, Stretch]) -> None:
    for side, stretch in zip(scene.sides[::-1], heard, strict=True):
        spoken = sound.spoken(side.home.microphone)
        assert sound.waveform_likeness(spoken, sound.played(stretch)) > SAME_VOICE


def own_hello_sent_back(packet: Datagram) -> list[Datagram]:
    return [sent_back(packet), packet] if packet.zrtp == "Hello" else [packet]


def test_xa16_own_hello_sent_back(scene: Scene) -> None:
    """The SDP announces another one, so it shows no collision of SSRCs."""
    alarms = scene.alarms()
    scene.call(own_hello_sent_back)
    assert scene.alarms() == alarms
    assert scene.unused().count("wrong source") == 2


def test_xa16_n03_own_hello_sent_back_where_none_is_announced(scene: Scene) -> None:
    """It shows our own SSRC: a collision, which ends the negotiation (section 4.1)."""
    scene.signalling.alter = hash_stripped
    scene.refused(own_hello_sent_back, FAILED)


def test_xa16_own_hello_sent_back_in_the_name_of_the_other(scene: Scene) -> None:
    """It is not the Hello that the SDP announces."""
    hellos: dict[int, Datagram] = {}

    def tamper(packet: Datagram) -> list[Datagram]:
        if packet.zrtp != "Hello":
            return [packet]
        hellos[packet.source] = packet
        other = hellos.get(packet.target)
        if other is None:
            return [packet]
        return [in_the_name_of(packet, other), in_the_name_of(other, packet), packet]

    alarms = scene.alarms()
    scene.call(tamper)
    assert scene.alarms() == alarms
    assert scene.unused().count("bad hello hash") == 2


def test_xa16_own_speech_sent_back(scene: Scene) -> None:
    count = {True: 0, False: 0}

    def tamper(packet: Datagram) -> list[Datagram]:
        count[from_caller(packet)] += is_sound(packet)
        return [sent_back(packet), packet]

    heard = secure_and_talk(scene, tamper)
    caller, callee = (side.passed()[-1] for side in scene.sides)
    assert caller["not authentic"] == count[True] > 100
    assert callee["not authentic"] == count[False] > 100
    is_heard_by_the_other(scene, heard)


def test_xc05_xc07_plain_and_repeated_speech(scene: Scene) -> None:
    count = {True: 0, False: 0}

    def tamper(packet: Datagram) -> list[Datagram]:
        if not is_sound(packet):
            return [packet]
        count[from_caller(packet)] += 1
        loud = bytes(index * 37 % 256 for index in range(len(packet.payload) - HEADER))
        plain = replace(packet, payload=packet.payload[:HEADER] + loud)
        return [plain, packet, packet]

    heard = secure_and_talk(scene, tamper)
    for side, from_other in zip(scene.sides, (count[False], count[True]), strict=True):
        passed = side.passed()[-1]
        assert passed["not authentic"] == passed["replayed"] == from_other > 100
    is_heard_by_the_other(scene, heard)


def test_xc01_xc09_hold_and_resume_change_neither_panels_nor_sizes(scene: Scene) -> None:
    """Both are as secure as before, by the same keys; and every packet of one direction is alike."""
    sizes: dict[bool, set[int]] = {True: set(), False: set()}
    both = scene.both

    def tamper(packet: Datagram) -> list[Datagram]:
        if is_sound(packet):
            sizes[from_caller(packet)].add(len(packet.payload))
        return [packet]

    async def call() -> None:
        await scene.secure_call()
        scene.relay.tamper = tamper
        for side in scene.sides:
            await side.person.phone.press(Key.MENU)  # the words can wait
            await side.sees("Not verified")
        secure = [side.reads for side in scene.sides]
        for choice, theirs in (("Hold", "They put you on hold"), ("Go on talking", "Not verified")):
            await both.caller.person.phone.press(Key.MENU)
            await both.caller.sees(choice)
            await both.caller.person.phone.press(Key.CONFIRM)
            await both.callee.sees(theirs)
        for side, before in zip(scene.sides, secure, strict=True):
            await side.until(partial(_reads_alike, side, before), before)
        await both.talk(SETTLE_S)
        await both.hang_up()

    alarms = scene.alarms()
    both.run(call())
    assert scene.alarms() == alarms
    assert [len(each) for each in sizes.values()] == [1, 1]


def _reads_alike(side: Side, before: str) -> bool:
    """But for how long it has lasted."""
    return re.sub("[0-9]", "", side.reads) == re.sub("[0-9]", "", before)


def test_xc06_plain_bye_ends_nothing(scene: Scene) -> None:
    byes = {True: 0, False: 0}

    def tamper(packet: Datagram) -> list[Datagram]:
        if not is_sound(packet) or byes[from_caller(packet)] == BYES:
            return [packet]
        byes[from_caller(packet)] += 1
        bye = RTCP_BYE + packet.payload[8:HEADER]
        rtcp = replace(packet, source=packet.source + 1, target=packet.target + 1, payload=bye)
        return [rtcp, packet]

    heard = secure_and_talk(scene, tamper)
    assert set(byes.values()) == {BYES}
    for side in scene.sides:
        assert side.passed()[-1]["rtcp dropped"] >= BYES
    is_heard_by_the_other(scene, heard)


def test_xc04_nothing_is_sent_before_the_agreement_is_done(scene: Scene) -> None:
    """The responder sends after Confirm2; the initiator after Conf2ACK, however late it is."""
    relay, loop = scene.relay, scene.both.loop
    start, let_through = len(relay.seen), list[float]()

    def deliver(packet: Datagram) -> None:
        let_through.append(loop.time())
        relay.inject(packet)

    def tamper(packet: Datagram) -> list[Datagram]:
        if packet.zrtp == "Conf2ACK":
            loop.call_later(LATE_S, deliver, packet)
        # Authentic SRTP would be as good as a Conf2ACK (section 4.6).
        return [packet] if packet.zrtp not in {"", "Conf2ACK"} or let_through else []

    async def call() -> None:
        relay.tamper = tamper
        await scene.secure_call()
        await scene.both.talk(SETTLE_S)
        await scene.both.hang_up()

    scene.both.run(call())
    seen = relay.seen[start:]
    confirm2 = next(each for each in seen if each.zrtp == "Confirm2")
    media = [each for each in seen if not each.zrtp]
    initiators = [each.at for each in media if from_caller(each) == from_caller(confirm2)]
    responders = [each.at for each in media if from_caller(each) != from_caller(confirm2)]
    assert min(initiators) > let_through[0] > confirm2.at + LATE_S
    assert min(responders) > confirm2.at
