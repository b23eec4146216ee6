"""Two whole phones that call each other directly, the people at them, and their journals."""

import asyncio
import contextlib
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from agent.demo.household import START_SECONDS, Home, Resident, running
from agent.demo.person import Person
from agent.demo.speech import TEXTS, Stretch, speak
from agent.demo.story import Listening
from hw.types import Key
from support.waiting import SLOWER

T = TypeVar("T")

# Names and numbers so long that no ciphertext holds them by chance.
CALLER: Final = Resident("adelheid", "5550101", 15061, 16400, "en-gb+f3")
CALLEE: Final = Resident("bertram", "5550102", 15062, 17400, "en-us+m3")
RTP_PORTS: Final = "16400-18399"
"""As nft writes a range: all RTP and RTCP of both phones, which take new ports for each call."""
AT_REST: Final = "Direct calls only"
_PATIENCE_S: Final = 25.0 * SLOWER
_PACKETS: Final = re.compile(r"(\S+): packets: (.*)")


@dataclass(frozen=True, slots=True)
class Side:
    """One phone and who sits at it."""

    home: Home
    person: Person

    @property
    def journal(self) -> str:
        """All that its daemon has said so far."""
        return self.home.journal.read_text(encoding="utf-8")

    def passed(self) -> list[dict[str, int]]:
        """The gate's counters of each call that is over; those that are not there are 0."""
        return [_counters(text) for _, text in _PACKETS.findall(self.journal)]

    @property
    def reads(self) -> str:
        """What stands on the panel."""
        return " ".join(self.person.phone.state.picture.text)

    async def sees(self, text: str, patience_s: float = _PATIENCE_S) -> None:
        """Waits until this stands on the panel, on one line or several."""
        await self.until(lambda: text in self.reads, text, patience_s)

    async def until(
        self, condition: Callable[[], bool], wish: str, patience_s: float = _PATIENCE_S
    ) -> None:
        """Waits for something to become true.

        Raises:
            TimeoutError: It did not; the message says what the panel shows instead.
        """
        try:
            async with asyncio.timeout(patience_s):
                while True:
                    if condition():
                        return
                    await asyncio.sleep(0.02)
        except TimeoutError:
            name = self.home.resident.title
            raise TimeoutError(f"{name} waited for {wish!r}; {self.reads!r}") from None


@dataclass(slots=True)
class Couple:
    """Made by `couple`."""

    caller: Side
    callee: Side
    _runner: asyncio.Runner
    calls_told: tuple[int, int] = (0, 0)
    caller_at_rest: str = AT_REST
    callee_at_rest: str = AT_REST

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both, the caller first."""
        return self.caller, self.callee

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop on which both people live."""
        return self._runner.get_loop()

    def run(self, story: Coroutine[Any, Any, T]) -> T:
        """Runs a story on the loop on which both people live."""
        return self._runner.run(story)

    async def dial(self) -> None:
        """The caller calls, the callee answers."""
        caller, callee = self.caller.person, self.callee.person
        self.calls_told = len(self.caller.passed()), len(self.callee.passed())
        await caller.phone.lift()
        await caller.sees("Dial a number")
        await caller.phone.dial(CALLEE.number)
        await caller.phone.press(Key.CALL)
        await self.callee.until(lambda: callee.phone.state.tone is not None, "a bell")
        await callee.phone.lift()

    async def secure(self) -> tuple[str, str]:
        """Waits until both phones show the words; they are the same.

        Raises:
            AssertionError: They differ.
        """
        hers, his = await self.caller.person.reads_sas(), await self.callee.person.reads_sas()
        assert hers == his
        return hers

    async def acquaint(self) -> None:
        """Both say that the words are the same, and take the name that is offered."""
        for side in self.sides:
            await side.person.confirms()
            await side.sees("Who is it?")
            await side.person.phone.press(Key.CONFIRM)

    async def hang_up(self) -> None:
        """Both put the handset back; the phones are at rest, and have told what passed."""
        await self.rest()
        for side, told in zip(self.sides, self.calls_told, strict=True):
            await side.until(_more_than(told, side), "counters")

    async def rest(self, patience_s: float = _PATIENCE_S) -> None:
        """Both handsets lie where they belong."""
        for side in self.sides:
            await side.person.phone.replace()
        await self.caller.sees(self.caller_at_rest, patience_s)
        await self.callee.sees(self.callee_at_rest, patience_s)

    async def talk(self, seconds: float) -> tuple[Stretch, Stretch]:
        """Lets them talk; returns what the caller's and the callee's earpiece played."""
        listening = [Listening(side.home) for side in self.sides]
        await asyncio.sleep(seconds)
        hers, his = (each.so_far() for each in listening)
        return hers, his

    async def whole_call(self) -> None:
        """A call that has to become secure."""
        await self.dial()
        await self.secure()
        await self.hang_up()


@contextlib.contextmanager
def couple(
    more: str = "",
    *,
    callee: str = "",
    callee_at_rest: str = AT_REST,
    runner: asyncio.Runner | None = None,
    speech: Path | None = None,
) -> Iterator[Couple]:
    """Starts both phones, and ends them.

    Args:
        more: What stands in both configurations besides.
        callee: What stands in the callee's besides that.
        callee_at_rest: What the callee's phone shows when nothing happens.
        runner: On which both people live; None: one of their own.
        speech: A WAV file that both say; None: each something else.
    """
    with (
        tempfile.TemporaryDirectory(prefix="sotto-") as folder,
        asyncio.Runner() if runner is None else contextlib.nullcontext(runner) as living_on,
    ):
        homes = [
            furnish(Path(folder), me, other, more + (callee if me is CALLEE else ""), speech)
            for me, other in _PAIRS
        ]
        living = contextlib.AsyncExitStack()
        try:
            first, second = (
                living_on.run(living.enter_async_context(living_at(home))) for home in homes
            )
            both = Couple(first, second, living_on, callee_at_rest=callee_at_rest)
            living_on.run(both.rest())
            yield both
        finally:
            living_on.run(living.aclose())


def _more_than(calls: int, side: Side) -> Callable[[], bool]:
    return lambda: len(side.passed()) > calls


_PAIRS: Final = ((CALLER, CALLEE), (CALLEE, CALLER))
_SPEECH: Final = {CALLER: TEXTS["alice"], CALLEE: TEXTS["bob"]}


def furnish(
    folder: Path, me: Resident, other: Resident, more: str = "", speech: Path | None = None
) -> Home:
    """Makes a home with its configuration and its speech."""
    home = Home(me, folder / me.name, folder)
    home.furnish(other)
    home.config.chmod(0o600)  # there may be a password in it
    with home.config.open("a", encoding="utf-8") as config:
        config.write(more)
    if speech is None:
        speak(_SPEECH[me], me.voice, home.microphone)
    else:
        shutil.copy(speech, home.microphone)
    return home


@contextlib.asynccontextmanager
async def living_at(home: Home, patience: float = START_SECONDS * SLOWER) -> AsyncIterator[Side]:
    async with running(home, patience):
        person = await Person.at(home.resident.title, home.socket, lambda *_: None)
        try:
            yield Side(home, person)
        finally:
            await person.leaves()


def _counters(text: str) -> dict[str, int]:
    pairs = (each.rsplit(" ", 1) for each in text.split(", ") if each != "none")
    return {name: int(number) for name, number in pairs}
