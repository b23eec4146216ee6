"""PJSIP itself, opened, polled and closed on the SIP thread."""

import gc
import sys
import time
from collections.abc import Callable
from typing import Any, Final

import pjsua2 as pj

from agent.media import descriptions, dialogs, handshakes, packets, requests, servers, waking
from agent.media.audio import CARD_TURN_MS, FRAME_MS, HandsetAudio
from agent.media.nat import is_busy
from agent.sip import library, reasons, refusals, tls
from agent.sip.account import DirectAccount, ServerAccount, direct_config, over_tls
from agent.sip.call import FORBIDDEN, SERVICE_UNAVAILABLE, Calls, CallSurroundings
from agent.sip.callers import caller, direct_address
from agent.sip.connections import Connections, Faults, host_of, port_of
from agent.sip.descriptions import Descriptions, may_take
from agent.sip.errors import SipError
from agent.sip.events import (
    AudioMissing,
    Ended,
    IncomingCall,
    SipEvent,
    SipFault,
    TurnedAway,
)
from agent.sip.families import Family, families_of, family_of, lacking
from agent.sip.guard import guarded, logged, refusing
from agent.sip.known import Known
from agent.sip.leg import CallLeg
from agent.sip.marking import why_not
from agent.sip.moves import Moves
from agent.sip.nat import NatServers
from agent.sip.reasons import ConnectionFault
from agent.sip.registrations import Registrations
from agent.sip.settings import SipSettings
from agent.sip.transfer import Transfers
from agent.sip.trust import Doorkeeper
from agent.sip_uri import SipUri, SipUriError
from hw.board import HandsetDevices

TALKING_S: Final = 0.1
"""How often a call is looked after that nothing happens in, in seconds."""
SEEKING_MS: Final = 10
"""How long it sleeps at most while ICE is at work, in milliseconds: RFC 8445 sends a check each 50."""
RESTING_S: Final = 5.0
"""How long the thread sleeps at most."""
FAREWELL_TURN_MS: Final = 20
NO_SUCH_CALL: Final = 481
FAREWELL_S: Final = 1.0
"""How long BYE and un-REGISTER get to leave, in seconds."""


class _Library(pj.Endpoint):  # type: ignore[misc] # pjsua2 has no types
    """PJSIP's endpoint, which reports to the stack."""

    def __init__(self, stack: "SipStack") -> None:
        super().__init__()
        self._stack = stack

    @guarded
    def onTransportState(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """A connection came up or went away."""
        self._stack.transport_changed(parameters)

    @guarded
    def onSelectAccount(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """A request came in: whose is it?"""
        parameters.accountIndex = self._stack.account_for(
            str(parameters.rdata.srcAddress), parameters.accountIndex
        )

    @guarded
    def onNatCheckStunServersComplete(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """A STUN server has answered, or none did."""
        self._stack.nat.stun_answered(
            int(parameters.status), str(parameters.addr), time.monotonic()
        )

    def broke(self, reason: str) -> None:
        """A callback failed."""
        self._stack.emit(SipFault(reason))


class SipStack:
    """The library and all that lives in it; a `Worker` of the SIP thread.

    Args:
        settings: The phone's SIP.
        emit: Takes the events.
        on_library_ready: Called after libInit and before there is any transport.
        devices: Where the handset's sound comes from and goes to.
    """

    def __init__(
        self,
        settings: SipSettings,
        emit: Callable[[SipEvent], None],
        on_library_ready: Callable[[], None],
        devices: HandsetDevices,
    ) -> None:
        self.emit = emit
        self._settings = settings
        self._on_library_ready = on_library_ready
        self._devices = devices
        self._connections = Connections()
        self._known = Known()
        self._faults = Faults()
        self._later: list[Callable[[], None]] = []
        self._doorkeeper = Doorkeeper(settings.built, settings.clock_synchronised)
        self.registrations = Registrations(settings, emit, self._connections, self._doorkeeper)
        self.nat = NatServers(settings.nat, settings.backoff, emit)
        self._descriptions = Descriptions(
            self.registrations.allow_server_keys, self._connections.is_verified
        )
        self._library: Any = None
        self._direct: dict[Family, DirectAccount] = {}
        self._addresses: tuple[str, ...] | None = None
        self.audio: HandsetAudio
        self.calls: Calls
        self.transfers: Transfers
        self.moves: Moves

    def open(self) -> None:
        """Starts the library, its transports and accounts.

        Raises:
            SipError: The library is too old, or the direct listener cannot be opened.
        """
        self._library = _Library(self)
        self._library.libCreate()
        self._library.libInit(
            library.configuration(
                echo_cancelling=self._settings.echo_cancelling,
                turn_ms=CARD_TURN_MS if self._devices.is_card else FRAME_MS,
            )
        )
        library.require_version(self._library)
        waking.install()
        packets.begin(rests=not self._settings.uses_ice)
        handshakes.judge(refusing(self._doorkeeper.admit))
        requests.install()
        servers.install()
        self._try_marks()
        self._on_library_ready()
        descriptions.set_describer(self._descriptions.describe)
        library.set_codecs(self._library, self._settings.codecs)
        direct: dict[Family, int] = {}
        if self._settings.direct_calls:
            direct = tls.create_direct_transports(self._library, self._settings)
            for transport in direct.values():
                self._doorkeeper.leave_open(transport)
        self._library.libStart()
        self.audio = HandsetAudio(self._library, self._devices, self._audio_missing)
        self.calls = Calls(
            CallSurroundings(
                self.emit,
                self.audio,
                self.fault,
                self.later,
                time.time,
                lambda leg, code, last: self.transfers.progress(leg, code, is_last=last),
                self._descriptions,
            )
        )
        self.transfers = Transfers(self.calls, self.emit)
        self.moves = Moves(self.calls, self.emit)
        self.nat.open(self._library, time.monotonic())
        for family, transport in direct.items():
            self._add_direct(family, transport)
        self.registrations.open(self._library, self)

    def _try_marks(self) -> None:
        marks = self._settings.marking
        for dscp in sorted({marks.media, marks.signalling}):
            if reason := why_not(dscp):
                self.emit(SipFault(reason))

    def poll(self, *, wait: bool) -> int:
        """Handles what has arrived and what is due."""
        return self._turn(self._patience_ms(time.monotonic()) if wait else 0)

    def _turn(self, wait_ms: int) -> int:
        now = time.monotonic()
        self.calls.poll(now)
        self.transfers.poll(now)
        self.moves.poll(now)
        self.registrations.poll(now)
        self.nat.poll(now)
        self.audio.rest(now, calls=len(self.calls) > 0)
        self._take_later_steps()
        self.calls.drop_ended()
        events = int(self._library.libHandleEvents(wait_ms))
        self._take_later_steps()
        self._answer_refused()  # who has just registered has lost that again
        return max(0, events)

    def wake(self) -> None:
        """Ends a poll that waits."""
        waking.wake()

    def _patience_ms(self, now: float) -> int:
        """How long nothing has to be done but what PJSIP itself knows of, in milliseconds."""
        if len(self.calls) or self.audio.is_awake:
            return SEEKING_MS if is_busy() else int(TALKING_S * 1000)
        due = [self.registrations.next_due(), self.nat.next_due(now), now + RESTING_S]
        until = min(each for each in due if each is not None)
        return max(0, int((until - now) * 1000) + 1)

    def _take_later_steps(self) -> None:
        later, self._later = self._later, []
        for step in later:
            step()

    def later(self, step: Callable[[], None]) -> None:
        """Runs a step when PJSIP has told all that it has to tell in this turn."""
        self._later.append(step)
        waking.wake()  # one of its timers may have told it, and its sockets are waited for next

    def close(self) -> None:
        """Says goodbye, drops every pjsua2 object here on their thread, and ends the library."""
        if self._library is None:
            return
        if hasattr(self, "calls"):
            for step in (
                *(self.transfers.clear, self._say_goodbye),
                *(self.calls.drop_all, self.audio.close),
            ):
                logged(step)
        self.registrations.clear()
        self._direct.clear()
        gc.collect()
        _forget_last_exception()
        packets.end()
        self._library.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)
        descriptions.set_describer(None)
        handshakes.judge(None)
        self._library = None

    def dial(self, call: str, address: str, account: str | None) -> None:
        """Calls an address by an account, or directly."""
        self.calls.drop_ended()  # PJSIP may give the new one an id of theirs
        try:
            uri = SipUri.parse(address)
            caller_account = (
                self.registrations.account(account) if account else self._direct_account(uri.host)
            )
        except (SipUriError, SipError) as error:
            self.emit(Ended(call, 484, str(error), by_peer=False))
            return
        if isinstance(caller_account, DirectAccount) and (
            complaint := lacking(uri.host, self._addresses)
        ):
            self.emit(Ended(call, SERVICE_UNAVAILABLE, complaint, by_peer=False))
        elif isinstance(caller_account, ServerAccount):
            host, toward = caller_account.host, host_of(caller_account.source)
            self.calls.dial(call, str(uri), caller_account, host=host, toward=toward, verified=True)
        else:
            target = str(over_tls(uri))
            toward = uri.host.strip("[]") if family_of(uri.host) else ""
            self.calls.dial(
                call, target, caller_account, host=uri.host, toward=toward, verified=False
            )

    def transport_changed(self, parameters: Any) -> None:
        """Keeps book of the connections."""
        info = parameters.tlsInfo
        if parameters.state == pj.PJSIP_TP_STATE_CONNECTED:
            self._connections.opened(
                parameters.hnd,
                local=str(info.localAddr),
                remote=str(info.remoteAddr),
                trusted=info.verifyStatus == 0 and info.established,
            )
            for handle in self._connections.surplus(self._known):
                tls.shut_down(handle)
        elif parameters.state == pj.PJSIP_TP_STATE_DISCONNECTED:
            fault = tls.fault_of(parameters, self._doorkeeper.shown(parameters.hnd))
            connection = self._connections.closed(parameters.hnd)
            if fault.status == tls.CANCELLED:
                return  # we have let go of it ourselves
            if connection is None or reasons.is_of_tls(fault):
                # It never came up, or the server thought so: with TLS 1.3 it looks at our
                # certificate after we have begun to speak.
                self._faults.note(fault, time.monotonic())
            if connection is not None and connection.verified:
                self.registrations.lost(connection.remote, fault)
            elif connection is not None:
                self.calls.caller_gone(connection.remote)
        elif parameters.state == pj.PJSIP_TP_STATE_DESTROY:
            self._connections.closed(parameters.hnd)
            self._doorkeeper.shown(parameters.hnd)

    def _answer_refused(self) -> None:
        """Tells whoever sent what PJSIP cannot read: without a word they would wait half a minute.

        A connection on which messages cannot be told apart any more is closed.
        """
        while (refused := requests.next_refused()) is not None:
            connection = self._connections.closed(refused.closes) if refused.closes else None
            requests.answer_refused(refusals.answer(refused.octets, refused.status))
            if connection is not None and connection.verified:
                self.registrations.lost(connection.remote, ConnectionFault(reasons.GARBLED))

    def account_for(self, source: str, guess: int) -> int:
        """Which account a request from this address belongs to; PJSIP only reads its headers.

        Args:
            source: "address:port".
            guess: The account that PJSIP would take.

        Returns:
            The id of an account whose signalling is worth what the connection is worth.
        """
        if not self._connections.is_verified(source):
            direct = self._direct.get(family_of(host_of(source)) or Family.IPV4)
            return guess if direct is None else direct.getId()
        mine = self.registrations.at(source)
        return guess if guess in mine or not mine else mine[0]

    def incoming_call(self, account: ServerAccount | DirectAccount, parameters: Any) -> None:
        """Takes a call; from here on the leg answers for what goes wrong with it."""
        host = account.host if isinstance(account, ServerAccount) else ""
        leg = self.calls.take(account, parameters.callId, host)
        source, message = str(parameters.rdata.srcAddress), str(parameters.rdata.wholeMsg)
        leg.source = source
        leg.arrive(lambda: self._announce(leg, account, source, message))

    def _announce(
        self, leg: CallLeg, account: ServerAccount | DirectAccount, source: str, invite: str
    ) -> None:
        """Tells of a call, or refuses one that came in by the wrong door."""
        verified = self._connections.is_verified(source)
        is_direct = isinstance(account, DirectAccount)
        if verified == is_direct:
            self.calls.hang_up(leg.name, FORBIDDEN)
            return
        try:
            replaced = self._replaced(account)
        except LookupError:
            self.calls.hang_up(leg.name, NO_SUCH_CALL)
            return
        leg.replaces = None if replaced is None else replaced.name
        info = leg.getInfo()
        name, uri = caller(str(info.remoteUri))
        if not may_take(invite, by_server=account.keys_by_server and verified):
            self.calls.turn_away(leg.name)
            self.emit(TurnedAway(leg.name, account.name, name, uri))
            return
        if is_direct:
            uri = direct_address(str(info.remoteContact), uri)
        self.emit(
            IncomingCall(
                leg.name,
                leg.getId(),
                account.name,
                name,
                uri,
                verified,
                from_known=verified or host_of(source) in self._known,
                replaces=leg.replaces,
            )
        )

    def _replaced(self, account: ServerAccount | DirectAccount) -> CallLeg | None:
        """The call whose place the INVITE just now wants to take, if it wants any.

        Raises:
            LookupError: It is none that came or went by the same door.
        """
        leg_id = dialogs.replaced_leg()
        if leg_id is None:
            return None
        replaced = self.calls.with_id(leg_id)
        if replaced is None or replaced.account is not account:
            raise LookupError("a call wants to take the place of one at another door")
        return replaced

    def registered(self, account: ServerAccount) -> None:
        """The server knows where this phone is now: its calls can go on from there."""
        self.moves.go_on(account)

    def know(self, addresses: tuple[str, ...]) -> None:
        """Keeps room for those who come from these addresses."""
        self._known = Known(addresses)
        requests.know(addresses)

    def network_gone(self) -> None:
        """There is no network: what is under way fails, and what is up waits."""
        self.registrations.network_gone()
        self._leave_network()

    def network_up(self, addresses: tuple[str, ...], *, anew: bool) -> None:
        """There is a network; where it is another one, everything is connected anew in it."""
        self._addresses = addresses
        if not anew and self._connections.are_at(addresses):
            self.registrations.hurry()
            return
        self._leave_network()
        # Only after its timers have run is PJSIP done with what has just failed.
        self.later(lambda: self.later(self._arrive))

    def _leave_network(self) -> None:
        self.moves.cut()
        self._connections.leave_all()
        tls.shut_down_all()

    def _arrive(self) -> None:
        self.nat.open(self._library, time.monotonic())
        self.registrations.renew()
        self.moves.go_on_directly()

    def serve_nat(self, account: int) -> None:
        """Lets the calls of an account use the servers that help through NAT."""
        self.nat.serve(account)

    def fault(self, host: str, port: int | None) -> ConnectionFault | None:
        """Why the connection to that server failed, on which a request has just failed."""
        return self._faults.take(host, port, time.monotonic())

    def _direct_account(self, host: str) -> DirectAccount:
        if not self._direct:
            raise SipError("Direct calls are switched off")
        families = families_of(self._addresses or ())
        usual = Family.IPV6 if families == {Family.IPV6} else Family.IPV4
        family = family_of(host) or usual
        if family not in self._direct:
            raise SipError(f"Direct calls by IPv{family} are switched off: see listen")
        return self._direct[family]

    def _add_direct(self, family: Family, transport: int) -> None:
        address = str(self._library.transportGetInfo(transport).localAddress)
        self._connections.listens_on(port_of(address))
        account = DirectAccount(self, uses_ice=self._settings.direct_ice)
        account.create(direct_config(address, self._settings, transport, family))
        self._direct[family] = account
        if self._settings.direct_ice:
            self.serve_nat(account.getId())

    def _say_goodbye(self) -> None:
        self.calls.hang_up_all()
        self.registrations.end()
        until = time.monotonic() + FAREWELL_S
        while (len(self.calls) or self.registrations.are_active) and time.monotonic() < until:
            self._turn(FAREWELL_TURN_MS)

    def _audio_missing(self, reason: str) -> None:
        self.emit(AudioMissing(reason))


def _forget_last_exception() -> None:
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        if hasattr(sys, name):
            delattr(sys, name)
