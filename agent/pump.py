"""The one loop: take an event, ask the phone and ZRTP, carry out what they want.

One event at a time, never re-entered. After every event, until all is quiet: what the
sessions have to say goes to the phone, the phone's orders go out, packets go to the gate,
the picture goes to the display if it differs, the one timer is set anew.

One order is sacred: Secured -> the retained secrets are on disk -> the gate gets the
keys -> the phone may say so -> the screen. And ZRTP's packets leave after all that, so
that Conf2ACK cannot overtake the disk (RFC 6189 section 4.6). What else there is to write
comes after them: each sync of a card takes as long as the whole exchange.
"""

import logging
from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import Final, assert_never

from agent import translate
from agent.acquaintances import Acquaintances
from agent.associations import Association, Associations
from agent.errands import Errands, Told
from agent.frozen import frozen
from agent.keying import Keying
from agent.ledger import Ledger
from agent.media.gate import GateBlocked, GateDescribed
from agent.network.judgement import NetworkEvent, NetworkGone, NetworkUp
from agent.orders import Orders
from agent.panel import Panel
from agent.phone import events, remote_events
from agent.phone.configuration import ConfigurationRefused
from agent.phone.events import CallId
from agent.phone.machine import MachineChanged, UpdateChanged
from agent.phone.menu.answers import MenuAnswer, PhoneChecked, UpdateOffered
from agent.phone.menu.orders import MenuOrder
from agent.phone.station import Order
from agent.ports import Parts
from agent.sip import events as sip
from agent.zrtp import events as zrtp
from hw.types import (
    Device,
    DeviceBack,
    DeviceMissing,
    HardwareEvent,
    HeadsetPlugged,
    HeadsetUnplugged,
    HookLifted,
    HookReplaced,
    KeyPressed,
    KeyReleased,
    Leds,
    Output,
)

log = logging.getLogger(__name__)

_AT_THE_EAR: Final = {Device.HANDSET: Output.EARPIECE, Device.HEADSET: Output.HEADSET}
"""The parts that are held to the ear, and where their sound comes out."""
MINUTE: Final = 60.0
"""Seconds between two ticks of the clock on the screen."""


@frozen
class GateWoken:
    """The gate has something to say."""


@frozen
class TimerFired:
    """The time that was asked for has come."""


Event = (
    HardwareEvent
    | sip.SipEvent
    | NetworkEvent
    | remote_events.RemoteEvent
    | events.ContactsChanged
    | PhoneChecked
    | UpdateOffered
    | ConfigurationRefused
    | MachineChanged
    | UpdateChanged
    | GateWoken
    | TimerFired
)


class Pump:
    """The loop's body: `post` takes an event and returns when all of it is done."""

    def __init__(self, parts: Parts, associations: Associations) -> None:
        self._parts = parts
        self._associations = associations
        self._ledger = Ledger(parts.store)
        self._keying = Keying(
            parts.gate,
            parts.store,
            self._ledger,
            ask_enrolment=parts.ask_enrolment,
            candidates=parts.candidates,
        )
        self._orders = Orders(parts, associations, self._ledger)
        self._errands = Errands(
            parts.store,
            parts.household,
            monotonic=parts.clock.monotonic,
            ring=self._orders.ring,
            set_volume=self._orders.ear.set_volume,
            set_country=self._orders.set_country,
        )
        self._acquaintances = Acquaintances(
            parts.household.configured,
            parts.store,
            lambda known: parts.spawn(parts.sip.know(known)),
        )
        self._panel = Panel(parts.board, parts.render)
        self._begun = False
        self._others_are_known = True
        self._queue: deque[Event] = deque()
        self._early: list[GateDescribed] = []
        self._busy = False
        self._leds: Leds | None = None
        self._next_tick = parts.clock.monotonic()

    def post(self, event: Event) -> None:
        """Handles the event, or keeps it for right after the one that is being handled."""
        self._queue.append(event)
        if self._busy:
            return
        self._busy = True
        try:
            while self._queue:
                self._turn(self._queue.popleft())
        finally:
            self._busy = False

    def _turn(self, event: Event) -> None:
        now = self._parts.clock.monotonic()
        try:
            self._begin(now)
            self._dispatch(event, now)
            self._settle(now)
            self._orders.write_down()
        except Exception:
            # The last resort that keeps the phone alive: whatever one event broke, the
            # next one is handled, and the gate stays shut where no keys were given.
            log.exception("an event of kind %s was not handled to its end", type(event).__name__)
        self._show()
        self._keying.write_down()
        self._ledger.write_down()
        if self._others_are_known:
            self._others_are_known = False
            self._acquaintances.look()
        self._rearm()
        self._parts.turned()

    def _dispatch(self, event: Event, now: float) -> None:
        match event:
            case GateWoken():
                self._drain_gate(now)
            case TimerFired():
                self._timer_fired(now)
            case (
                remote_events.DialledRemotely()
                | remote_events.AnsweredRemotely()
                | remote_events.HungUpRemotely()
                | remote_events.HeldRemotely()
                | remote_events.ResumedRemotely()
                | remote_events.ConfirmedRemotely()
                | remote_events.DeniedRemotely()
                | events.ContactsChanged()
                | PhoneChecked()
                | UpdateOffered()
                | ConfigurationRefused()
                | MachineChanged()
                | UpdateChanged()
            ):
                self._tell_phone(event, now)
            case (
                KeyPressed()
                | KeyReleased()
                | HookLifted()
                | HookReplaced()
                | HeadsetPlugged()
                | HeadsetUnplugged()
            ):
                self._tell_phone(event, now)
            case DeviceMissing() | DeviceBack():
                self._device(event, now)
            case NetworkGone() | NetworkUp():
                self._network(event, now)
            case _:
                # What the gate said came first: a call's gate is made before the call is told.
                self._drain_gate(now)
                self._sip(event, now)

    def _device(self, event: DeviceMissing | DeviceBack, now: float) -> None:
        """A part of the board is gone or back; where it is held to the ear, SIP has its card."""
        output = _AT_THE_EAR.get(event.device)
        if isinstance(event, DeviceMissing):
            log.warning("%s: %s", event.device.value, event.reason)
            if output is not None:
                self._orders.ear.lost(output, event.reason)
        elif output is not None:
            self._orders.ear.refresh()
        self._tell_phone(event, now)

    def _network(self, event: NetworkEvent, now: float) -> None:
        """SIP has to know at once where it stands; the person is told the bare fact."""
        match event:
            case NetworkGone():
                log.warning("no network")
                self._parts.spawn(self._parts.sip.network_gone())
            case NetworkUp(addresses=addresses, anew=anew):
                log.info("network: %s%s", ", ".join(addresses), ", another one" if anew else "")
                self._parts.spawn(self._parts.sip.network_up(addresses, anew=anew))
            case _:
                assert_never(event)
        self._tell_phone(events.NetworkChanged(isinstance(event, NetworkUp)), now)

    # -- SIP -------------------------------------------------------------------------

    def _sip(self, event: sip.SipEvent, now: float) -> None:
        match event:
            case sip.RegistrationChanged():
                self._registration(event, now)
            case sip.MessagesWaiting(account=account, waiting=waiting, new=new):
                self._tell_phone(events.MessagesWaiting(account, waiting, new), now)
            case sip.IncomingCall():
                self._incoming(event, now)
            case sip.TurnedAway():
                self._turned_away(event, now)
            case (
                sip.EarlyMedia()
                | sip.RemoteHeld()
                | sip.ReencryptionRefused()
                | sip.TransferRequested()
                | sip.TransferProgress()
                | sip.LineQuality()
                | sip.LineCut()
            ):
                self._mid_call(event, now)
            case _:
                self._dialog(event, now)

    def _dialog(
        self,
        event: sip.Dialled
        | sip.RemoteRinging
        | sip.Answered
        | sip.Ended
        | sip.AudioMissing
        | sip.SipFault
        | sip.NatServerChanged,
        now: float,
    ) -> None:
        match event:
            case sip.Dialled(call=call, leg=leg, signalling_verified=verified):
                self._associations.bind(leg, CallId(call))
                self._tell_phone(events.Dialled(CallId(call), verified), now)
                early, self._early = self._early, []
                for described in early:
                    self._described(described, now)
            case sip.RemoteRinging(call=call):
                self._tell_phone(events.RemoteRinging(CallId(call)), now)
            case sip.Answered(call=call):
                self._ledger.answered(CallId(call), self._parts.clock.wall())
                self._tell_phone(events.Answered(CallId(call)), now)
            case sip.Ended():
                ended = translate.call_ended(event)
                self._associations.release(ended.call)
                self._keying.ended(ended.call)
                self._ledger.ended(ended.call, ended.reason, self._parts.clock.wall())
                self._tell_phone(ended, now)
                self._tell_all(self._errands.missed(), now)
            case sip.AudioMissing(reason=reason):
                self._device(DeviceMissing(Device.HANDSET, reason), now)
            case sip.SipFault(reason=reason):
                log.error("SIP: %s", reason)
            case sip.NatServerChanged(server=server, reason=reason):
                level = logging.WARNING if reason else logging.INFO
                log.log(level, "%s", reason or f"{server.name} server: it answers")
            case _:
                assert_never(event)

    def _mid_call(self, event: translate.MidCall, now: float) -> None:
        if isinstance(event, sip.ReencryptionRefused):
            log.warning("%s: an offer without ZRTP was refused", event.call)
            entry = self._ledger.entry(CallId(event.call))
            uri = entry.uri if entry else ""
            self._parts.store.log_security_event("reencryption", None, uri, "refused")
        self._tell_phone(translate.mid_call(event), now)

    def _registration(self, event: sip.RegistrationChanged, now: float) -> None:
        changed = translate.account_changed(event)
        level = logging.WARNING if event.reason else logging.INFO
        reason = "; ".join(filter(None, (event.reason, event.details)))
        log.log(level, "account %s: %s %s", event.account, event.state.name, reason)
        self._tell_phone(changed, now)

    def _incoming(self, event: sip.IncomingCall, now: float) -> None:
        call = CallId(event.call)
        self._associations.bind(event.leg, call)
        self._ledger.began(
            call,
            outgoing=False,
            uri=event.uri,
            name=event.display_name,
            now=self._parts.clock.wall(),
        )
        known = translate.remembered(self._parts.store.verified_at_uri(event.uri))
        self._tell_phone(
            events.IncomingCall(
                call=call,
                sip_name=event.display_name,
                sip_uri=event.uri,
                account=event.account,
                signalling_verified=event.signalling_verified,
                remembered=known,
                from_known=event.from_known,
                replaces=None if event.replaces is None else CallId(event.replaces),
            ),
            now,
        )

    def _turned_away(self, event: sip.TurnedAway, now: float) -> None:
        """A call that was not to be is in the log like any other that nobody answered."""
        call, wall = CallId(event.call), self._parts.clock.wall()
        log.warning("%s: a call that only the server would have encrypted was refused", call)
        name, uri = event.display_name, event.uri
        self._ledger.began(call, outgoing=False, uri=uri, name=name, now=wall)
        self._ledger.failed(call, "no ZRTP")
        self._ledger.ended(call, events.EndReason.NO_COMMON_ENCRYPTION, wall)
        self._tell_phone(events.TurnedAway(name, uri), now)
        self._tell_all(self._errands.missed(), now)

    # -- ZRTP ------------------------------------------------------------------------

    def _drain_gate(self, now: float) -> None:
        for event in self._parts.gate.drain():
            moved = self._associations.handle(event, now)
            if moved is not None:
                log.warning("%s: another phone is at the other end; keys are made anew", moved)
                self._tell_phone(events.Securing(moved), now)
            if isinstance(event, GateBlocked):
                self._blocked(event, now)
            if isinstance(event, GateDescribed):
                self._described(event, now)

    def _blocked(self, event: GateBlocked, now: float) -> None:
        association = self._associations.blocked(event)
        if association is not None and (failed := self._keying.no_way(association)):
            self._tell_phone(failed, now)

    def _described(self, event: GateDescribed, now: float) -> None:
        association = self._associations.at_gate(event.gate)
        if association is None:
            log.error("keys for gate %d, which belongs to no call", event.gate)
            return
        if association.call is None:
            # A quick answer: SIP's word that it has dialled is still on its way.
            self._early.append(event)
            return
        told = self._keying.described(association, association.call, event)
        if told is not None:
            self._tell_phone(told, now)

    def _settle(self, now: float) -> None:
        quiet = False
        while not quiet:
            while self._zrtp_events(now):
                pass
            for association in self._associations:
                for packet in association.session.packets_to_send():
                    self._parts.gate.send_zrtp(association.gate, packet)
            # What was stored by now may let another session go on with the same phone.
            quiet = not self._zrtp_events(now)

    def _zrtp_events(self, now: float) -> bool:
        quiet = True
        for association in self._associations:
            while (event := association.session.next_event()) is not None:
                quiet = False
                self._tell_of(association, event, now)
        return not quiet

    def _tell_of(self, association: Association, event: zrtp.Event, now: float) -> None:
        if association.call is None:
            log.error("ZRTP on gate %d, which belongs to no call", association.gate)
            return
        told = self._keying.handle(association, association.call, event)
        if told is not None:
            self._tell_phone(told, now)

    # -- the phone -------------------------------------------------------------------

    def _begin(self, now: float) -> None:
        """Before the first event: what was chosen before counts, and a PIN locks."""
        if not self._begun:
            self._begun = True
            self._tell_all(self._errands.begin(), now)

    def _tell_phone(self, event: events.PhoneEvent | MenuAnswer, now: float) -> None:
        if isinstance(event, events.ContactsChanged | events.CallEnded):
            self._others_are_known = True
        self._carry_out(self._parts.phone.handle(event, now), now)

    def _tell_all(self, told: Iterable[Told], now: float) -> None:
        for each in told:
            self._tell_phone(each, now)

    def _carry_out(self, orders: Iterable[Order], now: float) -> None:
        for order in orders:
            if isinstance(order, MenuOrder):
                self._tell_all(self._errands.carry_out(order), now)
            else:
                self._orders.carry_out(order)

    def _timer_fired(self, now: float) -> None:
        for association in self._associations:
            association.session.handle_timer(now)
        self._carry_out(self._parts.phone.handle_timer(now), now)
        if now >= self._next_tick:
            wall = self._parts.clock.wall()
            self._next_tick = now + MINUTE - wall % MINUTE
            local = datetime.fromtimestamp(wall).astimezone()
            self._tell_phone(events.ClockTicked(local.date(), local.hour, local.minute), now)

    # -- after every event -----------------------------------------------------------

    def _show(self) -> None:
        phone = self._parts.phone
        self._panel.show(phone.view(), phone.language, phone.glow())
        leds = phone.leds()
        if leds != self._leds:
            self._leds = leds
            self._parts.board.set_leds(leds)

    def _rearm(self) -> None:
        due = [self._next_tick, self._parts.phone.next_timer()]
        due += [association.session.next_timer() for association in self._associations]
        self._parts.arm_timer(min(each for each in due if each is not None))
