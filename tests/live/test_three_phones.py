"""Three whole phones and the people at them: one holds, and joins the other two, by keys alone."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from agent.demo.household import Home, Resident
from agent.demo.speech import Stretch, speak
from agent.demo.story import Listening
from agent.phone.desk import MOST_CALLS
from hw.types import Key
from support import sound
from support.couple import AT_REST, CALLEE, CALLER, Side, living_at
from support.netns import network_namespace

pytestmark = pytest.mark.live

THIRD: Final = Resident("cunigunde", "5550103", 15063, 18400, "en-gb+f5")
PEOPLE: Final = (CALLER, CALLEE, THIRD)
TEXTS: Final = (
    "Good evening. The harbour lights went on at seven, and the old ferry left without us.",
    "Seven green bottles stand on the wall, and no one counts them but you and me today.",
    "Nobody in the valley had ever seen so many wild geese pass over in a single morning.",
)
TALK_S: Final = 8.0
IN_BOTH: Final = 0.45
"""Of each of two voices in one ear the waveform is followed this well at the least, in the median;
a voice that is not there reaches 0.31 (see test_speech.py)."""
NEW_CALL: Final = 1
"""How many lines below the first one this stands in the menu of a single call."""
CONFERENCE: Final = 5 if MOST_CALLS > 2 else 4
"""The same with another call on hold: hold, swap, a new call, two ways to put through."""


@pytest.fixture(autouse=True)
def _network() -> Iterator[None]:
    with network_namespace():
        yield


@asynccontextmanager
async def three(folder: Path) -> AsyncIterator[list[Side]]:
    """Three phones that know each other's numbers, and whose microphones are spoken into."""
    async with AsyncExitStack() as stack:
        sides = []
        for me, text in zip(PEOPLE, TEXTS, strict=True):
            home = Home(me, folder / me.name, folder)
            first, *others = (each for each in PEOPLE if each is not me)
            home.furnish(first)
            with home.config.open("a", encoding="utf-8") as config:
                for other in others:
                    config.write(
                        f'[[contact]]\nname = "{other.title}"\nnumber = "{other.number}"\n'
                        f'uri = "sip:{other.name}@127.0.0.1:{other.sip_port}"\n'
                    )
            speak(text, me.voice, home.microphone)
            sides.append(await stack.enter_async_context(living_at(home)))
        for side in sides:
            await side.sees(AT_REST)
        yield sides


async def takes(side: Side) -> None:
    """It rings, and they lift the handset."""
    phone = side.person.phone
    await side.until(lambda: phone.state.tone is not None, "a bell")
    await phone.lift()


async def talks(host: Side, other: Side) -> None:
    """Both see the same words, and put the question off."""
    assert await host.person.reads_sas() == await other.person.reads_sas()
    for side in (host, other):
        await side.person.phone.press(Key.MENU)
        await side.sees("not compared yet")


async def chooses(side: Side, lines_below: int) -> None:
    """Opens the menu of the call, and takes one of its lines."""
    phone = side.person.phone
    await phone.press(Key.MENU)
    await side.sees("Hold")
    for _ in range(lines_below):
        await phone.press(Key.DIGIT_8)
    await phone.press(Key.CONFIRM)


def ear_has(stretch: Stretch, voices: list[Path]) -> list[float]:
    """How well what an ear has played follows each of these voices."""
    played = sound.played(stretch)
    return [sound.waveform_likeness(sound.spoken(voice), played) for voice in voices]


async def party(sides: list[Side]) -> list[list[float]]:
    """The first one calls both others and joins them; then all three speak at once."""
    host, first, second = sides
    phone = host.person.phone
    await phone.lift()
    await host.sees("Dial a number")
    await phone.dial(CALLEE.number)
    await phone.press(Key.CALL)
    await takes(first)
    await talks(host, first)
    await chooses(host, NEW_CALL)
    await first.sees("hold")
    await host.sees("Dial a number")
    await phone.dial(THIRD.number)
    await phone.press(Key.CALL)
    await takes(second)
    await talks(host, second)
    await chooses(host, CONFERENCE)
    await host.sees("Bertram Not verified")
    await asyncio.sleep(1.0)
    listening = [Listening(side.home) for side in sides]
    await asyncio.sleep(TALK_S)
    stretches = [each.so_far() for each in listening]
    voices = [side.home.microphone for side in sides]
    # Each leg has a key agreement of its own, and the one who joins them has both.
    assert [side.journal.count(": encrypted, ") for side in sides] == [2, 1, 1]
    return [ear_has(stretch, voices) for stretch in stretches]


def test_each_hears_both_others(tmp_path: Path) -> None:
    async def story() -> list[list[float]]:
        async with three(tmp_path) as sides:
            return await party(sides)

    for ear, likeness in enumerate(asyncio.run(story())):
        print(f"ear {ear}: {likeness}")  # noqa: T201 - pytest shows it with -s
        others = [each for voice, each in enumerate(likeness) if voice != ear]
        assert min(others) > IN_BOTH
        assert likeness[ear] < min(others)
