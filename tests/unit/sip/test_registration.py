import errno

import pytest

from agent.sip.events import Registration, RegistrationChanged
from agent.sip.reasons import ConnectionFault
from agent.sip.registration import Answer, RegistrationRecord, Step
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
    assert step.retry_s == (60 if state is Registration.REFUSED else 4)
    assert not record.is_registered


def test_lost_connection(record: RegistrationRecord) -> None:
    record.answered(Answer(200), 0, 1)
    step = record.lost(ConnectionFault(70016), 0, 1)
    assert step == Step(
        told(Registration.UNREACHABLE, 0, "sip.example.org closed the connection"), 4
    )


def test_account_that_cannot_try(record: RegistrationRecord) -> None:
    assert record.untrusted("No CA file") == told(Registration.UNTRUSTED, 0, "No CA file")
