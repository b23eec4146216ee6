"""What a registration's answers and faults mean: the honest state, and when to ask again. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from agent.frozen import frozen
from agent.sip import reasons
from agent.sip.backoff import delay
from agent.sip.events import Registration, RegistrationChanged
from agent.sip.reasons import ConnectionFault
from agent.sip.settings import Backoff

_NO_ANSWER: Final = ConnectionFault(status=0)
_NO_NAME: Final = ConnectionFault(status=reasons.ERESOLVE)
_BAD_GATEWAY: Final = 502
"""What PJSIP makes up where the name service did not help."""
_TIMED_OUT: Final = 408
_LONGEST_REST_S: Final = 3600
"""What a server may ask for at most (Retry-After)."""


@frozen
class Answer:
    """How an attempt to register ended.

    Attributes:
        code: The SIP status; PJSIP makes one up where no server answered.
        status: PJSIP's pj_status_t, 0 where SIP itself worked.
        from_server: Whether the server sent this status.
        fault: Why the connection failed, where it did.
        objection: Why this phone gave no proof of its password; empty: it did, or was not asked.
        lasts_s: For how many seconds the server knows the phone now.
        rest_s: How many seconds the server wants to be left alone; 0: it does not say.
        ping_s: How often it wants a keep-alive at least, in seconds; 0: it does not say.
    """

    code: int
    status: int = 0
    from_server: bool = True
    fault: ConnectionFault | None = None
    objection: str = ""
    lasts_s: int = 0
    rest_s: int = 0
    ping_s: int = 0

    @property
    def is_good(self) -> bool:
        """Whether the phone is registered now."""
        return self.code // 100 == 2  # noqa: PLR2004 - 2xx

    @property
    def another_may_help(self) -> bool:
        """Whether it is this one server's trouble (RFC 3263 section 4.3), and not the account's."""
        if self.objection:
            return False
        return not self.from_server or self.code == _TIMED_OUT or self.code // 100 == 5  # noqa: PLR2004


@frozen
class Step:
    """What follows.

    Attributes:
        event: What to tell, or None if that was told already.
        retry_s: Seconds after which to ask again; None: nothing to do.
    """

    event: RegistrationChanged | None
    retry_s: float | None = None


class RegistrationRecord:
    """One account's standing, as last told.

    Args:
        account: The account's name.
        host: The server's name, as the account has it.
        backoff: How long to wait between two tries.
    """

    def __init__(self, account: str, host: str, backoff: Backoff) -> None:
        self._account = account
        self._host = host
        self._backoff = backoff
        self._failures = 0
        self._told: RegistrationChanged | None = None

    @property
    def is_registered(self) -> bool:
        """Whether the last that was told is that all is well."""
        return self._told is not None and self._told.state is Registration.REGISTERED

    def begin(self) -> RegistrationChanged | None:
        """The first attempt begins. Later ones say nothing: the last failure still stands."""
        return self._tell(Registration.TRYING, 0, "") if self._told is None else None

    def answered(self, answer: Answer, now: float, random: float) -> Step:
        """An attempt has ended.

        Args:
            answer: How.
            now: Seconds since 1970, for the validity of certificates.
            random: From 0 to 1, for the time to wait.
        """
        if answer.is_good:
            self._failures = 0
            return Step(self._tell(Registration.REGISTERED, answer.code, ""))
        self._failures += 1
        state, reason = self._failure(answer, now)
        details = _details(answer.fault)
        wait = delay(self._backoff, self._failures, random)
        if state is Registration.REFUSED:
            wait = self._backoff.refused_s
        return Step(self._tell(state, answer.code, reason, details), max(wait, answer.rest_s))

    def lost(self, fault: ConnectionFault, now: float, random: float) -> Step:
        """The connection that the registration lived on is gone.

        Args:
            fault: Why.
            now: Seconds since 1970.
            random: From 0 to 1, for the time to wait.
        """
        self._failures = 1
        state, reason = reasons.connection_failed(self._host, fault, now)
        told = self._tell(state, 0, reason, _details(fault))
        return Step(told, delay(self._backoff, 1, random))

    def untrusted(self, reason: str) -> RegistrationChanged | None:
        """The account cannot even try, e.g. because its CA file cannot be read."""
        return self._tell(Registration.UNTRUSTED, 0, reason)

    def _failure(self, answer: Answer, now: float) -> tuple[Registration, str]:
        if answer.objection:
            return Registration.REFUSED, answer.objection
        if not answer.from_server:
            made_up = _NO_NAME if answer.code == _BAD_GATEWAY else _NO_ANSWER
            return reasons.connection_failed(self._host, answer.fault or made_up, now)
        if answer.code >= 500 and answer.code < 600:  # noqa: PLR2004 - 5xx
            return Registration.UNREACHABLE, f"{self._host} has a fault (status {answer.code})"
        return Registration.REFUSED, reasons.registration_refused(answer.code, answer.status)

    def _tell(
        self, state: Registration, code: int, reason: str, details: str = ""
    ) -> RegistrationChanged | None:
        event = RegistrationChanged(self._account, state, code, reason, details)
        if event == self._told:
            return None
        self._told = event
        return event


def _details(fault: ConnectionFault | None) -> str:
    return "" if fault is None else reasons.certificate_details(fault.shown.objections)


def telling(answers: Sequence[Answer]) -> Answer:
    """Which of several servers' answers to tell of, if none of them was good.

    A certificate that will not do comes first: somebody has to mend it, or is between. They are
    left alone for as long as the most impatient of them wants.

    Args:
        answers: In the order in which the servers were tried; one at least.
    """
    untrusted = [each for each in answers if each.fault is not None and each.fault.is_untrusted]
    rest_s = min(each.rest_s for each in answers)
    return replace((untrusted or list(answers))[0], rest_s=rest_s)


def seconds_in(message: str, header: str) -> int:
    """A number of seconds at the start of a header; 0 where there is none.

    Args:
        message: A whole SIP message.
        header: E.g. "Retry-After" (RFC 3261 section 20.33) or "Flow-Timer" (RFC 5626 section 10).
    """
    head = message.replace("\r\n", "\n").partition("\n\n")[0]
    found = re.search(rf"^{header}[ \t]*:[ \t]*(\d{{1,9}})", head, re.IGNORECASE | re.MULTILINE)
    return min(int(found[1]), _LONGEST_REST_S) if found else 0
