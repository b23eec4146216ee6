"""The checks in their order: what hangs on something that failed is left out, and says so."""

from collections.abc import Iterator
from typing import Final

from agent.boards import BoardError, profile_of
from agent.config import SIMULATOR, AccountConfig, Config
from agent.doctor.findings import Area, Finding, State, are_well, skipped, watch, wrong
from agent.doctor.instruments import Instruments
from agent.doctor.judges import (
    clock,
    configuration,
    hardware,
    media,
    names,
    nat,
    network,
    server,
    software,
    sound,
    storage,
    tls,
)
from agent.doctor.judges.names import Place
from agent.doctor.judges.network import NetworkFacts
from agent.doctor.patient import Patient
from agent.doctor.probes.server import Target
from agent.sip.settings import ServerTrust
from agent.sip_uri import TLS_PORT, SipUri

BUILT: Final = 1_767_225_600.0
"""2026 has begun: this software is not older, whatever the clock says."""
SERVERS_MOST: Final = 3
"""Servers of one account that are called: those that the phone tries first."""
_NO_CONFIG: Final = "the configuration cannot be used"
_NO_ACCOUNT: Final = "there is no account"


class Examination:
    """One look at everything.

    Args:
        patient: Whose.
        instruments: What is looked with.
    """

    def __init__(self, patient: Patient, instruments: Instruments) -> None:
        self._patient = patient
        self._look = instruments
        self._net = NetworkFacts()
        self._online = False
        self._clock = State.SKIPPED
        self._places: dict[tuple[str, int | None], tuple[Place, ...]] = {}

    def findings(self, *, quick: bool = False) -> Iterator[Finding]:
        """All findings, each as soon as it is known.

        Args:
            quick: Leaves ports, board and software out, but for what the phone says itself.
        """
        config = self._patient.config
        yield from configuration.judge(self._patient.file)
        yield from self._storage(config)
        yield from self._network()
        yield from self._names(config)
        yield from self._clocks(config)
        yield from self._servers(config)
        yield from self._registrations(config)
        if not quick:
            yield from self._media(config)
            yield from self._board(config)
        yield from self._missing()
        yield from hardware.judge_machine(self._look.machine())
        if not quick:
            yield from self._software()

    # What the machine has

    def _storage(self, config: Config | None) -> Iterator[Finding]:
        if config is None:
            yield skipped(Area.STORAGE, "The phone's memory", _NO_CONFIG)
        else:
            yield from storage.judge(self._look.storage(config.phone.state_dir))

    def _network(self) -> Iterator[Finding]:
        self._net = self._look.network()
        found = network.judge(self._net)
        self._online = all(each.state is not State.WRONG for each in found)
        yield from found

    def _names(self, config: Config | None) -> Iterator[Finding]:
        if reason := self._nothing_to_call(config):
            yield skipped(Area.NAMES, "The name service", reason)
            return
        for host, port in dict.fromkeys(map(_named, config.accounts if config else ())):
            if reason := self._unreachable(host):
                yield skipped(Area.NAMES, host, reason)
            elif not _is_name(host):
                yield skipped(Area.NAMES, host, "it is an address and no name")
            else:
                facts = self._look.names(host, port)
                self._places[host, port] = facts.places
                yield names.judge(facts)

    def _clocks(self, config: Config | None) -> Iterator[Finding]:
        written = self._look.last_written(config.phone.state_dir) if config else 0.0
        servers = tuple(self._look.time_servers()) if self._online else ()
        found = clock.judge(self._look.clock(max(BUILT, written), servers))
        wrong_ones = any(each.state is State.WRONG for each in found)
        self._clock = State.WRONG if wrong_ones else found[0].state
        yield from found

    # What the accounts hang on

    def _servers(self, config: Config | None) -> Iterator[Finding]:
        if reason := self._nothing_to_call(config):
            yield skipped(Area.TLS, "TLS", reason)
            yield skipped(Area.SERVER, "The server", reason)
            return
        for account in _different(config.accounts if config else ()):
            host, port = _named(account)
            if reason := self._unreachable(host):
                place = f"{host}:{port or TLS_PORT}"
                yield skipped(Area.TLS, place, reason)
                yield skipped(Area.SERVER, place, reason)
            else:
                known = self._places.get((host, port), ())[:SERVERS_MOST]
                targets = [target_of(account, place) for place in known] or [target_of(account)]
                yield from _with_failover([list(self._server(each)) for each in targets])

    def _unreachable(self, host: str) -> str:
        """Why a server is not even called; empty: it is."""
        if not self._online and network.needs_network(host):
            return "there is no network"
        unknown = any(name == host and not found for (name, _), found in self._places.items())
        return "its name has no address" if unknown else ""

    def _server(self, target: Target) -> Iterator[Finding]:
        encrypted, answer = self._look.server(target)
        found = tls.judge(encrypted, self._look.clock(0.0, ()).now, self._clock)
        yield from found
        if answer is None:
            why = "no connection came up on which it could be asked"
            yield skipped(Area.SERVER, f"{target.called}:{target.port}", why)
            return
        yield server.judge_sip(answer)
        if answer.date_offset is not None:
            late = clock.judge_server_date(target.host, answer.date_offset)
            yield from () if late is None else (late,)

    def _registrations(self, config: Config | None) -> Iterator[Finding]:
        if config is None:
            return
        if not config.accounts:
            yield server.no_account()
        for account in config.accounts:
            report = self._patient.report
            called = self._patient.called(account)
            if report is None:
                yield server.not_registered(called, self._patient.silent)
            elif account.name in report.accounts:
                yield server.judge_account(report.accounts[account.name])
            else:
                why = "the phone that runs has another configuration (start it anew)"
                yield server.not_registered(called, why)

    def _media(self, config: Config | None) -> Iterator[Finding]:
        if config is None:
            yield skipped(Area.MEDIA, "Ports", _NO_CONFIG)
            return
        yield from media.judge_ports(self._look.ports(config, self._patient.runs))
        if self._online:
            yield from nat.judge(self._net.addresses, self._look.nat(config))

    # What the person holds in the hand

    def _board(self, config: Config | None) -> Iterator[Finding]:
        if config is None:
            yield skipped(Area.SOUND, "Sound cards", _NO_CONFIG)
            yield skipped(Area.HARDWARE, "The board", _NO_CONFIG)
            return
        if config.phone.board == SIMULATOR:
            simulated = 'the board "simulator" has none'
            yield skipped(Area.SOUND, "Sound cards", simulated)
            yield skipped(Area.HARDWARE, "Hardware", simulated)
        else:
            yield from self._real_board(config)

    def _missing(self) -> Iterator[Finding]:
        for each in self._patient.report.missing if self._patient.report else ():
            yield hardware.judge_missing(each.part, each.reason)

    def _real_board(self, config: Config) -> Iterator[Finding]:
        runs = self._patient.runs
        try:
            profile = profile_of(config)
        except BoardError as error:
            yield skipped(Area.SOUND, "Sound cards", "the board's file cannot be used")
            yield wrong(Area.HARDWARE, f"{error}.", "Correct board in [phone], or its file.")
            return
        for each in self._look.sound(profile, runs):
            yield from sound.judge(each, phone_runs=runs)
        yield from hardware.judge_board(self._look.board(profile, runs))

    def _software(self) -> Iterator[Finding]:
        facts = self._look.software()
        yield from software.judge(facts)
        if self._patient.report is not None:
            yield from software.judge_phone(self._patient.report.phone, facts.version)
        elif self._patient.runs:
            yield skipped(Area.SOFTWARE, "What the phone says of itself", self._patient.silent)
        else:
            yield software.not_running(self._patient.start)

    def _nothing_to_call(self, config: Config | None) -> str:
        """Why no server is called; empty: some are."""
        if config is None:
            return _NO_CONFIG
        return "" if config.accounts else _NO_ACCOUNT


def target_of(account: AccountConfig, place: Place | None = None) -> Target:
    """Where an account's server is.

    Args:
        account: The account.
        place: One of those that the name service names; None: where its name itself leads.
    """
    host, port = _named(account)
    if place is None:
        return Target(host, port or TLS_PORT, ServerTrust.of(account))
    return Target(host, place.port, ServerTrust.of(account), place.address, place.host)


def _named(account: AccountConfig) -> tuple[str, int | None]:
    """The server's name as the account has it, and its port if it has one."""
    registrar = SipUri.parse(account.registrar)
    return registrar.host, registrar.port


def _different(accounts: tuple[AccountConfig, ...]) -> list[AccountConfig]:
    """The accounts whose servers differ, or what is asked of them."""
    return list({target_of(each): each for each in accounts}.values())


def _with_failover(servers: list[list[Finding]]) -> Iterator[Finding]:
    """Findings of the servers of one account: where one is well, the others are but a worry."""
    serves = any(are_well(each) for each in servers)
    for each in (finding for found in servers for finding in found):
        if serves and each.state is State.WRONG:
            yield watch(each.area, each.sentence, each.advice)
        else:
            yield each


def _is_name(host: str) -> bool:
    return not host.startswith("[") and not host.replace(".", "").isdigit()
