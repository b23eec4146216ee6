"""The accounts at servers: registered, asked again when that failed, and told honestly."""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final, Protocol

import pjsua2 as pj

from agent.sip import reasons, tls
from agent.sip.account import ServerAccount, server_config
from agent.sip.connections import Connections
from agent.sip.errors import SipError
from agent.sip.events import RegistrationChanged, SipEvent
from agent.sip.families import Family
from agent.sip.guard import describe, logged
from agent.sip.keep_alive import KeepAlive
from agent.sip.lookups import Lookups, Outcome
from agent.sip.naming import Server
from agent.sip.reasons import DNS_SILENT, ERESOLVE, ConnectionFault
from agent.sip.registration import Answer, RegistrationRecord, Step, telling
from agent.sip.resolver import NotFound
from agent.sip.servers import Servers
from agent.sip.settings import AccountSettings, ServerTrust, SipSettings
from agent.sip.trust import Doorkeeper
from agent.sip_uri import SipUri

log = logging.getLogger(__name__)

TIMED_OUT: Final = 408
BAD_GATEWAY: Final = 502
REFRESH_S: Final = 10
"""How long before its end a registration is renewed, in seconds; PJSIP itself would do it 5
seconds before, without looking where the server is by now."""
LONGEST_S: Final = 3600
"""How long a registration is believed in at most, in seconds, however long a server promises: one that
has forgotten the phone meanwhile says nothing of it."""
SPREAD_S: Final = 0.5
"""Within how many seconds the phones of a server that went away come to the next one."""
_BUSY: Final = 70011
"""PJ_EBUSY: an answer is on its way already."""


class Owner(Protocol):
    """What the accounts need of the stack, and hand on to their calls."""

    def later(self, step: Callable[[], None]) -> None:
        """Runs a step when PJSIP has told all that it has to tell in this turn."""
        ...

    def fault(self, host: str, port: int | None) -> ConnectionFault | None:
        """Why the connection to that server failed, on which a request has just failed."""
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
        doorkeeper: Who judges them.
    """

    def __init__(
        self,
        settings: SipSettings,
        emit: Callable[[SipEvent], None],
        connections: Connections,
        doorkeeper: Doorkeeper,
    ) -> None:
        self._settings = settings
        self._emit = emit
        self._connections = connections
        self._doorkeeper = doorkeeper
        self._accounts: dict[str, ServerAccount] = {}
        self._transports: dict[tuple[ServerTrust, Family], int] = {}
        self._library: Any = None
        self._due: dict[str, float] = {}
        self._online = True
        self._lookups = Lookups()
        self._keep_alive = KeepAlive(connections, self.lost)

    def open(self, library: Any, owner: Owner) -> None:
        """Makes the accounts, one transport for each kind of trust, and begins to register."""
        self._owner = owner
        self._library = library
        for settings in self._settings.accounts:
            host = SipUri.parse(settings.registrar).host
            record = RegistrationRecord(settings.name, host, self._settings.backoff)
            try:
                transport = self._transport(settings.trust, Family.IPV4)
            except SipError as error:
                self._tell(record.untrusted(str(error)))
                continue
            self._add(settings, record, transport)

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

    def allow_server_keys(self, account_id: int) -> bool:
        """Whether the account of this pjsua id is one at a server that may have our SRTP keys."""
        return any(
            each.keys_by_server and each.getId() == account_id for each in self._accounts.values()
        )

    def poll(self, now: float) -> None:
        """Registers those whose time to wait is over, and looks after the connections."""
        self._lookups.deliver()
        self._keep_alive.poll(now)
        for name in [name for name, due in self._due.items() if due <= now]:
            self._register(self._accounts[name])

    def next_due(self) -> float | None:
        """When `poll` has something to do; None: nothing."""
        return min((*self._due.values(), *self._keep_alive.dues()), default=None)

    def move(self, account: ServerAccount, now: float) -> None:
        """Registers soon: a call has found that the server does not serve."""
        self._due[account.name] = now

    def ended(self, account: ServerAccount, answer: Answer) -> None:
        """Draws the consequences of an answer to REGISTER, or of none."""
        tried = account.servers.current
        if answer.code == TIMED_OUT and not answer.from_server and tried is not None:
            self._abandon(tried.place)

        def judge() -> None:
            account.asking = False
            if not self._online:
                return  # what is told already is the reason
            fault = None if answer.from_server else self._owner.fault(account.host, account.port)
            if answer.code == BAD_GATEWAY and fault is None and not answer.from_server:
                fault = account.unresolved
            self._judge(account, replace(answer, fault=fault), tried)

        self._owner.later(judge)

    def network_gone(self) -> None:
        """Nobody is asked while there is no network, and every account says why."""
        self._online = False
        self._due.clear()
        fault = ConnectionFault(reasons.ENETDOWN)
        for account in self._accounts.values():
            account.source = ""
            self._tell(account.record.lost(fault, time.time(), _random()).event)

    def renew(self) -> None:
        """Registers all accounts anew, without waiting: this phone is somewhere else now."""
        self._online = True
        for account in self._accounts.values():
            account.servers.forgive()
            self._register(account)

    def hurry(self) -> None:
        """Tries now whatever waits for its next try: something has changed for the better."""
        for account in self._accounts.values():
            account.servers.forgive()
            if account.name in self._due and not account.record.is_registered:
                self._due[account.name] = time.monotonic()

    def _judge(self, account: ServerAccount, answer: Answer, tried: Server | None) -> None:
        now = time.monotonic()
        if answer.is_good:
            self._registered(account, answer, tried, now)
            return
        account.tried.append(answer)
        if tried is not None and answer.another_may_help:
            account.servers.failed(tried, now, _random(), answer.rest_s)
            if account.servers.another(now) is not None:
                log.info("account %s: %s does not serve; the next one", account.name, tried.place)
                self._try(account)
                return
            answer = telling(account.tried)
        account.tried.clear()
        account.source = ""
        self._follow(account, account.record.answered(answer, time.time(), _random()))

    def _registered(
        self, account: ServerAccount, answer: Answer, server: Server | None, now: float
    ) -> None:
        account.tried.clear()
        if server is not None:
            account.servers.worked(server)
            if not account.record.is_registered:
                log.info("account %s: registered at %s", account.name, server.place)
        self._keep_alive.watch(account.source, now, answer.ping_s)
        self._follow(account, account.record.answered(answer, time.time(), _random()))
        lasts = min(answer.lasts_s, LONGEST_S)
        self._due[account.name] = now + max(lasts - REFRESH_S, lasts / 2)
        self._owner.registered(account)

    def lost(self, remote: str, fault: ConnectionFault) -> None:
        """A verified connection is gone, and with it the registrations on it."""
        now = time.monotonic()
        for account in self._accounts.values():
            if account.source != remote or not account.record.is_registered:
                continue
            account.source = ""
            step = account.record.lost(fault, time.time(), _random())
            current = account.servers.current
            if current is not None and current.place == remote:
                account.servers.failed(current, now, _random())
                if account.servers.another(now) is not None:
                    account.lead()
                    step = Step(step.event, SPREAD_S * _random())
            self._follow(account, step)

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
        self._library = None

    def _transport(self, trust: ServerTrust, family: Family) -> int:
        """Made when it is first needed: PJSIP has room for eight of them."""
        if (trust, family) in self._transports:
            return self._transports[trust, family]
        marks = self._settings.marking
        transport = tls.create_server_transport(self._library, trust, marks.signalling, family)
        self._transports[trust, family] = transport
        self._doorkeeper.guard(transport, trust)
        return transport

    def _add(self, settings: AccountSettings, record: RegistrationRecord, transport: int) -> None:
        servers = Servers(self._settings.backoff)
        account = ServerAccount(
            settings, record, servers, partial(self._transport, settings.trust), self._owner
        )
        account.create(server_config(settings, self._settings, transport))
        account.lead()
        self._accounts[settings.name] = account
        if settings.ice:
            self._owner.serve_nat(account.getId())
        self._register(account)

    def _register(self, account: ServerAccount) -> None:
        """Looks where the server is by now, and registers there."""
        self._due.pop(account.name, None)
        self._tell(account.record.begin())
        if not account.asking:
            account.asking = True
            self._lookups.ask(account.host, account.port, lambda found: self._found(account, found))

    def _found(self, account: ServerAccount, outcome: Outcome) -> None:
        if account.name not in self._accounts or not self._online:
            account.asking = False
            return
        if isinstance(outcome, NotFound):
            account.unresolved = ConnectionFault(ERESOLVE if outcome.answered else DNS_SILENT)
        else:
            account.servers.found(outcome.servers)
        if account.servers.are_known:
            # Also those that DNS named before it fell silent: they may well serve.
            account.servers.choose(time.monotonic())
            self._try(account)
            return
        account.asking = False
        answer = Answer(BAD_GATEWAY, from_server=False, fault=account.unresolved)
        self._follow(account, account.record.answered(answer, time.time(), _random()))

    def _try(self, account: ServerAccount) -> None:
        account.lead()
        account.asking = True
        status = account.connect()
        if status == 0:
            try:
                account.register()
            except pj.Error as error:
                log.debug("account %s: %s", account.name, describe(error))
                status = int(error.status)
        if status in {0, _BUSY}:
            return
        # Without a route PJSIP says so at once instead of calling back later.
        answer = Answer(503, 0, from_server=False, fault=ConnectionFault(status))
        tried = account.servers.current
        account.asking = False
        self._owner.later(lambda: self._judge(account, answer, tried))

    def _abandon(self, remote: str) -> None:
        """Lets go of connections that swallow what is sent: the next try opens a new one.

        After a router's restart TCP would try for a quarter of an hour before it gives up.
        """
        for handle in self._connections.handles_to(remote):
            tls.shut_down(handle)

    def _follow(self, account: ServerAccount, step: Step) -> None:
        self._tell(step.event)
        self._due.pop(account.name, None)
        if step.retry_s is not None:
            self._due[account.name] = time.monotonic() + step.retry_s

    def _tell(self, event: RegistrationChanged | None) -> None:
        if event is not None:
            self._emit(event)


def _random() -> float:
    return secrets.randbelow(1001) / 1000
