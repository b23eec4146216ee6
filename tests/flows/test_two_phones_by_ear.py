"""Two whole phones whose people choose what they hear (`sas_check = "choose"`)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hw.types import Key, Picture
from support.two_phones import Pair, TestPhone

KEYS = (Key.DIGIT_1, Key.DIGIT_2, Key.DIGIT_3, Key.DIGIT_4)
DIGITS = {
    name: str(digit)
    for digit, name in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    )
}


@pytest.fixture(params=["B256", "B32"])
def pair(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Pair]:
    made = Pair.at_home(tmp_path)
    for phone in made.phones:
        phone.by_ear = True
        phone.offer = replace(phone.offer, sas_types=(request.param,))
        phone.off()
        phone.on()
    yield made
    made.close()


def call(pair: Pair) -> dict[str, str]:
    """Up to the question; returns what each of the two reads aloud."""
    pair.dial()
    pair.bob.lift()
    pair.wait(2)
    return {phone.name: read_aloud(phone.board.pictures[-1]) for phone in pair.phones}


def read_aloud(picture: Picture) -> str:
    return next(line.removeprefix("You read: ") for line in picture.text if "You read" in line)


def key_of(phone: TestPhone, heard: str) -> Key:
    """The key of the one candidate that a person who heard this would hold."""
    written = "".join(DIGITS.get(word, word[0]) for word in heard.split())
    lines = phone.board.pictures[-1].text
    fitting = [
        key for key in KEYS if {f"{key.value}: {heard}", f"{key.value}: {written}"} & {*lines}
    ]
    assert len(fitting) == 1
    return fitting[0]


def whole_sas(pair: Pair, said: dict[str, str]) -> list[Picture]:
    """The pictures that told which half the other person reads."""
    return [
        picture
        for phone in pair.phones
        for picture in phone.board.pictures
        if f"They read: {said[phone.other.name]}" in picture.text
    ]


def test_each_chooses_what_the_other_reads_and_both_are_verified(pair: Pair) -> None:
    said = call(pair)
    assert whole_sas(pair, said) == []
    pair.hold(pair.alice, key_of(pair.alice, said["Bob"]), 0.6)
    assert "Who is it?" in pair.alice.text
    pair.hold(pair.bob, key_of(pair.bob, said["Alice"]), 0.6)
    assert whole_sas(pair, said) == []
    for phone in pair.phones:
        phone.press(Key.CONFIRM)
        assert "Verified" in phone.text
        assert not phone.board.leds.red
        assert [peer.verified for peer in phone.store.peers()] == [True]
        phone.press(Key.CONFIRM)
    assert len(whole_sas(pair, said)) == 2


def test_a_wrong_choice_is_a_wire_tapped_call(pair: Pair) -> None:
    said = call(pair)
    right = key_of(pair.alice, said["Bob"])
    wrong = next(key for key in KEYS if key is not right)
    pair.hold(pair.alice, wrong, 0.3)
    assert "WIRETAPPED" not in pair.alice.text
    pair.hold(pair.alice, wrong, 0.6)
    assert "WIRETAPPED" in pair.alice.text
    assert pair.alice.board.leds.red
    assert [peer.verified for peer in pair.alice.store.peers()] == [False]
    assert [event.kind for event in pair.alice.store.security_events(9)] == ["sas-mismatch"]


def test_confirming_blindly_does_nothing(pair: Pair) -> None:
    call(pair)
    before = pair.alice.text
    pair.hold(pair.alice, Key.CONFIRM, 5)
    assert pair.alice.text == before
    assert [peer.verified for peer in pair.alice.store.peers()] == [False]
