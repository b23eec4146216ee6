"""Two people call each other with two browsers: by clicking keys, and by voice.

Each browser has a file for a microphone. What the page's loudspeaker is given is taken where it
comes out of the page's WebSocket.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from agent.demo.household import ALICE, BOB, Home, running
from agent.demo.person import HOLD_S, READING_S
from agent.demo.speech import TEXTS, speak
from hw.board import FRAME_OCTETS, SOUND_HZ
from hw.simulator.page_links import PhoneSockets
from support import opus, sound
from support.chromium import PROGRAM, Tab, browsing
from support.desk import serving
from support.g711 import Samples
from support.loopback import Loopback, listening
from support.netns import network_namespace
from support.pcap import Datagram

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not PROGRAM, reason="chromium is not installed"),
]

TALK_S: Final = 8.0
SAME_VOICE: Final = 0.5
"""0.68 to 0.75 of the waveform is left: the browser's echo canceller takes its share (without it
0.93 to 0.95 comes through three resamplings, Opus and three jitter buffers). The other voice
reaches 0.29."""
RTP_HEADER: Final = 12
RTP_PORTS: Final = {"alice": range(ALICE.rtp_port, BOB.rtp_port), "bob": range(BOB.rtp_port, 16600)}
HEARS: Final = "document.querySelector('.heard').value > 0"
WORDS: Final = "document.querySelector('.words').textContent"


@dataclass(frozen=True)
class Side:
    """One of the two.

    Attributes:
        speech: What was spoken into the microphone.
        heard: What the page was given to play while they talked.
        words: What the display showed when the words were to be compared.
    """

    speech: Samples
    heard: Samples
    words: str


@dataclass(frozen=True)
class Conversation:
    """Alice and Bob, and all UDP that went over the line."""

    alice: Side
    bob: Side
    line: tuple[Datagram, ...]


@pytest.fixture(scope="module", autouse=True)
def _network() -> Iterator[None]:
    with network_namespace():
        yield


@pytest.fixture(name="conversation", scope="module")
def _conversation(_network: None) -> Iterator[Conversation]:
    # A Unix socket's path is short.
    with tempfile.TemporaryDirectory(prefix="sotto-") as folder, listening() as loopback:
        yield asyncio.run(_talk(_homes(Path(folder)), loopback))


def _homes(folder: Path) -> tuple[Home, Home]:
    homes = Home(ALICE, folder / "alice", folder), Home(BOB, folder / "bob", folder)
    for home, other in zip(homes, (BOB, ALICE), strict=True):
        home.furnish(other, live=True)
        speak(TEXTS[home.resident.name], home.resident.voice, _voice(home))
        # A third voice stands in for who does not come, and must be silent now.
        speak("One two three four five six seven.", "en-gb+m7", home.microphone)
    return homes


def _voice(home: Home) -> Path:
    return home.folder / "voice.wav"


async def _talk(homes: tuple[Home, Home], loopback: Loopback) -> Conversation:
    async with AsyncExitStack() as stack:
        for home in homes:
            await stack.enter_async_context(running(home))
        phones = {each.resident.title: PhoneSockets(each.socket, each.sound) for each in homes}
        page = await stack.enter_async_context(serving(phones))
        tabs = []
        for home in homes:
            browser = await stack.enter_async_context(
                browsing(
                    "--use-fake-device-for-media-stream",
                    "--use-fake-ui-for-media-stream",
                    f"--use-file-for-fake-audio-capture={_voice(home)}",
                )
            )
            tabs.append(await page.open(browser, f"?phone={home.resident.name}"))
        line = await stack.enter_async_context(_watching(loopback))
        words = await _call(*tabs)
        await asyncio.gather(*map(_confirm, tabs))
        hers, his = await asyncio.gather(*map(_listen, tabs, homes, words))
        await tabs[0].click("[data-hook]")
        await tabs[1].until(f"{WORDS}.includes('hung up')")
        assert [tab.said for tab in tabs] == [[], []]
    return Conversation(hers, his, tuple(line))


@contextlib.asynccontextmanager
async def _watching(loopback: Loopback) -> AsyncIterator[list[Datagram]]:
    """Notes what goes by before the kernel's buffer is full of what the browsers say."""
    seen: list[Datagram] = []

    async def watch() -> None:
        while True:
            seen.extend(Datagram(each.at, each.source, 0, each.payload) for each in loopback.take())
            await asyncio.sleep(0.1)

    watching = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _call(alice: Tab, bob: Tab) -> tuple[str, str]:
    """Alice calls, Bob answers; returns what both displays show then."""
    for tab in (alice, bob):
        await tab.click(".talk")
        await tab.until("document.querySelector('.spoken').value > 0")  # the microphone is heard
        assert tab.sounds == []
    await alice.click("[data-hook]")
    await alice.until(HEARS)  # the dial tone
    for digit in BOB.number:
        await alice.click(f'[data-key="{digit}"]')
    await alice.until(f"{WORDS}.includes('{BOB.title}')")
    await alice.click("[data-key=call]")
    await bob.until("document.querySelector('.ringing')")
    await bob.click("[data-hook]")
    for tab in (alice, bob):
        await tab.until(f"{WORDS}.includes('They read')")
    return await alice.run(WORDS), await bob.run(WORDS)


async def _confirm(tab: Tab) -> None:
    await asyncio.sleep(READING_S)
    await tab.click("[data-key=confirm]", HOLD_S)
    await tab.until(f"{WORDS}.includes('Who is it')")
    await tab.click("[data-key=confirm]")
    await tab.until(f"{WORDS}.startsWith('Verified')")


async def _listen(tab: Tab, home: Home, words: str) -> Side:
    begin = len(tab.sounds)
    async with asyncio.timeout(60):
        while len(tab.sounds) - begin < TALK_S * SOUND_HZ * 2 / FRAME_OCTETS:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await tab.until(HEARS)  # the loudspeaker's end of it runs, too
    samples = np.frombuffer(b"".join(tab.sounds[begin:]), "<i2").astype(np.float64)
    heard = sound.resample(samples, SOUND_HZ)
    return Side(sound.spoken(_voice(home)), heard, words)


def test_both_displays_show_the_same_words(conversation: Conversation) -> None:
    hers, his = conversation.alice.words, conversation.bob.words
    assert sorted(hers.splitlines()) != []
    unlike = {line for line in (*hers.splitlines(), *his.splitlines()) if " read" not in line}
    assert unlike <= set(hers.splitlines()) & set(his.splitlines())


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_each_hears_the_other(conversation: Conversation, who: str) -> None:
    sides = conversation.alice, conversation.bob
    mine, other = sides if who == "alice" else sides[::-1]
    arrived = sound.waveform_likeness(other.speech, mine.heard)
    own = sound.waveform_likeness(mine.speech, mine.heard)
    print(  # noqa: T201 - pytest shows it with -s
        f"{who} hears the other with a likeness of {arrived:.2f}, of the own voice {own:.2f}"
    )
    assert arrived > SAME_VOICE > own


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_every_packet_on_the_way_is_encrypted(conversation: Conversation, who: str) -> None:
    """As in tests/live/test_capture.py: nothing but ZRTP and what looks random."""
    side = conversation.alice if who == "alice" else conversation.bob
    sent = [each for each in conversation.line if each.source in RTP_PORTS[who]]
    first = next(at for at, each in enumerate(sent) if not each.zrtp)
    greetings = {each.zrtp for each in sent[:first]}
    assert "Hello" in greetings
    assert greetings & {"HelloACK", "Commit"}  # a Commit may stand for the other (RFC 6189, 5.3)
    rtp = [each.payload for each in sent if not each.zrtp and not 192 <= each.payload[1] <= 223]
    assert len(rtp) > TALK_S * 50 / 2
    payloads = [packet[RTP_HEADER:] for packet in rtp]
    assert len({payload[0] for payload in payloads}) > 200  # Opus begins each with the same octet
    decoded = sound.resample(opus.decode(payloads), 48_000)
    assert sound.waveform_likeness(side.speech, decoded) < SAME_VOICE
    plain = opus.encode(side.speech.repeat(6))
    assert len({packet[0] for packet in plain}) < 10
    readable = sound.resample(opus.decode(plain), 48_000)
    assert sound.waveform_likeness(side.speech, readable) > SAME_VOICE
