"""PJSIP itself, opened, polled and closed on the SIP thread."""

import gc
import logging
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pjsua2 as pj

from agent.media.audio import CLOCK_HZ, FRAME_MS, HandsetAudio
from agent.sip import tls
from agent.sip.account import DirectAccount, ServerAccount, direct_config, over_tls, server_config
from agent.sip.call import FORBIDDEN, CallLeg, Calls, CallSurroundings
from agent.sip.callers import caller, direct_address
from agent.sip.connections import Connections, Faults, port_of
from agent.sip.errors import SipError
from agent.sip.events import (
    AudioMissing,
    Ended,
    IncomingCall,
    RegistrationChanged,
    SipEvent,
    SipFault,
)
from agent.sip.guard import guarded
from agent.sip.reasons import ConnectionFault
from agent.sip.registration import Answer, RegistrationRecord, Step
from agent.sip.settings import AccountSettings, SipSettings
from agent.sip.thread import BUSY_S
from agent.sip_uri import SipUri, SipUriError
from hw.board import HandsetDevices

log = logging.getLogger(__name__)

OLDEST: Final = (2, 17)
"""The oldest PJSIP that will do; another pjsua2 on the path would load silently."""
OPUS_BIT_RATE: Final = 32_000
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
        self._faults = Faults()
        self._later: list[Callable[[], None]] = []
        self._servers: dict[str, ServerAccount] = {}
        self._retries: dict[str, float] = {}
        self._library: Any = None
        self._direct: DirectAccount | None = None
        self.audio: HandsetAudio
        self.calls: Calls

    def open(self) -> None:
        """Starts the library, its transports and accounts.

        Raises:
            SipError: The library is too old, or the direct listener cannot be opened.
        """
        self._library = _Library(self)
        self._library.libCreate()
        self._library.libInit(_library_config(self._settings))
        _require_version(self._library)
        self._on_library_ready()
        self._set_codecs()
        direct = None
        if self._settings.direct_calls:
            direct = tls.create_direct_transport(self._library, self._settings)
        self._library.libStart()
        self.audio = HandsetAudio(self._library, self._devices, self._audio_missing)
        self.calls = Calls(
            CallSurroundings(self.emit, self.audio, self.fault, self.later, time.time)
        )
        if direct is not None:
            self._add_direct(direct)
        self._add_servers()

    def poll(self) -> int:
        """Handles what has arrived and what is due."""
        self.calls.sweep()
        now = time.monotonic()
        for name in [name for name, due in self._retries.items() if due <= now]:
            self._register(self._servers[name])
        self.audio.rest(now, calls=len(self.calls) > 0)
        events = int(self._library.libHandleEvents(0))
        later, self._later = self._later, []
        for step in later:
            step()
        return max(0, events)

    def later(self, step: Callable[[], None]) -> None:
        """Runs a step when PJSIP has told all that it has to tell in this turn."""
        self._later.append(step)

    def close(self) -> None:
        """Says goodbye, drops every pjsua2 object here on their thread, and ends the library."""
        if self._library is None:
            return
        if hasattr(self, "calls"):
            self._say_goodbye()
            self.calls.drop_all()
            self.audio.close()
        self._servers.clear()
        self._direct = None
        gc.collect()
        _forget_last_exception()
        self._library.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)
        self._library = None

    def dial(self, call: str, address: str, account: str | None) -> None:
        """Calls an address by an account, or directly."""
        try:
            uri = SipUri.parse(address)
            caller_account = self._server(account) if account else self._direct_account()
        except (SipUriError, SipError) as error:
            self.emit(Ended(call, 484, str(error), by_peer=False))
            return
        if isinstance(caller_account, ServerAccount):
            self.calls.dial(call, str(uri), caller_account, host=caller_account.host, verified=True)
        else:
            target = str(over_tls(uri))
            self.calls.dial(call, target, caller_account, host=uri.host, verified=False)

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
        elif parameters.state == pj.PJSIP_TP_STATE_DISCONNECTED:
            fault = tls.fault_of(parameters)
            connection = self._connections.closed(parameters.hnd)
            if connection is None:
                self._faults.note(fault, time.monotonic())  # it never came up
            elif connection.verified:
                self._connection_lost(connection.remote, fault)

    def account_for(self, source: str, guess: int) -> int:
        """Which account a request from this address belongs to; PJSIP only reads its headers.

        Args:
            source: "address:port".
            guess: The account that PJSIP would take.

        Returns:
            The id of an account whose signalling is worth what the connection is worth.
        """
        if not self._connections.is_verified(source):
            return self._direct.getId() if self._direct is not None else guess
        mine = [each.getId() for each in self._servers.values() if each.source == source]
        return guess if guess in mine or not mine else int(mine[0])

    def incoming_call(self, account: ServerAccount | DirectAccount, parameters: Any) -> None:
        """Takes a call; from here on the leg answers for what goes wrong with it."""
        host = account.host if isinstance(account, ServerAccount) else ""
        leg = self.calls.take(account, parameters.callId, host)
        leg.arrive(lambda: self._announce(leg, account, str(parameters.rdata.srcAddress)))

    def _announce(self, leg: CallLeg, account: ServerAccount | DirectAccount, source: str) -> None:
        """Tells of a call, or refuses one that came in by the wrong door."""
        verified = self._connections.is_verified(source)
        is_direct = isinstance(account, DirectAccount)
        if verified == is_direct:
            self.calls.hang_up(leg.name, FORBIDDEN)
            return
        info = leg.getInfo()
        name, uri = caller(str(info.remoteUri))
        if is_direct:
            uri = direct_address(str(info.remoteContact), uri)
        self.emit(IncomingCall(leg.name, leg.getId(), account.name, name, uri, verified))

    def registration_ended(
        self, account: ServerAccount, code: int, status: int, *, from_server: bool
    ) -> None:
        """Draws the consequences of an answer to REGISTER, or of none."""

        def judge() -> None:
            fault = None if from_server else self.fault()
            answer = Answer(code, status, from_server, fault)
            self._follow(account.name, account.record.answered(answer, time.time(), _random()))

        self.later(judge)

    def fault(self) -> ConnectionFault | None:
        """Why the connection failed on which a request has just failed."""
        return self._faults.take(time.monotonic())

    def _connection_lost(self, remote: str, fault: ConnectionFault) -> None:
        for account in self._servers.values():
            if account.source == remote and account.record.is_registered:
                self._follow(account.name, account.record.lost(fault, time.time(), _random()))

    def _follow(self, account: str, step: Step) -> None:
        if step.event is not None:
            self.emit(step.event)
        self._retries.pop(account, None)
        if step.retry_s is not None:
            self._retries[account] = time.monotonic() + step.retry_s

    def _register(self, account: ServerAccount) -> None:
        self._retries.pop(account.name, None)
        event = account.record.begin()
        if event is not None:
            self.emit(event)
        try:
            account.setRegistration(True)
        except pj.Error as error:
            # Without a route PJSIP raises here instead of calling back later.
            self._faults.note(ConnectionFault(int(error.status)), time.monotonic())
            self.registration_ended(account, 503, 0, from_server=False)

    def _server(self, name: str) -> ServerAccount:
        account = self._servers.get(name)
        if account is None:
            raise SipError(f'There is no account "{name}"')
        return account

    def _direct_account(self) -> DirectAccount:
        if self._direct is None:
            raise SipError("Direct calls are switched off")
        return self._direct

    def _add_direct(self, transport: int) -> None:
        address = str(self._library.transportGetInfo(transport).localAddress)
        self._connections.listens_on(port_of(address))
        self._direct = DirectAccount(self)
        self._direct.create(direct_config(address, self._settings, transport))

    def _add_servers(self) -> None:
        transports: dict[Path | None, int] = {}
        for settings in self._settings.accounts:
            host = SipUri.parse(settings.registrar).host
            record = RegistrationRecord(settings.name, host, self._settings.backoff)
            try:
                if settings.ca_file not in transports:
                    transports[settings.ca_file] = self._server_transport(settings.ca_file)
            except SipError as error:
                self._tell(record.untrusted(str(error)))
                continue
            self._add_server(settings, record, transports[settings.ca_file])

    def _server_transport(self, ca_file: Path | None) -> int:
        transport = tls.create_server_transport(self._library, ca_file)
        info = self._library.transportGetInfo(transport)
        self._connections.listens_on(port_of(str(info.localAddress)))
        return transport

    def _add_server(
        self, settings: AccountSettings, record: RegistrationRecord, transport: int
    ) -> None:
        account = ServerAccount(settings, record, self)
        account.create(server_config(settings, self._settings, transport))
        self._servers[settings.name] = account
        self._register(account)

    def _set_codecs(self) -> None:
        opus = self._library.getCodecOpusConfig()
        opus.cbr = True  # RFC 6562: a variable rate tells what is said
        opus.bit_rate = OPUS_BIT_RATE
        opus.frm_ptime = FRAME_MS
        opus.sample_rate = CLOCK_HZ
        self._library.setCodecOpusConfig(opus)
        wanted = self._settings.codecs
        for codec in self._library.codecEnum2():
            name = str(codec.codecId).partition("/")[0].lower()
            order = [each.lower() for each in wanted]
            priority = 254 - order.index(name) if name in order else 0
            self._library.codecSetPriority(codec.codecId, priority)

    def _say_goodbye(self) -> None:
        self._retries.clear()
        self.calls.hang_up_all()
        registered = [each for each in self._servers.values() if each.record.is_registered]
        for account in registered:
            account.setRegistration(False)
        until = time.monotonic() + FAREWELL_S
        while (len(self.calls) or any(each.getInfo().regIsActive for each in registered)) and (
            time.monotonic() < until
        ):
            if not self.poll():
                time.sleep(BUSY_S)

    def _audio_missing(self, reason: str) -> None:
        self.emit(AudioMissing(reason))

    def _tell(self, event: RegistrationChanged | None) -> None:
        if event is not None:
            self.emit(event)


def _library_config(settings: SipSettings) -> Any:
    del settings
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.userAgent = "Sotto"
    config.uaConfig.mwiUnsolicitedEnabled = False
    # PJSIP's log would carry addresses, and at its higher levels whole messages.
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.medConfig.clockRate = config.medConfig.sndClockRate = CLOCK_HZ
    config.medConfig.audioFramePtime = config.medConfig.ptime = FRAME_MS
    config.medConfig.channelCount = 1
    config.medConfig.noVad = True  # RFC 6562: pauses tell what is said
    config.medConfig.sndAutoCloseTime = -1  # HandsetAudio.rest does it
    config.medConfig.ecTailLen = 0  # a handset needs no echo canceller
    return config


def _require_version(library: Any) -> None:
    version = library.libVersion()
    if (version.major, version.minor) < OLDEST:
        raise SipError(
            f"PJSIP is {version.full}; {OLDEST[0]}.{OLDEST[1]} is the oldest that will do"
        )


def _forget_last_exception() -> None:
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        if hasattr(sys, name):
            delattr(sys, name)


def _random() -> float:
    return secrets.randbelow(1001) / 1000
