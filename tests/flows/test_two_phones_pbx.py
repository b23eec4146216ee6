"""An enrolment at a PBX from the first call to the last, with two whole phones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.demo.person import sas_words
from agent.store import Peer
from hw.types import Key
from support.pbx import Pbx
from support.two_phones import Pair

QUESTION = "asks to listen in"
SASHASH = b"\x12\x34\x56\x78" + bytes(28)
RELAYED = ("atlas", "confidence")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair.at_home(tmp_path)
    made.alice.ask_enrolment = True
    made.alice.off()
    made.alice.on()
    yield made
    made.close()


@pytest.fixture
def pbx(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> Pbx:
    return Pbx(pair.bob, monkeypatch)


def call(pair: Pair) -> None:
    pair.dial()
    pair.bob.lift()
    pair.wait(2)


def confirm(pair: Pair) -> None:
    for phone in (pair.alice, pair.bob):
        pair.hold(phone, Key.CONFIRM, 0.6)
        if "Who is it" in phone.text:
            phone.press(Key.CONFIRM)
    pair.wait(2)


def hang_up(pair: Pair) -> None:
    pair.alice.replace()
    pair.settle()
    pair.bob.replace()
    pair.wait(5)


def enrol(pair: Pair, pbx: Pbx) -> None:
    call(pair)
    confirm(pair)
    pair.hold(pair.alice, Key.CONFIRM, 0.6)
    secret = pbxsecret(pair)
    assert secret is not None
    pbx.keep(secret)
    pbx.enrolling = False
    hang_up(pair)


def pbxsecret(pair: Pair) -> bytes | None:
    kept = pair.alice.store.retained_secrets(pair.bob.store.zid)
    return kept.pbxsecret if kept else None


def the_pbx(pair: Pair) -> Peer:
    (peer,) = pair.alice.store.peers()
    return peer


def answers(pair: Pair) -> list[str]:
    events = pair.alice.store.security_events(20)
    return [event.detail for event in events if event.kind == "pbx-enrolment"]


@pytest.mark.usefixtures("pbx")
def test_r03_r06_a_whole_enrolment(pair: Pair) -> None:
    call(pair)
    assert sas_words(pair.alice.board.pictures[-1]) is not None
    assert pbxsecret(pair) is None
    confirm(pair)
    assert QUESTION in pair.alice.text
    assert "Bob?" in pair.alice.text
    assert pbxsecret(pair) is None
    pair.hold(pair.alice, Key.CONFIRM, 0.6)
    assert pbxsecret(pair) is not None
    assert the_pbx(pair).enrolled
    assert the_pbx(pair).name == "Bob"
    assert answers(pair) == ["allowed"]
    assert QUESTION not in pair.alice.text
    hang_up(pair)
    assert answers(pair) == ["allowed"]


@pytest.mark.parametrize("key", [Key.STAR, Key.HANG_UP])
@pytest.mark.usefixtures("pbx")
def test_r03_xs10_a_refused_enrolment_is_written_down_and_nothing_else(
    pair: Pair, key: Key
) -> None:
    call(pair)
    confirm(pair)
    assert QUESTION in pair.alice.text
    pair.alice.press(key)
    hang_up(pair)
    assert pbxsecret(pair) is None
    assert not the_pbx(pair).enrolled
    (answer,) = answers(pair)
    assert "refused" in answer


@pytest.mark.usefixtures("pbx")
def test_r06_xs10_whose_words_nobody_compared_is_not_asked_about(pair: Pair) -> None:
    call(pair)
    pair.alice.press(Key.MENU)
    pair.wait(60)
    assert not any(QUESTION in " ".join(each.text) for each in pair.alice.board.pictures)
    hang_up(pair)
    assert answers(pair) == ["not answered: refused"]


@pytest.mark.usefixtures("pbx")
def test_r03_by_default_it_is_refused_unasked(pair: Pair) -> None:
    pair.alice.ask_enrolment = False
    pair.alice.off()
    pair.alice.on()
    call(pair)
    confirm(pair)
    assert not any(QUESTION in " ".join(each.text) for each in pair.alice.board.pictures)
    assert answers(pair) == ["refused"]
    assert pbxsecret(pair) is None


def test_r02_an_enrolled_pbx_is_named_and_its_relayed_words_are_compared(
    pair: Pair, pbx: Pbx
) -> None:
    enrol(pair, pbx)
    call(pair)
    assert "In the middle, and can listen: Bob" in pair.alice.text
    assert not any(lamps.green for lamps in pair.alice.board.lamps)
    pbx.relay(pair, SASHASH)
    assert sas_words(pair.alice.board.pictures[-1]) == RELAYED
    assert "Passed on by Bob" in pair.alice.text
    assert pair.alice.board.leds.red
    before = the_pbx(pair)
    pair.wait(2)
    pair.hold(pair.alice, Key.CONFIRM, 0.6)
    assert "Verified" in pair.alice.text
    # What was compared tells of whoever is behind the PBX, and not of the PBX.
    assert the_pbx(pair) == before
    events = pair.alice.store.security_events(1)
    assert [(each.kind, each.detail) for each in events] == [("sas-confirmed", "relayed")]


def test_xs10_relayed_words_that_differ_end_the_trust(pair: Pair, pbx: Pbx) -> None:
    enrol(pair, pbx)
    call(pair)
    pbx.relay(pair, SASHASH)
    pair.wait(2)
    pair.hold(pair.alice, Key.STAR, 0.6)
    assert "WIRETAPPED" in pair.alice.text
    assert pbxsecret(pair) is None
    assert not the_pbx(pair).verified
    hang_up(pair)
    call(pair)
    pbx.relay(pair, SASHASH)
    assert sas_words(pair.alice.board.pictures[-1]) != RELAYED
    assert "can listen: Bob" not in pair.alice.text


def test_r01_r02_xs10_nobody_else_has_a_relayed_sas_shown(pair: Pair, pbx: Pbx) -> None:
    pbx.enrolling = False
    call(pair)
    own = sas_words(pair.alice.board.pictures[-1])
    pbx.relay(pair, SASHASH)
    assert sas_words(pair.alice.board.pictures[-1]) == own != RELAYED


def test_r03_who_is_enrolled_asks_in_vain_again(pair: Pair, pbx: Pbx) -> None:
    enrol(pair, pbx)
    pbx.enrolling = True
    call(pair)
    assert "can listen: Bob" in pair.alice.text
    hang_up(pair)
    assert answers(pair) == ["allowed"]


@pytest.mark.parametrize("by_hand", ["unverify", "forget"])
def test_r03_an_enrolment_is_taken_back_by_hand(pair: Pair, pbx: Pbx, by_hand: str) -> None:
    enrol(pair, pbx)
    getattr(pair.alice.store, by_hand)(pair.bob.store.zid)
    assert pbxsecret(pair) is None
    call(pair)
    pbx.relay(pair, SASHASH)
    assert sas_words(pair.alice.board.pictures[-1]) != RELAYED


def test_r03_what_ended_with_the_trust_does_not_come_back_with_the_words(
    pair: Pair, pbx: Pbx
) -> None:
    enrol(pair, pbx)
    call(pair)
    pair.alice.press(Key.MENU, *20 * [Key.DIGIT_8], Key.CONFIRM)
    assert pbxsecret(pair) is None
    pair.wait(2)
    pair.hold(pair.alice, Key.CONFIRM, 0.6)
    assert "Verified" in pair.alice.text
    assert the_pbx(pair).verified
    assert pbxsecret(pair) is None
    hang_up(pair)
    call(pair)
    pbx.relay(pair, SASHASH)
    assert sas_words(pair.alice.board.pictures[-1]) != RELAYED
    assert "can listen: Bob" not in pair.alice.text
