"""Two phones with somebody on the line and on the signalling between them."""

import asyncio
import contextlib
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from agent.demo.person import HOLD_S, READING_S, sas_words
from agent.store import DATABASE, Store
from hw.types import Key
from support.couple import CALLEE, RTP_PORTS, Couple, Side, couple
from support.mallory import Mallory
from support.netns import network_namespace
from support.pcap import Datagram
from support.relay import Relay, Tamper, relaying, untouched
from support.signalling import Signalling, tapping, unaltered

ATTACKED: Final = "ATTACKED."
ALTERED: Final = "The call was altered on its way."
ANOTHER: Final = "This is NOT the phone you verified"
CHANGED: Final = "Something changed"
SILENT: Final = "fell silent"
FAILED: Final = "could not agree"
WIRETAPPED: Final = "WIRETAPPED"
_TRUST: Final = ("peer", "retained_secret", "peer_uri")


@dataclass(slots=True)
class Scene:
    """Two phones, and the one between them.

    Attributes:
        both: The phones and their people.
        relay: All their UDP.
        signalling: All their SIP.
        mallory: Who runs two ZRTP sessions of her own, once she is told to.
    """

    both: Couple
    relay: Relay
    signalling: Signalling
    mallory: Mallory = field(init=False)

    def __post_init__(self) -> None:
        self.mallory = Mallory(self.relay, self.both.loop)

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both phones, the caller first."""
        return self.both.sides

    def stands_between(self, mallory: Mallory | None = None) -> Mallory:
        """From the next call on both phones agree on keys with her, and the SDP says so."""
        self.mallory = mallory or Mallory(self.relay, self.both.loop)
        self.mallory.begin()
        self.relay.tamper = self.mallory.tamper
        self.signalling.alter = self.mallory.announce
        return self.mallory

    def withdraws(self) -> None:
        """Nobody does anything any more."""
        self.mallory.end()
        self.relay.tamper = untouched
        self.signalling.alter = unaltered

    def trust(self) -> list[list[tuple[object, ...]]]:
        """All that both phones remember of others."""
        return [rows(side, *_TRUST) for side in self.sides]

    def people(self) -> list[set[tuple[bytes, bool, str]]]:
        """Whom each phone knows: ZID, whether verified, and under which name."""
        return [
            {(peer.zid, peer.verified, peer.name) for peer in store.peers()}
            for store in self.stores()
        ]

    def alarms(self) -> Counter[str]:
        """What both phones wrote down as attacks, without the time."""
        found = [row for side in self.sides for row in rows(side, "security_event")]
        return Counter(str(row[-1]) for row in found if "zrtp-attack" in row)

    def stores(self) -> Iterator[Store]:
        """The memory of each phone, as somebody sees it who looks in while it runs."""
        for side in self.sides:
            with contextlib.closing(visit(side)) as store:
                yield store

    def refused(self, tamper: Tamper, sentence: str, reason: str = "") -> None:
        """A call comes to nothing: see `fails`."""
        self.relay.tamper = tamper
        self.fails(sentence, reason)

    def fails(self, sentence: str, reason: str = "") -> None:
        """A call comes to nothing: it is told, nobody heard anything, nothing is remembered.

        Args:
            sentence: What a panel says.
            reason: What is written down as an attack; empty: it is not taken for one.
        """
        trust, alarms = self.trust(), self.alarms()
        self.both.run(self._is_told(sentence))
        for side in self.sides:
            passed = side.passed()[-1]
            assert {"sent", "received", "rtcp sent", "rtcp received"}.isdisjoint(passed), passed
        assert self.trust() == trust
        added = self.alarms() - alarms
        assert set(added) == ({reason} if reason else set()), added

    async def _is_told(self, sentence: str) -> None:
        await self.both.dial()
        await self.both.callee.until(
            lambda: any(sentence in side.reads for side in self.sides), sentence
        )
        await self.both.hang_up()

    def call(self, tamper: Tamper) -> tuple[dict[str, int], dict[str, int]]:
        """A call that becomes secure although somebody does this; the gates' counters."""
        self.relay.tamper = tamper
        self.both.run(self.both.whole_call())
        caller, callee = (side.passed()[-1] for side in self.sides)
        return caller, callee

    def clean_call(self) -> None:
        """Nobody does anything, and the call is secure: words to compare, or verified."""
        self.withdraws()
        self.both.run(self._clean_call())

    def compared_call(self) -> None:
        """A call in which both people say that the words are the same: verified from then on."""
        self.both.run(self._compared_call())

    async def _compared_call(self) -> None:
        await self.secure_call()
        await self.compared()
        await self.both.hang_up()

    async def _clean_call(self) -> None:
        await self.both.rest()
        await self.secure_call()
        await self.both.hang_up()

    async def secure_call(self) -> None:
        """Dials, and waits until both phones are secure; the call stays up."""
        await self.both.dial()
        for side in self.sides:
            await side.until(partial(_is_secure, side), "a secure call")

    def unused(self) -> str:
        """What both engines said of packets that they did not use in the last call."""
        found = []
        for side in self.sides:
            told = side.journal.splitlines()[-1:]
            found += [line for line in told if "ZRTP not used" in line]
        return " ".join(found)

    async def compared(self) -> None:
        """Within a call: both people say that the words are the same, and take the name."""
        for side in self.sides:
            await side.person.confirms()
        for side in self.sides:
            await side.until(partial(_settled, side), "the name or the call")
            if "Who is it" in side.reads:
                await side.person.phone.press(Key.CONFIRM)

    async def denied(self) -> None:
        """Within a call: both people say that the words differ."""
        await asyncio.sleep(READING_S)
        for side in self.sides:
            await side.person.phone.press(Key.STAR, HOLD_S)
            await side.sees(WIRETAPPED)


def _settled(side: Side) -> bool:
    return "Who is it" in side.reads or "Verified" in side.reads


def _is_secure(side: Side) -> bool:
    picture = side.person.phone.state.picture
    verified = any(line.startswith("Verified") for line in picture.text)
    return verified or sas_words(picture) is not None


def visit(side: Side) -> Store:
    """The memory of a phone that may be running."""
    return Store.visit(side.home.folder / DATABASE, time.time)


def rows(side: Side, *tables: str) -> list[tuple[object, ...]]:
    """All rows of these tables of a phone's memory."""
    return rows_in(side.home.folder, *tables)


def rows_in(folder: Path, *tables: str) -> list[tuple[object, ...]]:
    """The same of the phone whose memory is in this folder."""
    file = folder / DATABASE
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return [row for table in tables for row in database.execute(f"SELECT * FROM {table}")]  # noqa: S608
    finally:
        database.close()


def from_caller(packet: Datagram) -> bool:
    """Whether the caller's phone sent it."""
    return packet.source < CALLEE.rtp_port


@contextlib.contextmanager
def scene(more: str = "") -> Iterator[Scene]:
    """Starts two phones in a network of their own, with somebody between them.

    Args:
        more: What stands in both configurations besides.
    """
    with (
        network_namespace(),
        tempfile.TemporaryDirectory(prefix="sotto-") as folder,
        couple(more) as both,
        relaying(both.loop, RTP_PORTS) as relay,
        tapping(both, Path(folder)) as signalling,
    ):
        yield Scene(both, relay, signalling)
