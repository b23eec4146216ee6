"""Somebody between two phones that know each other: what they remember tells, and stays."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from agent.zrtp import CacheState
from hw.types import Key
from support import scene as scenes
from support.mallory import Mallory
from support.relay import untouched
from support.scene import ALTERED, ANOTHER, CHANGED, Scene
from support.signalling import SipMessage, hash_stripped
from support.zrtp_pair import MemoryStore

pytestmark = pytest.mark.live


def test_xa24_mismatch_is_told_again_each_time(scene: Scene) -> None:
    """She says to be the other phone, and cannot prove it."""
    scene.clean_call()
    caller, callee = (store.zid for store in scene.stores())
    before = scene.trust()
    for _ in range(2):
        her = Mallory(scene.relay, scene.both.loop, zids=(callee, caller))
        scene.stands_between(her)
        scene.both.run(told(scene, CHANGED))
        scene.withdraws()
        assert scene.trust() == before


def test_xs02_announcement_taken_away(scene: Scene) -> None:
    """The phones were announced before: the person is told that they no longer are."""
    scene.clean_call()
    scene.signalling.alter = hash_stripped

    async def call() -> None:
        await scene.secure_call()
        for side in scene.sides:
            await side.person.phone.press(Key.MENU)
            await side.sees("No longer announced")
        await scene.both.hang_up()

    scene.both.run(call())


def test_xs03_announcement_replaced(scene: Scene) -> None:
    def alter(message: SipMessage) -> SipMessage | None:
        start, found, rest = message.body.partition("a=zrtp-hash:1.10 ")
        return replace(message, body=start + found + "0" * 64 + rest[64:]) if found else message

    scene.signalling.alter = alter
    reason = "every Hello that came differs from the one in the peer's SDP"
    scene.refused(untouched, ALTERED, reason)


def test_xs11_a_focus_in_the_contact_hides_no_words(scene: Scene) -> None:
    """Nobody has signed it: else whoever is on the way could spare the people the words."""
    focused = []

    def alter(message: SipMessage) -> SipMessage:
        head, changes = re.subn(r"(?m)^(Contact: [^\r]*)", r"\1;isfocus", message.head)
        focused.extend([message.to_callee] * changes)
        return replace(message, head=head)

    async def call() -> None:
        await scene.both.dial()
        await scene.both.secure()
        await scene.both.hang_up()

    scene.signalling.alter = alter
    scene.both.run(call())
    assert {True, False} == set(focused)


@pytest.fixture(name="verified")
def _verified() -> Iterator[Scene]:
    """The people have compared the words."""
    with scenes.scene() as found:
        found.compared_call()
        yield found
        found.clean_call()


def test_xa21_stranger_in_place_of_a_verified_phone(verified: Scene) -> None:
    zids = [store.zid for store in verified.stores()]
    before = [{store.peer(zid) for zid in zids} for store in verified.stores()]
    kept = [[store.retained_secrets(zid) for zid in zids] for store in verified.stores()]
    for _ in range(2):
        verified.stands_between()
        verified.both.run(told(verified, ANOTHER))
        verified.withdraws()
    assert [{store.peer(zid) for zid in zids} for store in verified.stores()] == before
    assert [[store.retained_secrets(zid) for zid in zids] for store in verified.stores()] == kept
    for store in verified.stores():
        assert sum(peer.verified for peer in store.peers()) == 1


def test_xa20_who_is_verified_under_her_own_name_is_not_under_another(verified: Scene) -> None:
    """She calls Bertram honestly, and they compare the words. Then she is between the two."""
    both, memory = verified.both, (MemoryStore(), MemoryStore())

    def mallory() -> Mallory:
        her = Mallory(verified.relay, both.loop, name="mallory of both", stores=memory)
        return verified.stands_between(her)

    async def honest_call() -> None:
        await both.dial()
        await both.callee.sees("Mallory")
        await both.callee.person.confirms()
        await both.callee.sees("Who is it")
        await both.callee.person.phone.press(Key.CONFIRM)
        await both.callee.sees("Mallory")
        her.to_callee.me.session.sas_verified()
        her.to_callee.me.pump()
        await both.hang_up()

    her = mallory()
    verified.signalling.alter = lambda message: from_mallory(her.announce(message))
    both.run(honest_call())
    before = verified.people()
    assert (her.to_callee.me.zid, True, "Mallory") in before[1]
    for _ in range(2):
        her = mallory()
        both.run(told(verified, ANOTHER))
        secured = her.to_callee.secured
        assert secured is not None
        assert secured.cache is CacheState.MATCHED
        assert secured.verified_there
        verified.withdraws()
    assert verified.people() == before


def from_mallory(message: SipMessage | None) -> SipMessage | None:
    """As if she called at her own address."""
    if message is None or not message.to_callee:
        return message
    head = re.sub(r"(?m)^From: .*?<sip:", 'From: "Mallory" <sip:', message.head)
    head = re.sub(r"(?m)^Contact: .*?<sip:([^@>]*@)?", "Contact: <sip:mallory@", head)
    return replace(message, head=head)


async def told(scene: Scene, sentence: str) -> None:
    """A call in which both panels say this before anybody hears anything."""
    await scene.both.dial()
    for side in scene.sides:
        await side.sees(sentence)
    await scene.both.hang_up()
