"""Two phones that can be killed and started again, each with its disk as it was left."""

import asyncio
import contextlib
import os
import re
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.processes import pid_of

from agent.demo.household import Home
from hw.types import Key
from support import daemon
from support.couple import AT_REST, CALLEE, CALLER, Couple, Side, furnish, living_at

_CACHE: Final = re.compile(r": encrypted, .* cache (\w+)$", re.MULTILINE)
_FOUND: Final = ": ZRTP there"
_LOOK_S: Final = 0.001


def caches(side: Side) -> list[str]:
    """How each call since the phone's last start stood to the cache, e.g. "MATCHED"."""
    return _CACHE.findall(side.journal)


@dataclass(slots=True)
class Mortals:
    """Made by `mortals`.

    Attributes:
        homes: Of caller and callee; they stay.
        runner: Whose loop both people live on.
        sides: Those of the phones that run; None: that one was killed.
    """

    homes: tuple[Home, Home]
    runner: asyncio.Runner
    sides: list[Side | None] = field(default_factory=lambda: [None, None])
    _lives: list[contextlib.AsyncExitStack] = field(
        default_factory=lambda: [contextlib.AsyncExitStack(), contextlib.AsyncExitStack()]
    )

    @property
    def both(self) -> Couple:
        """The two, while both run."""
        caller, callee = (each for each in self.sides if each is not None)
        return Couple(caller, callee, self.runner)

    def side(self, which: int) -> Side:
        """One that runs."""
        side = self.sides[which]
        assert side is not None
        return side

    async def start(self) -> None:
        """Starts whoever was killed; both are at rest afterwards."""
        for which, home in enumerate(self.homes):
            if self.sides[which] is None:
                living = self._lives[which] = contextlib.AsyncExitStack()
                self.sides[which] = await living.enter_async_context(living_at(home))
        await self.both.rest()

    async def kill(self, victims: tuple[int, ...]) -> None:
        """SIGKILL, to all of them in the same moment; the others put their handset back."""
        for pid in [pid_of(self.homes[which].config) for which in victims]:
            os.kill(pid, signal.SIGKILL)
        for which in victims:
            self.sides[which] = None
            await self._lives[which].aclose()
        for which, side in enumerate(self.sides):
            if side is not None:
                if side.person.phone.state.tone is not None:  # it rings for somebody who is gone
                    await side.person.phone.lift()
                await self.side(which).person.phone.replace()
                await side.sees(AT_REST)

    async def stop(self) -> None:
        """Both end, as they should."""
        for living in self._lives:
            await living.aclose()

    async def meet(self) -> None:
        """They compare the words, and know each other from then on."""
        both = self.both
        await both.dial()
        await both.secure()
        await both.acquaint()
        for side in both.sides:
            await side.until(lambda side=side: "Verified" in side.reads, "Verified")  # type: ignore[misc]
        await both.hang_up()

    async def call(self) -> tuple[str, ...]:
        """A whole call; returns how the caches stood. Told of a mismatch, both compare again."""
        both = self.both
        before = [len(caches(side)) for side in both.sides]
        await both.dial()
        found = []
        for side, seen in zip(both.sides, before, strict=True):
            await side.until(lambda side=side, seen=seen: len(caches(side)) > seen, "keys")  # type: ignore[misc]
            found.append(caches(side)[-1])
        for side, cache in zip(both.sides, found, strict=True):
            if cache != "MATCHED":
                await _compare_again(side, cache)
        for side in both.sides:
            await side.until(lambda side=side: "Verified" in side.reads, "Verified")  # type: ignore[misc]
        await both.hang_up()
        return tuple(found)

    async def until_found(self, which: int) -> None:
        """Waits until a phone has had the other one's Hello in the call that begins now."""
        before = self.side(which).journal.count(_FOUND)
        end = time.monotonic() + 3
        while time.monotonic() < end:
            if self.side(which).journal.count(_FOUND) > before:
                return
            await asyncio.sleep(_LOOK_S)


async def _compare_again(side: Side, cache: str) -> None:
    if cache == "MISMATCH":
        await side.person.sees("Something changed")
        await daemon.heeds_alarm(side.person)
    await side.person.confirms()
    await side.until(
        lambda: "Who is it?" in side.reads or "Verified" in side.reads, "the end of the question"
    )
    if "Who is it?" in side.reads:
        await side.person.phone.press(Key.CONFIRM)


async def interrupted(story: Awaitable[object], moment: Callable[[], Awaitable[None]]) -> None:
    """Lets a story run until a moment, and not further."""
    running = asyncio.ensure_future(story)
    await moment()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError, TimeoutError):
        await running


@contextlib.contextmanager
def mortals() -> Iterator[Mortals]:
    """Starts both phones, and ends them."""
    with (
        tempfile.TemporaryDirectory(prefix="sotto-soak-") as folder,
        asyncio.Runner() as runner,
    ):
        homes = (
            furnish(Path(folder), CALLER, CALLEE),
            furnish(Path(folder), CALLEE, CALLER),
        )
        made = Mortals(homes, runner)
        try:
            runner.run(made.start())
            yield made
        finally:
            runner.run(made.stop())
