"""Hellos of many strangers, as fast as one machine makes them, into a call that is up."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import Final

from agent.zrtp.messages import Hello
from agent.zrtp.wire import Packet, encode_packet
from support.pcap import Datagram
from support.relay import Relay

_DIFFERENT: Final = 500
"""So many strangers; to make a packet takes longer than to send it."""
_AT_ONCE: Final = 50
"""What a socket holds while its phone looks away."""


def stranger() -> bytes:
    """A packet of somebody who has never called."""
    lists = ((b"S256",), (b"AES1",), (b"HS32",), (b"X255",), (b"B32 ",))
    rand = secrets.token_bytes
    hello = Hello(b"1.10", b"Nobody".ljust(16), rand(32), rand(12), *lists).serialize(rand(32))
    return encode_packet(Packet(7, int.from_bytes(rand(4)), hello))


@dataclass(frozen=True, slots=True)
class Poured:
    """How it went.

    Attributes:
        packets: How many.
        seconds: In how long.
    """

    packets: int
    seconds: float


async def pour(relay: Relay, ways: Sequence[Datagram], packets: int, per_s: float) -> Poured:
    """Sends so many, no faster than that.

    Args:
        relay: The line.
        ways: Packets that went to the phones it is meant for, one after the other.
        packets: In all.
        per_s: So many a second.
    """
    loop = asyncio.get_running_loop()
    made = [replace(way, payload=stranger()) for way in islice(cycle(ways), _DIFFERENT)]
    begun = loop.time()
    for number, packet in enumerate(islice(cycle(made), packets)):
        relay.inject(packet)
        if number % _AT_ONCE == 0:
            await asyncio.sleep(max(0.0, begun + number / per_s - loop.time()))
    return Poured(packets, loop.time() - begun)
