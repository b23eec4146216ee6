"""Another name for a phone that was verified: whoever gives it must know to whom (two phones)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hw.types import Key
from support.two_phones import Pair, TestPhone


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair.at_home(tmp_path)
    yield made
    made.close()


def call(pair: Pair) -> None:
    pair.dial()
    pair.bob.lift()
    pair.wait(2)


def confirm(pair: Pair) -> None:
    for phone in pair.phones:
        pair.hold(phone, Key.CONFIRM, 0.6)
        if "Who is it?" in phone.text:
            phone.press(Key.CONFIRM)


def hang_up(pair: Pair) -> None:
    pair.alice.replace()
    pair.settle()
    pair.bob.replace()
    pair.wait(5)


def red(phone: TestPhone) -> bool:
    return phone.board.leds.red


def rename(pair: Pair, name: str) -> None:
    (peer,) = pair.alice.store.peers()
    pair.alice.store.rename_peer(peer.zid, name)


def test_the_words_are_asked_for_again_and_then_the_new_name_stands(pair: Pair) -> None:
    call(pair)
    confirm(pair)
    hang_up(pair)
    call(pair)
    assert "Verified" in pair.alice.text
    hang_up(pair)
    rename(pair, "Robert")
    (peer,) = pair.alice.store.peers()
    assert (peer.name, peer.verified) == ("Robert", False)
    assert peer.last_verified is not None
    call(pair)
    assert "You read: " in pair.alice.text
    assert "Robert" not in pair.alice.text
    assert red(pair.alice)
    confirm(pair)
    assert "Verified" in pair.alice.text
    assert "Robert" in pair.alice.text
    assert not red(pair.alice)
    (peer,) = pair.alice.store.peers()
    assert (peer.name, peer.verified) == ("Robert", True)


def test_a_new_name_put_off_keeps_the_call_unverified(pair: Pair) -> None:
    call(pair)
    confirm(pair)
    hang_up(pair)
    rename(pair, "Robert")
    for _ in range(2):
        call(pair)
        pair.alice.press(Key.MENU)
        assert "Not verified" in pair.alice.text
        assert "Words not compared yet" in pair.alice.text
        hang_up(pair)
