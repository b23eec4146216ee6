"""Floods into a call: what is left of the sound, how soon a key is answered, what memory grows."""

import asyncio
import json
import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from attack.rows import Row
from bench.processes import memory_mib, pid_of

from agent.demo.household import DemoError
from agent.demo.speech import Stretch
from agent.zrtp.messages import Commit
from agent.zrtp.wire import Packet, encode_packet
from hw.types import Key
from support import sound
from support.couple import CALLEE, Couple, couple
from support.flood import stranger
from support.g711 import Samples
from support.netns import network_namespace
from support.scene import visit
from support.wire import Datagram, UdpTap

_PER_S: Final = 10_000.0
_DIFFERENT: Final = 500
_PATIENCE_S: Final = 5.0
_SAME_VOICE: Final = 0.45
"""As in soak/calls.py: another voice reaches 0.31."""
_AFTERWARDS_S: Final = 2.0
_MORE_MIB: Final = 64.0
_POURER: Final = Path(__file__).with_name("pourer.py")


@dataclass(frozen=True, slots=True)
class _Flood:
    """What is poured: a kind of `pourer.py`, and for "udp" how to make
    a packet from one that the peer sent."""

    name: str
    what: str
    kind: str
    make: Callable[[Datagram], bytes] | None = None


def poured(seconds: float) -> Iterator[Row]:
    """Each flood into a call of its own, and one call without any."""
    with network_namespace():
        for flood in _FLOODS:
            try:
                with couple() as both:
                    both.run(both.whole_call())  # they have met
                    row = both.run(_one(both, flood, seconds))
            except (DemoError, TimeoutError) as error:
                row = _broken(flood, error)
            yield row


def _commit(way: Datagram) -> bytes:
    """A Commit in the peer's name, by one who does not know its hash chain."""
    rand = secrets.token_bytes
    ends = (b"S256", b"AES1", b"HS80", b"X255", b"B32 ")
    message = Commit(rand(32), rand(12), *ends, commitment=rand(32)).serialize(rand(32))
    return encode_packet(Packet(secrets.randbits(15), int.from_bytes(way.payload[8:12]), message))


def _forged(way: Datagram) -> bytes:
    """SRTP as long as the peer's, in its name, with its next sequence numbers."""
    number = int.from_bytes(way.payload[2:4]) + 1 + secrets.randbelow(1000)
    head = way.payload[:2] + (number % 65536).to_bytes(2) + way.payload[4:12]
    return head + secrets.token_bytes(len(way.payload) - 12)


_FLOODS: Final = (
    _Flood("no flood", "nothing: how it is without", ""),
    _Flood("flood of Hellos", "Hellos of strangers", "udp", lambda _way: stranger()),
    _Flood("flood of Commits", "Commits with a random H2", "udp", _commit),
    _Flood("flood of SRTP", "forged SRTP", "udp", _forged),
    _Flood("flood of INVITEs", "INVITEs over TLS", "invites"),
    _Flood("flood of TLS", "TLS handshakes", "handshakes"),
    _Flood("slow TLS", "200 TLS connections, an octet a second", "slowly"),
)


async def _one(both: Couple, flood: _Flood, seconds: float) -> Row:
    """A call with a flood into the phone that was called."""
    pid = pid_of(both.callee.home.config)
    trust = _remembered(both)
    try:
        with UdpTap() as tap:
            await both.dial()
            words = await both.secure()
            way = next(
                each
                for each in await asyncio.to_thread(tap.listen, 1.0)
                if each.payload[0] >> 6 == 2
                and each.target >= CALLEE.rtp_port
                and not each.target % 2
            )
        before = memory_mib(pid)[0]
        pouring = asyncio.create_task(_pour(flood, way, seconds))
        heard = (await both.talk(seconds * 0.7))[1]
        picture_ms = await _key_to_picture(both)
        sent = await pouring
        # The flooded panel may ask about other callers; what goes on is heard, and seen here.
        same = await both.caller.person.reads_sas() == words
        after = _likeness(both, (await both.talk(_AFTERWARDS_S))[1])
        grown = memory_mib(pid)[0] - before
    except (AssertionError, DemoError, TimeoutError, StopIteration) as error:
        return _broken(flood, error)
    likeness = _likeness(both, heard)
    rate = sent["sent"] / max(sent["seconds"], 0.001)
    data = {
        **sent,
        "likeness": likeness,
        "after": after,
        "picture_ms": picture_ms,
        "grown_mib": grown,
    }
    data["gap_ms"] = _longest_gap_ms(sound.played(heard))
    holds = (
        same and min(likeness, after) > _SAME_VOICE and picture_ms is not None and grown < _MORE_MIB
    )
    did = (
        f"the call {'went on' if same else 'CHANGED'}; speech {likeness:.2f} alike, {after:.2f} after it, longest "
        f"silence {data['gap_ms']} ms; memory {before:.0f} MiB, {grown:+.1f}"
    )
    key = "no picture after a key" if picture_ms is None else f"key to picture {picture_ms:.0f} ms"
    keeps = "unchanged" if _remembered(both) == trust else "CHANGED"
    told = f"{flood.what}: {sent['sent']}, {rate:.0f} a second" if flood.kind else flood.what
    return Row(flood.name, "live", told, did, key, keeps, holds and keeps == "unchanged", data)


def _broken(flood: _Flood, error: Exception) -> Row:
    return Row(flood.name, "live", flood.what, f"the call broke: {error}", "", "", holds=False)


async def _pour(flood: _Flood, way: Datagram, seconds: float) -> dict[str, Any]:
    if not flood.kind:
        await asyncio.sleep(seconds)
        return {"sent": 0, "seconds": seconds}
    order = (flood.kind, str(CALLEE.sip_port), str(seconds), str(_PER_S))
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, _POURER, *order),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    made = (flood.make(way) for _ in range(_DIFFERENT)) if flood.make else ()
    lines = [f"{way.source} {way.target} {each.hex()}\n" for each in made]
    out, _ = await child.communicate("".join(lines).encode())
    found: dict[str, Any] = json.loads(out)
    return found


async def _key_to_picture(both: Couple) -> float | None:
    """Milliseconds from a key to another picture, at the phone that is flooded."""
    phone, clock = both.callee.person.phone, asyncio.get_running_loop()
    title = phone.state.picture.text[:1]
    begun = clock.time()
    await phone.press(Key.MENU)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await phone.until(lambda state: state.picture.text[:1] != title)
    except TimeoutError:
        return None
    return 1000 * (clock.time() - begun)


def _likeness(both: Couple, heard: Stretch) -> float:
    """How like the caller's speech is to what the other one heard; 1: the same."""
    spoken = sound.spoken(both.caller.home.microphone)
    return sound.waveform_likeness(spoken, sound.played(heard))


def _longest_gap_ms(samples: Samples) -> int:
    """The longest run of 20 ms without any sound; speech has pauses of its own."""
    size = sound.RATE // 50
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    longest = run = 0
    for silent in np.sqrt(np.mean(frames**2, axis=1)) < 1.0:
        run = run + 1 if silent else 0
        longest = max(longest, run)
    return 20 * longest


def _remembered(both: Couple) -> list[int]:
    """How many phones each knows, and how many of them are verified."""
    found = []
    for side in both.sides:
        store = visit(side)
        peers = list(store.peers())
        found += [len(peers), sum(peer.verified for peer in peers)]
        store.close()
    return found
