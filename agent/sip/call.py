"""Calls: pjsua2's own objects, each owned by the registry here and by nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pjsua2 as pj

from agent.media.audio import HandsetAudio
from agent.sip import reasons
from agent.sip.events import Answered, Dialled, Ended, RemoteRinging, SipEvent, SipFault
from agent.sip.guard import describe, guarded
from agent.sip.reasons import ConnectionFault

OK: Final = 200
RINGING: Final = 180
DECLINE: Final = 603
FORBIDDEN: Final = 403
SERVER_ERROR: Final = 500
BAD_GATEWAY: Final = 502
SERVICE_UNAVAILABLE: Final = 503


@dataclass(frozen=True, slots=True)
class CallSurroundings:
    """What the calls need of the rest.

    Attributes:
        emit: Takes the events.
        audio: The handset.
        fault: Says why a connection failed just now, if one did.
        later: Runs a step when PJSIP has told all that it has to tell in this turn.
        now: Seconds since 1970.
    """

    emit: Callable[[SipEvent], None]
    audio: HandsetAudio
    fault: Callable[[], ConnectionFault | None]
    later: Callable[[Callable[[], None]], None]
    now: Callable[[], float]


class CallLeg(pj.Call):  # type: ignore[misc] # pjsua2 has no types
    """One call as PJSIP has it.

    Args:
        calls: The registry that owns it.
        name: The call's name.
        account: The pjsua2 account it belongs to.
        host: Whom the signalling goes to, for sentences.
        leg: pjsua's id of an incoming call.
    """

    def __init__(
        self, calls: "Calls", name: str, account: Any, host: str, leg: int = pj.PJSUA_INVALID_ID
    ) -> None:
        super().__init__(account, leg)
        self._calls = calls
        self.name = name
        self.host = host
        self.is_incoming = leg != pj.PJSUA_INVALID_ID
        self.ended_here = False
        self.rang = False
        self.was_up = False
        self.wants_audio = False

    @guarded
    def arrive(self, announce: Callable[[], None]) -> None:
        """An incoming call is announced; if that fails it is hung up."""
        announce()

    @guarded
    def onCallState(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """The dialog goes from one state to the next."""
        answered = parameters.e.body.tsxState.type == pj.PJSIP_EVENT_RX_MSG
        self._calls.state_changed(self, answered=answered)

    @guarded
    def onCallMediaState(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """A stream came up, went away or was replaced."""
        del parameters
        self._calls.media_changed(self)

    @guarded
    def onCallTransferRequest(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """REFER: nobody but the person at this phone makes it call."""
        parameters.statusCode = DECLINE

    @guarded
    def onCallReplaceRequest(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """Replaces: nobody takes the place of the one at the other end."""
        parameters.statusCode = DECLINE

    def broke(self, reason: str) -> None:
        """A callback failed: the call cannot be trusted any more."""
        self._calls.broke(self, reason)


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

    def dial(self, name: str, uri: str, account: Any, *, host: str, verified: bool) -> None:
        """Sends an INVITE; if that fails, `Ended` says why."""
        leg = CallLeg(self, name, account, host)
        self._legs[name] = leg
        try:
            leg.makeCall(uri, _parameters())
        except pj.Error as error:
            status = int(error.status)
            self._end(leg, *reasons.dialling_failed(host, status, describe(error)))
            return
        if name in self._legs:
            self._around.emit(Dialled(name, leg.getId(), verified))

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
        leg = self._active(name)
        if leg is None:
            return
        leg.ended_here = True
        parameters = pj.CallOpParam()
        if code >= 300 and leg.is_incoming:  # noqa: PLR2004 - else PJSIP's choice: BYE, CANCEL
            parameters.statusCode = code
        leg.hangup(parameters)

    def hang_up_all(self) -> None:
        """Ends every call."""
        for name in tuple(self._legs):
            self.hang_up(name, 0)

    def send_dtmf(self, name: str, digit: str) -> None:
        """Sends one digit as an RTP event (RFC 4733)."""
        leg = self._active(name)
        if leg is not None and leg.hasMedia():
            leg.dialDtmf(digit)

    def connect_audio(self, name: str) -> None:
        """Joins the call with the handset, now and after every re-INVITE."""
        leg = self._active(name)
        if leg is not None:
            leg.wants_audio = True
            self.media_changed(leg)

    def disconnect_audio(self, name: str) -> None:
        """Takes the call off the handset."""
        leg = self._legs.get(name)
        if leg is not None:
            leg.wants_audio = False
            self._around.audio.disconnect(name)

    def sweep(self) -> None:
        """Drops the calls that are over; outside of their callbacks, on the SIP thread."""
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
            self._around.later(lambda: self._disconnected(leg, code, answered=answered))
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            leg.was_up = True
            self._around.emit(Answered(leg.name))
        elif (
            info.state == pj.PJSIP_INV_STATE_EARLY
            and info.role == pj.PJSIP_ROLE_UAC
            and not leg.rang
        ):
            leg.rang = True
            self._around.emit(RemoteRinging(leg.name))

    def media_changed(self, leg: CallLeg) -> None:
        """Connects or disconnects the handset, as the call's media now stands."""
        if leg.wants_audio and leg.hasMedia() and _has_active_audio(leg):
            self._around.audio.connect(leg.name, leg.getAudioMedia(-1))

    def broke(self, leg: CallLeg, reason: str) -> None:
        """Hangs up a call that a callback failed on, and tells."""
        self._around.emit(SipFault(reason))
        self.hang_up(leg.name, SERVER_ERROR)

    def _active(self, name: str) -> CallLeg | None:
        """The call, unless it is over; the news of that may still be on the way."""
        leg = self._legs.get(name)
        return leg if leg is not None and leg.isActive() else None

    def _respond(self, name: str, code: int) -> None:
        leg = self._active(name)
        if leg is not None:
            parameters = _parameters()
            parameters.statusCode = code
            leg.answer(parameters)

    def _disconnected(self, leg: CallLeg, code: int, *, answered: bool) -> None:
        if leg.ended_here:
            self._end(leg, OK if leg.was_up else code, "Call ended")
            return
        reason = reasons.call_ended(code)
        if not answered and code in {BAD_GATEWAY, SERVICE_UNAVAILABLE}:
            # PJSIP makes these up where nobody has answered.
            resolve = ConnectionFault(reasons.ERESOLVE) if code == BAD_GATEWAY else None
            fault = self._around.fault() or resolve or ConnectionFault(0)
            _, reason = reasons.connection_failed(leg.host, fault, self._around.now())
        self._end(leg, code, reason, by_peer=True)

    def _end(self, leg: CallLeg, code: int, reason: str, *, by_peer: bool = False) -> None:
        if self._legs.pop(leg.name, None) is None:
            return  # told already
        self._around.audio.forget(leg.name)
        self._over.append(leg)
        self._around.emit(Ended(leg.name, code, reason, by_peer))


def _parameters() -> Any:
    """One audio stream; PJSIP 2.17 would offer real-time text as well."""
    parameters = pj.CallOpParam(True)  # noqa: FBT003 - pjsua2's own way to ask for defaults
    parameters.opt.audioCount = 1
    parameters.opt.videoCount = 0
    parameters.opt.textCount = 0
    return parameters


def _has_active_audio(leg: CallLeg) -> bool:
    # The info must outlive the loop: its parts are pointers into it, not objects.
    info = leg.getInfo()
    return any(
        each.type == pj.PJMEDIA_TYPE_AUDIO and each.status == pj.PJSUA_CALL_MEDIA_ACTIVE
        for each in info.media
    )
