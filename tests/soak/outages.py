"""The network is taken away in a call, addresses change, and the server is restarted."""

import asyncio
import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from bench.processes import pid_of
from cryptography import x509
from soak.calls import Tries
from soak.holdings import Course
from soak.rows import Row

from agent.sip.roaming import LIMIT_S
from agent.sip.settings import Backoff
from support.certificates import Authority
from support.couple import CALLEE, CALLER, Side
from support.hosts import Host
from support.kamailio import Kamailio, Office
from support.travellers import (
    SILENT,
    Server,
    Travellers,
    call,
    hear_each_other,
    is_cut,
    meet,
    talking,
    travellers,
)

PART: Final = "network"
SERVER_PART: Final = "server"
ABSENCES_S: Final = (1.0, 10.0, 60.0)
MOVES: Final = 10
_NOTICED_S: Final = 3.0
"""A shorter absence may be over before the panel has said so."""
_RETURN_S: Final = 1.5 * Backoff().limit_s
"""A phone asks its server again and again, and after some refusals only once a minute."""
_ADDRESS: Final = "10.9.0.9"


def taken_away() -> Iterator[Row]:
    """A cable is pulled in a call for so long, and then for a while the caller is elsewhere."""
    with travellers() as pair:
        pair.both.run(meet(pair))
        for seconds in ABSENCES_S:
            tries, back = Tries(), list[float]()
            lost = seconds > LIMIT_S
            story = _lost(pair, seconds, back) if lost else _away(pair, seconds, back)
            pair.both.run(tries.run(story))
            how = "told as lost, the next one stood" if lost else "went on"
            yield _came_back(f"cable out for {seconds:g} s in a call", how, 1, tries, back)
            pair.settle()
        tries, back = Tries(), list[float]()
        for _ in range(MOVES):
            if not pair.both.run(tries.run(_elsewhere(pair, back))):
                pair.settle()
        yield _came_back("another network and address in a call", "went on", MOVES, tries, back)


async def _away(pair: Travellers, seconds: float, back: list[float]) -> None:
    await call(pair)
    pair.home.pull()
    if seconds > _NOTICED_S:
        await is_cut(pair.caller)
    await asyncio.sleep(seconds)
    pair.home.put_back()
    await _goes_on(pair, back)


async def _lost(pair: Travellers, seconds: float, back: list[float]) -> None:
    """Longer than a phone looks for a way back: both panels say so, and the next call stands."""
    await call(pair)
    pair.home.pull()
    await is_cut(pair.caller)
    await asyncio.sleep(seconds)
    await pair.caller.sees("No network: the call was lost")
    await pair.callee.sees(SILENT)
    pair.home.put_back()
    await pair.both.rest()
    began = time.monotonic()
    await call(pair)
    back.append(time.monotonic() - began)
    await hear_each_other(pair)
    await pair.both.hang_up()


async def _elsewhere(pair: Travellers, back: list[float]) -> None:
    await call(pair)
    pair.home.pull()
    await is_cut(pair.caller)
    pair.home.take_addresses()
    pair.elsewhere.plug_in()
    pair.caller_moved()
    await _goes_on(pair, back)


async def _goes_on(pair: Travellers, back: list[float]) -> None:
    began = time.monotonic()
    await talking(pair)
    back.append(time.monotonic() - began)
    await hear_each_other(pair)
    await pair.both.hang_up()


def restarted(restarts: int) -> Iterator[Row]:
    """The server ends as in a crash and starts again; in every other round while a call is up."""
    with _office() as (kamailio, server), travellers(server=server) as pair:
        pair.both.run(meet(pair))
        pids = [pid_of(side.home.config) for side in pair.both.sides]
        courses = [Course(SERVER_PART, who, "restart") for who in ("caller", "callee")]
        tries, back = Tries(), list[float]()
        for number in range(1, restarts + 1):
            in_call = number % 2 == 0
            pair.both.run(tries.run(_restart(pair, kamailio, back, in_call=in_call)))
            pair.both.run(pair.both.rest(_RETURN_S))
            for course, pid in zip(courses, pids, strict=True):
                course.look(number, pid)
        yield Row(
            SERVER_PART,
            "restarts: both Ready again, and a call after it",
            f"{tries.secured} of {restarts}",
            tries.secured == restarts,
            {"restarts": restarts, "right": tries.secured, "trouble": tries.trouble},
        )
        if tries.trouble:
            yield Row(SERVER_PART, "the first one that was not", tries.trouble[0])
        if back:
            yield Row(
                SERVER_PART, "server listens to both Ready", _spread(back), data={"seconds": back}
            )
        for course in courses:
            yield from course.rows()


@contextlib.contextmanager
def _office() -> Iterator[tuple[Kamailio, Server]]:
    """A server on the router between the two."""
    with tempfile.TemporaryDirectory(prefix="sotto-soak-") as name:
        authority = Authority(Path(name))
        identity = authority.issue(_ADDRESS, names=[x509.IPAddress(ip_address(_ADDRESS))])
        users = (CALLER.name, CALLEE.name)
        office = Office(_ADDRESS, _ADDRESS, _ADDRESS, users=users)
        kamailio = Kamailio(Path(name), identity, office)

        def begin(router: Host) -> None:
            router.ip("addr", "add", f"{_ADDRESS}/32", "dev", "lo")
            with router.inside():
                kamailio.start()

        try:
            yield kamailio, Server(_ADDRESS, kamailio.port, Path(authority.file), begin)
        finally:
            kamailio.stop()


async def _restart(
    pair: Travellers, kamailio: Kamailio, back: list[float], *, in_call: bool
) -> None:
    if in_call:
        await call(pair)
    kamailio.stop()
    if not in_call:
        for side in pair.both.sides:
            await side.until(lambda side=side: not _is_ready(side), "the server to be missed")  # type: ignore[misc]
    with pair.router.inside():
        kamailio.start()
    began = time.monotonic()
    if in_call:
        await talking(pair)
        await pair.both.hang_up()
    for side in pair.both.sides:
        await side.sees("Ready", _RETURN_S)
    if not in_call:
        back.append(time.monotonic() - began)
    await call(pair)
    await pair.both.hang_up()


def _is_ready(side: Side) -> bool:
    return "Ready" in side.reads


def _came_back(what: str, how: str, times: int, tries: Tries, back: list[float]) -> Row:
    found = f"{tries.secured} of {times} {how}"
    if back:
        found += f"; calm after {_spread(back)}"
    if tries.trouble:
        found += f"; {tries.trouble[0]}"
    data: dict[str, object] = {"seconds": back, "trouble": tries.trouble}
    return Row(PART, what, found, tries.secured == times, data)


def _spread(seconds: list[float]) -> str:
    middle = statistics.median(seconds)
    return f"{middle:.1f} s ({min(seconds):.1f} to {max(seconds):.1f})"
