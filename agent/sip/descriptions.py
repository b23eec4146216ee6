"""Which of our SDPs carry SRTP keys, and which offers that carry some are taken (RFC 4568).

Runs on the SIP thread, in the midst of PJSIP. A key is only ever written where the account
allows it, whose signalling is verified TLS; and an offer of keys is only answered with keys where
it came over such signalling.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent.media.descriptions import Question, translate
from agent.sdes.agreement import (
    DisagreementError,
    Values,
    answer,
    is_answerable,
    offer,
    offer_again,
)
from agent.sip.offers import keys_wanted

log = logging.getLogger(__name__)

_NOTHING: Values = ()


class Descriptions:
    """Answers what PJSIP asks while it writes an SDP.

    Args:
        allows: Whether the account of this pjsua id may have keys from its server.
        is_verified: Whether what comes from this "address:port" is verified signalling.
        randbytes: So many octets that nobody can foresee.
    """

    def __init__(
        self,
        allows: Callable[[int], bool],
        is_verified: Callable[[str], bool],
        randbytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._allows = allows
        self._is_verified = is_verified
        self._randbytes = randbytes
        self._withheld = False
        self._offered: set[int] = set()

    @contextmanager
    def without_keys(self) -> Iterator[None]:
        """For a call that is to be dialled for ZRTP alone, whatever its account allows."""
        self._withheld = True
        try:
            yield
        finally:
            self._withheld = False

    def describe(self, question: Question) -> Values:
        """The values of a=crypto for our SDP; none: it says RTP/AVP.

        Raises:
            DisagreementError: A call that runs by keys of the signalling has none any more.
        """
        leg, offered = question.leg, question.offered
        lines = self._offer(question) if offered is None else self._answer(question, offered)
        # pjsua gives the number of a call that is over to another one.
        if offered is None and lines:
            self._offered.add(leg)
        else:
            self._offered.discard(leg)
        return lines

    def has_offered(self, leg: int) -> bool:
        """Whether our latest offer in this call had keys."""
        return leg in self._offered

    def _offer(self, question: Question) -> Values:
        if not self._allows(question.account):
            return _NOTHING
        if not question.established:
            return _NOTHING if self._withheld else offer(self._randbytes)
        if not question.own:
            return _NOTHING  # ZRTP alone: that does not change within a call
        if question.fresh:
            return offer(self._randbytes)
        return offer_again(question.own, question.theirs)

    def _answer(self, question: Question, offered: Values) -> Values:
        if not offered or (question.established and not question.own):
            return _NOTHING
        # PJSIP answers an INVITE when the person does: by then `source` is somebody else's, and
        # the stack has long judged where the call came from.
        trusted = not question.established or self._is_verified(question.source)
        if not self._allows(question.account) or not trusted:
            log.warning("call %d: keys of the server's are not allowed here", question.leg)
            return _NOTHING
        try:
            return answer(offered, question.own, question.theirs, self._randbytes)
        except DisagreementError as error:
            log.warning("call %d: %s", question.leg, error)
            return _NOTHING


def may_take(invite: str, *, by_server: bool) -> bool:
    """Whether a call can have the encryption that its INVITE wants.

    Args:
        invite: The whole message, as it came.
        by_server: Whether keys from the server will do.
    """
    sdp = invite.replace("\r\n", "\n").partition("\n\n")[2].encode("latin-1", "replace")
    wanted = keys_wanted(translate(sdp, inwards=True).decode("latin-1"))
    return not wanted or (by_server and is_answerable(wanted))
