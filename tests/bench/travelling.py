"""Two phones on machines of their own: how soon a pulled cable shows, and sound is back elsewhere."""

import asyncio
import time
from collections.abc import Iterator
from typing import Final

import numpy as np
from bench.figures import Figure

from support.travellers import CUT, SILENT, Travellers, call, meet, talking, travellers

TRIPS: Final = 8
_LOUD: Final = 300
"""A sample above this is speech: what conceals lost packets has faded long before."""


def measure() -> Iterator[Figure | str]:
    """Runs everything; yields figures, and a sentence that explains them."""
    with travellers() as found:
        found.both.run(meet(found))
        trips = found.both.run(_journey(found))
    names = (
        "cable out to No network on the panel",
        "other network plugged in to its call on the panel",
        "other network plugged in to sound at the other side",
    )
    for name, runs in zip(names, zip(*trips, strict=True), strict=True):
        yield Figure(name, "ms", list(runs))
    yield (
        "Another network: 500 ms of it pass until its addresses have settled; the earpiece's file "
        "is written 2000 samples at a time."
    )


async def _journey(found: Travellers) -> list[tuple[float, float, float]]:
    await call(found)
    trips = []
    for _ in range(TRIPS):
        trips.append(await _trip(found))
        await talking(found)
    await found.both.hang_up()
    return trips


async def _trip(found: Travellers) -> tuple[float, float, float]:
    """Milliseconds until the panel says so, until it says no longer so, and until there is sound."""
    pulled = time.monotonic()
    found.home.pull()
    await found.caller.sees(CUT)
    gone = time.monotonic() - pulled
    await found.callee.sees(SILENT)
    found.home.take_addresses()
    heard = found.callee.home.earpiece.stat().st_size
    plugged = time.monotonic()
    found.elsewhere.plug_in()
    back, sound = await asyncio.gather(_back(found), _sound(found, heard))
    found.caller_moved()
    return 1000 * gone, 1000 * (back - plugged), 1000 * (sound - plugged)


async def _back(found: Travellers) -> float:
    await found.caller.until(lambda: CUT not in found.caller.reads, "the line again")
    return time.monotonic()


async def _sound(found: Travellers, heard: int) -> float:
    file = found.callee.home.earpiece

    def is_loud() -> bool:
        samples = np.fromfile(file, dtype="<i2", offset=heard)
        return bool((np.abs(samples.astype(np.int32)) > _LOUD).any())

    await found.callee.until(is_loud, "sound")
    return time.monotonic()
