"""The question whether a telephone system may listen in."""

import pytest

from agent.phone.enrolment import Answer, EnrolmentQuestion
from agent.phone.settings import Timings
from hw.types import Key

SHOWN = 100.0
READABLE = 101.5


def question() -> EnrolmentQuestion:
    return EnrolmentQuestion(SHOWN, Timings())


def test_r03_confirm_held_for_half_a_second_is_a_yes() -> None:
    asked = question()
    assert asked.pressed(Key.CONFIRM, READABLE) is None
    assert asked.holding
    assert asked.next_timer(READABLE) == READABLE + 0.5
    assert asked.due(READABLE + 0.49) is None
    assert asked.due(READABLE + 0.5) is Answer.ALLOWED


@pytest.mark.parametrize("key", [key for key in Key if key is not Key.CONFIRM])
def test_r03_every_other_key_is_a_no(key: Key) -> None:
    asked = question()
    asked.pressed(Key.CONFIRM, READABLE)
    assert asked.pressed(key, READABLE + 0.1) is Answer.REFUSED


def test_r03_a_key_let_go_too_early_is_no_answer() -> None:
    asked = question()
    asked.pressed(Key.CONFIRM, READABLE)
    asked.released(Key.STAR)
    before = asked.holding
    asked.released(Key.CONFIRM)
    assert (before, asked.holding) == (True, False)
    assert asked.due(READABLE + 60) is None
    assert asked.next_timer(READABLE) is None


@pytest.mark.parametrize("key", Key)
def test_a_press_before_it_was_read_is_ignored_however_long(key: Key) -> None:
    asked = question()
    assert asked.next_timer(SHOWN) == READABLE
    assert asked.pressed(key, READABLE - 0.01) is None
    assert asked.due(READABLE + 60) is None
