"""What a flood of Hellos costs two phones while they are in a call (attack XB04)."""

from collections.abc import Iterator
from typing import Final

from bench.figures import Figure
from bench.processes import load, memory_mib, pid_of, usage

from support.couple import RTP_PORTS, couple
from support.flood import Poured, pour
from support.relay import relaying

HELLOS: Final = 20_000
PER_S: Final = 4_000.0


def measure() -> Iterator[Figure | str]:
    """CPU and memory of both phones, who get half of it each."""
    with couple() as both, relaying(both.loop, RTP_PORTS) as relay:
        pids = [pid_of(side.home.config) for side in both.sides]

        async def call() -> tuple[list[float], list[float], Poured]:
            await both.dial()
            await both.secure()
            ways = list({each.target: each for each in relay.seen if each.zrtp}.values())
            memory = [memory_mib(pid)[0] for pid in pids]
            before = [usage(pid) for pid in pids]
            poured = await pour(relay, ways, HELLOS, PER_S)
            loads = [load(was, usage(pid)) for was, pid in zip(before, pids, strict=True)]
            grown = [memory_mib(pid)[0] - was for was, pid in zip(memory, pids, strict=True)]
            await both.secure()
            await both.hang_up()
            return [each.percent for each in loads], grown, poured

        percent, grown, poured = both.run(call())
    rate = poured.packets / len(pids) / poured.seconds
    yield Figure("CPU in a call under a flood of Hellos, of one core", "%", percent)
    yield Figure("memory grown under it: RSS", "MiB", grown)
    yield f"The flood: {poured.packets} Hellos of strangers, {rate:.0f} a second to each phone."
