"""What a person sees, pixel by pixel; a changed picture needs a person's yes (`make screens`)."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from enum import Enum
from itertools import product
from typing import Final

import pytest
from screens import golden
from screens.cases import CASES, SHORTENED

from agent.phone import views
from agent.phone.security import SecurityState
from agent.screens.fonts import ELLIPSIS
from agent.screens.render import render
from agent.screens.words import ENGLISH, Alert
from agent.zrtp.pgp_words import EVEN_WORDS, ODD_WORDS

_MOST_BYTES: Final = 1024
_TEMPLATES: Final = {"day", "because", "months", "spelling"}
"""Fields of `Words` whose text is put together with others before it is shown."""


@pytest.mark.parametrize("name", CASES)
def test_a_screen_looks_as_it_was_accepted(name: str) -> None:
    assert name in golden.names(), "new screen: look at it with `make screens`"
    assert render(CASES[name]).bits == golden.load(name), "changed: see `make screens`"


def test_each_golden_picture_has_its_case() -> None:
    assert golden.names() <= CASES.keys()


def test_golden_pictures_are_small() -> None:
    sizes = {name: golden.path_of(name).stat().st_size for name in golden.names()}
    assert {name: size for name, size in sizes.items() if size >= _MOST_BYTES} == {}


@pytest.mark.parametrize("name", CASES)
def test_a_screen_is_the_same_each_time(name: str) -> None:
    assert render(CASES[name]) == render(CASES[name])


def test_every_view_has_a_case() -> None:
    assert {type(view) for view in CASES.values()} == set(views.View.__args__)


def said(name: str) -> str:
    """All that a screen says; the ellipsis that belongs to a sentence of ours is left out."""
    return "\n".join(render(CASES[name]).text).replace(ENGLISH.securing, "Securing")


def test_only_names_and_reasons_without_end_are_shortened() -> None:
    assert {name for name in CASES if ELLIPSIS in said(name)} == SHORTENED


def sentences() -> Iterator[str]:
    """Every sentence of the language that is shown as it stands."""
    for field in fields(ENGLISH):
        value = getattr(ENGLISH, field.name)
        if field.name not in _TEMPLATES:
            members = value.values() if isinstance(value, dict) else [value]
            for member in members:
                yield from _parts(member)


def _parts(member: str | Alert | tuple[str, str]) -> Iterator[str]:
    match member:
        case str():
            yield member.partition("{")[0].strip() or member.rpartition("}")[2].strip()
        case Alert(headline, sentence):
            yield from (headline, sentence)
        case first, second:
            yield f"{first} {second}"


def test_every_sentence_is_read_on_some_screen_in_full() -> None:
    shown = "\n".join("\n".join(render(view).text) for view in CASES.values())
    assert [sentence for sentence in sentences() if sentence not in shown] == []


def members_of(holder: dict[Enum, object]) -> tuple[set[Enum], set[Enum]]:
    """The members that a mapping of `Words` has, and those that its enumeration has."""
    return set(holder), set(type(next(iter(holder))))


@pytest.mark.parametrize(
    "field",
    ["accounts", "devices", "compare", "states", "notices", "notices_short", "faults", "endings"],
)
def test_there_are_words_for_each_member(field: str) -> None:
    held, all_of_them = members_of(getattr(ENGLISH, field))
    assert held == all_of_them


def test_there_are_words_for_each_alarm() -> None:
    assert set(ENGLISH.alarms) == {state for state in SecurityState if state.is_alarm}


@pytest.mark.parametrize("month", range(1, 13))
def test_each_month_fits_into_the_alarm_and_the_call(month: int) -> None:
    day = date(2026, month, 28)
    said_day = f"28 {ENGLISH.months[month - 1]}"
    alarm = render(views.Alarm(SecurityState.ANOTHER_PHONE, "Bob", day))
    assert f"you verified on {said_day}. Compare the words." in alarm.text[1]
    ringing = render(
        views.Ringing("Bob", "", signalling_verified=True, remembered_as="Bob", verified_on=day)
    )
    assert f"Verified {said_day}" in ringing.text


def compare(*sas: str, state: SecurityState, signalling_verified: bool) -> views.CompareSas:
    """The question, in the tightest layout or the roomiest one."""
    return views.CompareSas(
        "Bob",
        sas,
        views.Half.FIRST,
        state,
        confirmable=True,
        holding=False,
        asked=True,
        signalling_verified=signalling_verified,
    )


@pytest.mark.parametrize(
    ("state", "signalling_verified"),
    [(SecurityState.NOT_VERIFIED, True), (SecurityState.CACHE_MISMATCH, False)],
)
def test_every_word_of_the_sas_is_shown_in_full(
    state: SecurityState, *, signalling_verified: bool
) -> None:
    for even, odd in zip(EVEN_WORDS, ODD_WORDS, strict=True):
        view = compare(even, odd, state=state, signalling_verified=signalling_verified)
        text = render(view).text
        assert f"You read: {even}" in text
        assert f"They read: {odd}" in text


def test_every_pair_of_characters_is_spelled_in_full() -> None:
    for first, second in product("ybndrfg8ejkmcpqxot1uwisza345h769", repeat=2):
        pair = first + second
        text = render(
            compare(pair + pair, state=SecurityState.CACHE_MISMATCH, signalling_verified=False)
        ).text
        spelled = f"{ENGLISH.spelling[first]} {ENGLISH.spelling[second]}"
        assert text[2:5] == (pair + pair, f"You read: {spelled}", f"They read: {spelled}")
