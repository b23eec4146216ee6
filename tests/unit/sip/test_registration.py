import errno

import pytest

from agent.sip.events import Registration, RegistrationChanged
from agent.sip.reasons import DNS_SILENT, ECERTVERIF, ConnectionFault
from agent.sip.registration import Answer, RegistrationRecord, Step, seconds_in, telling
from agent.sip.settings import Backoff

REFUSED = ConnectionFault(120000 + errno.ECONNREFUSED)
OFFLINE = Answer(503, from_server=False, fault=REFUSED)


@pytest.fixture(name="record")
def _record() -> RegistrationRecord:
    return RegistrationRecord("work", "sip.example.org", Backoff(base_s=4, limit_s=60))


def told(state: Registration, code: int = 0, reason: str = "") -> RegistrationChanged:
    return RegistrationChanged("work", state, code, reason)


def test_first_attempt_is_told_and_later_ones_are_not(record: RegistrationRecord) -> None:
    assert record.begin() == told(Registration.TRYING)
    record.answered(OFFLINE, 0, 1)
    assert record.begin() is None


def test_success_is_told_once(record: RegistrationRecord) -> None:
    assert record.answered(Answer(200), 0, 1) == Step(told(Registration.REGISTERED, 200))
    assert record.is_registered
    assert record.answered(Answer(200), 0, 1) == Step(None)


def test_waits_grow_until_the_limit_and_begin_anew(record: RegistrationRecord) -> None:
    waits = [record.answered(OFFLINE, 0, 1).retry_s for _ in range(6)]
    assert waits == [4, 8, 16, 32, 60, 60]
    record.answered(Answer(200), 0, 1)
    assert record.answered(OFFLINE, 0, 1).retry_s == 4


def test_same_failure_is_told_once(record: RegistrationRecord) -> None:
    first = record.answered(OFFLINE, 0, 0)
    assert first.event == told(Registration.UNREACHABLE, 503, "Nothing listens at sip.example.org")
    assert first.retry_s == 2
    assert record.answered(OFFLINE, 0, 0).event is None


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (
            Answer(401, 171100),
            Registration.REFUSED,
            "Server refused: wrong password",
        ),
        (Answer(603), Registration.REFUSED, "Server refused: status 603"),
        (
            Answer(503),
            Registration.UNREACHABLE,
            "sip.example.org has a fault (status 503)",
        ),
        (
            Answer(408, from_server=False),
            Registration.UNREACHABLE,
            "sip.example.org does not answer",
        ),
        (
            Answer(502, from_server=False),
            Registration.UNREACHABLE,
            "The name service does not know sip.example.org",
        ),
    ],
)
def test_failures(
    record: RegistrationRecord, answer: Answer, state: Registration, reason: str
) -> None:
    step = record.answered(answer, 0, 1)
    assert step.event == told(state, answer.code, reason)
    assert step.retry_s == (300 if state is Registration.REFUSED else 4)
    assert not record.is_registered


def test_lost_connection(record: RegistrationRecord) -> None:
    record.answered(Answer(200), 0, 1)
    step = record.lost(ConnectionFault(70016), 0, 1)
    assert step == Step(
        told(Registration.UNREACHABLE, 0, "sip.example.org closed the connection"), 4
    )


def test_account_that_cannot_try(record: RegistrationRecord) -> None:
    assert record.untrusted("No CA file") == told(Registration.UNTRUSTED, 0, "No CA file")


BAD_CERTIFICATE = Answer(503, from_server=False, fault=ConnectionFault(ECERTVERIF))


@pytest.mark.parametrize(
    ("answers", "chosen"),
    [
        ([OFFLINE], OFFLINE),
        ([OFFLINE, Answer(503)], OFFLINE),
        ([OFFLINE, BAD_CERTIFICATE], BAD_CERTIFICATE),
        ([Answer(503), OFFLINE], Answer(503)),
    ],
)
def test_of_several_servers_faults_the_one_to_mend_is_told(
    answers: list[Answer], chosen: Answer
) -> None:
    assert telling(answers) == chosen


@pytest.mark.parametrize(
    ("answer", "helps"),
    [
        (OFFLINE, True),
        (Answer(503), True),
        (Answer(500), True),
        (Answer(408), True),
        (Answer(401), False),
        (Answer(403), False),
        (Answer(423), False),
        (Answer(603), False),
    ],
)
def test_whether_another_server_may_help(answer: Answer, helps: bool) -> None:  # noqa: FBT001 - parametrized
    assert answer.another_may_help is helps


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("SIP/2.0 503 No\r\nRetry-After: 18\r\n\r\n", 18),
        ("SIP/2.0 503 No\r\nretry-after :18 (in a moment);duration=3\r\n\r\n", 18),
        ("SIP/2.0 503 No\r\nRetry-After: 999999\r\n\r\n", 3600),
        ("SIP/2.0 503 No\r\nRetry-After: soon\r\n\r\n", 0),
        ("SIP/2.0 503 No\r\nX: Retry-After: 18\r\n\r\n", 0),
        ("SIP/2.0 503 No\r\n\r\nRetry-After: 18\r\n", 0),
        ("", 0),
    ],
)
def test_seconds_in_a_header(message: str, seconds: int) -> None:
    assert seconds_in(message, "Retry-After") == seconds


def test_dns_that_does_not_answer(record: RegistrationRecord) -> None:
    answer = Answer(502, from_server=False, fault=ConnectionFault(DNS_SILENT))
    step = record.answered(answer, 0, 1)
    assert step.event == told(Registration.UNREACHABLE, 502, "No answer from DNS")


def test_a_server_that_wants_to_be_left_alone_is(record: RegistrationRecord) -> None:
    assert record.answered(Answer(503, rest_s=600), 0, 1).retry_s == 600
    assert record.answered(Answer(503, rest_s=1), 0, 1).retry_s == 8
    assert record.answered(Answer(404, rest_s=600), 0, 1).retry_s == 600


def test_of_several_servers_the_most_impatient_is_asked_first() -> None:
    assert telling([Answer(503, rest_s=600), Answer(503, rest_s=60)]).rest_s == 60
    assert telling([Answer(503, rest_s=600), OFFLINE]).rest_s == 0
