"""A line that loses, doubles and reorders: both phones are secure with equal words, or neither."""

import asyncio
import os
import random
from collections import Counter

import pytest

from agent.demo.person import sas_words
from support.couple import Side
from support.pcap import Datagram
from support.relay import Relay
from support.scene import Scene

pytestmark = pytest.mark.live

SEEDS = int(os.environ.get("SOTTO_LINE_SEEDS", "8"))
LOSS, DUPLICATION, REORDERING = 0.2, 0.1, 0.2
LATE_S = 0.03


class BadLine:
    """Does it to ZRTP alone, by a plan that its seed gives."""

    def __init__(self, relay: Relay, loop: asyncio.AbstractEventLoop, seed: int) -> None:
        self._relay = relay
        self._loop = loop
        self._odds = random.Random(seed)

    def __call__(self, packet: Datagram) -> list[Datagram]:
        if not packet.zrtp:
            return [packet]
        if self._odds.random() < LOSS:
            return []
        copies = [packet] * (2 if self._odds.random() < DUPLICATION else 1)
        if self._odds.random() >= REORDERING:
            return copies
        for each in copies:
            self._loop.call_later(LATE_S, self._relay.inject, each)
        return []


def words(side: Side) -> tuple[str, str] | None:
    return sas_words(side.person.phone.state.picture)


def is_over(side: Side) -> bool:
    return words(side) is not None or "Call not connected" in side.reads or "silent" in side.reads


def test_lost_doubled_and_reordered(scene: Scene) -> None:
    ends: Counter[str] = Counter()

    async def call() -> None:
        await scene.both.dial()
        for side in scene.sides:
            await side.until(lambda side=side: is_over(side), "an end")  # type: ignore[misc]
        hers, his = (words(side) for side in scene.sides)
        assert hers == his
        ends["secured" if hers else "failed"] += 1
        await scene.both.hang_up()

    for seed in range(SEEDS):
        scene.relay.tamper = BadLine(scene.relay, scene.both.loop, seed)
        scene.both.run(call())
    print(f"{SEEDS} seeds: {dict(ends)}")  # noqa: T201
    assert ends.total() == SEEDS
