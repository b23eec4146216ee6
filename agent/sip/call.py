"""Calls: pjsua2's own objects, each owned by the registry here and by nothing else."""

import contextlib
import logging
import secrets
import time
from collections.abc import Callable
from typing import Any, Final

import pjsua2 as pj

from agent.frozen import frozen
from agent.media import dialogs
from agent.media.audio import HandsetAudio
from agent.media.descriptions import carries_keys
from agent.sip import reasons
from agent.sip.account import ServerAccount, over_tls
from agent.sip.call_media import audio_of, reading_of
from agent.sip.descriptions import Descriptions
from agent.sip.events import (
    Answered,
    Dialled,
    EarlyMedia,
    Ended,
    LineCut,
    LineQuality,
    ReencryptionRefused,
    Registration,
    RemoteHeld,
    RemoteRinging,
    SipEvent,
    SipFault,
)
from agent.sip.guard import describe
from agent.sip.leg import DECLINE, NOT_ACCEPTABLE_HERE, CallLeg, Dialling, media_options
from agent.sip.offers import keeps_encryption
from agent.sip.quality import Line
from agent.sip.reasons import ConnectionFault
from agent.sip_uri import SipUri, SipUriError

log = logging.getLogger(__name__)

OK: Final = 200
RINGING: Final = 180
MOVED_TEMPORARILY: Final = 302
FORBIDDEN: Final = 403
REQUEST_TIMEOUT: Final = 408
CANCELLED: Final = 487
SERVER_ERROR: Final = 500
BAD_GATEWAY: Final = 502
SERVICE_UNAVAILABLE: Final = 503
WARNING: Final = '399 sotto "ZRTP is wanted here, by RTP/AVP; no keys in the SDP"'


@frozen
class CallSurroundings:
    """What the calls need of the rest.

    Attributes:
        emit: Takes the events.
        audio: The handset.
        fault: Says why a connection to a host and port failed just now, if one did.
        later: Runs a step when PJSIP has told all that it has to tell in this turn.
        now: Seconds since 1970.
        transferred: Told what the other side says of our REFER: the status, and whether it is
            the last one.
        descriptions: Which SDPs carry keys of the signalling.
    """

    emit: Callable[[SipEvent], None]
    audio: HandsetAudio
    fault: Callable[[str, int | None], ConnectionFault | None]
    later: Callable[[Callable[[], None]], None]
    now: Callable[[], float]
    transferred: Callable[[CallLeg, int, bool], None]
    descriptions: Descriptions


class Calls:
    """All calls, by name."""

    def __init__(self, surroundings: CallSurroundings) -> None:
        self._around = surroundings
        self._legs: dict[str, CallLeg] = {}
        self._over: list[CallLeg] = []
        self._incoming = 0

    def __len__(self) -> int:
        """How many calls there are."""
        return len(self._legs)

    def dial(
        self, name: str, uri: str, account: Any, *, host: str, toward: str, verified: bool
    ) -> None:
        """Sends an INVITE; if that fails, `Ended` says why.

        Args:
            name: The name that the call gets.
            uri: Whom to call.
            account: The pjsua2 account.
            host: Whom the signalling goes to.
            toward: Its IP address; empty: not known.
            verified: Whether it must prove its name.
        """
        leg = self.make(name, account, host)
        dialogs.offer_toward(toward)
        if isinstance(account, ServerAccount):
            leg.dialled = Dialling(uri, account.servers.current)
        try:
            leg.makeCall(uri, _parameters())
        except pj.Error as error:
            status = int(error.status)
            if status == reasons.ERESOLVE:
                status = account.unresolved.status
            self._end(leg, *reasons.dialling_failed(host, status, describe(error)))
            return
        if name in self._legs:
            self._around.emit(Dialled(name, leg.getId(), verified))

    def make(self, name: str, account: Any, host: str) -> CallLeg:
        """A call of ours that PJSIP does not know yet; it has no other owner."""
        leg = CallLeg(self, name, account, host)
        self._legs[name] = leg
        return leg

    def not_made(self, leg: CallLeg) -> None:
        """PJSIP could not dial."""
        self._end(leg, SERVER_ERROR, "The call cannot be made")

    def legs(self) -> tuple[CallLeg, ...]:
        """All of them, as they are now."""
        return tuple(self._legs.values())

    def lose(self, leg: CallLeg) -> None:
        """Ends a call whose network is gone; the other side may never hear of it."""
        self._end(leg, SERVICE_UNAVAILABLE, reasons.NO_NETWORK, network_lost=True)
        with contextlib.suppress(pj.Error):  # there is no way to say BYE
            leg.hangup(pj.CallOpParam())

    def caller_gone(self, source: str) -> None:
        """Ends the calls that ring and came directly from there: the connection is gone.

        The caller's transaction has failed with it (RFC 3261 section 8.1.3.1), and whoever has
        no server can take a call back in no other way than by that connection.

        Args:
            source: The other end of it, "address:port".
        """
        for leg in self.legs():
            if leg.source == source and leg.rings_here():
                self._end(leg, CANCELLED, reasons.call_ended(CANCELLED), by_peer=True)
                with contextlib.suppress(pj.Error):  # nobody may hear it
                    parameters = pj.CallOpParam()
                    parameters.statusCode = CANCELLED
                    leg.hangup(parameters)

    def object_to(self, leg_id: int, said: str) -> None:
        """No proof of the password was given to the server of a call: its end will say why."""
        leg = self.with_id(leg_id)
        if leg is not None:
            leg.objection = said

    def with_id(self, leg_id: int) -> CallLeg | None:
        """The call that pjsua knows by this id."""
        return next((leg for leg in self._legs.values() if leg.getId() == leg_id), None)

    def take(self, account: Any, leg_id: int, host: str) -> CallLeg:
        """Makes an incoming call ours; it has no other owner."""
        self._incoming += 1
        leg = CallLeg(self, f"incoming-{self._incoming}", account, host, leg_id)
        self._legs[leg.name] = leg
        return leg

    def ring(self, name: str) -> None:
        """Answers 180 Ringing."""
        self._respond(name, RINGING)

    def answer(self, name: str) -> None:
        """Answers 200 OK."""
        self._respond(name, OK)

    def hang_up(self, name: str, code: int) -> None:
        """Refuses with a status, cancels, or says BYE, whichever the dialog is in."""
        leg = self.active(name)
        if leg is None:
            return
        leg.ended_here = True
        parameters = pj.CallOpParam()
        if code >= 300 and leg.is_incoming:  # noqa: PLR2004 - else PJSIP's choice: BYE, CANCEL
            parameters.statusCode = code
        leg.hangup(parameters)

    def turn_away(self, name: str) -> None:
        """Refuses an incoming call for its keys (488): the phone of the caller may say why."""
        if (leg := self.active(name)) is not None:
            _refuse(leg, NOT_ACCEPTABLE_HERE, "Warning", WARNING)

    def redirect(self, name: str, uri: str) -> None:
        """Sends an incoming call elsewhere (302), or refuses it if there is no such place."""
        leg = self.active(name)
        if leg is None:
            return
        try:
            target = SipUri.parse(uri)
        except SipUriError as error:
            log.warning("%s cannot be sent to %s: %s", name, uri, error)
            self.hang_up(name, DECLINE)
            return
        where = over_tls(target) if leg.domain is None else target
        _refuse(leg, MOVED_TEMPORARILY, "Contact", f"<{where}>")

    def hang_up_all(self) -> None:
        """Ends every call."""
        for name in tuple(self._legs):
            self.hang_up(name, 0)

    def send_dtmf(self, name: str, digit: str) -> None:
        """Sends one digit as an RTP event (RFC 4733)."""
        leg = self.active(name)
        if leg is not None and leg.hasMedia():
            leg.dialDtmf(digit)

    def connect_audio(self, name: str) -> None:
        """Joins the call with the handset, now and after every re-INVITE."""
        leg = self.active(name)
        if leg is not None:
            leg.wants_audio = True
            self.media_changed(leg)

    def join_audio(self, names: tuple[str, ...]) -> None:
        """Lets these calls and the handset hear each other, now and after every re-INVITE."""
        self._around.audio.join(tuple(name for name in names if self.active(name) is not None))
        for name in names:
            self.connect_audio(name)

    def part_audio(self, names: tuple[str, ...]) -> None:
        """Separates these calls from each other and from the handset."""
        for name in names:
            self.disconnect_audio(name)

    def disconnect_audio(self, name: str) -> None:
        """Takes the call off the handset."""
        leg = self._legs.get(name)
        if leg is not None:
            leg.wants_audio = False
            self._around.audio.disconnect(name)

    def hold(self, name: str) -> None:
        """Puts the other side on hold: the keys stay, and the stream goes on where it was."""
        self._want_hold(name, held=True)

    def resume(self, name: str) -> None:
        """Takes the other side off hold."""
        self._want_hold(name, held=False)

    def _want_hold(self, name: str, *, held: bool) -> None:
        leg = self.active(name)
        if leg is not None:
            leg.holding.want(held=held)
            self._renegotiate(leg, time.monotonic())

    def poll(self, now: float) -> None:
        """Does what is due, outside of all callbacks.

        Args:
            now: Seconds of a clock that only grows.
        """
        for leg in self.legs():
            self._renegotiate(leg, now)
            self._measure(leg, now)

    def _measure(self, leg: CallLeg, now: float) -> None:
        """Judges the line of a call that somebody listens to."""
        if not leg.wants_audio or not leg.was_up:
            leg.line = None
            return
        leg.line = leg.line or Line(now)
        if now < leg.line.due or not leg.isActive():
            return
        reading = reading_of(leg)
        quality = None if reading is None else leg.line.look(reading, now)
        if quality is not None:
            self._around.emit(LineQuality(leg.name, quality))

    def _renegotiate(self, leg: CallLeg, now: float) -> None:
        held = leg.holding.to_ask(now)
        if held is None or leg.roaming.is_cut or not leg.was_up or not leg.isActive():
            return
        parameters = _parameters()
        try:
            if held:
                leg.setHold(parameters)
            else:
                parameters.opt.flag |= pj.PJSUA_CALL_UNHOLD
                leg.reinvite(parameters)
        except pj.Error as error:
            # The other side's offer is being answered just now, or our own latest one.
            log.debug("%s: no re-INVITE yet: %s", leg.name, describe(error))
            leg.holding.busy(now)
        else:
            leg.holding.asked(held=held)

    def drop_ended(self) -> None:
        """Drops the calls that are over, outside of all callbacks and before PJSIP takes new ones.

        It gives their ids to others, and with its object goes the call that has the id then.
        """
        self._over.clear()

    def drop_all(self) -> None:
        """Drops every call, whatever its state; only before the library goes."""
        self._legs.clear()
        self._over.clear()

    def state_changed(self, leg: CallLeg, *, answered: bool) -> None:
        """Reads a call's new state and tells it.

        Args:
            leg: Which call.
            answered: Whether a message from the other side brought it about.
        """
        info = leg.getInfo()
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            code = info.lastStatusCode
            leg.offered_keys = self._around.descriptions.has_offered(leg.getId())
            leg.was_elsewhere = leg.is_incoming and dialogs.was_elsewhere(str(info.callIdString))
            self._around.later(lambda: self._disconnected(leg, code, answered=answered))
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            leg.was_up = True
            self._around.emit(Answered(leg.name))
            if (replaced := leg.replaces) is not None:
                self._around.later(lambda: self.hang_up(replaced, 0))
        elif (
            info.state == pj.PJSIP_INV_STATE_EARLY
            and info.role == pj.PJSIP_ROLE_UAC
            and not leg.rang
        ):
            leg.rang = True
            self._around.emit(RemoteRinging(leg.name))

    def media_changed(self, leg: CallLeg) -> None:
        """Connects the handset, and tells how the call's media now stand."""
        audio = audio_of(leg)
        if audio is None:
            return
        if leg.wants_audio and leg.hasMedia() and audio.is_open:
            self._around.audio.connect(leg.name, leg.getAudioMedia(-1))
        if audio.is_early and not leg.has_early_media:
            leg.has_early_media = True
            self._around.emit(EarlyMedia(leg.name))
        if leg.was_up and audio.remote_held != leg.remote_held:
            leg.remote_held = audio.remote_held
            self._around.emit(RemoteHeld(leg.name, audio.remote_held))

    def offered(self, leg: CallLeg, sdp: str) -> bool:
        """Judges what the other side wants to make of the media; whether that may be."""
        if keeps_encryption(sdp, by_signalling=carries_keys(leg.getId())):
            if leg.roaming.met():
                self._around.emit(LineCut(leg.name, cut=False))
            return True
        self._around.emit(ReencryptionRefused(leg.name))
        return False

    def reinvite_answered(self, leg: CallLeg, code: int) -> None:
        """An INVITE of ours has a final answer; what was wished since is asked for next."""
        now = time.monotonic()
        if leg.roaming.is_asking:
            if leg.roaming.answered(code, now):
                self._around.emit(LineCut(leg.name, cut=False))
            else:
                log.info("%s: the new address is not taken: %d", leg.name, code)
            return
        leg.holding.answered(code, now, secrets.randbelow(1001) / 1000)

    def transfer_progressed(self, leg: CallLeg, code: int, *, is_last: bool) -> None:
        """The other side says how far it got with our REFER."""
        self._around.transferred(leg, code, is_last)

    def broke(self, leg: CallLeg, reason: str) -> None:
        """Hangs up a call that a callback failed on, and tells."""
        self._around.emit(SipFault(reason))
        self.hang_up(leg.name, SERVER_ERROR)

    def active(self, name: str) -> CallLeg | None:
        """The call, unless it is over; the news of that may still be on the way."""
        leg = self._legs.get(name)
        return leg if leg is not None and leg.isActive() else None

    def _respond(self, name: str, code: int) -> None:
        leg = self.active(name)
        if leg is not None:
            parameters = _parameters()
            parameters.statusCode = code
            leg.answer(parameters)

    def _disconnected(self, leg: CallLeg, code: int, *, answered: bool) -> None:
        if self._legs.get(leg.name) is not leg:
            return  # told already
        if leg.ended_here:
            self._end(leg, OK if leg.was_up else code, "Call ended")
            return
        if leg.objection:
            self._end(leg, code, leg.objection, by_peer=True)
            return
        if self._goes_without_keys(leg, code, answered=answered):
            return
        if self._goes_by_another_server(leg, code, answered=answered):
            return
        # An incoming call whose answer is never confirmed ends so, too (RFC 3261 section 13.3.1.4).
        reason = reasons.call_ended(code, was_answered=leg.was_up or leg.is_incoming)
        untrusted = False
        if not answered and code in {BAD_GATEWAY, SERVICE_UNAVAILABLE}:
            # PJSIP makes these up where nobody has answered.
            resolve = leg.account.unresolved if code == BAD_GATEWAY else None
            fault = self._around.fault(leg.host, leg.account.port) or resolve or ConnectionFault(0)
            state, reason = reasons.connection_failed(leg.host, fault, self._around.now())
            untrusted = state is Registration.UNTRUSTED
        self._end(leg, code, reason, by_peer=True, untrusted=untrusted)

    def _goes_by_another_server(self, leg: CallLeg, code: int, *, answered: bool) -> bool:
        """Dials again where another server may do what this one does not (RFC 3263 section 4.3).

        Not once anybody has rung: then it was not the server that failed.
        """
        dialled = leg.dialled
        failed = {SERVICE_UNAVAILABLE} if answered else {REQUEST_TIMEOUT, SERVICE_UNAVAILABLE}
        if dialled is None or dialled.server is None or leg.rang or leg.was_up:
            return False
        if code not in failed or not leg.account.leave_server(
            dialled.server, time.monotonic(), secrets.randbelow(1001) / 1000
        ):
            return False
        log.info("%s: %s does not serve; the next one", leg.name, dialled.server.place)
        self._dial_again(leg, dialled.uri)
        return True

    def _dial_again(self, leg: CallLeg, uri: str) -> None:
        del self._legs[leg.name]
        self._around.audio.forget(leg.name)
        self._over.append(leg)
        server = leg.account.servers.current
        toward = "" if server is None else server.address
        self.dial(leg.name, uri, leg.account, host=leg.host, toward=toward, verified=True)

    def _goes_without_keys(self, leg: CallLeg, code: int, *, answered: bool) -> bool:
        """Dials again for ZRTP alone, which is safer, where a phone takes no other keys (488)."""
        dialled = leg.dialled
        refused = code == NOT_ACCEPTABLE_HERE and answered and leg.offered_keys
        if dialled is None or not refused or leg.ended_here or leg.was_up or leg.has_early_media:
            return False
        with self._around.descriptions.without_keys():
            self._dial_again(leg, dialled.uri)
        return True

    def _end(
        self,
        leg: CallLeg,
        code: int,
        reason: str,
        *,
        by_peer: bool = False,
        untrusted: bool = False,
        network_lost: bool = False,
    ) -> None:
        if self._legs.pop(leg.name, None) is None:
            return  # told already
        self._around.audio.forget(leg.name)
        self._over.append(leg)
        self._around.emit(
            Ended(leg.name, code, reason, by_peer, untrusted, network_lost, leg.was_elsewhere)
        )


def _refuse(leg: CallLeg, status: int, name: str, value: str) -> None:
    """Ends an incoming call by a status, with a header that says more."""
    leg.ended_here = True
    header = pj.SipHeader()
    header.hName, header.hValue = name, value
    parameters = pj.CallOpParam()
    parameters.statusCode = status
    parameters.txOption.headers.append(header)
    leg.hangup(parameters)


def _parameters() -> Any:
    parameters = pj.CallOpParam()
    parameters.opt = media_options()
    return parameters
