"""Calls that go on while the network changes under them: cut, told where to go on, or given up."""

import logging
import time
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

from agent.media import dialogs
from agent.media.nat import keeping_gate
from agent.sip.account import ServerAccount
from agent.sip.call import Calls
from agent.sip.events import LineCut, SipEvent
from agent.sip.guard import describe
from agent.sip.leg import CallLeg, media_options
from agent.sip_uri import SipUri, SipUriError

log = logging.getLogger(__name__)


class Moves:
    """What the network does to the calls.

    Args:
        calls: The registry of the calls.
        emit: Takes the events.
    """

    def __init__(self, calls: Calls, emit: Callable[[SipEvent], None]) -> None:
        self._calls = calls
        self._emit = emit

    def cut(self) -> None:
        """The network is gone, or is another one; a call that is not up yet ends."""
        now = time.monotonic()
        dialogs.keep_after_timeout(keep=True)
        for leg in self._calls.legs():
            if not leg.was_up:
                # SIP has no way to move it, and its answer would go where nobody listens.
                log.warning("%s: the network is gone before anybody has answered", leg.name)
                self._calls.lose(leg)
                continue
            leg.holding.forget()
            if leg.roaming.cut(now):
                log.info("%s: cut off", leg.name)
                self._emit(LineCut(leg.name, cut=True))

    def go_on(self, account: Any) -> None:
        """The other sides of an account's calls can be told now where this phone is."""
        now = time.monotonic()
        for leg in self._calls.legs():
            if leg.account is account and leg.roaming.is_cut:
                leg.roaming.want(now)

    def go_on_directly(self) -> None:
        """The same for calls without a server: nobody has to be told before."""
        for account in {id(leg.account): leg.account for leg in self._calls.legs()}.values():
            if not isinstance(account, ServerAccount):
                self.go_on(account)

    def poll(self, now: float) -> None:
        """Asks what is to be asked, and gives up what has been cut for too long.

        Args:
            now: Seconds of a clock that only grows.
        """
        cut = [leg for leg in self._calls.legs() if leg.roaming.is_cut]
        for leg in cut:
            if leg.roaming.is_over(now):
                log.warning("%s: cut off for too long", leg.name)
                self._calls.lose(leg)
            elif leg.isActive() and leg.roaming.to_ask(now):
                self._ask(leg, now)
        if not cut:
            dialogs.keep_after_timeout(keep=False)

    def _ask(self, leg: CallLeg, now: float) -> None:
        """A re-INVITE with this phone's new address in its Contact, its Via and its SDP.

        PJSIP's handleIpChange would make a new media transport as well: new keys, another SSRC,
        and the whole ritual of the words anew. The stream stays as it is; the gate writes the
        address into the SDP. Only with ICE a new transport is needed, with candidates of this
        network (RFC 8445 section 9); the gate stays that of the call, with its keys.
        """
        parameters = pj.CallOpParam()
        parameters.opt = media_options()
        parameters.opt.flag |= pj.PJSUA_CALL_UPDATE_CONTACT | pj.PJSUA_CALL_UPDATE_VIA
        if leg.account.uses_ice:
            parameters.opt.flag |= pj.PJSUA_CALL_REINIT_MEDIA
        address = _address_at_server(leg)
        if address and leg.roaming.has_missed and not leg.was_sought:
            # Where it was it is no more; its server may know where it is now. From then on that
            # is the dialog's target.
            leg.was_sought = True
            parameters.opt.flag |= pj.PJSUA_CALL_UPDATE_TARGET
            parameters.txOption.targetUri = address
        try:
            with keeping_gate(leg.getId()):
                leg.reinvite(parameters)
        except pj.Error as error:
            log.debug("%s: no re-INVITE yet: %s", leg.name, describe(error))
            leg.roaming.busy(now)
        else:
            log.info("%s: the other side is told the new address", leg.name)
            leg.roaming.asked()


def _address_at_server(leg: CallLeg) -> str:
    """The other side's address at our own server; empty: it has none there."""
    if leg.domain is None:
        return ""
    try:
        uri = SipUri.parse(dialogs.dialog(leg.getId()).remote_uri)
    except (LookupError, SipUriError):
        return ""
    return str(uri) if uri.user and uri.host == leg.domain else ""
