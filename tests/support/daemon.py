"""A whole phone as its own process, with a simulated board and a person in front of it."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

from agent.demo.household import Home, Resident, running
from agent.demo.person import PATIENCE_S, READING_S, Person, sas_words
from agent.demo.speech import TEXTS, likeness, loudness, read, speak
from hw.simulator.client import PhoneState
from hw.types import Key, Picture

ALICE: Final = Resident("alice", "101", 15061, 16400, "en-gb+f3")
STRETCH_FRAMES: Final = 100
"""Speech is compared over stretches of 2 s, in frames of 20 ms: longer ones suffer when a jitter
buffer adapts. Of the same speech 0.9 and more remains, of another one's 0.65 at the most."""
_B32: Final = re.compile(r"[ybndrfg8ejkmcpqxot1uwisza345h769]{4}")


def furnish(folder: Path, more: str = "", resident: Resident = ALICE) -> Home:
    """A home: its configuration and what is said there.

    Args:
        folder: Where it goes.
        more: Sections of the configuration beside those that every phone here has.
        resident: Whose.
    """
    home = Home(resident, folder / resident.name, folder)
    home.folder.mkdir()
    speak(TEXTS[resident.name], resident.voice, home.microphone)
    home.config.touch(mode=0o600)
    home.config.write_text(
        f"""
[phone]
name = "{resident.title}"
state_dir = "{home.folder}"
board = "simulator"

[sip]
listen = "127.0.0.1:{resident.sip_port}"

[media]
rtp_port_min = {resident.rtp_port}

[simulator]
socket = "{home.socket}"
microphone_file = "{home.microphone}"
earpiece_file = "{home.earpiece}"

{more}
"""
    )
    return home


@contextlib.asynccontextmanager
async def living_at(home: Home) -> AsyncIterator[Person]:
    """Runs the phone and sits down at it."""
    async with running(home):
        person = await Person.at(home.resident.title, home.socket, lambda *_: None)
        try:
            yield person
        finally:
            await person.leaves()


async def answers(person: Person) -> None:
    """Waits until it rings, and lifts the handset."""
    await _until(person, lambda state: state.tone is not None, "a call")
    await person.phone.lift()


async def dials(person: Person, number: str) -> None:
    """Lifts the handset and calls a number."""
    await person.phone.lift()
    await person.sees("Dial a number")
    await person.phone.dial(number)
    await person.phone.press(Key.CALL)


async def hangs_up(person: Person, rest: str) -> None:
    """Puts the handset back, and waits for the phone at rest, which shows this."""
    await person.phone.replace()
    await person.sees(rest)


async def heeds_alarm(person: Person) -> None:
    """Takes the time to read the warning on the panel, and goes on to the words."""
    await asyncio.sleep(READING_S)
    await person.phone.press(Key.CONFIRM)


async def reads_sas(person: Person) -> str:
    """Waits until the SAS is on the panel; returns it in small letters: characters, or word:word."""
    state = await _until(person, lambda state: shown_sas(state.picture) != "", "a SAS")
    return shown_sas(state.picture)


def shown_sas(picture: Picture) -> str:
    """The SAS in a picture; empty if there is none."""
    if not any("They read" in line for line in picture.text):
        return ""
    words = sas_words(picture)
    if words is not None:
        return ":".join(words)
    return next((line for line in picture.text if _B32.fullmatch(line)), "")


async def sees_line(person: Person, line: str) -> None:
    """Waits for a line that is this and nothing more."""
    await _until(person, lambda state: line in state.picture.text, f'the line "{line}"')


async def _until(
    person: Person, condition: Callable[[PhoneState], bool], wanted: str
) -> PhoneState:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await person.phone.until(condition)
    except TimeoutError:
        there = " / ".join(person.phone.state.picture.text)
        raise AssertionError(f"{person.name} misses {wanted}; there is: {there}") from None


def heard(speech: Path, earpiece: Path) -> float:
    """How well the earpiece's best 2 s follow the speech: 1 the same, near 0 anything else."""
    spoken, recorded = loudness(read(speech)), loudness(read(earpiece))
    starts = range(0, max(1, len(recorded) - STRETCH_FRAMES), STRETCH_FRAMES // 4)
    stretches = (recorded[start : start + STRETCH_FRAMES] for start in starts)
    return max(likeness(spoken, stretch) for stretch in stretches)
