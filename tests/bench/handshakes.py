"""How long ZRTP takes between whom, by which key agreement, over which line.

Two times of each call: from the first Hello that is sent to the Conf2ACK that arrives, on the
wire; and from the callee's answer (the handset lifted, "answer" typed) until both show the SAS.
Nobody confirms it, so that each call is of the same kind. Sotto reaches Linphone by way of a
Kamailio on the same machine, since linphonec takes no direct call by TLS.
"""

import asyncio
import contextlib
import random
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from bench.abreast import Job
from bench.figures import Figure
from bench.rivals import long_speech

from agent.demo.household import DemoError
from agent.demo.person import Person
from support import daemon, linphone
from support.certificates import Authority, self_signed
from support.couple import Couple, couple
from support.kamailio import Kamailio
from support.linphone import Linphone, Wish
from support.pcap import Datagram
from support.relay import Relay, relaying

CALLS: Final = 10
CALLS_FAR: Final = 5
"""Over a slow and bad line."""
_PORTS: Final = "{ 16400-18399, 27000-27399 }"
_SEED: Final = 6189
_STILL_S: Final = 0.1
_SHARED: Final = ("DH3k", "X255")
_OURS: Final = (*_SHARED, "X3M3")
_SOTTO: Final = f"sip:alice@localhost:{daemon.ALICE.sip_port};transport=tls"


@dataclass(frozen=True, slots=True)
class Line:
    """What is between the phones.

    Attributes:
        name: For the table.
        delay_s: Each way.
        loss: The share of packets that get lost.
    """

    name: str
    delay_s: float = 0.0
    loss: float = 0.0


LINES: Final = (
    Line("loopback"),
    Line("50 ms, 5 % loss", 0.05, 0.05),
    Line("200 ms, 5 % loss", 0.2, 0.05),
)


@dataclass(slots=True)
class Wire:
    """The line at work; carries a call's packets and knows when its exchange was over.

    Attributes:
        began: When the first Hello was sent; None: not yet.
        ended: When the first Conf2ACK arrived.
        is_cut: Whether what is under way is lost.
    """

    line: Line
    relay: Relay
    loop: asyncio.AbstractEventLoop
    chance: random.Random = field(default_factory=lambda: random.Random(_SEED))
    began: float | None = None
    ended: float | None = None
    is_cut: bool = False

    def carry(self, packet: Datagram) -> list[Datagram]:
        """A `Tamper`."""
        if packet.zrtp == "Hello" and self.began is None:
            self.began = time.monotonic()
        if self.chance.random() < self.line.loss:
            return []
        if not self.line.delay_s:
            self._arrived(packet)
            return [packet]
        self.loop.call_later(self.line.delay_s, self._deliver, packet)
        return []

    def _deliver(self, packet: Datagram) -> None:
        if not self.is_cut:
            self._arrived(packet)
            self.relay.inject(packet)

    def _arrived(self, packet: Datagram) -> None:
        if packet.zrtp == "Conf2ACK" and self.began is not None and self.ended is None:
            self.ended = time.monotonic()

    def take(self) -> float | None:
        """Milliseconds of the exchange that is over; the next one is another call's."""
        began, ended = self.began, self.ended
        self.began = self.ended = None
        return None if began is None or ended is None else 1000 * (ended - began)


Call = Callable[[], Awaitable[float]]
"""A whole call; returns the seconds from the answer until both were secure."""
Talkers = Callable[[asyncio.Runner, str], contextlib.AbstractContextManager[Call]]
"""Two phones that run, with a key agreement."""


def measure() -> Iterator[Figure | str]:
    """Every pair and key agreement on loopback, one after the other."""
    if not linphone.available():
        yield "Linphone: left out, linphonec 5.1 is not installed (linphone-cli)."
    yield "All packets of these calls pass a relay in Python, on loopback as well: some 0.2 ms each."
    for each in _kinds():
        yield from _between(*each, LINES[:1])


def far() -> list[Job]:
    """Each pair and key agreement on the slow and bad lines, as a job of its own."""
    return [partial(_between, *each, LINES[1:]) for each in _kinds()]


def _kinds() -> list[tuple[str, Talkers, str]]:
    return [
        (who, talkers, agreement)
        for who, talkers, agreements in _PAIRS
        if linphone.available() or "Linphone" not in who
        for agreement in agreements
    ]


def _between(
    who: str, talkers: Talkers, agreement: str, lines: tuple[Line, ...]
) -> Iterator[Figure | str]:
    with asyncio.Runner() as runner, talkers(runner, agreement) as call:
        for line in lines:
            yield from _over(runner, call, line, f"{who}, {agreement}, {line.name}")


def _over(runner: asyncio.Runner, call: Call, line: Line, what: str) -> Iterator[Figure | str]:
    exchanges: list[float] = []
    waits: list[float] = []
    failed = 0
    loop = runner.get_loop()
    with relaying(loop, _PORTS) as relay:
        wire = Wire(line, relay, loop)
        relay.tamper = wire.carry
        for _ in range(CALLS_FAR if line.delay_s else CALLS):
            try:
                waits.append(1000 * runner.run(_awaited(call)))
            except (AssertionError, DemoError, TimeoutError):
                failed += 1
            runner.run(asyncio.sleep(2 * line.delay_s + _STILL_S))  # nothing of it is under way now
            if (took := wire.take()) is not None:
                exchanges.append(took)
            relay.seen.clear()
        wire.is_cut = True
    if exchanges:
        yield Figure(f"{what}: Hello to Conf2ACK", "ms", exchanges)
    if waits:
        yield Figure(f"{what}: answer to both secure", "ms", waits)
    if failed:
        yield f"{what}: {failed} calls did not become secure."


async def _awaited(call: Call) -> float:
    return await call()


@contextlib.contextmanager
def _sottos(runner: asyncio.Runner, agreement: str) -> Iterator[Call]:
    with couple(_only(agreement), runner=runner) as both:
        yield lambda: _sotto_calls_sotto(both)


async def _sotto_calls_sotto(both: Couple) -> float:
    try:
        await both.dial()
        lifted = time.monotonic()
        await both.secure()
        return time.monotonic() - lifted
    finally:
        await both.rest()


@contextlib.contextmanager
def _linphones(runner: asyncio.Runner, agreement: str) -> Iterator[Call]:
    with _living(runner, lambda folder: _two_linphones(folder, agreement)) as call:
        yield call


@contextlib.asynccontextmanager
async def _two_linphones(folder: Path, agreement: str) -> AsyncIterator[Call]:
    setups = [
        _setup(folder, name, agreement, sip_port=25070 + n, tls_port=25080 + n, rtp=27000 + 200 * n)
        for n, name in enumerate(("lina", "linb"))
    ]
    async with linphone.linphone(setups[0]) as caller, linphone.linphone(setups[1]) as callee:
        uri = f"sip:{linphone.USER}@127.0.0.1:{setups[1].sip_port}"

        async def call() -> float:
            await caller.call(uri)
            lifted = await _linphone_answers(callee)
            await asyncio.gather(caller.sas(), callee.sas())
            took = time.monotonic() - lifted
            await caller.hangs_up()
            await callee.says("ended")
            return took

        yield call


@contextlib.contextmanager
def _linphone_to_sotto(runner: asyncio.Runner, agreement: str) -> Iterator[Call]:
    with _living(runner, lambda folder: _direct(folder, agreement)) as call:
        yield call


@contextlib.asynccontextmanager
async def _direct(folder: Path, agreement: str) -> AsyncIterator[Call]:
    home = daemon.furnish(folder, _only(agreement))
    setup = _setup(folder, "lin", agreement)
    async with daemon.living_at(home) as alice, linphone.linphone(setup) as lin:

        async def call() -> float:
            await lin.call(_SOTTO)
            await alice.phone.until(lambda state: state.tone is not None)
            await alice.phone.lift()
            lifted = time.monotonic()
            took = await _both_secure(alice, lin, lifted)
            await lin.hangs_up()
            await daemon.hangs_up(alice, "Direct calls only")
            return took

        yield call


@contextlib.contextmanager
def _sotto_to_linphone(runner: asyncio.Runner, agreement: str) -> Iterator[Call]:
    with _living(runner, lambda folder: _by_server(folder, agreement)) as call:
        yield call


@contextlib.asynccontextmanager
async def _by_server(folder: Path, agreement: str) -> AsyncIterator[Call]:
    authority = Authority(folder)
    with Kamailio(folder, authority.issue("localhost")) as server:
        account = _ACCOUNT.format(port=server.port, ca_file=authority.file)
        home = daemon.furnish(folder, account + _only(agreement))
        uri = f"sip:localhost:{server.port};transport=tls"
        setup = _setup(folder, "lin", agreement, server=uri)
        async with daemon.living_at(home) as alice, linphone.linphone(setup) as lin:
            await alice.sees("Ready")

            async def call() -> float:
                await daemon.dials(alice, "102")
                lifted = await _linphone_answers(lin)
                took = await _both_secure(alice, lin, lifted)
                await daemon.hangs_up(alice, "Ready")
                await lin.says("ended")
                return took

            yield call


async def _linphone_answers(lin: Linphone) -> float:
    await lin.says(r"Receiving new incoming call")
    lifted = time.monotonic()
    await lin.order("answer")
    return lifted


async def _both_secure(alice: Person, lin: Linphone, lifted: float) -> float:
    hers, his = await asyncio.gather(daemon.reads_sas(alice), lin.sas())
    took = time.monotonic() - lifted
    assert hers == his.lower()
    return took


def _setup(
    folder: Path,
    name: str,
    agreement: str,
    *,
    sip_port: int = 0,
    tls_port: int = linphone.TLS_PORT,
    rtp: int = linphone.RTP_PORT,
    server: str = "",
) -> linphone.Setup:
    home = folder / name
    home.mkdir()
    return linphone.Setup(
        home,
        self_signed(folder, name),
        long_speech(home),
        Wish(agreement),
        server=server,
        password="secret of lin" if server else "",
        sip_port=sip_port,
        tls_port=tls_port,
        rtp_port=rtp,
    )


@contextlib.contextmanager
def _living(
    runner: asyncio.Runner,
    phones: Callable[[Path], contextlib.AbstractAsyncContextManager[Call]],
) -> Iterator[Call]:
    with tempfile.TemporaryDirectory(prefix="sotto-bench-") as name:
        living = contextlib.AsyncExitStack()
        try:
            yield runner.run(living.enter_async_context(phones(Path(name))))
        finally:
            runner.run(living.aclose())


def _only(agreement: str) -> str:
    return f'\n[zrtp]\nkey_agreements = ["{agreement}"]\n'


_ACCOUNT: Final = """
[[account]]
name = "Office"
uri = "sip:alice@localhost"
password = "secret of alice"
registrar = "sip:localhost:{port}"
ca_file = "{ca_file}"

[[contact]]
name = "Lin"
number = "102"
uri = "sip:lin@localhost"
"""
_PAIRS: Final[tuple[tuple[str, Talkers, tuple[str, ...]], ...]] = (
    ("Sotto to Sotto", _sottos, _OURS),
    ("Linphone to Linphone", _linphones, _SHARED),
    ("Linphone to Sotto", _linphone_to_sotto, _SHARED),
    ("Sotto to Linphone", _sotto_to_linphone, _SHARED),
)
