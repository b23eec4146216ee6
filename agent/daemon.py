"""The composition root: builds every part in order, runs the loop, closes them in reverse.

Decides nothing; what happens is the pump's.
"""

import asyncio
import contextlib
import ipaddress
import logging
import os
import signal
from collections.abc import Callable, Coroutine
from dataclasses import replace
from enum import Enum, auto
from functools import partial
from typing import Any

from agent import following, fresh_start, last_words, preference_rows, settings
from agent.arguments import RunOptions
from agent.associations import Associations, NewSession
from agent.boards import BoardError, open_board
from agent.clock import SystemClock
from agent.config import Config, ConfigError
from agent.control.desk import About, Desk
from agent.control.server import ControlServer, ControlSocketError, listen
from agent.core_files import forbid_core_files
from agent.fleet.whole import Whole
from agent.following import Following
from agent.fresh_start import Eraser
from agent.health.watcher import MachineWatcher
from agent.media import gate
from agent.network.watcher import NetworkWatcher
from agent.own_addresses import own_addresses
from agent.phone.configuration import ConfigurationRefused
from agent.phone.events import ContactsChanged
from agent.phone.menu.answers import Erased
from agent.phone.settings import PhoneSettings
from agent.phone.station import Station
from agent.ports import Household, Parts
from agent.pump import Event, GateWoken, Pump, TimerFired
from agent.redact import configure_logging
from agent.screens.render import render
from agent.self_check import SelfCheck
from agent.sip.endpoint import SipEndpoint
from agent.sip.errors import SipError
from agent.slack import keep_giving_back
from agent.store import (
    DATABASE,
    Store,
    StoreError,
    TlsIdentity,
    fingerprint_of,
    read_tls_identity,
)
from agent.systemd import Systemd
from agent.update import desk as update_desk
from agent.update.desk import UpdateDesk
from agent.version import VERSION
from agent.zrtp import Identity, Session
from hw.board import Board

log = logging.getLogger(__name__)


class Ending(Enum):
    """What comes after the phone has ended."""

    OFF = auto()
    ERASE = auto()
    """Everything is erased, and a new phone begins."""
    AGAIN = auto()
    """The same phone begins with another configuration."""


class StartError(Exception):
    """The phone cannot start; the message is a sentence for the person who can mend it."""


def run(options: RunOptions) -> int:
    """Runs the phone until SIGTERM or SIGINT; returns the exit status.

    Raises:
        ConfigError: The configuration will not do.
    """
    try:
        whole = following.whole_configuration(options.config)
    except ConfigError as error:
        last_words.say(error)
        raise
    config = whole.config
    configure_logging(config.log_level, secrets=(*whole.own.secrets, *config.secrets))
    if config.log_level != "DEBUG":
        forbid_core_files()
    following.begin_trial(whole)
    environment = dict(os.environ)
    erased = fresh_start.told(os.environ) or fresh_start.finish(config)
    try:
        has_unit = fresh_start.has_unit(config, environment)
        ending = asyncio.run(_serve(whole, erased, has_unit=has_unit))
    except (StartError, BoardError, StoreError, SipError) as error:
        log.critical("the phone cannot start: %s", error)
        last_words.say_cannot_start(str(error), config.file)
        return last_words.TOLD
    if ending is Ending.ERASE:
        fresh_start.begin_anew(config, environment)
    if ending is Ending.AGAIN:
        fresh_start.begin_again(environment)
    return 0


class _Loop:
    """The asyncio side of the pump: threads in, one timer, orders to SIP."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._orders: set[asyncio.Task[None]] = set()
        self._stopping = False
        self.post: Callable[[Event], None] = self._early
        self.watchers: list[Callable[[], None]] = []

    @staticmethod
    def _early(event: Event) -> None:
        log.warning("%s before the phone was ready", type(event).__name__)

    def emit(self, event: Event) -> None:
        """Takes an event from any thread."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: the phone is off
            self._loop.call_soon_threadsafe(lambda: self.post(event))

    def arm_timer(self, when: float) -> None:
        """Asks for `TimerFired` at this monotonic second, and at no other."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(when, lambda: self.post(TimerFired()))

    def spawn(self, order: Coroutine[Any, Any, None]) -> None:
        """Starts an order to SIP; a failure is told in the journal."""
        if self._stopping:
            order.close()
            return
        task = self._loop.create_task(order)
        self._orders.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._orders.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("an order to SIP failed: %s", error, exc_info=error)

    def stop_orders(self) -> None:
        """From now on SIP is told nothing more; what it says is still written down."""
        self._stopping = True

    def turned(self) -> None:
        """The pump has handled an event."""
        for look_soon in self.watchers:
            look_soon()

    def watch_gate(self) -> None:
        """Lets the gate wake the loop."""
        self._loop.add_reader(gate.fileno(), lambda: self.post(GateWoken()))

    def close(self) -> None:
        """Stops the timer and the gate's waking."""
        self._loop.remove_reader(gate.fileno())
        if self._timer is not None:
            self._timer.cancel()


async def _serve(whole: Whole, erased: Erased | None, *, has_unit: bool) -> Ending:
    """Until somebody ends it."""
    stop = asyncio.Event()
    eraser = Eraser(whole.config.phone.state_dir, stop.set, has_unit=has_unit)
    again = asyncio.Event()

    def begin_again() -> None:
        again.set()
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with contextlib.AsyncExitStack() as closing:
        await _build(whole, closing, eraser, erased, begin_again)
        systemd = Systemd.from_environment()
        systemd.ready()
        following.end_trial(whole)
        log.info("ready")
        for habit in (_feed_watchdog(systemd), keep_giving_back()):
            closing.callback(loop.create_task(habit).cancel)
        await stop.wait()
        ending = Ending.AGAIN if again.is_set() else Ending.OFF
        if eraser.wanted:
            ending = Ending.OFF if eraser.by_unit else Ending.ERASE
        if ending is Ending.OFF:  # else the same process goes on
            systemd.stopping()
    return ending


async def _build(
    whole: Whole,
    closing: contextlib.AsyncExitStack,
    eraser: Eraser,
    erased: Erased | None,
    begin_again: Callable[[], None],
) -> None:
    config, clock, bridge = whole.config, SystemClock(), _Loop()
    store = Store.open(config.phone.state_dir / DATABASE, clock.wall, os.urandom)
    closing.callback(store.close)
    closing.callback(_empty, store, eraser)
    identity = _tls(config, store)
    board = open_board(config)
    told = _told(config, store)
    phone = Station(told, settings.choices())
    fleet = _following(whole, phone, bridge, begin_again)
    updates = _updates(phone, bridge)
    home = _household(config, told, identity, bridge, ends=(eraser, erased))
    associations = Associations(gate, _sessions(config, store, clock))
    about_sip = settings.sip_settings(config, identity, store.instance_id)
    endpoint = SipEndpoint(about_sip, bridge.emit, gate.install, board.handset.devices)
    parts = Parts(
        clock=clock,
        phone=phone,
        store=store,
        sip=endpoint,
        gate=gate,
        board=board,
        render=render,
        candidates=settings.sas_candidates(config, os.urandom),
        tones=lambda country: settings.tones(country or config.phone.country),
        ring_tone=config.phone.ring_tone,
        spawn=bridge.spawn,
        arm_timer=bridge.arm_timer,
        ask_enrolment=config.zrtp.pbx_enrolment == "ask",
        turned=bridge.turned,
        household=replace(home, configuration=fleet.told, answer_update=updates.answer),
    )
    bridge.post = Pump(parts, associations).post
    closing.callback(bridge.close)
    await endpoint.start()
    closing.push_async_callback(endpoint.stop)
    closing.callback(bridge.stop_orders)
    bridge.watch_gate()
    associations.fill_stock()
    await _begin(config, parts, store, bridge, closing)
    closing.callback(updates.close)
    if update_desk.is_wanted(config.phone.state_dir):
        updates.start()
    closing.callback(fleet.start())


async def _begin(
    config: Config, parts: Parts, store: Store, bridge: _Loop, closing: contextlib.AsyncExitStack
) -> None:
    """From now on there is something to be seen and to be pressed."""
    _watch_network(config, bridge, closing)
    machine = MachineWatcher(bridge.post)
    closing.callback(machine.close)
    _start_board(parts.board, bridge.emit)
    closing.callback(parts.board.close)
    bridge.post(TimerFired())
    machine.start()
    await _start_control(config, parts, store, bridge, closing)
    _tell_of_memory(store)


def _watch_network(config: Config, bridge: _Loop, closing: contextlib.AsyncExitStack) -> None:
    """A phone that listens on loopback alone lives on this machine: no cable concerns it."""
    if ipaddress.ip_address(config.sip.listen_host.strip("[]")).is_loopback:
        return
    watcher = NetworkWatcher(bridge.post)
    try:
        watcher.start()
    except OSError as error:
        log.warning("a cable that is pulled will not be noticed: %s", error)
        return
    closing.callback(watcher.close)


def _following(
    whole: Whole, phone: Station, bridge: _Loop, begin_again: Callable[[], None]
) -> Following:
    clock = SystemClock()
    fleet = Following(
        whole,
        clock,
        report=lambda: phone.report(clock.monotonic()),
        apply=begin_again,
        refused=lambda reason: bridge.post(ConfigurationRefused(reason)),
    )
    bridge.watchers.append(fleet.look_soon)
    return fleet


def _updates(phone: Station, bridge: _Loop) -> UpdateDesk:
    clock = SystemClock()
    return UpdateDesk(bridge.emit, lambda: following.is_idle(phone.report(clock.monotonic())))


def _tell_of_memory(store: Store) -> None:
    if store.set_aside is not None:
        log.error("the database was damaged and lies in %s now; trust starts anew", store.set_aside)
    if store.restored:
        log.error(
            "the phone's memory was moved or restored (%s): every phone is to be verified anew",
            store.restored,
        )


def _told(config: Config, store: Store) -> PhoneSettings:
    """What the phone is told once: the configuration, and over it what the person chose."""
    told = settings.phone_settings(config, store.contacts(), restored=bool(store.restored))
    preferences, problems = preference_rows.read(store.preferences(), told.preferences)
    for problem in problems:
        log.warning("%s", problem)
    return replace(told, preferences=preferences)


def _household(
    config: Config,
    told: PhoneSettings,
    identity: TlsIdentity,
    bridge: _Loop,
    *,
    ends: tuple[Eraser, Erased | None],
) -> Household:
    """What the menu shows and does besides the memory; `ends`: of this phone, and the one before."""
    erase, erased = ends
    configured = settings.configured(config)
    return Household(
        preferences=told.preferences,
        configured=configured.contacts,
        domain=configured.domain,
        dial_contacts=partial(settings.dial_contacts, config),
        addresses=own_addresses,
        fingerprint=fingerprint_of(identity.certificate),
        version=VERSION,
        started=SystemClock().monotonic(),
        check=SelfCheck(config.file, bridge.spawn, bridge.emit),
        erase=erase,
        reset=erase.reset,
        erased=erased,
    )


def _empty(store: Store, eraser: Eraser) -> None:
    """Before the files are destroyed: what is in them is overwritten by the database itself."""
    if not eraser.wanted:
        return
    try:
        store.forget_everything()
    except StoreError as error:
        log.error("the database cannot be emptied, only destroyed: %s", error)  # noqa: TRY400


def _sessions(config: Config, store: Store, clock: SystemClock) -> NewSession:
    return partial(
        Session,
        identity=Identity(store.zid, "Sotto"),
        store=store,
        randbytes=os.urandom,
        wall_clock=clock.wall,
        offer=settings.offer(config),
        prefer_preshared=config.zrtp.preshared,
    )


def _tls(config: Config, store: Store) -> TlsIdentity:
    if config.sip.certificate is not None and config.sip.private_key is not None:
        return read_tls_identity(config.sip.certificate, config.sip.private_key)
    return store.tls_identity(config.phone.name)


async def _start_control(
    config: Config, parts: Parts, store: Store, bridge: _Loop, closing: contextlib.AsyncExitStack
) -> None:
    """Answers the machine's shell; where that cannot be, the phone is a phone all the same."""
    about = About(
        name=config.phone.name,
        version=VERSION,
        started=parts.clock.monotonic(),
        configured=settings.configured(config),
        configuration=parts.household.configuration,
    )
    desk = Desk(
        about,
        parts.clock,
        parts.phone,
        store,
        order=bridge.post,
        serve_timer=lambda: bridge.post(TimerFired()),
        contacts_changed=lambda kept: bridge.post(
            ContactsChanged(settings.dial_contacts(config, kept))
        ),
    )
    try:
        listener = listen(config.phone.control_socket)
    except ControlSocketError as error:
        log.warning("no control socket, so `sotto status` and its like cannot ask: %s", error)
        return
    server = ControlServer(desk, parts.clock)
    await server.start(listener)
    closing.callback(server.close)
    bridge.watchers.append(server.look_soon)


def _start_board(board: Board, emit: Callable[[Event], None]) -> None:
    try:
        board.start(emit)
    except OSError as error:
        raise StartError(f"the board does not start: {error}") from None


async def _feed_watchdog(systemd: Systemd) -> None:
    """Tells systemd that the loop turns, twice in each of its periods."""
    period = systemd.watchdog_period
    while period:
        systemd.watchdog()
        await asyncio.sleep(period / 2)
