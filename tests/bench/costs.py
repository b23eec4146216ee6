"""What a phone costs at rest and in a call: Sotto, linphonec and baresip, in the same minutes."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Final

from bench.abreast import abreast
from bench.figures import Figure
from bench.processes import Load, load, memory_mib, usage
from bench.rivals import Pair, kinds_here

from support import baresip, linphone, pulse

IDLE_S: Final = 60.0
CALL_S: Final = 30.0
_SETTLED_S: Final = 3.0


def measure() -> Iterator[Figure | str]:
    """Of each process; a baresip that calls runs for its call only, so that one is at rest."""
    yield from abreast(partial(_of, kind) for kind in kinds_here())
    if not linphone.available():
        yield "Linphone: left out, linphonec 5.1 is not installed (linphone-cli)."
    if not (baresip.available() and pulse.is_here()):
        yield "baresip: left out, it is not installed (baresip-core), or PulseAudio is not."


def _of(kind: Callable[[], AbstractContextManager[Pair]]) -> Iterator[Figure]:
    with kind() as pair:
        pair.loop.run_until_complete(asyncio.sleep(_SETTLED_S))
        loads, memory = pair.loop.run_until_complete(_watch(pair, IDLE_S))
        yield from _told(f"{pair.name}, idle {IDLE_S:.0f} s", loads, memory)

        async def call() -> tuple[list[Load], list[float]]:
            await pair.call()
            await asyncio.sleep(_SETTLED_S)
            found = await _watch(pair, CALL_S)
            await pair.hang_up()
            return found

        loads, memory = pair.loop.run_until_complete(call())
        yield from _told(f"{pair.name}, an Opus call, {CALL_S:.0f} s", loads, memory)


def _told(what: str, loads: list[Load], memory: list[float]) -> Iterator[Figure]:
    yield Figure(f"{what}: CPU of one core", "%", [each.percent for each in loads])
    yield Figure(f"{what}: switches", "per s", [each.switches_per_s for each in loads])
    yield Figure(f"{what}: RSS", "MiB", memory)


async def _watch(pair: Pair, seconds: float) -> tuple[list[Load], list[float]]:
    pids = pair.pids()
    before = [usage(pid) for pid in pids]
    await asyncio.sleep(seconds)
    loads = [load(early, usage(pid)) for early, pid in zip(before, pids, strict=True)]
    return loads, [memory_mib(pid)[0] for pid in pids]
