"""Less than last time: weaker keys, a hash that is not announced any more."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.store import Level
from agent.zrtp import DEFAULT_OFFER
from hw.types import Key
from support.town import Town, known, seen_since, words_of

HYBRID, CLASSICAL = Level("X3M3", post_quantum=True), Level("X255", post_quantum=False)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    built = Town.built(tmp_path)
    for phone in built.phones:
        phone.sip.tls = True
    yield built
    built.close()


def test_xa12_a_fall_from_post_quantum_is_asked_about_until_it_is_confirmed(town: Town) -> None:
    alice, bob = town.alice, town.bob
    town.call_verified(alice, bob)
    assert known(alice, bob).level == known(bob, alice).level == HYBRID
    bob.off()
    bob.offer = replace(DEFAULT_OFFER, key_agreements=("X255",))
    bob.on()
    for _ in range(2):
        shown = len(alice.board.pictures)
        town.call(alice, bob)
        for phone in (alice, bob):
            assert "Weaker keys:" in phone.text
            assert words_of(phone)
        assert "green" not in seen_since(alice, shown)
        town.wait(2)
        alice.press(Key.MENU)
        assert "Weaker keys than before" in alice.text
        assert "Words not compared yet" in alice.text
        town.hang_up(alice, bob)
        assert known(alice, bob).level == HYBRID
    town.call(alice, bob)
    town.confirm(alice, bob)
    assert "Verified, green" in alice.text
    assert "Weaker keys than before" in alice.text, "it is so to the end of this call"
    town.hang_up(alice, bob)
    assert known(alice, bob).level == known(bob, alice).level == CLASSICAL
    town.call(alice, bob)
    assert "Verified, green" in alice.text
    assert "Weaker" not in alice.text
    town.hang_up(alice, bob)


def test_xa12_a_rise_needs_no_question(town: Town) -> None:
    alice, bob = town.alice, town.bob
    bob.offer = replace(DEFAULT_OFFER, key_agreements=("X255",))
    bob.meet(alice)
    town.call_verified(alice, bob)
    assert known(alice, bob).level == CLASSICAL
    bob.offer = DEFAULT_OFFER
    bob.meet(alice)
    town.call(alice, bob)
    assert "Verified, green" in alice.text
    assert known(alice, bob).level == HYBRID
    town.hang_up(alice, bob)


def test_xs02_a_hash_that_was_never_announced_is_missing(town: Town) -> None:
    alice, bob = town.alice, town.bob
    bob.sip.cut_hash = True
    town.call(alice, bob)
    town.confirm(alice, bob)
    assert "Their phone was not announced" in alice.text
    assert not alice.board.leds.green
    town.hang_up(alice, bob)


def test_xs02_a_hash_that_is_stripped_is_told_as_that(town: Town) -> None:
    alice, bob = town.alice, town.bob
    town.call_verified(alice, bob)
    town.call(alice, bob)
    assert alice.board.leds.green
    town.hang_up(alice, bob)
    bob.sip.cut_hash = True
    for _ in range(2):
        alice.board.lamps.clear()
        town.call(alice, bob)
        assert "Verified" in alice.text
        assert "Their phone was announced before, and not now" in alice.text
        assert not any(lamps.green for lamps in alice.board.lamps)
        town.hang_up(alice, bob)
    bob.sip.cut_hash = False
    town.call(alice, bob)
    assert alice.board.leds.green
    assert "announced" not in alice.text
    town.hang_up(alice, bob)
