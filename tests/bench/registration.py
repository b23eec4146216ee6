"""From a server that fails to the picture that says so, and from its return to "Ready" on it.

The silence of a server that vanished is found by the phone's own pings: so the figure depends on
where between two of them it began.
"""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

from bench.figures import Figure

from agent.demo.person import Person
from hw.types import Key
from support.outpost import PATIENCE_S, Outpost, is_ready, outpost
from support.sip_server import SipServer

RUNS: Final = 3
LASTS_S: Final = 8
"""So long does a server by hand let a registration last."""
_WRONG: Final = "10.9.0.10"
"""An address in a certificate that is not the server's."""

Times = dict[str, list[float]]


def measure() -> Iterator[Figure]:
    """One whole phone and its server, which fails in every way, again and again."""
    times: Times = {}
    with (
        tempfile.TemporaryDirectory(prefix="sotto-") as folder,
        outpost(Path(folder)) as place,
        asyncio.Runner() as runner,
    ):
        runner.run(_all(place, times))
    for name, runs in times.items():
        yield Figure(name, "ms", runs)


async def _all(place: Outpost, times: Times) -> None:
    async with place.person() as person:
        for _ in range(RUNS):
            await _ends(place, person, times)
        with place.kamailio(place.certificate()):
            await _panel(person, ready=True)
            for _ in range(RUNS):
                await _is_cut_off(place, person, times)
        with place.by_hand() as server:
            for _ in range(RUNS):
                await _has_a_fault(server, person, times)


async def _ends(place: Outpost, person: Person, times: Times) -> None:
    """It ends, comes back with the wrong certificate, and then with the right one."""
    with place.kamailio(place.certificate()):
        await _panel(person, ready=True)
        began = time.monotonic()
    async with _timed(times, "server ended to told on the panel", began):
        await _panel(person, ready=False)
    with place.kamailio(place.certificate(_WRONG)):
        async with _timed(times, "server back with a wrong certificate to told"):
            await person.sees("Certificate of", patience=PATIENCE_S)
    with place.kamailio(place.certificate()):
        async with _timed(times, "server back to Ready on the panel"):
            await _panel(person, ready=True)
    await _panel(person, ready=False)


async def _is_cut_off(place: Outpost, person: Person, times: Times) -> None:
    async with _timed(times, "cable out to told on the panel"):
        place.cable.pull()
        await _panel(person, ready=False)
    async with _timed(times, "cable in to Ready on the panel"):
        place.cable.put_back()
        await _panel(person, ready=True)
    async with _timed(times, "server silent to told on the panel"):
        place.fall_silent()
        await _panel(person, ready=False)
    async with _timed(times, "server no longer silent to Ready on the panel"):
        place.speak_again()
        await _panel(person, ready=True)
    place.fall_silent()
    await person.phone.lift()
    await person.phone.dial("55")
    async with _timed(times, "dialled in silence to told on the panel"):
        await person.phone.press(Key.CALL)
        await person.sees("does not answer", patience=PATIENCE_S)
    place.speak_again()
    await person.phone.replace()
    await _panel(person, ready=True)


async def _has_a_fault(server: SipServer, person: Person, times: Times) -> None:
    _admit(server)
    await _panel(person, ready=True)
    server.next("REGISTER").answer("503 Service Unavailable")
    async with _timed(times, "answer of 503 to told on the panel"):
        await _panel(person, ready=False)
    async with _timed(times, "503 told to Ready on the panel"):
        _admit(server)
        await _panel(person, ready=True)


def _admit(server: SipServer) -> None:
    request = server.next("REGISTER")
    contact = request.header("Contact")
    request.answer("200 OK", headers=f"Contact: {contact};expires={LASTS_S}\r\n")


async def _panel(person: Person, *, ready: bool) -> None:
    """Waits until the panel says that the phone is ready, or something else."""
    async with asyncio.timeout(PATIENCE_S):
        await person.phone.until(lambda state: is_ready(state) is ready)


@contextlib.asynccontextmanager
async def _timed(times: Times, name: str, began: float | None = None) -> AsyncIterator[None]:
    """Keeps how many milliseconds it took, from some moment or from now."""
    since = time.monotonic() if began is None else began
    yield
    times.setdefault(name, []).append(1000 * (time.monotonic() - since))
