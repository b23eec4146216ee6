"""What the phones remember of each other: stolen, rolled back, laundered, hidden behind another."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.zrtp import CacheUpdate
from hw.types import Key
from support.town import Town, has_sound, known, secrets, seen_since, words_of
from support.two_phones import TestPhone

RESTORED = "Memory moved or restored"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    built = Town.built(tmp_path)
    yield built
    built.close()


def copy_of(phone: TestPhone) -> Path:
    """A backup of a phone that is off, or a thief's."""
    kept = phone.folder.with_name(f"{phone.name} of {phone.world.now}")
    phone.off()
    shutil.copytree(phone.folder, kept)
    phone.on()
    return kept


def put_back(phone: TestPhone, kept: Path) -> None:
    """Unpacks the backup in its old place."""
    phone.off()
    shutil.rmtree(phone.folder)
    shutil.copytree(kept, phone.folder)
    phone.on()


def test_xa22_a_restored_phone_says_so_and_asks_for_the_words_again(town: Town) -> None:
    alice, bob = town.alice, town.bob
    town.call_verified(alice, bob)
    put_back(bob, copy_of(bob))
    assert RESTORED in bob.text
    assert bob.store.security_events(1)[0].kind == "database-restored"
    assert not known(bob, alice).verified
    town.call(alice, bob)
    for phone in (alice, bob):
        assert words_of(phone), "the secrets match, and that is not enough"
        assert "Verified" not in phone.text
    town.confirm(alice, bob)
    town.hang_up(alice, bob)
    town.call(alice, bob)
    assert "Verified" in alice.text
    assert "Verified" in bob.text
    town.hang_up(alice, bob)
    bob.off()
    bob.on()
    assert RESTORED not in bob.text


def test_xa22_a_stolen_cache_serves_until_its_owner_calls_again(town: Town) -> None:
    """Nobody can tell the thief's call from Bob's: the two memories part, and that is noticed.

    After one call Alice still accepts what Bob holds as the secret before the last (rs2).
    """
    alice, bob, thief = town.alice, town.bob, town.mallory
    town.call_verified(alice, bob)
    stolen = copy_of(bob)
    thief.off()
    shutil.rmtree(thief.folder)
    shutil.copytree(stolen, thief.folder)
    thief.on()
    assert RESTORED in thief.text
    thief.name, thief.uri = bob.name, bob.uri
    for _ in range(2):
        town.call_verified(thief, alice)
    town.call(alice, bob)
    for phone in (alice, bob):
        assert "Something changed" in phone.text
        assert not has_sound(phone)
    town.hang_up(alice, bob)


def test_xa23_an_old_backup_alarms_both_and_overwrites_nothing(town: Town) -> None:
    alice, bob = town.alice, town.bob
    town.call_verified(alice, bob)
    kept = copy_of(bob)
    for _ in range(2):
        town.call_verified(alice, bob)
    put_back(bob, kept)
    assert RESTORED in bob.text
    before = secrets(alice, bob), secrets(bob, alice)
    for _ in range(2):
        town.call(alice, bob)
        for phone in (alice, bob):
            assert "Something changed" in phone.text
        town.hang_up(alice, bob)
        assert (secrets(alice, bob), secrets(bob, alice)) == before
    town.call_verified(alice, bob)
    town.call(alice, bob)
    assert "Verified" in alice.text
    assert "Verified" in bob.text
    town.hang_up(alice, bob)


def test_xa24_to_call_again_launders_no_mismatch(town: Town) -> None:
    alice, bob = town.alice, town.bob
    town.call_verified(alice, bob)
    bob.store.forget(alice.store.zid)
    before, peer = secrets(alice, bob), known(alice, bob)
    for _ in range(3):
        town.call(alice, bob)
        assert "Something changed" in alice.text
        assert not has_sound(alice)
        town.hang_up(alice, bob)
        assert secrets(alice, bob) == before
        assert known(alice, bob) == peer, "who could not prove it was not met"


def test_xa24_the_words_put_off_after_the_alarm_change_nothing(town: Town) -> None:
    alice, bob = town.alice, town.bob
    town.call_verified(alice, bob)
    bob.store.forget(alice.store.zid)
    before = secrets(alice, bob)
    town.call(alice, bob)
    town.wait(1.1)
    alice.press(Key.CONFIRM)
    town.wait(2)
    alice.press(Key.MENU)
    assert "Something changed" in alice.text
    assert "Words not compared yet" in alice.text
    assert alice.board.leds.red
    town.hang_up(alice, bob)
    assert secrets(alice, bob) == before


def test_xa27_preshared_mode_needs_a_memory_that_is_verified_on_both_sides(town: Town) -> None:
    alice, bob = town.alice, town.bob
    bob.prefer_preshared = alice.prefer_preshared = True
    for phone in (alice, bob):
        phone.meet(phone.other)
    town.call_verified(alice, bob)
    assert preshared(town)
    alice.store.unverify(bob.store.zid)
    assert not preshared(town)
    assert words_of(alice), "and a call in DH mode asks for the words again"
    town.confirm(alice, bob)
    town.hang_up(alice, bob)
    put_back(bob, copy_of(bob))
    assert not preshared(town)
    assert words_of(alice)
    assert words_of(bob)
    town.hang_up(alice, bob)


def preshared(town: Town) -> bool:
    """Calls; whether no public value was exchanged. Such a call is ended again."""
    sent: set[bytes] = set()

    def note(packet: bytes) -> bytes:
        sent.add(message_type(packet))
        return packet

    town.alice.wire.alter = town.bob.wire.alter = note
    town.call(town.alice, town.bob)
    assert b"Confirm1" in sent
    if b"DHPart1 " in sent:
        return False
    town.hang_up(town.alice, town.bob)
    return True


def message_type(packet: bytes) -> bytes:
    """Where a message begins: a piece of one has eight octets more before it."""
    return packet[24:32] if packet[0] == 0x11 else packet[16:24]


def test_xa28_an_auxsecret_that_matches_excuses_nothing(town: Town) -> None:
    alice, bob = town.alice, town.bob
    town.call_verified(alice, bob)
    for one, other in ((alice, bob), (bob, alice)):
        kept = secrets(one, other)
        assert kept is not None
        with_aux = replace(kept, auxsecret=b"agreed beforehand")
        if one is bob:
            with_aux = replace(with_aux, rs1=b"\x01" * 32, rs2=None)
        one.store.commit_secrets(CacheUpdate(other.store.zid, with_aux))
    before = secrets(alice, bob)
    shown = len(alice.board.pictures)
    town.call(alice, bob)
    assert "Something changed" in alice.text
    assert "Verified" not in seen_since(alice, shown)
    town.hang_up(alice, bob)
    assert secrets(alice, bob) == before


def test_f08_an_auxsecret_that_differs_is_told_and_does_no_harm(town: Town) -> None:
    alice, bob = town.alice, town.bob
    town.call_verified(alice, bob)
    for one, other, agreed in ((alice, bob, b"agreed"), (bob, alice, b"not the same")):
        kept = secrets(one, other)
        assert kept is not None
        one.store.commit_secrets(CacheUpdate(other.store.zid, replace(kept, auxsecret=agreed)))
    town.call(alice, bob)
    for phone in (alice, bob):
        assert "Verified" in phone.text
        assert "Agreed secret differs" in phone.text or "agreed on beforehand differs" in phone.text
        assert has_sound(phone)
    town.hang_up(alice, bob)
