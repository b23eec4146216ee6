"""What the ear gets where packets are lost: PESQ (ITU-T P.862.2, wideband) of the same speech.

Each kind of phone makes one call for each loss; the relay drops, of the caller's sound, the
packets whose number is in a trace, and all kinds have the same traces: random ones, and bursty
ones, where a packet that follows a lost one is lost as well in three of four cases.
"""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import numpy as np
import pesq
from bench.abreast import abreast
from bench.figures import Figure
from bench.rivals import Pair, kinds_here, resampled, speech

from support.g711 import Samples
from support.pcap import Datagram
from support.relay import relaying

LOSSES: Final = (0, 1, 5, 10, 20)
_SETTLED_S: Final = 4.0
HEARD_S: Final = 16.5
_PIECE_S: Final = 8
_RATE: Final = 16_000
_BURST: Final = 0.75
_TRACE: Final = 6000
_SMALLEST: Final = 40
"""Octets of a packet with Opus in it; RTCP's are told by their type."""
_HEADERS: Final = 28
"""Octets of IPv4 and UDP."""
_RTCP: Final = range(192, 224)


def trace(percent: int, *, bursty: bool) -> list[bool]:
    """Which packets are lost, by their number."""
    chance = random.Random(percent)
    share, lost, before = percent / 100, list[bool](), False
    for _ in range(_TRACE):
        # So that as many are lost in the long run, fewer losses begin.
        begins = share * (1 - _BURST) / (1 - share) if bursty else share
        before = chance.random() < (_BURST if bursty and before else begins)
        lost.append(before)
    return lost


@dataclass(slots=True)
class Thief:
    """Takes packets of the caller's sound."""

    lost: list[bool]
    ports: range
    seen: int = field(default=0)
    octets: int = field(default=0)

    def take(self, packet: Datagram) -> list[Datagram]:
        """A `Tamper`."""
        if packet.target not in self.ports or not _is_sound(packet.payload):
            return [packet]
        self.seen += 1
        self.octets += len(packet.payload) + _HEADERS
        return [] if self.lost[self.seen % _TRACE] else [packet]


def _is_sound(payload: bytes) -> bool:
    return len(payload) > _SMALLEST and payload[0] >> 6 == 2 and payload[1] not in _RTCP


def measure() -> Iterator[Figure | str]:
    """Each loss, each kind of phone; the runs are stretches of 8 s."""
    yield from abreast(partial(_of, kind) for kind in kinds_here())


def _of(kind: Callable[[], AbstractContextManager[Pair]]) -> Iterator[Figure | str]:
    with kind() as pair:
        for percent in LOSSES:
            for bursty in (False, True) if percent else (False,):
                how = f"{'bursty' if bursty else 'random'} loss" if percent else "loss"
                heard, took = _heard(pair, trace(percent, bursty=bursty))
                if marks := _marks(*heard):
                    yield Figure(f"PESQ, {pair.name}, {percent} % {how}", "MOS", marks)
                else:
                    yield f"PESQ, {pair.name}, {percent} % {how}: nothing was heard."
                if not percent:
                    yield Figure(f"sound on the wire, {pair.name}, IP packets", "kbit/s", [took])


def _heard(pair: Pair, lost: list[bool]) -> tuple[tuple[Samples, int], float]:
    """What the ear got, and the bits of its packets in each millisecond."""

    async def call() -> tuple[Samples, int]:
        await pair.call()
        await asyncio.sleep(_SETTLED_S)
        before = pair.recording.size
        thief.octets = 0
        await asyncio.sleep(HEARD_S)
        found = pair.recording.since(before)
        await pair.hang_up()
        return found

    thief = Thief(lost, pair.ear_ports)
    with relaying(pair.loop, pair.ports, pair.address) as relay:
        relay.tamper = thief.take
        found = pair.loop.run_until_complete(call())
    return found, 8 * thief.octets / HEARD_S / 1000


def _marks(heard: Samples, rate: int) -> list[float]:
    samples = resampled(heard, rate, _RATE)
    spoken = resampled(*speech(), _RATE)
    size = _PIECE_S * _RATE
    marks = []
    for at in range(0, len(samples) - size + 1, size):
        piece = samples[at : at + size]
        if np.abs(piece).max() > 0:
            marks.append(float(pesq.pesq(_RATE, _said(spoken, piece), piece, "wb")))
    return marks


def _said(spoken: Samples, piece: Samples) -> Samples:
    """The part of the speech, which is said again and again, that the piece follows best."""
    again = np.tile(spoken, len(piece) // len(spoken) + 2)
    length = len(again) + len(piece)
    likeness = np.fft.irfft(np.fft.rfft(again, length) * np.conj(np.fft.rfft(piece, length)))
    start = int(np.argmax(np.abs(likeness[: len(spoken)])))
    return again[start : start + len(piece)]
