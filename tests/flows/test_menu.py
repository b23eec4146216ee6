"""The menu on two whole phones: what is typed on one of them is so for both, and on the disk."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.store import Store
from hw.ring_tones import RING_TONES
from hw.types import Key
from support.stores import Wall, counting_bytes
from support.two_phones import Pair, TestPhone

NAMED = {"m": Key.MENU, "c": Key.CALL, "h": Key.HANG_UP, "!": Key.CONFIRM}


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    both = Pair.at_home(tmp_path)
    try:
        yield both
    finally:
        both.close()


def presses(pair: Pair, phone: TestPhone, keys: str) -> None:
    for symbol in keys:
        if symbol == " ":
            pair.wait(1.0)
        else:
            phone.press(NAMED.get(symbol) or Key(symbol))


def misses_a_call(pair: Pair) -> None:
    """Alice calls, nobody is there, and she gives up."""
    pair.dial()
    pair.alice.replace()
    pair.settle()


def unplugged(phone: TestPhone, folder: Path) -> Store:
    """What is on the phone's disk now, as its next start would find it."""
    shutil.copytree(phone.folder, folder)
    return Store.open(folder / "sotto.db", Wall(), counting_bytes())


def test_a_plug_that_is_pulled_takes_no_call_out_of_the_log(pair: Pair, tmp_path: Path) -> None:
    pair.dial()
    for moment, missed in (("ringing", 1), ("talking", 0)):
        for phone in pair.phones:
            store = unplugged(phone, tmp_path / moment / phone.folder.name)
            (call,) = store.calls(9)
            assert call.outcome == "broken_off"
            assert store.unseen_missed_calls() == (missed if phone is pair.bob else 0)
            store.close()
        pair.bob.lift()
        pair.settle()
    pair.alice.replace()
    pair.settle()
    assert [each.outcome for each in pair.bob.store.calls(9)] == ["remote_hung_up"]


def test_missed_calls_are_counted_over_a_restart_until_somebody_looks(pair: Pair) -> None:
    misses_a_call(pair)
    misses_a_call(pair)
    assert "2 missed calls" in pair.bob.text
    pair.bob.off()
    pair.bob.on()
    assert "2 missed calls" in pair.bob.text
    pair.bob.lift()
    pair.bob.replace()
    assert "2 missed calls" in pair.bob.text
    presses(pair, pair.bob, "m8!!")
    assert pair.bob.text.startswith("Missed > Alice:")
    presses(pair, pair.bob, "mmm")
    assert "missed" not in pair.bob.text
    pair.bob.off()
    pair.bob.on()
    assert "missed" not in pair.bob.text


def test_a_call_is_returned_from_the_log(pair: Pair) -> None:
    misses_a_call(pair)
    presses(pair, pair.bob, "m8!!c")
    pair.settle()
    assert pair.alice.text.startswith("Call from")
    assert pair.bob.text.startswith("Lift the handset to talk to Alice")


def test_a_contact_that_was_typed_is_dialled(pair: Pair) -> None:
    bob = pair.bob
    presses(pair, bob, "m!!!2 555 444 !8!77!8!")
    presses(pair, bob, "2 555 444 222 33 1 *192*11 *0*11 *2*11 *1")
    assert bob.text.startswith("Address 123 alice@192.0.2.1")
    presses(pair, bob, "!8!")
    assert bob.text == "Ali is kept."
    bob.lift()
    presses(pair, bob, "77")
    assert "Ali" in bob.text
    presses(pair, bob, "#")
    pair.settle()
    assert pair.alice.text.startswith("Call from")


def test_it_rings_with_the_tone_that_was_chosen(pair: Pair) -> None:
    presses(pair, pair.bob, "m888!8!88!mm")
    pair.dial()
    assert pair.bob.board.ringing == list(RING_TONES.values())[1]


def test_volumes_are_heard_at_once_and_kept_over_a_restart(pair: Pair) -> None:
    bob = pair.bob
    presses(pair, bob, "m888!!!**")
    assert bob.board.handset.volume == 70
    presses(pair, bob, "!8!##!")
    assert bob.board.ring_volume == 90
    bob.off()
    bob.board.handset.volume = bob.board.ring_volume = 0
    bob.on()
    assert (bob.board.handset.volume, bob.board.ring_volume) == (70, 90)


def test_a_ring_tone_that_is_tried_out_gives_way_to_a_call(pair: Pair) -> None:
    presses(pair, pair.bob, "m888!8!88")
    assert pair.bob.board.ringing == list(RING_TONES.values())[1]
    pair.dial()
    assert pair.bob.text.startswith("Call from")
    assert pair.bob.board.ringing == RING_TONES["classic"]


def test_a_lock_outlasts_a_restart_and_so_do_wrong_pins(pair: Pair) -> None:
    bob = pair.bob
    presses(pair, bob, "m888!***!!2580!2580!!mmm")
    bob.off()
    bob.on()
    assert bob.text.startswith("Locked")
    presses(pair, bob, "1111!")
    assert "Wait 1 s / Wrong PIN".replace(" / ", " ") in bob.text
    pair.wait(1.0)
    presses(pair, bob, "1111!")
    bob.off()
    bob.on()
    presses(pair, bob, "2")
    assert "Wait 2 s" in bob.text
    pair.wait(2.0)
    presses(pair, bob, "2580!")
    assert bob.text.startswith("Bob")


def test_a_locked_phone_takes_calls_and_compares_the_words(pair: Pair) -> None:
    bob = pair.bob
    presses(pair, bob, "m888!***!!2580!2580!!mmm")
    pair.hold(bob, Key.STAR, 1.1)
    assert bob.text.startswith("Locked")
    pair.dial()
    bob.lift()
    pair.settle()
    pair.wait(2.0)
    assert "You read" in bob.text
    bob.replace()
    pair.settle()
    assert bob.text.startswith("Locked")


def test_a_verified_person_is_renamed_and_asked_for_the_words_again(pair: Pair) -> None:
    pair.dial()
    pair.bob.lift()
    pair.settle()
    pair.wait(2.0)
    for phone in pair.phones:
        pair.hold(phone, Key.CONFIRM, 0.6)
        phone.press(Key.CONFIRM)
    pair.bob.replace()
    pair.settle()
    pair.alice.replace()
    pair.settle()
    presses(pair, pair.alice, "m88!")
    assert "Verified" in pair.alice.text
    presses(pair, pair.alice, "!!!mmm222 !")
    assert "The words are asked for again." in pair.alice.text
    assert [(each.name, each.verified) for each in pair.alice.store.peers()] == [("C", False)]


def test_the_panel_goes_dark_at_rest_and_wakes_for_a_call(pair: Pair) -> None:
    pair.wait(601.0)
    assert pair.bob.board.brightness == 0
    pair.dial()
    assert pair.bob.board.brightness == 100


def test_the_menu_speaks_the_language_that_was_chosen_after_a_restart(pair: Pair) -> None:
    presses(pair, pair.bob, "m888!8888888!8!")
    assert "Einstellungen" in pair.bob.text
    assert pair.bob.store.preferences() == {"language": '"de"'}
    pair.bob.off()
    pair.bob.on()
    presses(pair, pair.bob, "m")
    assert pair.bob.text.startswith("Menü")


def test_do_not_disturb_is_chosen_and_holds(pair: Pair) -> None:
    presses(pair, pair.bob, "m888!88!mm")
    pair.dial()
    assert pair.bob.board.ringing is None
    assert not pair.bob.text.startswith("Call from")


def test_a_contact_that_rings_through_does(pair: Pair) -> None:
    bob = pair.bob
    presses(pair, bob, "m!!!2 555 444 !8!77!8!")
    presses(pair, bob, "2 555 444 222 33 1 *192*11 *0*11 *2*11 *1!8!!")
    presses(pair, bob, "#!!888!mmm")
    assert [each.name for each in bob.store.contacts()] == ["Ali"]
    presses(pair, bob, "m888!88!mm")
    pair.dial()
    assert bob.text.startswith("Call from Ali")
    assert bob.board.ringing is not None


def test_a_speed_dial_is_typed_and_dialled_by_holding_its_digit(pair: Pair) -> None:
    bob = pair.bob
    presses(pair, bob, "m888!888888!8!!101!mmm")
    assert bob.text.startswith("Bob")
    pair.hold(bob, Key.DIGIT_2, 1.2)
    pair.settle()
    assert pair.alice.text.startswith("Call from")


def test_a_hot_line_dials_by_lifting_the_handset_but_not_from_a_locked_phone(pair: Pair) -> None:
    bob = pair.bob
    presses(pair, bob, "m888!88888!!!101!mmm")
    bob.lift()
    pair.wait(6.0)
    assert pair.alice.text.startswith("Call from")
    bob.replace()
    pair.settle()
    presses(pair, bob, "m888!***!!2580!2580!!mmm")
    pair.hold(bob, Key.STAR, 1.1)
    bob.lift()
    pair.wait(10.0)
    assert bob.text.startswith("Locked")
    assert "101" not in bob.text
