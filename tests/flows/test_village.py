"""Three whole phones with several calls: what each person presses, and reads."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.phone.actions import Tone
from agent.phone.preferences import Preferences
from agent.settings import tones
from hw.types import Key, Leds
from support.town import known, seen_since, words_of
from support.village import Village, Villager


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Village]:
    built = Village.built(tmp_path)
    yield built
    built.close()


def agreed(one: Villager, other: Villager) -> bool:
    """Whether both read the same words."""
    return words_of(one) is not None and words_of(one) == words_of(other)


def alice_has_both(village: Village) -> tuple[Villager, Villager, Villager]:
    """Bob is verified and on hold; Carol, on the line, is not verified."""
    alice, bob, carol = village.phones
    village.call(alice, bob)
    village.confirm(alice, bob)
    village.ring(carol, alice)
    village.press(alice, Key.CALL)
    village.wait(1.0)
    return alice, bob, carol


def test_another_call_waits_and_is_answered(village: Village) -> None:
    alice, bob, carol = village.phones
    village.call(alice, bob)
    village.confirm(alice, bob)
    village.ring(carol, alice)
    assert "Bob: Verified, green Another call Carol New here" in alice.text
    assert alice.sip.tone == tones("eu")[Tone.CALL_WAITING]
    assert "It rings there" in carol.text
    assert alice.with_whom() == ["Bob"]
    village.press(alice, Key.CALL)
    village.wait(1.0)
    assert "They put you on hold" in bob.text
    assert agreed(alice, carol)
    assert alice.with_whom() == ["Carol"]
    assert alice.board.leds == Leds(red=True)
    alice.press(Key.MENU)
    carol.press(Key.MENU)
    assert "Not verified" in alice.text
    assert "On hold: Bob" in alice.text
    village.press(alice, Key.CALL)
    assert "Verified, green" in alice.text
    assert "On hold: Carol" in alice.text
    assert alice.board.leds == Leds(green=True)
    assert "They put you on hold" not in bob.text
    assert "They put you on hold" in carol.text


def test_hold_changes_neither_keys_nor_trust(village: Village) -> None:
    alice, bob, _ = village.phones
    village.call(alice, bob)
    village.confirm(alice, bob)
    keys, packets = dict(alice.wire.keys), alice.diary.count("packet to Bob")
    village.choose(alice, 0)
    assert "On hold" in alice.text
    assert "They put you on hold" in bob.text
    assert alice.with_whom() == []
    village.wait(60)
    village.press(alice, Key.CALL)
    assert "Verified, green" in alice.text
    assert "Verified, green" in bob.text
    assert alice.with_whom() == ["Bob"]
    assert alice.wire.keys == keys
    assert alice.diary.count("packet to Bob") == packets


def test_turned_away(village: Village) -> None:
    alice, bob, carol = village.phones
    village.call(alice, bob)
    village.confirm(alice, bob)
    village.ring(carol, alice)
    village.press(alice, Key.MENU)
    assert "Call declined" in carol.text
    assert alice.with_whom() == ["Bob"]


def test_conference(village: Village) -> None:
    alice, bob, carol = alice_has_both(village)
    alice.press(Key.MENU)
    village.choose(alice, 5)
    assert alice.text.startswith("Not verified")
    assert "Carol Not verified Bob Verified, green" in alice.text
    assert alice.with_whom() == ["Bob", "Carol"]
    assert len(alice.lines.joined) == 2
    assert alice.board.leds == Leds(red=True)
    assert "They put you on hold" not in bob.text
    # Each leg has keys of its own.
    assert len(set(alice.wire.keys.values())) == len(alice.wire.keys) == 4
    alice.press(Key.CONFIRM)
    assert agreed(alice, carol)
    village.confirm(alice, carol)
    assert "Carol Verified, green Bob Verified, green" in alice.text
    assert alice.board.leds == Leds(green=True)
    bob.replace()
    village.wait(5)
    assert alice.with_whom() == ["Carol"]
    assert "They hung up" not in alice.text
    alice.replace()
    village.settle()
    assert not alice.lines.legs


def test_put_through_after_asking(village: Village) -> None:
    alice, bob, carol = alice_has_both(village)
    alice.press(Key.MENU)
    village.choose(alice, 3)
    assert "Putting through" in alice.text
    assert "wants to put you through to Carol" in bob.text
    shown = len(carol.board.pictures)
    village.press(bob, Key.CALL)
    village.wait(1.0)
    assert "Put through" in alice.text
    assert agreed(bob, carol)
    assert "Bob Securing" in seen_since(carol, shown)
    assert bob.with_whom() == ["Carol"]
    assert carol.with_whom() == ["Bob"]
    assert bob.board.leds == carol.board.leds == Leds(red=True)
    village.confirm(bob, carol)
    assert "Verified, green" in bob.text
    assert known(bob, carol).name == "Carol"
    assert not alice.lines.legs
    assert len(bob.lines.legs) == len(carol.lines.legs) == 1


def test_put_through_to_a_number(village: Village) -> None:
    alice, bob, carol = village.phones
    village.call(alice, bob)
    village.confirm(alice, bob)
    village.choose(alice, 2)
    assert "Put Bob through to" in alice.text
    village.press(alice, *(Key(digit) for digit in carol.number), Key.CALL)
    assert "wants to put you through to Carol" in bob.text
    village.press(bob, Key.CALL)
    assert "Calling Carol It rings there" in bob.text
    carol.lift()
    village.wait(1.0)
    assert "Put through" in alice.text
    assert agreed(bob, carol)


def test_nobody_is_put_through_against_their_will(village: Village) -> None:
    alice, bob, carol = village.phones
    village.call(alice, bob)
    village.confirm(alice, bob)
    village.choose(alice, 2)
    village.press(alice, *(Key(digit) for digit in carol.number), Key.CALL)
    village.press(bob, Key.STAR)
    assert "Not put through: Declined" in alice.text
    village.press(alice, Key.CALL)
    assert alice.with_whom() == ["Bob"]
    assert bob.with_whom() == ["Alice"]


def test_whoever_turns_the_call_away_leaves_them_where_they_were(village: Village) -> None:
    alice, bob, carol = village.phones
    village.call(alice, bob)
    village.confirm(alice, bob)
    village.choose(alice, 2)
    village.press(alice, *(Key(digit) for digit in carol.number), Key.CALL)
    village.press(bob, Key.CALL)
    village.press(carol, Key.HANG_UP)
    assert "Not put through: Busy" in alice.text
    assert "Call declined" in bob.text
    village.wait(5)
    assert "On hold" in bob.text
    village.press(bob, Key.CALL)
    village.press(alice, Key.CALL)
    assert alice.with_whom() == ["Bob"]


def test_calls_go_elsewhere_and_the_words_are_those_of_whoever_answers(village: Village) -> None:
    alice, bob, carol = village.phones
    alice.prefers(Preferences(forward_always=bob.number))
    village.ring(carol, alice)
    assert "Call from Carol" in bob.text
    bob.lift()
    village.wait(1.0)
    assert agreed(bob, carol)
    assert not alice.lines.legs


def test_a_new_call_while_another_one_is_held(village: Village) -> None:
    alice, bob, carol = village.phones
    village.call(alice, bob)
    village.confirm(alice, bob)
    village.choose(alice, 1)
    assert "On hold: Bob" in alice.text
    village.press(alice, *(Key(digit) for digit in carol.number), Key.CALL)
    carol.lift()
    village.wait(1.0)
    assert agreed(alice, carol)
    village.press(alice, Key.HANG_UP)
    assert "On hold" in alice.text
    assert "Bob" in alice.text
    assert "They hung up" in carol.text
    alice.replace()
    village.settle()
    assert "They hung up" in bob.text
