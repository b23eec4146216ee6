"""A whole call on real drivers: keys, hook, panel, lamps, bell and sound, as a person has them."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from agent.demo.household import ALICE, BOB, Home
from agent.demo.person import HOLD_S, READING_S, sas_words
from agent.demo.speech import TEXTS, Stretch, cut, likeness, loudness, read, speak
from agent.demo.story import Listening
from agent.phone.preferences import Language
from agent.phone.security import SecurityState
from agent.phone.views import CompareSas, Half
from agent.screens.render import render
from agent.screens.words import words_in
from hw.types import Key
from support import couple, kernel_phone
from support.couple import Side
from support.kernel_phone import PATIENCE_S, KernelPhone, Talker, living_on_kernel
from support.kernel_rig import REASON, is_here

pytestmark = [
    pytest.mark.hardware,
    pytest.mark.skipif(not is_here(), reason=REASON),
    pytest.mark.timeout(1200),
]
ALIKE: Final = 0.75
"""The same speech is above that, another one below 0.65 (agent.demo.speech)."""
TALK_S: Final = 6.0
UNDER_WAY_S: Final = 1.0
"""Until what is spoken has come to the other phone's ear."""
REST: Final = "Direct calls only"


@dataclass
class Desks:
    """Alice's phone on the kernel's hardware, Bob's on the simulator."""

    alice: KernelPhone
    bob: Side


@contextlib.asynccontextmanager
async def two_phones(folder: Path) -> AsyncIterator[Desks]:
    alice, bob = (Home(each, folder / each.name, folder) for each in (ALICE, BOB))
    kernel_phone.furnish(alice, BOB)
    bob.furnish(ALICE)
    speak(TEXTS[BOB.name], BOB.voice, bob.microphone)
    async with living_on_kernel(alice) as hers:
        await hers.sees(REST)
        async with couple.living_at(bob, PATIENCE_S) as his:
            yield Desks(hers, his)


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual one is for machines that are not emulated."""
    monkeypatch.setattr(couple, "_PATIENCE_S", PATIENCE_S)


def told(what: str, since: float) -> None:
    """A figure for whoever reads it (pytest -s), in the machine's own time."""
    print(f"{what} after {time.monotonic() - since:.1f} s")  # noqa: T201


async def dials_and_is_answered(desks: Desks) -> None:
    """Alice's keys and hook, one contact after the other."""
    alice, bob = desks.alice, desks.bob
    await alice.lift()
    await alice.sees("Dial a number")
    for digit in BOB.number:
        await alice.press(Key(digit))
    await alice.sees(BOB.number, BOB.title)
    await alice.press(Key.CALL)
    await alice.sees("Calling", BOB.title)
    await bob.until(lambda: bob.person.phone.state.tone is not None, "a bell")
    await bob.person.phone.lift()


async def both_compare(desks: Desks) -> None:
    """The words are read off both panels, and confirmed on both."""
    alice, bob = desks.alice, desks.bob
    first, second = await alice.reads_words()
    await bob.until(lambda: sas_words(bob.person.phone.state.picture) is not None, "words")
    assert (first.lower(), second.lower()) == sas_words(bob.person.phone.state.picture)
    await asyncio.sleep(READING_S)
    view = CompareSas(
        BOB.title,
        (first, second),
        Half.SECOND,
        SecurityState.SIGNALLING_NOT_VERIFIED,
        confirmable=True,
        holding=False,
        asked=True,
        signalling_verified=False,
    )
    assert alice.display.picture() == render(view, words_in(Language.ENGLISH)).bits
    assert alice.lamps() == (True, False)
    await alice.press(Key.CONFIRM, seconds=2 * HOLD_S)
    await bob.person.confirms()
    await alice.sees("Verified. Who is it?", BOB.title)
    await alice.press(Key.CONFIRM)
    await bob.sees("Verified. Who is it?")
    await bob.person.phone.press(Key.CONFIRM)
    await alice.sees("Verified", BOB.title)
    await alice.until(lambda: alice.lamps() == (False, False), "red lamp that is out")


async def both_talk(desks: Desks, speech: Path) -> Stretch:
    """Alice hears Bob; returns what to look for in Bob's recording."""
    talker = Talker(speech)
    await asyncio.sleep(UNDER_WAY_S)
    ear = Listening(desks.bob.home)
    await asyncio.sleep(TALK_S)
    said = loudness(read(desks.bob.home.microphone))
    heard = likeness(said, loudness(talker.heard(TALK_S / 2)))
    talker.end()
    print(f"of what Bob said Alice heard {heard:.2f}")  # noqa: T201
    assert heard > ALIKE
    return ear.so_far()


async def he_calls_back(desks: Desks) -> None:
    """It rings on the buzzer's line, and both know each other."""
    alice, bob = desks.alice, desks.bob
    await bob.person.phone.lift()
    await bob.person.phone.dial(ALICE.number)
    await bob.person.phone.press(Key.CALL)
    await alice.sees("Call from", BOB.title)
    await alice.until(alice.rings, "a bell")
    await alice.lift()
    await alice.until(lambda: not alice.shows("Call from"), "call that is answered")
    await alice.sees("Verified", BOB.title)
    assert not alice.rings()


async def hang_up(desks: Desks) -> None:
    await desks.alice.replace()
    await desks.bob.person.phone.replace()
    await desks.alice.sees(REST)


async def whole_story(folder: Path) -> tuple[Stretch, Path]:
    began = time.monotonic()
    speech = folder / "alice.wav"
    speak(TEXTS[ALICE.name], ALICE.voice, speech)
    async with two_phones(folder) as desks:
        told("both phones are ready", began)
        await dials_and_is_answered(desks)
        await both_compare(desks)
        told("the words are compared", began)
        heard = await both_talk(desks, speech)
        await hang_up(desks)
        told("the first call is over", began)
        await he_calls_back(desks)
        await hang_up(desks)
        told("the second call is over", began)
    return heard, speech


def test_a_call_is_dialled_compared_heard_and_returned(tmp_path: Path) -> None:
    stretch, speech = asyncio.run(whole_story(tmp_path))
    heard = likeness(loudness(read(speech)), loudness(cut(stretch)))
    print(f"of what Alice said Bob heard {heard:.2f}")  # noqa: T201
    assert heard > ALIKE


async def card_goes_and_comes(folder: Path) -> None:
    home = Home(ALICE, folder / ALICE.name, folder)
    kernel_phone.furnish(home, BOB)
    async with living_on_kernel(home) as alice:
        await alice.sees(REST)
        with kernel_phone.card_away():
            await alice.sees("Handset missing:")
            await alice.press(Key.MENU)
            await alice.until(lambda: not alice.shows(REST), "menu without a card")
            await alice.press(Key.HANG_UP)
            await alice.sees("Handset missing:")
        await alice.until(lambda: not alice.shows("Handset missing:"), "card again")
        await alice.sees(REST)


def test_a_phone_whose_card_is_gone_says_so_and_takes_it_back(tmp_path: Path) -> None:
    asyncio.run(card_goes_and_comes(tmp_path))
