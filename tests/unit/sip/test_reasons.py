import errno
from datetime import UTC, datetime
from typing import Final

import pytest

from agent.sip import reasons
from agent.sip.events import Registration
from agent.sip.reasons import ConnectionFault, Shown
from agent.trust.objections import Flaw, Objection

NOW = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
FIRST = datetime(2026, 11, 1, 12, tzinfo=UTC).timestamp()
LAST = datetime(2026, 12, 1, 12, tzinfo=UTC).timestamp()
HOST = "sip.example.org"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (200, "They hung up"),
        (404, "Nobody has this number"),
        (486, "Busy"),
        (488, "Their phone has no encryption that fits"),
        (603, "They declined the call"),
        (302, "They have moved to another address"),
        (499, "Their side refused the call"),
        (555, "Their server has a fault"),
        (699, "They declined the call"),
        (777, "The call failed"),
    ],
)
def test_call_ended(code: int, sentence: str) -> None:
    assert reasons.call_ended(code) == sentence


def test_nobody_asks_for_an_answer_to_a_call_that_was_answered() -> None:
    assert reasons.call_ended(408) == "No answer"
    assert reasons.call_ended(408, was_answered=True) == "Their phone no longer answers"
    assert reasons.call_ended(200, was_answered=True) == "They hung up"


@pytest.mark.parametrize(
    ("code", "status", "sentence"),
    [
        (401, 0, "Server refused: wrong password"),
        (401, 171100, "Server refused: wrong password"),
        (403, 0, "Server refused: this account may not register"),
        (404, 0, "Server refused: it does not know this account"),
        (499, 0, "Server refused: status 499"),
    ],
)
def test_registration_refused(code: int, status: int, sentence: str) -> None:
    assert reasons.registration_refused(code, status) == sentence


@pytest.mark.parametrize(
    ("objections", "faults"),
    [
        ([Objection(Flaw.EXPIRED, day=FIRST)], "expired 2026-11-01"),
        (
            [Objection(Flaw.EXPIRED, who="CA 2", day=FIRST)],
            "CA 2 above it expired 2026-11-01",
        ),
        ([Objection(Flaw.NOT_YET_VALID, day=LAST)], "not valid before 2026-12-01"),
        (
            [Objection(Flaw.NAME, names=("a.example", "b.example", "c.example"))],
            "it is for a.example and b.example",
        ),
        ([Objection(Flaw.NAME)], "it is for nobody"),
        (
            [Objection(Flaw.WILDCARD, names=("*.example.org",))],
            "*.example.org does not count in SIP",
        ),
        ([Objection(Flaw.SELF_SIGNED)], "signed by itself"),
        ([Objection(Flaw.UNKNOWN_ISSUER, who="Some CA")], "authority unknown here (Some CA)"),
        ([Objection(Flaw.UNKNOWN_ISSUER, who="Some, Inc.")], "authority unknown here (Some Inc.)"),
        ([Objection(Flaw.INCOMPLETE, who="CA 2")], "chain incomplete (CA 2 is missing)"),
        ([Objection(Flaw.REVOKED, day=FIRST)], "revoked 2026-11-01"),
        ([Objection(Flaw.LIST_EXPIRED, day=FIRST)], "crl_file expired 2026-11-01"),
        ([Objection(Flaw.LIST_MISSING, who="Some CA")], "crl_file lacks Some CA"),
        ([Objection(Flaw.LIST_FORGED, who="Some CA")], "crl_file is not signed by Some CA"),
        ([Objection(Flaw.NOT_PINNED, names=("AAAA",))], "its key is not the pinned one"),
        ([], "it cannot be verified"),
        (
            [Objection(Flaw.EXPIRED, day=FIRST), Objection(Flaw.SELF_SIGNED)],
            "expired 2026-11-01, signed by itself",
        ),
    ],
)
def test_certificate(objections: list[Objection], faults: str) -> None:
    fault = ConnectionFault(reasons.ECERTVERIF, Shown(objections=tuple(objections)))
    found = reasons.connection_failed(HOST, fault, NOW)
    assert found == (Registration.UNTRUSTED, f"Certificate of {HOST}: {faults}")


def test_a_clock_that_is_wrong_is_said_and_nothing_of_the_certificate() -> None:
    shown = Shown(objections=(Objection(Flaw.CLOCK), Objection(Flaw.SELF_SIGNED)))
    found = reasons.connection_failed(HOST, ConnectionFault(reasons.ECERTVERIF, shown), NOW)
    sentence = "The clock is wrong (2026-11-20): no server can be checked"
    assert found == (Registration.UNTRUSTED, sentence)


def test_the_journal_hears_what_the_panel_has_no_room_for() -> None:
    names = tuple(f"{letter}.example" for letter in "abcd")
    assert reasons.certificate_details(
        (Objection(Flaw.NAME, names=names), Objection(Flaw.NOT_PINNED, names=("AB==", "CD==")))
    ) == (
        "its names: a.example, b.example, c.example, d.example; "
        'the keys in its chain: pin-sha256="AB==" pin-sha256="CD=="'
    )
    assert reasons.certificate_details((Objection(Flaw.EXPIRED),)) == ""


OURS: Final = Shown(certificate_seen=True, certificate_asked=True, certificate_given=True)
ASKED: Final = Shown(certificate_seen=True, certificate_asked=True)


@pytest.mark.parametrize(
    ("reason", "shown", "sentence"),
    [
        (1070, Shown(), f"{HOST} has only old TLS: 1.2 or 1.3 is needed"),
        (258, Shown(), f"{HOST} has only old TLS: 1.2 or 1.3 is needed"),
        (1040, Shown(), f"{HOST} has only weak ciphers"),
        (1040, ASKED, f"{HOST} wants a certificate: see client_certificate"),
        (1116, Shown(), f"{HOST} wants a certificate: see client_certificate"),
        (1042, ASKED, f"{HOST} wants a certificate: see client_certificate"),
        (1042, OURS, f"{HOST} refuses this phone's certificate"),
        (1116, OURS, f"{HOST} refuses this phone's certificate"),
        (1044, OURS, f"{HOST} refuses this phone's certificate: it was revoked"),
        (1045, OURS, f"{HOST} refuses this phone's certificate: it expired"),
        (1048, OURS, f"{HOST} refuses this phone's certificate: its authority is unknown there"),
        (267, Shown(), f"{HOST} does not speak TLS"),
        (1047, Shown(), f"TLS with {HOST} fails (OpenSSL: 1047)"),
    ],
)
def test_handshake(reason: int, shown: Shown, sentence: str) -> None:
    found = reasons.connection_failed(HOST, ConnectionFault(494000 + reason, shown), NOW)
    assert found == (Registration.UNTRUSTED, sentence)


@pytest.mark.parametrize(
    ("status", "state", "sentence"),
    [
        (reasons.ERESOLVE, Registration.UNREACHABLE, f"The name service does not know {HOST}"),
        (320053, Registration.UNREACHABLE, f"The name service does not know {HOST}"),
        (70016, Registration.UNREACHABLE, f"{HOST} closed the connection"),
        (reasons.GARBLED, Registration.UNREACHABLE, f"{HOST} speaks no SIP"),
        (120000 + errno.ECONNREFUSED, Registration.UNREACHABLE, f"Nothing listens at {HOST}"),
        (120000 + errno.ENETUNREACH, Registration.UNREACHABLE, f"No network on the way to {HOST}"),
        (120000 + errno.ETIMEDOUT, Registration.UNREACHABLE, f"{HOST} does not answer"),
        (120000 + errno.EIO, Registration.UNREACHABLE, f"{HOST} does not answer"),
        (0, Registration.UNREACHABLE, f"{HOST} does not answer"),
    ],
)
def test_connection_failed(status: int, state: Registration, sentence: str) -> None:
    assert reasons.connection_failed(HOST, ConnectionFault(status), NOW) == (state, sentence)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (reasons.ERESOLVE, (502, f"The name service does not know {HOST}")),
        (120000 + errno.ECONNREFUSED, (503, f"Nothing listens at {HOST}")),
        (70010, (500, "This phone has too many calls at once")),
        (120098, (500, "All RTP ports of this phone are taken: see rtp_port_max")),
        (70004, (500, "The call cannot be made: Too many objects")),
    ],
)
def test_dialling_failed(status: int, expected: tuple[int, str]) -> None:
    assert reasons.dialling_failed(HOST, status, "Too many objects") == expected
