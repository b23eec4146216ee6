"""Findings about certificates, servers and accounts."""

import errno

import pytest

from agent.doctor.findings import State
from agent.doctor.judges import server, tls
from agent.doctor.judges.server import AccountFacts, SipFacts
from agent.doctor.judges.tls import TlsFacts
from agent.sip.reasons import (
    ECERTVERIF,
    NO_COMMON_TLS,
    ConnectionFault,
    Shown,
    of_errno,
)
from agent.trust.objections import Flaw, Objection

GOOD, WATCH, WRONG, SKIPPED = State.GOOD, State.WATCH, State.WRONG, State.SKIPPED
DAY = 86400.0
NOW = 1_790_000_000.0
HOST = "sip.example.org"
CA = "/etc/ssl/certs/ca-certificates.crt"


def shaken(days: float) -> TlsFacts:
    not_after = NOW + days * DAY
    return TlsFacts(HOST, 5061, CA, version="TLSv1.3", cipher="AES", not_after=not_after)


def refused(flaw: Flaw, *, own_ca: bool = False) -> TlsFacts:
    objection = Objection(flaw, names=("a.example",), who="Another CA", day=NOW - DAY)
    fault = ConnectionFault(ECERTVERIF, Shown(objections=(objection,)))
    return TlsFacts(HOST, 5061, CA, own_ca, fault=fault)


@pytest.mark.parametrize(
    ("days", "state", "said"),
    [
        (300.5, GOOD, "valid for 300 days more"),
        (9.5, WATCH, "expires in 9 days"),
        (1.5, WATCH, "expires tomorrow"),
        (0.5, WATCH, "expires today"),
    ],
)
def test_how_long_a_good_certificate_is_valid(days: float, state: State, said: str) -> None:
    found = tls.judge(shaken(days), NOW, GOOD)
    assert found[0].sentence == "sip.example.org:5061 speaks TLSv1.3 with AES."
    assert (found[0].state, found[1].state) == (GOOD, state)
    assert said in found[1].sentence


@pytest.mark.parametrize(
    ("flaw", "clock", "advice"),
    [
        (Flaw.EXPIRED, GOOD, "The clock is right: the server needs"),
        (Flaw.EXPIRED, WRONG, "set the clock first"),
        (Flaw.NOT_YET_VALID, WATCH, "Is the clock right?"),
        (Flaw.NAME, GOOD, "as the certificate has it"),
        (Flaw.WILDCARD, GOOD, "as the certificate has it"),
        (Flaw.UNKNOWN_ISSUER, GOOD, "Name the file of its authority as ca_file"),
        (Flaw.INCOMPLETE, GOOD, "The server must send its whole chain"),
        (Flaw.LIST_EXPIRED, GOOD, "Put a new revocation list"),
        (Flaw.NOT_PINNED, GOOD, "whether its key has changed"),
        (Flaw.REVOKED, GOOD, "somebody may be between you"),
        (Flaw.PURPOSE, GOOD, "Tell whoever runs the server"),
    ],
)
def test_what_to_do_about_a_bad_certificate(flaw: Flaw, clock: State, advice: str) -> None:
    (found,) = tls.judge(refused(flaw), NOW, clock)
    assert found.state is WRONG
    assert found.sentence.startswith("Certificate of sip.example.org: ")
    assert advice in found.advice


def test_an_own_authority_may_be_the_wrong_one() -> None:
    (found,) = tls.judge(refused(Flaw.UNKNOWN_ISSUER, own_ca=True), NOW, GOOD)
    assert "authority unknown here (Another CA)" in found.sentence
    assert "Is ca_file the file of the authority" in found.advice


@pytest.mark.parametrize(
    ("status", "said", "advice"),
    [
        (of_errno(errno.ECONNREFUSED), "Nothing listens at sip.example.org.", "TCP port 5061"),
        (of_errno(errno.ETIMEDOUT), "sip.example.org does not answer.", "TCP port 5061"),
        (of_errno(errno.ENETUNREACH), "No network on the way to sip", "TCP port 5061"),
        (NO_COMMON_TLS, "TLS with sip.example.org fails", "TLS 1.2 or 1.3"),
    ],
)
def test_a_connection_that_does_not_come_up(status: int, said: str, advice: str) -> None:
    facts = TlsFacts(HOST, 5061, CA, fault=ConnectionFault(status))
    (found,) = tls.judge(facts, NOW, GOOD)
    assert found.state is WRONG
    assert said in found.sentence
    assert advice in found.advice


@pytest.mark.parametrize(("own", "advice"), [(True, "Correct ca_file"), (False, "apt install")])
def test_a_missing_file_of_authorities(own: bool, advice: str) -> None:  # noqa: FBT001
    facts = TlsFacts(HOST, 5061, "/nowhere.pem", own, ca_missing=True)
    (found,) = tls.judge(facts, NOW, GOOD)
    assert "/nowhere.pem" in found.sentence
    assert advice in found.advice


@pytest.mark.parametrize(
    ("facts", "state", "said"),
    [
        (SipFacts(HOST, None), WRONG, "gives no answer in SIP"),
        (
            SipFacts(HOST, 200, agent="Asterisk", seconds=0.04),
            GOOD,
            "SIP: 200, in 0.0 s; it is Asterisk.",
        ),
        (SipFacts(HOST, 404), GOOD, "answers in SIP: 404"),
        (SipFacts(HOST, 401, ("MD5",)), WATCH, "MD5 only"),
        (SipFacts(HOST, 401, ("md5", "MD5")), WATCH, "MD5 only"),
        (SipFacts(HOST, 401, ("SHA-256", "MD5")), GOOD, "401"),
    ],
)
def test_the_answer_in_sip(facts: SipFacts, state: State, said: str) -> None:
    found = server.judge_sip(facts)
    assert found.state is state
    assert said in found.sentence


@pytest.mark.parametrize(
    ("facts", "state", "said"),
    [
        (AccountFacts("Account 1", "ready"), GOOD, "Account 1 is registered."),
        (AccountFacts("Account 1", "starting"), WATCH, "not registered yet"),
        (
            AccountFacts("Account 1", "refused", "Server refused: wrong password"),
            WRONG,
            "Account 1: Server refused: wrong password.",
        ),
        (AccountFacts("Account 1", "unreachable"), WRONG, "the server is unreachable"),
    ],
)
def test_what_the_phone_says_of_an_account(facts: AccountFacts, state: State, said: str) -> None:
    found = server.judge_account(facts)
    assert found.state is state
    assert said in found.sentence
    assert bool(found.advice) is (state is not GOOD)
