"""What a person sees, pixel by pixel; a changed picture needs a person's yes (`make screens`)."""

from datetime import date
from itertools import product
from typing import Final

import pytest
from screens import golden
from screens.cases import CASES, IN_EVERY_LANGUAGE, SHORTENED
from screens.golden import Name, pictured

from agent.phone import views
from agent.phone.events import AccountCondition, EndReason
from agent.phone.preferences import Language
from agent.phone.security import SecurityState
from agent.screens.fonts import ELLIPSIS
from agent.screens.render import render
from agent.screens.words import Words, words_in
from agent.zrtp.pgp_words import EVEN_WORDS, ODD_WORDS
from support.texts import texts_of

_MOST_BYTES: Final = 1024
_TEMPLATES: Final = {"day", "first_day", "because", "months", "spelling"}
"""Fields of `Words` whose text is put together with others before it is shown."""

in_each_language = pytest.mark.parametrize(
    "words", [*map(words_in, Language)], ids=[each.value for each in Language]
)


@pytest.mark.parametrize("picture", pictured(), ids=str)
def test_a_screen_looks_as_it_was_accepted(picture: Name) -> None:
    assert picture in golden.names(), "new screen: look at it with `make screens`"
    drawn = render(CASES[picture.case], words_in(picture.language))
    assert drawn.bits == golden.load(picture), "changed: see `make screens`"


def test_each_golden_picture_has_its_case() -> None:
    assert golden.names() <= set(pictured())


def test_golden_pictures_are_small() -> None:
    sizes = {name: golden.path_of(name).stat().st_size for name in golden.names()}
    assert {name: size for name, size in sizes.items() if size >= _MOST_BYTES} == {}


def test_each_state_of_security_has_its_pictures_in_every_language() -> None:
    views_of = [CASES[name] for name in IN_EVERY_LANGUAGE]
    in_calls = {view.state for view in views_of if isinstance(view, views.InCall)}
    compared = {view.state for view in views_of if isinstance(view, views.CompareSas)}
    alarms = {view.state for view in views_of if isinstance(view, views.Alarm)}
    assert in_calls == compared == set(SecurityState)
    assert alarms == {state for state in SecurityState if state.is_alarm}


@pytest.mark.parametrize("name", CASES)
def test_a_screen_is_the_same_each_time(name: str) -> None:
    assert render(CASES[name]) == render(CASES[name])


def test_every_view_has_a_case() -> None:
    assert {type(view) for view in CASES.values()} == set(views.View.__args__)


def said(name: str, words: Words) -> str:
    """All that a screen says; the ellipsis that belongs to a sentence of ours is left out."""
    return "\n".join(render(CASES[name], words).text).replace(words.securing, "")


@in_each_language
def test_only_names_and_reasons_without_end_are_shortened(words: Words) -> None:
    assert {name for name in CASES if ELLIPSIS in said(name, words)} == SHORTENED


@in_each_language
def test_every_sentence_is_read_on_some_screen_in_full(words: Words) -> None:
    shown = "\n".join("\n".join(render(view, words).text) for view in CASES.values())
    missing = [
        text.words
        for text in texts_of(words)
        if text.field not in _TEMPLATES and not all(part in shown for part in text.parts())
    ]
    assert missing == []


@in_each_language
@pytest.mark.parametrize("month", range(1, 13))
def test_each_day_fits_into_the_alarm_and_the_call(month: int, words: Words) -> None:
    for day in (date(2026, month, 1), date(2026, month, 28)):
        said_day = words.date(day)
        alarm = render(views.Alarm(SecurityState.ANOTHER_PHONE, "Bob", day), words)
        assert words.another_phone_on.format(date=said_day) == alarm.text[1]
        ringing = render(
            views.Ringing(
                "Bob", "", signalling_verified=True, remembered_as="Bob", verified_on=day
            ),
            words,
        )
        assert words.verified_on.format(date=said_day) in ringing.text


_PATTERNS: Final = tuple(words_in(Language.GERMAN).sentences)
_FILLED: Final = {
    "host": "sip.example.org",
    "day": "2026-11-01",
    "names": "sip.example.com",
    "who": "Example CA",
    "status": "499",
    "text": "no route",
    "code": "1047",
}
_CERTIFICATE: Final = "Certificate of {host}: {faults}"
_FAULTS: Final = [each for each in _PATTERNS if not each[0].isupper() and "{host}" not in each]
_SENTENCES: Final = [
    *(each for each in _PATTERNS if each != _CERTIFICATE and each not in _FAULTS),
    *(_CERTIFICATE.replace("{faults}", fault) for fault in _FAULTS),
]


@in_each_language
def test_what_a_server_or_the_network_says_fits_whole(words: Words) -> None:
    assert len(_FAULTS) > 15
    for pattern in _SENTENCES:
        english = pattern.format_map(_FILLED)
        said = words.sentence(english)
        line = views.AccountLine("office", AccountCondition.UNTRUSTED, english)
        idle = render(views.Idle("Alice", 7, 0, (line,)), words).text
        assert said in " ".join(idle)
        over = render(views.CallOver("Bob", EndReason.NOT_TRUSTED, english), words).text
        assert said in " ".join(over)


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


@in_each_language
@pytest.mark.parametrize(
    ("state", "signalling_verified"),
    [(SecurityState.NOT_VERIFIED, True), (SecurityState.CACHE_MISMATCH, False)],
)
def test_every_word_of_the_sas_is_shown_in_full(
    state: SecurityState, words: Words, *, signalling_verified: bool
) -> None:
    ours, theirs = " ".join(words.you_read), " ".join(words.they_read)
    for even, odd in zip(EVEN_WORDS, ODD_WORDS, strict=True):
        view = compare(even, odd, state=state, signalling_verified=signalling_verified)
        text = render(view, words).text
        assert f"{ours}: {even}" in text
        assert f"{theirs}: {odd}" in text


@in_each_language
@pytest.mark.parametrize("kind", [(EVEN_WORDS, ODD_WORDS), (ODD_WORDS, EVEN_WORDS)])
def test_every_word_can_be_chosen_and_read_aloud(
    kind: tuple[tuple[str, ...], tuple[str, ...]], words: Words
) -> None:
    ours, theirs = kind
    tightest = SecurityState.ANOTHER_PHONE
    for index, word in enumerate(ours):
        offered = tuple(theirs[(index + step) % len(theirs)] for step in range(4))
        view = views.ChooseSas(
            "Bob", word, offered, tightest, choosable=True, asked=True, signalling_verified=False
        )
        text = render(view, words).text
        assert f"{' '.join(words.you_read)}: {word}" in text
        assert [f"{place + 1}: {each}" for place, each in enumerate(offered)] == list(text[3:7])


@in_each_language
def test_every_pair_of_characters_is_spelled_in_full(words: Words) -> None:
    for first, second in product("ybndrfg8ejkmcpqxot1uwisza345h769", repeat=2):
        pair = first + second
        view = compare(pair + pair, state=SecurityState.CACHE_MISMATCH, signalling_verified=False)
        spelling = f"{words.spelling[first]} {words.spelling[second]}"
        assert render(view, words).text[2:5] == (
            pair + pair,
            words.you_spell.format(spelling=spelling),
            words.they_spell.format(spelling=spelling),
        )
