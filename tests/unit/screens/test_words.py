from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Final, get_args, get_type_hints

import pytest

from agent.phone.preferences import Language
from agent.phone.security import SecurityState
from agent.screens.fonts import writable
from agent.screens.in_call import duration
from agent.screens.words import ENGLISH, Words, words_in
from support.texts import texts_of

ALIKE: Final = {
    Language.GERMAN: {"abc", "ABC", "Name", "PIN", "Version", "ZID"},
    Language.FRENCH: {
        *("abc", "ABC", "mode", "options", "Contacts", "Licence", "Menu", "Version"),
        *("Configuration", "Volume", "ZID"),
    },
    Language.SPANISH: {"abc", "ABC", "no", "PIN", "ZID"},
}
"""Texts that are no different from the English ones."""

in_each_language = pytest.mark.parametrize(
    "words", [*map(words_in, Language)], ids=[each.value for each in Language]
)


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


@pytest.mark.parametrize(
    ("language", "said", "first"),
    [
        (Language.ENGLISH, "3 May", "1 March"),
        (Language.GERMAN, "3. Mai", "1. März"),
        (Language.FRENCH, "3 mai", "1er mars"),
        (Language.SPANISH, "3 de mayo", "1 de marzo"),
    ],
)
def test_each_language_says_a_day_in_its_own_way(language: Language, said: str, first: str) -> None:
    words = words_in(language)
    assert words.date(date(2026, 5, 3)) == said
    assert words.date(date(2026, 3, 1)) == first


def test_each_language_has_words_of_its_own() -> None:
    assert len({words_in(each).first_day for each in Language}) == len(Language)


def members(field: str) -> set[object]:
    """The keys that a mapping of `Words` must have."""
    if field == "alarms":
        return {state for state in SecurityState if state.is_alarm}
    hints = get_type_hints(Words)
    key = get_args(hints[field])[0]
    return set("abcdefghijklmnopqrstuvwxyz0123456789") if key is str else set(key)


@in_each_language
def test_there_are_words_for_every_member_of_an_enumeration(words: Words) -> None:
    for field in fields(words):
        value = getattr(words, field.name)
        if isinstance(value, Mapping) and field.name not in {"sentences", "findings"}:
            assert set(value) == members(field.name), field.name


@in_each_language
def test_a_text_has_the_same_places_to_fill_in_each_language(words: Words) -> None:
    assert {text.path: text.places() for text in texts_of(words)} == {
        text.path: text.places() for text in texts_of(ENGLISH)
    }


@in_each_language
def test_a_text_is_one_tidy_line_in_letters_that_the_fonts_have(words: Words) -> None:
    for text in texts_of(words):
        assert writable(text.words) == text.words, text.path


@pytest.mark.parametrize("language", [each for each in Language if each is not Language.ENGLISH])
def test_no_sentence_was_left_in_english(language: Language) -> None:
    english = {text.path: text.words for text in texts_of(ENGLISH)}
    same = {
        text.words
        for text in texts_of(words_in(language))
        if text.field not in {"months", "spelling"}
        and english[text.path] == text.words
        and any(part.isalpha() and len(part) > 1 for part in text.parts())
    }
    assert same == ALIKE[language]


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
    for words in map(words_in, Language):
        letters = {key: word for key, word in words.spelling.items() if key.isalpha()}
        assert all(word.startswith(key) for key, word in letters.items())
        assert letters == {key: ENGLISH.spelling[key] for key in letters}
        assert len(set(words.spelling.values())) == len(words.spelling)
