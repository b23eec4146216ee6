"""The person's verdict on the words."""

import pytest

from agent.phone.sas_check import CHOICES, SasCheck, Verdict, choosing
from agent.phone.settings import Timings
from hw.types import Key

SHOWN = 100.0
READABLE = 101.5
VERDICTS = [(Key.CONFIRM, Verdict.MATCH), (Key.STAR, Verdict.DIFFER)]


def check(*, asked: bool = True) -> SasCheck:
    return SasCheck(SHOWN, Timings(), asked=asked)


@pytest.mark.parametrize(("key", "verdict"), VERDICTS)
def test_a_key_held_for_half_a_second_is_a_verdict(key: Key, verdict: Verdict) -> None:
    words = check()
    assert words.pressed(key, READABLE) is None
    assert words.confirming is (verdict is Verdict.MATCH)
    assert words.differing is (verdict is Verdict.DIFFER)
    assert words.next_timer(READABLE) == READABLE + 0.5
    assert words.due(READABLE + 0.49) is None
    assert words.due(READABLE + 0.5) is verdict


@pytest.mark.parametrize(("key", "verdict"), VERDICTS)
def test_a_key_let_go_too_early_is_none(key: Key, verdict: Verdict) -> None:
    words = check()
    words.pressed(key, READABLE)
    words.released(key)
    assert words.due(READABLE + 10) is None, verdict
    assert words.next_timer(READABLE) is None


@pytest.mark.parametrize(("key", "verdict"), VERDICTS)
def test_a_press_before_the_words_were_read_is_ignored_however_long(
    key: Key, verdict: Verdict
) -> None:
    words = check()
    assert not words.is_confirmable(READABLE - 0.01)
    words.pressed(key, READABLE - 0.01)
    assert not words.confirming
    assert words.next_timer(READABLE - 0.01) == READABLE
    assert words.due(READABLE + 60) is None, verdict


def test_another_key_breaks_a_hold_off() -> None:
    words = check()
    words.pressed(Key.CONFIRM, READABLE)
    words.pressed(Key.DIGIT_5, READABLE + 0.1)
    assert words.due(READABLE + 1) is None
    words.pressed(Key.CONFIRM, READABLE + 1)
    words.pressed(Key.STAR, READABLE + 1.2)
    assert words.due(READABLE + 1.5) is None
    assert words.due(READABLE + 1.7) is Verdict.DIFFER


def test_a_key_that_has_no_part_in_it_comes_up() -> None:
    words = check()
    words.pressed(Key.CONFIRM, READABLE)
    words.released(Key.DIGIT_5)
    assert words.due(READABLE + 0.5) is Verdict.MATCH


def test_it_can_be_put_off_at_any_time() -> None:
    assert check().pressed(Key.MENU, SHOWN) is Verdict.LATER


def test_unasked_the_words_are_only_looked_at() -> None:
    words = check(asked=False)
    assert words.pressed(Key.CONFIRM, SHOWN) is Verdict.LATER
    assert words.pressed(Key.MENU, SHOWN) is Verdict.LATER


def test_unasked_they_can_differ_all_the_same() -> None:
    words = check(asked=False)
    words.pressed(Key.STAR, READABLE)
    assert words.due(READABLE + 0.5) is Verdict.DIFFER


CANDIDATES = ("amulet", "paragon", "Istanbul", "visitor")


def choice() -> SasCheck:
    return SasCheck(SHOWN, Timings(), asked=True, verdicts=choosing(CANDIDATES, heard="paragon"))


@pytest.mark.parametrize("place", range(4))
def test_only_the_candidate_that_was_heard_is_a_match(place: int) -> None:
    words = choice()
    assert words.pressed(CHOICES[place], READABLE) is None
    assert words.choosing == place
    assert words.due(READABLE + 0.49) is None
    expected = Verdict.MATCH if place == 1 else Verdict.DIFFER
    assert words.due(READABLE + 0.5) is expected
    words.released(CHOICES[place])
    assert words.choosing is None


@pytest.mark.parametrize("key", [*CHOICES, Key.STAR])
def test_a_candidate_touched_or_pressed_too_early_is_no_choice(key: Key) -> None:
    words = choice()
    words.pressed(key, READABLE - 0.01)
    assert words.due(READABLE + 10) is None
    words.pressed(key, READABLE)
    words.released(key)
    assert words.due(READABLE + 10) is None


def test_two_candidates_at_once_are_the_later_one_held_anew() -> None:
    words = choice()
    words.pressed(Key.DIGIT_1, READABLE)
    words.pressed(Key.DIGIT_2, READABLE + 0.4)
    assert words.due(READABLE + 0.6) is None
    assert words.due(READABLE + 0.9) is Verdict.MATCH
    words.pressed(Key.DIGIT_9, READABLE + 1)
    assert words.due(READABLE + 10) is None


@pytest.mark.parametrize("key", [Key.CONFIRM, Key.DIGIT_5, Key.HASH, Key.CALL])
def test_where_the_person_chooses_confirming_means_nothing(key: Key) -> None:
    words = choice()
    assert words.pressed(key, READABLE) is None
    assert words.due(READABLE + 10) is None
    assert words.next_timer(READABLE) is None


def test_none_of_them_and_later_stay_where_they_are() -> None:
    words = choice()
    assert words.pressed(Key.MENU, SHOWN) is Verdict.LATER
    words.pressed(Key.STAR, READABLE)
    assert words.differing
    assert words.choosing is None
    assert words.due(READABLE + 0.5) is Verdict.DIFFER
