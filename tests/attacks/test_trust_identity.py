"""Who somebody is: a known attacker under another's name, a new phone, a forged flag."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hw.types import Key
from support.town import Town, disguise, has_sound, known, secrets, seen_since, words_of
from support.two_phones import TestPhone

ANOTHER = "This is NOT the phone you verified on"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    built = Town.built(tmp_path)
    yield built
    built.close()


def bobs_at_home(town: Town) -> list[bytes]:
    """The phones that Alice takes for Bob's, at his address."""
    return [peer.zid for peer in town.alice.store.verified_at_uri(town.bob.uri)]


def test_xa18_no_lamp_is_green_without_all_that_it_says(town: Town) -> None:
    alice, bob = town.alice, town.bob

    def green(*, tls: bool, announced: bool, confirmed: bool) -> bool:
        alice.sip.tls = bob.sip.tls = tls
        alice.sip.cut_hash = bob.sip.cut_hash = not announced
        for phone in (alice, bob):
            phone.store.forget(phone.other.store.zid)
            phone.board.lamps.clear()
        town.call(alice, bob)
        assert not any(lamps.green for lamps in alice.board.lamps), "before the words"
        if confirmed:
            town.confirm(alice, bob)
        town.hang_up(alice, bob)
        return any(lamps.green for lamps in (*alice.board.lamps, *bob.board.lamps))

    assert green(tls=True, announced=True, confirmed=True)
    assert not green(tls=True, announced=True, confirmed=False)
    assert not green(tls=True, announced=False, confirmed=True)
    assert not green(tls=False, announced=True, confirmed=True)


def test_xa20_who_is_verified_under_her_own_name_is_not_under_another(town: Town) -> None:
    alice, mallory = town.alice, town.mallory
    town.call_verified(alice, town.bob)
    town.call_verified(mallory, alice)
    assert known(alice, mallory).verified
    disguise(mallory, town.bob)
    # Each time: to have called so once must not make her at home there.
    for _ in range(3):
        town.call(mallory, alice)
        assert ANOTHER in alice.text
        assert not has_sound(alice)
        assert alice.board.leds.red
        assert bobs_at_home(town) == [town.bob.store.zid]
        town.hang_up(mallory, alice)
    assert known(alice, mallory).name == "Mallory"
    assert known(alice, town.bob).verified


def test_xa20_a_call_to_bob_that_ends_at_mallory_is_no_call_with_bob(town: Town) -> None:
    alice, mallory = town.alice, town.mallory
    town.call_verified(alice, town.bob)
    town.call_verified(mallory, alice)
    disguise(mallory, town.bob)
    town.call(alice, mallory)
    assert ANOTHER in alice.text
    town.wait(1.1)
    alice.press(Key.CONFIRM)
    assert "NOT the phone of before" in alice.text
    assert words_of(alice)
    town.hang_up(alice, mallory)


def test_xa20_the_cache_name_is_the_large_one_whatever_she_calls_herself(town: Town) -> None:
    town.call_verified(town.mallory, town.alice)
    town.mallory.name = "Bob"
    town.call(town.mallory, town.alice)
    assert "Mallory calls itself Bob" in town.alice.text
    town.hang_up(town.mallory, town.alice)


@pytest.mark.parametrize("then", ["nothing", "taken by hand", "words differed"])
def test_xa21_a_new_phone_at_a_verified_address_is_told_as_such(town: Town, then: str) -> None:
    alice, bob, mallory = town.alice, town.bob, town.mallory
    town.call_verified(alice, bob)
    if then == "taken by hand":
        alice.store.unverify(bob.store.zid)
    if then == "words differed":
        town.call(alice, bob)
        alice.press(Key.CONFIRM)
        town.wait(2)
        town.hold(alice, Key.STAR, 0.6)
        town.hang_up(alice, bob)
        assert not known(alice, bob).verified
    disguise(mallory, bob)
    for _ in range(2):
        town.call(mallory, alice)
        assert ANOTHER in alice.text
        assert not has_sound(alice)
        town.hang_up(mallory, alice)
        assert bobs_at_home(town) == [bob.store.zid]
        assert not known(alice, mallory).verified


def test_xa25_a_flag_that_only_the_peer_has_set_verifies_nobody(town: Town) -> None:
    alice, mallory = town.alice, town.mallory
    town.call(mallory, alice)
    town.confirm(mallory)
    town.hang_up(mallory, alice)
    for _ in range(2):
        before = len(alice.board.pictures)
        town.call(mallory, alice)
        assert words_of(alice), "the words are asked for"
        assert "Verified" not in seen_since(alice, before)
        assert alice.board.leds.red
        town.hang_up(mallory, alice)
    kept = secrets(alice, mallory)
    assert kept is not None
    assert not kept.verified
    assert not known(alice, mallory).verified
    assert known(mallory, alice).verified


def test_xa26_a_mismatch_and_a_new_phone_have_words_of_their_own(town: Town) -> None:
    alice, bob = town.alice, town.bob
    town.call(alice, bob)
    new = alice.text
    assert "Compare: Bob" in new or "Signalling not verified" in new
    assert "changed" not in seen_since(alice, 0)
    assert ANOTHER not in seen_since(alice, 0)
    town.confirm(alice, bob)
    town.hang_up(alice, bob)

    bob.store.forget(alice.store.zid)
    before = len(alice.board.pictures)
    town.call(alice, bob)
    mismatch = alice.text
    assert "Something changed. Compare the words NOW." in mismatch
    assert ANOTHER not in seen_since(alice, before)
    assert mismatch != new
    assert words_of(bob), "Bob has forgotten her: to him she is new"
    assert "changed" not in bob.text
    town.hang_up(alice, bob)


@pytest.mark.parametrize("known_before", [True, False])
def test_xs05_xs06_another_phone_in_mid_call_begins_all_anew(
    town: Town, *, known_before: bool
) -> None:
    alice, bob, mallory = town.alice, town.bob, town.mallory
    town.call_verified(alice, bob)
    if known_before:
        town.call_verified(mallory, alice)
    town.call(alice, bob)
    assert "Verified" in alice.text
    assert has_sound(alice)
    keys = dict(alice.wire.keys)
    town.retarget(alice, mallory)
    # Still Bob's address, as far as the signalling says: a verified Mallory is not Bob either.
    assert ANOTHER in alice.text
    assert "Verified" not in alice.text
    assert not has_sound(alice)
    assert alice.board.leds.red
    assert not {key.master_key for key in keys.values()} & {
        key.master_key for place, key in alice.wire.keys.items() if place not in keys
    }
    assert known(alice, mallory).verified == known_before
    assert known(alice, bob).verified
    assert bobs_at_home(town) == [bob.store.zid]
    town.hang_up(alice, mallory)


def test_xs06_back_at_the_verified_phone_all_is_well_again(town: Town) -> None:
    alice, bob, mallory = town.alice, town.bob, town.mallory
    town.call_verified(alice, bob)
    town.call(alice, mallory_as_bob(town))
    assert ANOTHER in alice.text
    town.retarget(alice, bob)
    mallory.replace()
    assert "Verified" in alice.text
    town.hang_up(alice, bob)


def mallory_as_bob(town: Town) -> TestPhone:
    disguise(town.mallory, town.bob)
    return town.mallory
