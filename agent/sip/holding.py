"""Hold and resume: what this side wants, what it has asked for, and when to ask again. Pure.

A re-INVITE may cross one of the other side's (RFC 3261 section 14.1), and a person may change
their mind while one is on its way. So this keeps the wish, and whoever sends asks it what to
send next.
"""

from typing import Final

REQUEST_PENDING: Final = 491
CHALLENGES: Final = frozenset({401, 407, 422})
"""PJSIP answers these itself, with another request."""
OWNER_WAIT_S: Final = (2.1, 4.0)
"""How long who made the Call-ID waits after 491, at least and at most (RFC 3261 section 14.1)."""
OTHER_WAIT_S: Final = (0.0, 2.0)
"""How long the other side waits."""
BUSY_WAIT_S: Final = 0.2
"""How long to wait while PJSIP is busy with an offer of the other side, in seconds."""

SETTLE_S: Final = 0.25
"""How long an answer is left alone before the next request, in seconds. Asterisk answers a resume that
comes within some milliseconds after a hold as if the call were on hold still, and stays silent."""


class Holding:
    """One call's hold, as this side sees it.

    Args:
        owns_call_id: Whether this side has called.
    """

    def __init__(self, *, owns_call_id: bool) -> None:
        self._wait_s = OWNER_WAIT_S if owns_call_id else OTHER_WAIT_S
        self._wanted = False
        self._agreed = False
        self._asked: bool | None = None
        self._again_at = 0.0

    @property
    def is_wanted(self) -> bool:
        """Whether the person wants the call to be on hold."""
        return self._wanted

    def want(self, *, held: bool) -> None:
        """The person holds the call, or takes it up again."""
        self._wanted = held

    def to_ask(self, now: float) -> bool | None:
        """What a re-INVITE has to say now: True: hold; False: resume; None: there is no need."""
        if self._asked is not None or self._wanted == self._agreed or now < self._again_at:
            return None
        return self._wanted

    def asked(self, *, held: bool) -> None:
        """The re-INVITE is on its way."""
        self._asked = held

    def forget(self) -> None:
        """What was asked will not be answered: the network is gone. The wish stays."""
        self._asked = None

    def busy(self, now: float) -> None:
        """It could not be sent, because another offer is not answered yet."""
        self._again_at = now + BUSY_WAIT_S

    def answered(self, code: int, now: float, share: float) -> None:
        """There is a final answer to a re-INVITE.

        Whoever refuses is not asked again: the handset is off the call in any case.

        Args:
            code: The SIP status.
            now: Seconds of a clock that only grows.
            share: Where in the span of the wait to try again, 0 to 1: by chance, so that two
                that have crossed each other do not cross again.
        """
        if self._asked is None or code in CHALLENGES:
            return
        if code == REQUEST_PENDING:
            least, most = self._wait_s
            self._again_at = now + least + (most - least) * share
        else:
            self._agreed = self._asked
            self._again_at = now + SETTLE_S
        self._asked = None
