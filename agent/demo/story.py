"""The story of two calls, played on the phones' keys and read off their panels."""

import asyncio
from collections.abc import Callable
from typing import Final

from agent.demo import speech
from agent.demo.household import DemoError, Home
from agent.demo.person import Person, sas_words
from agent.demo.speech import Stretch
from agent.frozen import frozen
from hw.types import Key

TALK_S: Final = 10.0
"""How long the two talk in the first call."""
DIAL_TONE_HZ: Final = 425.0
"""See `agent.media.tones`."""
LIKE: Final = 0.8
"""Likeness of loudness from which speech counts as heard; strangers' speech stays below 0.5."""


@frozen
class Recollection:
    """What is to be found again in the recordings of the earpieces."""

    dial_tone: Stretch
    alice_heard: Stretch
    bob_heard: Stretch


class Listening:
    """Notes from where to where a recording is of interest."""

    def __init__(self, home: Home) -> None:
        self._recording = home.earpiece
        self._start = self._length()

    def so_far(self) -> Stretch:
        """From the beginning until now."""
        return Stretch(self._recording, self._start, self._length())

    def _length(self) -> int:
        return self._recording.stat().st_size if self._recording.exists() else 0


async def play(
    alice: Person, bob: Person, homes: tuple[Home, Home], say: Callable[[str], None]
) -> Recollection:
    """Plays both calls.

    Args:
        alice: At her phone.
        bob: At his.
        homes: Where both phones live.
        say: Tells what happens.

    Returns:
        What to look for in the recordings, when the phones have closed them.

    Raises:
        DemoError: Something was not as it should be; the message says what.
    """
    tone = await _first_call_rings(alice, bob, homes[0], say)
    await _compare(alice, bob, say)
    say(f"They talk for {TALK_S:.0f} seconds.")
    at_alices, at_bobs = (Listening(home) for home in homes)
    await asyncio.sleep(TALK_S)
    past = Recollection(tone, at_alices.so_far(), at_bobs.so_far())
    await _hang_up(alice, bob, say)
    await _second_call(alice, bob, say)
    await _hang_up(alice, bob, say)
    return past


async def _first_call_rings(
    alice: Person, bob: Person, home: Home, say: Callable[[str], None]
) -> Stretch:
    await alice.sees("Alice")
    await bob.sees("Bob")
    say("Alice lifts the handset and hears the dial tone.")
    await alice.phone.lift()
    await asyncio.sleep(0.5)
    listening = Listening(home)
    await asyncio.sleep(1.0)
    tone = listening.so_far()
    await _dial(alice, bob, say)
    say("Bob answers.")
    await bob.phone.lift()
    return tone


async def _dial(alice: Person, bob: Person, say: Callable[[str], None]) -> None:
    say("Alice dials 102 and presses the call key.")
    for digit in "102":
        await alice.phone.press(Key(digit), 0.05)
        await asyncio.sleep(0.1)
    await alice.sees("102")
    await alice.phone.press(Key.CALL, 0.05)
    await bob.sees("Alice")
    await _rings(bob)
    say("Bob's phone rings.")


async def _rings(person: Person) -> None:
    try:
        async with asyncio.timeout(5):
            await person.phone.until(lambda state: state.tone is not None)
    except TimeoutError:
        raise DemoError(f"{person.name}'s phone shows the call and does not ring") from None


async def _compare(alice: Person, bob: Person, say: Callable[[str], None]) -> None:
    hers, his = await alice.reads_sas(), await bob.reads_sas()
    if hers != his:
        raise DemoError(f"the words differ: Alice reads {hers}, Bob reads {his}")
    say(f'Both read the same words, "{hers[0]} {hers[1]}", and confirm.')
    await asyncio.gather(alice.confirms(), bob.confirms())
    await asyncio.gather(alice.sees("who is it", "Bob"), bob.sees("who is it", "Alice"))
    say("Each phone asks who the other one is; the suggested names are kept.")
    await asyncio.gather(alice.phone.press(Key.CONFIRM, 0.05), bob.phone.press(Key.CONFIRM, 0.05))
    await asyncio.gather(alice.sees_verified("Bob"), bob.sees_verified("Alice"))


async def _hang_up(alice: Person, bob: Person, say: Callable[[str], None]) -> None:
    say("Alice hangs up; Bob's phone says so, and he hangs up too.")
    await alice.phone.replace()
    await bob.sees("hung up")
    await bob.phone.replace()
    await asyncio.sleep(0.5)


async def _second_call(alice: Person, bob: Person, say: Callable[[str], None]) -> None:
    say("A second call.")
    hers, his = len(alice.seen), len(bob.seen)
    await alice.phone.lift()
    await _dial(alice, bob, say)
    await bob.phone.lift()
    await asyncio.gather(alice.sees_verified("Bob"), bob.sees_verified("Alice"))
    shown = alice.seen[hers:] + bob.seen[his:]
    if any(sas_words(picture) for picture in shown):
        raise DemoError("the second call asked for the words again")
    say("Both phones say at once who it is, and that he and she are verified.")
    await asyncio.sleep(2.0)


def check_sound(past: Recollection, homes: tuple[Home, Home], say: Callable[[str], None]) -> None:
    """Looks for the dial tone and the speech in what the earpieces played.

    Args:
        past: Where to look.
        homes: Alice's and Bob's; both phones have stopped.
        say: Tells what was found.

    Raises:
        DemoError: Something was not heard.
    """
    alice, bob = homes
    share = speech.tone_share(speech.cut(past.dial_tone), DIAL_TONE_HZ)
    say(f"Alice's earpiece off-hook: {share:.0%} of the sound was the dial tone.")
    if share < LIKE:
        raise DemoError("there was no dial tone in Alice's earpiece")
    _check_speech(alice, bob, past.alice_heard, say)
    _check_speech(bob, alice, past.bob_heard, say)


def _check_speech(
    listener: Home, speaker: Home, heard: Stretch, say: Callable[[str], None]
) -> None:
    like = speech.likeness(
        speech.loudness(speech.read(speaker.microphone)), speech.loudness(speech.cut(heard))
    )
    ear, mouth = listener.resident.title, speaker.resident.title
    say(f"{ear}'s earpiece: likeness to {mouth}'s speech {like:.2f}.")
    if like < LIKE:
        raise DemoError(f"{ear} did not hear what {mouth} said")
