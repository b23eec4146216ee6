"""The accounts at servers: registered, asked again when that failed, and told honestly."""

import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

import pjsua2 as pj

from agent.sip import reasons, tls
from agent.sip.account import ServerAccount, server_config
from agent.sip.connections import Connections, port_of
from agent.sip.errors import SipError
from agent.sip.events import RegistrationChanged, SipEvent
from agent.sip.guard import logged
from agent.sip.reasons import ConnectionFault
from agent.sip.registration import Answer, RegistrationRecord, Step
from agent.sip.settings import AccountSettings, SipSettings
from agent.sip_uri import SipUri

TIMED_OUT: Final = 408


class Owner(Protocol):
    """What the accounts need of the stack, and hand on to their calls."""

    def later(self, step: Callable[[], None]) -> None:
        """Runs a step when PJSIP has told all that it has to tell in this turn."""
        ...

    def fault(self) -> ConnectionFault | None:
        """Why the connection failed on which a request has just failed."""
        ...

    def registered(self, account: ServerAccount) -> None:
        """The server knows where this phone is now."""
        ...

    def serve_nat(self, account: int) -> None:
        """Lets the calls of an account use the servers that help through NAT."""
        ...


class Registrations:
    """All accounts at servers, by name.

    Args:
        settings: The phone's SIP.
        emit: Takes the events.
        connections: Which connections are open.
    """

    def __init__(
        self,
        settings: SipSettings,
        emit: Callable[[SipEvent], None],
        connections: Connections,
    ) -> None:
        self._settings = settings
        self._emit = emit
        self._connections = connections
        self._accounts: dict[str, ServerAccount] = {}
        self._due: dict[str, float] = {}
        self._online = True

    def open(self, library: Any, owner: Owner) -> None:
        """Makes the accounts, one transport for each file of CAs, and begins to register."""
        self._owner = owner
        transports: dict[Path | None, int] = {}
        for settings in self._settings.accounts:
            host = SipUri.parse(settings.registrar).host
            record = RegistrationRecord(settings.name, host, self._settings.backoff)
            try:
                if settings.ca_file not in transports:
                    transports[settings.ca_file] = self._transport(library, settings.ca_file)
            except SipError as error:
                self._tell(record.untrusted(str(error)))
                continue
            self._add(settings, record, transports[settings.ca_file])

    def account(self, name: str) -> ServerAccount:
        """The account of that name.

        Raises:
            SipError: There is none.
        """
        account = self._accounts.get(name)
        if account is None:
            raise SipError(f'There is no account "{name}"')
        return account

    def at(self, source: str) -> list[int]:
        """Pjsua's ids of the accounts whose server answers from this "address:port"."""
        return [int(each.getId()) for each in self._accounts.values() if each.source == source]

    def retry(self, now: float) -> None:
        """Registers those whose time to wait is over."""
        for name in [name for name, due in self._due.items() if due <= now]:
            self._register(self._accounts[name])

    def next_retry(self) -> float | None:
        """When `retry` has something to do; None: nothing."""
        return min(self._due.values(), default=None)

    def ended(self, account: ServerAccount, code: int, status: int, *, from_server: bool) -> None:
        """Draws the consequences of an answer to REGISTER, or of none.

        Args:
            account: Whose.
            code: The SIP status.
            status: PJSIP's pj_status_t.
            from_server: Whether the server sent that status.
        """
        if code == TIMED_OUT and not from_server:
            self._abandon(account.source)

        def judge() -> None:
            if not self._online:
                return  # what is told already is the reason
            fault = None if from_server else self._owner.fault()
            answer = Answer(code, status, from_server, fault)
            self._follow(account.name, account.record.answered(answer, time.time(), _random()))
            if account.record.is_registered:
                self._owner.registered(account)

        self._owner.later(judge)

    def network_gone(self) -> None:
        """Nobody is asked while there is no network, and every account says why."""
        self._online = False
        self._due.clear()
        fault = ConnectionFault(reasons.ENETDOWN)
        for account in self._accounts.values():
            self._tell(account.record.lost(fault, time.time(), _random()).event)

    def renew(self) -> None:
        """Registers all accounts anew, without waiting: this phone is somewhere else now."""
        self._online = True
        for account in self._accounts.values():
            self._register(account)

    def hurry(self) -> None:
        """Tries now whatever waits for its next try: something has changed for the better."""
        for name in self._due:
            self._due[name] = time.monotonic()

    def lost(self, remote: str, fault: ConnectionFault) -> None:
        """A verified connection is gone, and with it the registrations on it."""
        for account in self._accounts.values():
            if account.source == remote and account.record.is_registered:
                self._follow(account.name, account.record.lost(fault, time.time(), _random()))

    def end(self) -> None:
        """Says goodbye to the servers that know us."""
        self._due.clear()
        for account in self._accounts.values():
            if account.record.is_registered:
                logged(account.leave)

    @property
    def are_active(self) -> bool:
        """Whether a server still thinks that we are there."""
        return any(
            each.record.is_registered and each.getInfo().regIsActive
            for each in self._accounts.values()
        )

    def clear(self) -> None:
        """Drops the accounts; before the library goes."""
        self._accounts.clear()

    def _transport(self, library: Any, ca_file: Path | None) -> int:
        transport = tls.create_server_transport(library, ca_file, self._settings.marking.signalling)
        info = library.transportGetInfo(transport)
        self._connections.listens_on(port_of(str(info.localAddress)))
        return transport

    def _add(self, settings: AccountSettings, record: RegistrationRecord, transport: int) -> None:
        account = ServerAccount(settings, record, self._owner)
        account.create(server_config(settings, self._settings, transport))
        self._accounts[settings.name] = account
        if settings.ice:
            self._owner.serve_nat(account.getId())
        self._register(account)

    def _register(self, account: ServerAccount) -> None:
        self._due.pop(account.name, None)
        self._tell(account.record.begin())
        try:
            account.setRegistration(True)
        except pj.Error as error:
            # Without a route PJSIP raises here instead of calling back later.
            answer = Answer(503, 0, from_server=False, fault=ConnectionFault(int(error.status)))
            self._follow(account.name, account.record.answered(answer, time.time(), _random()))

    def _abandon(self, remote: str) -> None:
        """Lets go of connections that swallow what is sent: the next try opens a new one.

        After a router's restart TCP would try for a quarter of an hour before it gives up.
        """
        for handle in self._connections.handles_to(remote):
            tls.shut_down(handle)

    def _follow(self, account: str, step: Step) -> None:
        self._tell(step.event)
        self._due.pop(account, None)
        if step.retry_s is not None:
            self._due[account] = time.monotonic() + step.retry_s

    def _tell(self, event: RegistrationChanged | None) -> None:
        if event is not None:
            self._emit(event)


def _random() -> float:
    return secrets.randbelow(1001) / 1000
