"""Transfers: those that we ask the other side for, and those that it asks us for (RFC 3515, 5589).

The new call has nothing of the old one: PJSIP dials it as any other, and its ZRTP begins from
zero. A REFER of the other side waits until the person has answered, or for `PATIENCE_S`.
"""

import logging
from collections.abc import Callable
from typing import Final

import pjsua2 as pj

from agent.frozen import frozen
from agent.media import dialogs
from agent.sip import reasons
from agent.sip.account import over_tls
from agent.sip.call import Calls
from agent.sip.events import Dialled, Ended, Progress, SipEvent, TransferProgress, TransferRequested
from agent.sip.guard import describe
from agent.sip.leg import CallLeg
from agent.sip.refer import Referral, referral, replacing
from agent.sip_uri import SipUri, SipUriError

log = logging.getLogger(__name__)

PATIENCE_S: Final = 25.0
"""How long a person may think about a transfer, in seconds: whoever sent the REFER gives up
after 32 (RFC 3261 section 17.1.2.2, timer F)."""


@frozen
class _Request:
    """A REFER that waits: whom it leads to, and until when."""

    leg: int
    to: Referral
    until: float


class Transfers:
    """All of them, by the name of the call in which they were asked for.

    Args:
        calls: The calls.
        emit: Takes the events.
    """

    def __init__(self, calls: Calls, emit: Callable[[SipEvent], None]) -> None:
        self._calls = calls
        self._emit = emit
        self._requests: dict[str, _Request] = {}

    def transfer(self, name: str, uri: str) -> None:
        """Asks the other side to call an address; `TransferProgress` follows."""
        leg = self._calls.active(name)
        if leg is None:
            return
        try:
            target = SipUri.parse(uri)
        except SipUriError as error:
            self._emit(TransferProgress(name, Progress.FAILED, str(error)))
            return
        self._refer(leg, f"<{_spoken_to(leg, target)}>")

    def transfer_to(self, name: str, other: str) -> None:
        """Asks the other side to take our place in another call; `TransferProgress` follows."""
        leg, there = self._calls.active(name), self._calls.active(other)
        if leg is None or there is None:
            self._emit(TransferProgress(name, Progress.FAILED, "The other call is over"))
            return
        dialog = dialogs.dialog(there.getId())
        # Only the phone itself knows the dialog: without a server in between, its Contact leads
        # there; a server finds it by the address.
        is_direct = there.domain is None
        address = dialog.target if is_direct else dialog.remote_uri
        replaces = replacing(dialog.call_id, to_tag=dialog.remote_tag, from_tag=dialog.local_tag)
        try:
            target = Referral(SipUri.parse(address), "", replaces)
        except SipUriError as error:
            self._emit(TransferProgress(name, Progress.FAILED, str(error)))
            return
        self._refer(leg, target.header(_spoken_to(there, target.uri)))

    def accept(self, name: str, new_name: str) -> None:
        """Calls whom the other side named; `Dialled` or `Ended` follows for the new call."""
        request, leg = self._requests.pop(name, None), self._calls.active(name)
        if request is None or leg is None:
            self._emit(Ended(new_name, 487, "Nobody waits for this transfer", by_peer=True))
            return
        new = self._calls.make(new_name, leg.account, leg.host)
        leg.transfer_to = new
        try:
            target = request.to.header(_spoken_to(leg, request.to.uri))
            dialogs.let_refer_pass(request.leg, target)
        finally:
            leg.transfer_to = None
        if new.getId() != pj.PJSUA_INVALID_ID:
            self._emit(Dialled(new_name, new.getId(), leg.domain is not None))
        else:
            self._calls.not_made(new)

    def decline(self, name: str) -> None:
        """Tells the other side that there will be no such call (603)."""
        request = self._requests.pop(name, None)
        if request is not None:
            dialogs.let_refer_pass(request.leg)

    def poll(self, now: float) -> None:
        """Tells of what was asked for since, and declines what nobody has answered.

        Args:
            now: Seconds of a clock that only grows.
        """
        while (found := dialogs.next_refer()) is not None:
            self._take(*found, now)
        for name, request in tuple(self._requests.items()):
            if now >= request.until or self._calls.active(name) is None:
                self.decline(name)

    def clear(self) -> None:
        """Declines all of them, told or not; before the library goes."""
        while (found := dialogs.next_refer()) is not None:
            dialogs.let_refer_pass(found[0])
        for name in tuple(self._requests):
            self.decline(name)

    def progress(self, leg: CallLeg, code: int, *, is_last: bool) -> None:
        """The other side says how far it got (a NOTIFY, or its answer to our REFER)."""
        if not leg.transferring:
            return
        if code < 200 and not is_last:  # noqa: PLR2004 - provisional
            self._emit(TransferProgress(leg.name, Progress.TRYING))
            return
        leg.transferring = False
        done = code // 100 == 2  # noqa: PLR2004 - success
        detail = "" if done else reasons.transfer_failed(code)
        self._emit(TransferProgress(leg.name, Progress.DONE if done else Progress.FAILED, detail))

    def _take(self, leg_id: int, refer_to: str, now: float) -> None:
        leg = self._calls.with_id(leg_id)
        try:
            to = referral(refer_to)
        except SipUriError as error:
            log.warning("a transfer that leads nowhere was refused: %s", error)
            dialogs.let_refer_pass(leg_id)
            return
        if leg is None or not leg.was_up:
            dialogs.let_refer_pass(leg_id)
            return
        self._requests[leg.name] = _Request(leg_id, to, now + PATIENCE_S)
        self._emit(TransferRequested(leg.name, str(to.uri), to.name, bool(to.replaces)))

    def _refer(self, leg: CallLeg, refer_to: str) -> None:
        if leg.transferring:
            return
        leg.transferring = True
        try:
            leg.xfer(refer_to, pj.CallOpParam())
        except pj.Error as error:
            leg.transferring = False
            self._emit(TransferProgress(leg.name, Progress.FAILED, describe(error)))


def _spoken_to(leg: CallLeg, uri: SipUri) -> SipUri:
    """The address as whoever calls it from such a call must write it: TLS in any case."""
    return over_tls(uri) if leg.domain is None else uri
