import errno
from datetime import UTC, datetime

import pytest

from agent.sip import reasons
from agent.sip.events import Registration
from agent.sip.reasons import Certificate, ConnectionFault, Verify

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
    ("verify", "certificate", "fault"),
    [
        (
            Verify.VALIDITY_PERIOD,
            Certificate(not_before=0, not_after=FIRST),
            "expired 2026-11-01",
        ),
        (
            Verify.VALIDITY_PERIOD,
            Certificate(not_before=LAST, not_after=LAST),
            "not valid before 2026-12-01; is the clock right?",
        ),
        (
            Verify.IDENTITY_NOT_MATCH,
            Certificate(names=("a.example", "b.example", "c.example")),
            "it is for a.example and b.example",
        ),
        (Verify.IDENTITY_NOT_MATCH, Certificate(), "it is for nobody"),
        (Verify.UNTRUSTED, Certificate(self_signed=True), "signed by itself"),
        (
            Verify.UNTRUSTED | Verify.ISSUER_MISMATCH,
            Certificate(issuer="Some CA"),
            "signed by an authority that this phone does not know (Some CA)",
        ),
        (Verify.INVALID_PURPOSE, Certificate(), "it is not meant for servers"),
        (Verify.REVOKED, Certificate(), "it was revoked"),
        (Verify.INVALID_FORMAT, Certificate(), "it cannot be verified"),
        (
            Verify.VALIDITY_PERIOD | Verify.UNTRUSTED,
            Certificate(self_signed=True, not_after=FIRST),
            "expired 2026-11-01, signed by itself",
        ),
    ],
)
def test_certificate(verify: Verify, certificate: Certificate, fault: str) -> None:
    found = reasons.connection_failed(
        HOST, ConnectionFault(reasons.ECERTVERIF, verify, certificate), NOW
    )
    assert found == (Registration.UNTRUSTED, f"Certificate of {HOST}: {fault}")


@pytest.mark.parametrize(
    ("status", "state", "sentence"),
    [
        (495070, Registration.UNTRUSTED, f"{HOST} and this phone have no version of TLS in common"),
        (reasons.ERESOLVE, Registration.UNREACHABLE, f"The name service does not know {HOST}"),
        (320053, Registration.UNREACHABLE, f"The name service does not know {HOST}"),
        (70016, Registration.UNREACHABLE, f"{HOST} closed the connection"),
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
