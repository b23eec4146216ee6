"""What the display may have to say of a look at everything is said in every language."""

import errno
from collections.abc import Iterator
from ipaddress import ip_address
from string import Formatter

import pytest

from agent.doctor.findings import Finding, State
from agent.doctor.judges import clock, configuration, hardware, names, network, server, storage, tls
from agent.doctor.judges.clock import ClockFacts, TimeServer
from agent.doctor.judges.configuration import ConfigurationFacts
from agent.doctor.judges.names import NameFacts, NameFault, Place
from agent.doctor.judges.network import Interface, NetworkFacts
from agent.doctor.judges.server import AccountFacts, SipFacts
from agent.doctor.judges.storage import StorageFacts
from agent.doctor.judges.tls import TlsFacts
from agent.health.look import MachineFacts
from agent.phone.menu.labels import Label
from agent.phone.menu.values import Sentence
from agent.phone.menu.views import Fact, MenuDetail
from agent.phone.preferences import Language
from agent.screens.render import render
from agent.screens.words import words_in
from agent.sip.reasons import (
    ECERTVERIF,
    NO_COMMON_TLS,
    ConnectionFault,
    Shown,
    of_errno,
    registration_refused,
)
from agent.trust.objections import Flaw, Objection
from hw.types import Device

HOST = "sip.example.org"
NOW = 1_790_000_000.0
DAY = 86400.0
FOUR, SIX, MADE_UP = map(ip_address, ("192.0.2.7", "2001:db8::7", "169.254.1.2"))


def of_the_machine() -> Iterator[Finding]:
    yield from configuration.judge(ConfigurationFacts("/a", missing=True))
    yield from configuration.judge(ConfigurationFacts("/a", refusal="no signature"))
    yield from configuration.judge(ConfigurationFacts("/a", forbidden=True))
    for free, fault, read_only in ((0, "malformed", False), (2**25, "", False), (2**30, "", True)):
        yield from storage.judge(StorageFacts("/a", free=free, fault=fault, read_only=read_only))
    for celsius, throttled in ((90.0, 1), (75.0, 0x50000)):
        yield from hardware.judge_machine(MachineFacts(celsius, throttled))
    for device in Device:
        yield hardware.judge_missing(device.value, "no GPIO")


def of_the_network() -> Iterator[Finding]:
    for facts in (
        NetworkFacts(),
        NetworkFacts((Interface("eth0", up=False),)),
        NetworkFacts((Interface("eth0", carrier=False),)),
        NetworkFacts((Interface("eth0"),)),
        NetworkFacts((Interface("eth0", addresses=(MADE_UP,)),)),
        NetworkFacts((Interface("eth0", addresses=(FOUR,)),)),
        NetworkFacts((Interface("eth0", addresses=(FOUR, SIX)),), frozenset({4})),
    ):
        yield from network.judge(facts)
    for fault, servers in (
        (NameFault.UNKNOWN, ("192.0.2.1",)),
        (NameFault.SILENT, ("192.0.2.1", "192.0.2.2")),
        (NameFault.SILENT, ()),
        (None, ()),
    ):
        yield names.judge(NameFacts(HOST, servers, (Place(HOST, "192.0.2.3", 5061),), fault, 5.0))


def of_the_clock() -> Iterator[Finding]:
    yield from clock.judge(ClockFacts(0.0, NOW))
    yield from clock.judge(ClockFacts(NOW, 0.0, synchronised=False))
    for offset in (None, 20.0, -20.0, 4000.0, -4000.0):
        servers = (TimeServer("time.example", offset),)
        yield from clock.judge(ClockFacts(NOW, 0.0, servers=servers))
    for offset in (4000.0, -4000.0):
        if found := clock.judge_server_date(HOST, offset):
            yield found


def of_the_server() -> Iterator[Finding]:
    for own in (True, False):
        yield from tls.judge(TlsFacts(HOST, 5061, "/a.pem", own, ca_missing=True), NOW, State.GOOD)
        for flaw in Flaw:
            against = Objection(flaw, names=("a.example",), who="CA", day=NOW)
            fault = ConnectionFault(ECERTVERIF, Shown(objections=(against,)))
            for state in (State.GOOD, State.WATCH, State.WRONG):
                yield from tls.judge(TlsFacts(HOST, 5061, "/a.pem", own, fault=fault), NOW, state)
    for status in (NO_COMMON_TLS, of_errno(errno.ECONNREFUSED), of_errno(errno.ETIMEDOUT)):
        facts = TlsFacts(HOST, 5061, "/a.pem", fault=ConnectionFault(status))
        yield from tls.judge(facts, NOW, State.GOOD)
    for days in (0.5, 1.5, 9.5):
        facts = TlsFacts(HOST, 5061, "/a.pem", not_after=NOW + days * DAY)
        yield from tls.judge(facts, NOW, State.GOOD)
    yield server.judge_sip(SipFacts(HOST, None))
    yield server.judge_sip(SipFacts(HOST, 401, ("MD5",), "Kamailio"))
    for condition in ("starting", "refused", "unreachable", "untrusted"):
        reason = registration_refused(403)
        yield server.judge_account(AccountFacts('Account "office"', condition, reason))


def said() -> list[str]:
    found = (*of_the_machine(), *of_the_network(), *of_the_clock(), *of_the_server())
    troubles = [each for each in found if each.state in {State.WATCH, State.WRONG}]
    # What is wrong with a configuration is said as the loader says it; what to do, in every language.
    (mistake,) = configuration.judge(ConfigurationFacts("/a", ("/a, line 1: no",)))
    texts = [mistake.advice]
    texts += [text for each in troubles for text in (each.sentence, each.advice) if text]
    return list(dict.fromkeys(texts))


in_each_other_language = pytest.mark.parametrize(
    "language", [each for each in Language if each is not Language.ENGLISH]
)


@in_each_other_language
def test_nothing_that_is_found_stays_english(language: Language) -> None:
    words = words_in(language)
    texts = said()
    assert len(texts) > 90
    assert [text for text in texts if words.finding(text) == text] == []
    assert [text for text in texts if f"{HOST}. " in words.finding(text)] == []


@in_each_other_language
def test_every_sentence_of_the_table_is_one_that_is_found(language: Language) -> None:
    words = words_in(language)
    own = {each: text for each, text in words.findings.items() if each not in words.sentences}
    told = {words.finding(text) for text in said()}
    for english, text in own.items():
        literal = max((part for part, *_ in Formatter().parse(text)), key=len)
        assert any(literal in each for each in told), english


@in_each_other_language
def test_a_finding_fills_the_same_places_as_the_english_one(language: Language) -> None:
    for english, text in words_in(language).findings.items():
        places = [
            {name for _, name, *_ in Formatter().parse(each)} - {None} for each in (english, text)
        ]
        assert places[0] == places[1], english


@in_each_other_language
def test_what_an_account_suffers_from_is_said_within_its_sentence(language: Language) -> None:
    words = words_in(language)
    english = 'Account "office": Certificate of a.example: expired 2026-11-01, it is for b.example.'
    for part in ("Account", "Certificate of", "expired", "it is for"):
        assert part not in words.finding(english)
    for fact in ("office", "a.example", "2026-11-01", "b.example"):
        assert fact in words.finding(english)


@pytest.mark.parametrize("language", list(Language))
def test_every_finding_can_be_read_to_its_end(language: Language) -> None:
    words = words_in(language)
    for text in said():
        view = MenuDetail(Label.CHECK, (Fact(Label.CHECK_ADVICE, Sentence(text)),))
        shown = " ".join(render(view, words).text[1:])
        whole = f"{words.menu[Label.CHECK_ADVICE]}: {words.finding(text)}"
        assert shown.replace(" ", "") == whole.replace(" ", "")
