from datetime import date

import pytest

from agent.screens.in_call import duration
from agent.screens.words import ENGLISH


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 5, 3), "3 May"),
        (date(2026, 1, 31), "31 January"),
        (date(2024, 2, 29), "29 February"),
    ],
)
def test_a_day_as_it_is_said(day: date, said: str) -> None:
    assert ENGLISH.date(day) == said


def test_a_name_that_nobody_told() -> None:
    assert ENGLISH.called("Bob") == "Bob"
    assert ENGLISH.called("") == "No name"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0:00"),
        (59, "0:59"),
        (60, "1:00"),
        (3599, "59:59"),
        (3600, "1:00:00"),
        (36_061, "10:01:01"),
    ],
)
def test_how_long_a_call_took(seconds: int, said: str) -> None:
    assert duration(seconds) == said


def test_each_character_is_spelled_by_a_word_that_begins_with_it_or_names_it() -> None:
    letters = {key: word for key, word in ENGLISH.spelling.items() if key.isalpha()}
    assert all(word.startswith(key) for key, word in letters.items())
    assert len(set(ENGLISH.spelling.values())) == len(ENGLISH.spelling)
