"""A whole SIP endpoint in a process of its own: PJSIP exists only once in a process."""

import asyncio
import contextlib
import ctypes
import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from uuid import UUID

from agent.media.gate_events import Counters
from agent.sip.events import Answered, IncomingCall, SipEvent
from agent.sip.settings import AccountSettings, ServerTrust, SipSettings
from hw.board import HandsetDevices
from support.certificates import self_signed
from support.waiting import SLOWER

E = TypeVar("E")

PATIENCE_S: Final = 15.0 * SLOWER
_START_S: Final = 60.0 * SLOWER
"""A new process reads all of Python first: on a machine that does much else, that is long."""


@dataclass(frozen=True)
class Done:
    """An order was carried out; `seconds` is how long that took in the phone's process."""

    seconds: float


@dataclass(frozen=True)
class Failed:
    """An order was refused."""

    reason: str


class SipPhone:
    """The phone, from the outside.

    Args:
        settings: Its SIP.
        handset: Where its sound comes from and goes to.
        gated: Whether the gate stands in the path of its media.
        breaks_on: An event that the phone's own program cannot take: it raises instead.
        keyed: Where the database of a phone with ZRTP goes; None: it has none. Such a phone
            tells what its pump tells the phone, beside SIP's events, and its media are gated.
        name_server: The one name server that it asks, and a folder for its resolv.conf; None:
            those of this machine.
        gives_up_ms: How long a gated phone waits for answers and ACKs; 0: 32 s (RFC 3261's 64*T1).
    """

    def __init__(
        self,
        settings: SipSettings,
        handset: HandsetDevices | None = None,
        *,
        gated: bool = False,
        breaks_on: type[object] | None = None,
        keyed: Path | None = None,
        name_server: tuple[str, Path] | None = None,
        gives_up_ms: int = 0,
    ) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._line, theirs = spawn.Pipe()
        manner = _Manner(gated, breaks_on, keyed, name_server, gives_up_ms)
        arguments = (settings, handset or HandsetDevices(), theirs, manner)
        self._process = spawn.Process(target=_main, args=arguments)
        self._seen: deque[object] = deque()
        self._vanished = False
        self._process.start()
        theirs.close()
        try:
            self.started_in = self._done("start", _START_S).seconds
        except AssertionError:
            self.vanish()  # or its port would be taken when the test has its second try
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        code = self.stop()
        # PJSIP aborts the process for what it does not like, often only at the very end.
        assert kind is not None or self._vanished or code == 0, (
            f"the phone's process ended with {code}"
        )

    @property
    def pid(self) -> int:
        """Of its process."""
        assert self._process.pid is not None
        return self._process.pid

    def passed(self, call: str) -> Counters:
        """What has passed the gate of a keyed phone's call so far."""
        self._line.send(("passed", (call,)))
        self._done("passed")
        return self._counters

    def order(self, name: str, *arguments: object, **named: object) -> float:
        """Calls a method of the endpoint; returns how many seconds it took."""
        self._line.send((name, (*arguments, _Named(named)) if named else arguments))
        return self._done(name).seconds

    def wait_for(
        self,
        kind: type[E],
        matching: Callable[[E], bool] = lambda _: True,
        patience: float = PATIENCE_S,
    ) -> E:
        """The next event of a kind; earlier ones of other kinds are passed over."""
        until = time.monotonic() + patience
        passed: list[object] = []
        while True:
            event = self._next(until)
            if event is None:
                raise AssertionError(f"no {kind.__name__}, but {passed}")
            if isinstance(event, kind) and matching(event):
                return event
            passed.append(event)

    def events(self, for_s: float) -> list[object]:
        """Everything that happens within a time, and what nobody has asked for before."""
        until = time.monotonic() + for_s
        found = list(self._seen)
        self._seen.clear()
        while (event := self._next(until)) is not None:
            found.append(event)
        return found

    def vanish(self) -> None:
        """Its plug is pulled: not a word to anybody."""
        self._vanished = True
        self._process.kill()
        self._process.join()

    def stop(self) -> int | None:
        """Stops the endpoint and its process; returns the process' exit code."""
        if self._process.is_alive():
            self._line.send(("stop", ()))
            self._process.join(PATIENCE_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        return self._process.exitcode

    def _next(self, until: float) -> object | None:
        if self._seen:
            return self._seen.popleft()
        while self._line.poll(max(0.0, until - time.monotonic())):
            message: object = self._line.recv()
            assert not isinstance(message, Done | Failed), message
            return message
        return None

    def _done(self, order: str, patience: float = PATIENCE_S) -> Done:
        until = time.monotonic() + patience
        while self._line.poll(max(0.0, until - time.monotonic())):
            message = self._line.recv()
            assert not isinstance(message, Failed), message.reason
            if isinstance(message, Done):
                return message
            if isinstance(message, Counters):
                self._counters = message
                continue
            self._seen.append(message)
        raise AssertionError(f"no answer to {order}")


def settings_for(folder: Path, port: int, **changes: Any) -> SipSettings:
    """A phone's settings on loopback, with a certificate of its own.

    Args:
        folder: Where its certificate goes.
        port: Its SIP port; its RTP ports follow from it.
        changes: Fields that differ.
    """
    identity = self_signed(folder, f"phone-{port}")
    fields: dict[str, Any] = {
        "display_name": f"Phone {port}",
        "instance_id": UUID(int=port).urn,
        "certificate": identity.certificate,
        "private_key": identity.private_key,
        "listen_host": "127.0.0.1",
        "listen_port": port,
        "rtp_port_min": 16384 + (port % 100) * 100,
    }
    return SipSettings(**fields | changes)


def account_at(
    port: int,
    ca_file: Path | None,
    *,
    user: str = "alice",
    host: str = "localhost",
    password: str | None = None,
    registrar: str = "",
    **demands: Any,
) -> AccountSettings:
    """An account named "work" at a server on loopback; passwords are as support.kamailio has them.

    Args:
        port: The server's.
        ca_file: Who may vouch for it; None: whom the system trusts.
        user: Whose.
        host: The server's name.
        password: Another one than the right one.
        registrar: A name to look for instead of host and port.
        demands: What the server must prove besides.
    """
    return AccountSettings(
        name="work",
        uri=f"sip:{user}@{host}",
        user=user,
        password=password or f"secret of {user}",
        registrar=f"sip:{registrar or f'{host}:{port}'}",
        trust=ServerTrust(ca_file=ca_file, **demands),
    )


@dataclass(frozen=True)
class _Named:
    """An order's arguments that go by name."""

    values: dict[str, object]


@dataclass(frozen=True)
class _Manner:
    """What kind of phone it is; see `SipPhone`."""

    gated: bool
    breaks_on: type[object] | None
    keyed: Path | None
    name_server: tuple[str, Path] | None
    gives_up_ms: int


def _main(
    settings: SipSettings, handset: HandsetDevices, line: Connection, manner: _Manner
) -> None:
    if manner.name_server is not None:
        # It wants pytest, which the card of make bench-image has not.
        from support.dns_server import use_name_server  # noqa: PLC0415

        use_name_server(*manner.name_server)
    if manner.keyed is not None:
        asyncio.run(_serve_keyed(settings, handset, line, manner.keyed))
    else:
        asyncio.run(_serve(settings, handset, line, manner))


async def _serve(
    settings: SipSettings,
    handset: HandsetDevices,
    line: Connection,
    manner: _Manner,
) -> None:
    # Only this process may have PJSIP: the tests' own must not even import it.
    from agent.sip.endpoint import SipEndpoint  # noqa: PLC0415

    loop = asyncio.get_running_loop()

    def emit(event: SipEvent) -> None:
        if manner.breaks_on is not None and isinstance(event, manner.breaks_on):
            raise RuntimeError("out of order")
        loop.call_soon_threadsafe(line.send, event)

    endpoint = SipEndpoint(settings, emit, _installer(manner), handset)
    await _obey(line, lambda name, arguments: _carry_out(endpoint, name, arguments))


async def _serve_keyed(
    settings: SipSettings, handset: HandsetDevices, line: Connection, database: Path
) -> None:
    from agent.sip.endpoint import SipEndpoint  # noqa: PLC0415 - see above
    from support.keyed_phone import KeyedLine  # noqa: PLC0415

    loop = asyncio.get_running_loop()

    def emit(event: SipEvent) -> None:
        def take() -> None:
            line.send(event)
            keyed.post(event)

        loop.call_soon_threadsafe(take)

    endpoint = SipEndpoint(settings, emit, _gate_installer(), handset)
    keyed = KeyedLine(endpoint, database, line.send)

    async def carry_out(name: str, arguments: tuple[object, ...]) -> Done | Failed:
        if name == "passed":
            line.send(keyed.passed(str(arguments[0])))
            return Done(0.0)
        result = await _carry_out(endpoint, name, arguments)
        if name == "start":
            keyed.begin()
        if name == "stop":
            keyed.close()
        return result

    await _obey(line, carry_out)


async def _obey(
    line: Connection,
    carry_out: Callable[[str, tuple[object, ...]], Coroutine[Any, Any, Done | Failed]],
) -> None:
    """Starts, and carries out what the test orders until it orders to stop."""
    loop = asyncio.get_running_loop()
    orders: asyncio.Queue[tuple[str, tuple[object, ...]]] = asyncio.Queue()

    def read() -> None:
        try:
            orders.put_nowait(line.recv())
        except EOFError:  # the test is gone
            loop.remove_reader(line.fileno())
            orders.put_nowait(("stop", ()))

    loop.add_reader(line.fileno(), read)
    name: str = "start"
    arguments: tuple[object, ...] = ()
    while True:
        result = await carry_out(name, arguments)
        with contextlib.suppress(BrokenPipeError):
            line.send(result)
        if name == "stop" or (name == "start" and isinstance(result, Failed)):
            return
        name, arguments = await orders.get()


async def _carry_out(endpoint: object, name: str, arguments: tuple[object, ...]) -> Done | Failed:
    begun = time.perf_counter()
    named = arguments[-1].values if arguments and isinstance(arguments[-1], _Named) else {}
    plain = arguments[:-1] if named else arguments
    try:
        await getattr(endpoint, name)(*plain, **named)
    except Exception as error:  # noqa: BLE001 - the test on the other side judges it
        return Failed(f"{type(error).__name__}: {error}")
    return Done(time.perf_counter() - begun)


def _installer(manner: _Manner) -> Callable[[], None]:
    if not manner.gated:
        return _nothing
    install = _gate_installer()

    def hasten() -> None:
        install()
        if manner.gives_up_ms:
            ctypes.CDLL("libpjsip.so.2").pjsip_tsx_set_timers(0, 0, 0, manner.gives_up_ms)

    return hasten


def _gate_installer() -> Callable[[], None]:
    from agent.media import gate  # noqa: PLC0415 - see above

    return gate.install


def _nothing() -> None:
    """No gate."""


def talk(caller: SipPhone, callee: SipPhone) -> None:
    """A call, named "call" by its caller, that both have on the handset; the other one is at 5062."""
    caller.order("dial", "call", "sip:127.0.0.1:5062", None)
    name = callee.wait_for(IncomingCall).call
    callee.order("answer", name)
    for phone, call in ((caller, "call"), (callee, name)):
        phone.wait_for(Answered)
        phone.order("connect_audio", call)
