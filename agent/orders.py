"""Carries out what the phone asks for. Decides nothing."""

import logging
from typing import assert_never

from agent import translate
from agent.associations import Associations
from agent.ear import Ear
from agent.ledger import Entry, Ledger
from agent.phone import actions
from agent.ports import Parts
from agent.store import Meeting
from hw.ring_tones import ring_tone
from hw.types import Output

log = logging.getLogger(__name__)

Trusting = (
    actions.ConfirmSas
    | actions.DenySas
    | actions.NamePeer
    | actions.AllowEnrolment
    | actions.RefuseEnrolment
    | actions.Unverify
)
"""The orders that change what the phone knows about a peer."""


Routing = actions.ConnectAudio | actions.DisconnectAudio | actions.JoinAudio | actions.PartAudio
"""The orders that say who hears whom."""

Moving = (
    actions.Hold
    | actions.Resume
    | actions.BlindTransfer
    | actions.AttendedTransfer
    | actions.AcceptTransfer
    | actions.DeclineTransfer
    | actions.Redirect
)
"""The orders that put a call aside or somewhere else."""


class Orders:
    """From an action to a call on SIP, the board or the store.

    Attributes:
        ear: The way of the sound, for the news that a part of it is back.
    """

    def __init__(self, parts: Parts, associations: Associations, ledger: Ledger) -> None:
        self._parts = parts
        self._associations = associations
        self._ledger = ledger
        self._tones = parts.tones("")
        self._confirmed: list[tuple[Meeting, str]] = []
        self.ear = Ear(parts.board, parts.sip, parts.spawn)

    def set_country(self, country: str) -> None:
        """Whose tones are heard from now on; empty: as configured."""
        self._tones = self._parts.tones(country)

    def ring(self, name: str | None) -> None:
        """Rings with a tone of this name (empty: the usual one), or no longer."""
        tone = None if name is None else ring_tone(name or self._parts.ring_tone)
        self._parts.board.ring(tone)

    def carry_out(self, action: actions.LineAction) -> None:
        """Starts the action; SIP's and the board's failures come back as events."""
        match action:
            case actions.StartRinging(ring_tone=name):
                self.ring(name)
            case actions.StopRinging():
                self.ring(None)
            case (
                actions.ConfirmSas()
                | actions.DenySas()
                | actions.NamePeer()
                | actions.AllowEnrolment()
                | actions.RefuseEnrolment()
                | actions.Unverify()
            ):
                self._trust(action)
            case (
                actions.ConnectAudio()
                | actions.DisconnectAudio()
                | actions.JoinAudio()
                | actions.PartAudio()
            ):
                self._route(action)
            case actions.UseHeadset(headset=headset):
                self.ear.use(Output.HEADSET if headset else Output.EARPIECE)
            case actions.PlayTone() | actions.StopTone() | actions.MuteMicrophone():
                self._sound(action)
            case (
                actions.Dial()
                | actions.Ring()
                | actions.Answer()
                | actions.HangUp()
                | actions.SendDtmf()
            ):
                self._signal(action)
            case _:
                self._move(action)

    def _signal(
        self,
        action: actions.Dial | actions.Ring | actions.Answer | actions.HangUp | actions.SendDtmf,
    ) -> None:
        sip, spawn = self._parts.sip, self._parts.spawn
        match action:
            case actions.Dial(call=call, uri=uri, account=account):
                now = self._parts.clock.wall()
                self._ledger.began(call, outgoing=True, uri=uri, name="", now=now)
                spawn(sip.dial(call, uri, account or None))
            case actions.Ring(call=call):
                spawn(sip.ring(call))
            case actions.Answer(call=call):
                spawn(sip.answer(call))
            case actions.HangUp(call=call, refusal=refusal):
                spawn(sip.hang_up(call, translate.SIP_CODES[refusal]))
            case actions.SendDtmf(call=call, symbol=symbol):
                spawn(sip.send_dtmf(call, symbol))
            case _:
                assert_never(action)

    def _move(self, action: Moving) -> None:
        sip, spawn = self._parts.sip, self._parts.spawn
        match action:
            case actions.Hold(call=call):
                spawn(sip.hold(call))
            case actions.Resume(call=call):
                spawn(sip.resume(call))
            case actions.BlindTransfer(call=call, uri=uri):
                spawn(sip.transfer(call, uri))
            case actions.AttendedTransfer(call=call, to=other):
                spawn(sip.transfer_to(call, other))
            case actions.AcceptTransfer(call=call, new_call=new_call, uri=uri):
                now = self._parts.clock.wall()
                self._ledger.began(new_call, outgoing=True, uri=uri, name="", now=now)
                spawn(sip.accept_transfer(call, new_call))
            case actions.DeclineTransfer(call=call):
                spawn(sip.decline_transfer(call))
            case actions.Redirect(call=call, uri=uri):
                spawn(sip.redirect(call, uri))
            case _:
                assert_never(action)

    def _route(self, action: Routing) -> None:
        sip, spawn = self._parts.sip, self._parts.spawn
        match action:
            case actions.ConnectAudio(call=call):
                spawn(sip.connect_audio(call))
            case actions.DisconnectAudio(call=call):
                spawn(sip.disconnect_audio(call))
            case actions.JoinAudio(calls=calls):
                spawn(sip.join_audio(calls))
            case actions.PartAudio(calls=calls):
                spawn(sip.part_audio(calls))
            case _:
                assert_never(action)

    def _sound(self, action: actions.PlayTone | actions.StopTone | actions.MuteMicrophone) -> None:
        sip, spawn = self._parts.sip, self._parts.spawn
        match action:
            case actions.PlayTone(tone=tone):
                spawn(sip.play_tone(self._tones[tone]))
            case actions.StopTone():
                spawn(sip.play_tone(None))
            case actions.MuteMicrophone(muted=muted):
                spawn(sip.set_microphone_muted(muted))
            case _:
                assert_never(action)

    def _trust(self, action: Trusting) -> None:
        entry = self._ledger.entry(action.call)
        if entry is None or entry.meeting is None:
            log.error("%s: nobody to trust or to name in this call", action.call)
            return
        association = self._associations.of_call(action.call)
        store, meeting = self._parts.store, entry.meeting
        match action:
            case actions.ConfirmSas(relayed=True):
                store.log_security_event("sas-confirmed", meeting.zid, entry.uri, "relayed")
            case actions.ConfirmSas():
                if association is None:
                    # What is retained may be of a phone with which nobody has compared them.
                    log.warning("%s: it was over before the words were confirmed", action.call)
                    return
                association.session.sas_verified()
                self._confirmed.append((meeting, entry.uri))
            case actions.DenySas():
                if association is not None:
                    association.session.sas_mismatch()
                store.unverify(meeting.zid)
                store.log_security_event("sas-mismatch", meeting.zid, entry.uri, "")
            case actions.Unverify():
                store.unverify(meeting.zid)
                store.log_security_event("unverified", meeting.zid, entry.uri, "")
            case actions.NamePeer(name=name):
                store.name_peer(meeting.zid, name)
            case actions.AllowEnrolment() | actions.RefuseEnrolment():
                self._enrol(action, entry, meeting.zid)
            case _:
                assert_never(action)

    def write_down(self) -> None:
        """Whom the person has verified: after the secrets of that call have gone to the disk.

        The other way round a plug that is pulled in between would leave the flag with secrets of
        which nobody knows whose they are.
        """
        confirmed, self._confirmed = self._confirmed, []
        for meeting, uri in confirmed:
            self._parts.store.confirm(meeting)
            self._parts.store.log_security_event("sas-confirmed", meeting.zid, uri, "")

    def _enrol(
        self, action: actions.AllowEnrolment | actions.RefuseEnrolment, entry: Entry, zid: bytes
    ) -> None:
        association = self._associations.of_call(action.call)
        answer = "refused"
        if isinstance(action, actions.AllowEnrolment) and association is not None:
            # The secret goes to the disk with the session's next events.
            association.session.accept_enrolment()
            answer = "allowed"
        entry.enrolment_open = False
        log.warning("%s: the PBX that wants to be trusted: %s", action.call, answer)
        self._parts.store.log_security_event("pbx-enrolment", zid, entry.uri, answer)
