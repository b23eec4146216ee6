"""Somebody between two whole phones who runs a ZRTP session of her own with each of them."""

import secrets

import pytest

from agent.demo.speech import Stretch
from agent.zrtp import Offer
from agent.zrtp.established import EstablishedStream
from agent.zrtp.hash_chain import mac64
from agent.zrtp.messages import ErrorMessage, GoClear, MessageType
from support import sound
from support.mallory import Leg, Mallory
from support.pcap import Datagram
from support.relay import message_of, with_other_message
from support.scene import ATTACKED, Scene
from support.signalling import hash_stripped
from support.zrtp_pair import chained, losing

pytestmark = pytest.mark.live

OTHER_DHPART2 = "the peer's DHPart2 is not the one that its Commit announced"
WEAK_VALUE = "the peer's public value would make the keys known to others"
X255 = Offer(key_agreements=("X255",))
TALK_S = 4.0


def another(value: bytes) -> bytes:
    return secrets.token_bytes(len(value))


@pytest.mark.parametrize("offer", [X255, Offer()], ids=["xa01 X255", "xa02 X3M3"])
def test_xa01_xa02_dhpart2_chosen_after_the_sas_is_known(scene: Scene, offer: Offer) -> None:
    """She commits to both phones, and then sends another public value or nonce than she said."""
    mallory = scene.stands_between(Mallory(scene.relay, scene.both.loop, offer=offer))
    for leg in mallory.legs:
        other_value = leg.altering_public_value(MessageType.DHPART2, another)
        leg.says = chained(losing(MessageType.HELLO_ACK), other_value)
    scene.fails(ATTACKED, OTHER_DHPART2)


@pytest.mark.parametrize("value", [0, 1], ids=["zero", "order 4"])
def test_xa07_public_value_of_low_order(scene: Scene, value: int) -> None:
    mallory = scene.stands_between(Mallory(scene.relay, scene.both.loop, offer=X255))

    def weak(old: bytes) -> bytes:
        return value.to_bytes(len(old), "little")

    def hears(packet: Datagram) -> bool:
        return packet.zrtp != "HelloACK"  # so that she never commits

    mallory.hears = hears
    for leg in mallory.legs:
        leg.says = leg.altering_public_value(MessageType.DHPART1, weak)
    scene.fails(ATTACKED, WEAK_VALUE)


def test_xa19_the_words_differ(scene: Scene) -> None:
    """Sound passes through her hands; the words tell, and what was said of them is kept."""
    mallory, both = scene.stands_between(), scene.both

    async def call() -> tuple[set[tuple[str, str]], Stretch]:
        await both.dial()
        words = {await side.person.reads_sas() for side in scene.sides}
        _, heard = await both.talk(TALK_S)
        await scene.denied()
        await both.hang_up()
        return words, heard

    words, heard = both.run(call())
    assert len(words) == 2
    # She relays well: nothing but the words could tell.
    spoken = sound.spoken(both.caller.home.microphone)
    assert sound.waveform_likeness(spoken, sound.played(heard)) > 0.65
    assert len(mallory.heard) > 100
    for store in scene.stores():
        assert not any(peer.verified for peer in store.peers())


def go_clear(leg: Leg) -> bytes:
    """With the MAC of who has the keys."""
    established = leg.me.session._held.progress
    assert isinstance(established, EstablishedStream)
    agreement = established._agreement
    keys = agreement.keys.of_role(agreement.role)
    digest = agreement.choice.hash.digest
    return GoClear(mac64(keys.mac_key, b"GoClear ", digest)).serialize()


def test_xb08_xb09_go_clear_leaves_the_call_encrypted(scene: Scene) -> None:
    """Refused with Error 0x100 even from who has the keys; without them there is no answer."""
    mallory, both = scene.stands_between(), scene.both

    async def call() -> list[bytes]:
        await scene.secure_call()
        before = len(scene.relay.seen)
        for leg in mallory.legs:
            mallory.say(leg, GoClear(bytes(8)).serialize())
            mallory.say(leg, go_clear(leg))
        await both.talk(1.0)
        seen = scene.relay.seen[before:]
        assert all(each.payload[1] != 0 or each.zrtp or each.source % 2 for each in seen)
        await both.hang_up()
        return [message_of(each) for each in seen if each.zrtp]

    assert both.run(call()) == [ErrorMessage(0x100).serialize()] * 2
    assert scene.unused().count("bad mac 1") == 2


def test_xa11_hello_without_its_best_algorithms(scene: Scene) -> None:
    """Where no SDP announced it, the Hello's own MAC tells, as soon as its key is known."""

    def tamper(packet: Datagram) -> list[Datagram]:
        if packet.zrtp != "Hello":
            return [packet]
        message = message_of(packet)
        return [with_other_message(packet, message.replace(b"X3M3", b"X255", 1))]

    scene.signalling.alter = hash_stripped
    scene.refused(tamper, ATTACKED, "the Hello message was altered on its way: its MAC is wrong")
