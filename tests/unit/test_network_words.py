"""What the network says in English is said in every language that the display speaks."""

from itertools import combinations
from string import Formatter

import pytest

from agent.phone.events import EndReason
from agent.phone.preferences import Language
from agent.screens.words import ENGLISH, words_in
from agent.sip.digest import objection
from agent.sip.reasons import (
    DNS_SILENT,
    ERESOLVE,
    ConnectionFault,
    Shown,
    call_ended,
    certificate_refused,
    connection_failed,
    dialling_failed,
    registration_refused,
    transfer_failed,
)
from agent.trust.objections import Flaw, Objection

HOST = "sip.example.org"
FLAWS = [
    Objection(flaw, names=("a.example", "b.example"), who=who, day=100)
    for flaw in Flaw
    for who in ("", "Example CA")
]
NOW = 1000.0

OBJECTIONABLE = (
    ("", True),
    ("WWW-Authenticate: Digest nonce=1\n", True),
    ("WWW-Authenticate: Digest nonce=1\n", False),
)

in_each_other_language = pytest.mark.parametrize(
    "language", [each for each in Language if each is not Language.ENGLISH]
)


def sentences_of_calls() -> set[str]:
    failed = [ERESOLVE, 70010, 70014, 120098, 120111]
    return {
        *(call_ended(code) for code in range(200, 700)),
        call_ended(408, was_answered=True),
        *(transfer_failed(code) for code in range(200, 700)),
        *(dialling_failed(HOST, status, "no route")[1] for status in failed),
    }


def sentences_of_accounts() -> set[str]:
    return {
        *(registration_refused(code) for code in range(400, 700)),
        registration_refused(401, 171100),
        *(objection(challenge, HOST, allow_md5=allow) for challenge, allow in OBJECTIONABLE),
        *(
            connection_failed(HOST, ConnectionFault(status), NOW)[1]
            for status in [DNS_SILENT, 70016, 171060, 320001, 470001, *range(120000, 120200)]
        ),
    }


def sentences_of_tls() -> set[str]:
    shown = [Shown(), Shown(certificate_asked=True), Shown(certificate_given=True)]
    return {
        connection_failed(HOST, ConnectionFault(494000 + reason, each), NOW)[1]
        for reason in (-1, *range(100, 1200))
        for each in shown
    }


def sentences_of_certificates() -> set[str]:
    return {
        certificate_refused(HOST, objections, NOW)
        for objections in [(), *((each,) for each in FLAWS), *combinations(FLAWS, 2)]
    }


@in_each_other_language
def test_nothing_that_sip_says_stays_english(language: Language) -> None:
    words = words_in(language)
    said = sentences_of_calls() | sentences_of_accounts()
    said |= sentences_of_tls() | sentences_of_certificates()
    assert len(said) > 100
    assert [sentence for sentence in said if words.sentence(sentence) == sentence] == []


@in_each_other_language
def test_each_fault_of_a_certificate_is_said_and_its_facts_stay(language: Language) -> None:
    wrong = (Flaw.EXPIRED, Flaw.NAME, Flaw.UNKNOWN_ISSUER)
    objections = [each for each in FLAWS if each.flaw in wrong]
    english = certificate_refused(HOST, tuple(objections), NOW)
    said = words_in(language).sentence(english)
    for fact in (HOST, "1970-01-01", "a.example, b.example", "Example CA"):
        assert fact in said
    for word in ("expired", "it is for", "authority unknown", " and "):
        assert word not in said


@in_each_other_language
def test_a_sentence_fills_the_same_places_as_the_english_one(language: Language) -> None:
    for english, said in words_in(language).sentences.items():
        places = [[name for _, name, *_ in Formatter().parse(text)] for text in (english, said)]
        assert {*places[0]} - {None} == {*places[1]} - {None}, english


@in_each_other_language
def test_what_says_the_same_as_the_end_of_the_call_does_so_in_each_language(
    language: Language,
) -> None:
    words = words_in(language)
    same = 0
    for reason in EndReason:
        if (english := ENGLISH.endings[reason]) in words.sentences:
            assert words.sentence(english) == words.endings[reason]
            same += 1
    assert same >= 4


@in_each_other_language
def test_what_somebody_else_wrote_is_shown_as_it_came(language: Language) -> None:
    for sentence in ("", "Out to lunch", "Certificate", "busy", "{host}", "Busy {x}"):
        assert words_in(language).sentence(sentence) == sentence


def test_english_needs_no_table() -> None:
    assert ENGLISH.sentences == {}
    assert ENGLISH.sentence("Busy") == "Busy"
