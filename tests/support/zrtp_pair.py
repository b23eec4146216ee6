"""Two ZRTP sessions with a bad line between them, on simulated time.

A `Pair` holds two `Endpoint`s and carries their packets over a `Line` that loses, doubles and
delays them by a seeded plan. Its clock jumps from one due time to the next, so that an exchange of
many seconds takes no time. A test may put a `Tamper` into the line: it sees each packet with the
name of its sender and says what arrives in its place.
"""

import heapq
import random
from collections.abc import Callable
from itertools import count
from typing import Protocol, TypeVar

from agent.zrtp import (
    CacheUpdate,
    Event,
    Identity,
    Offer,
    RetainedSecrets,
    Roster,
    Secured,
    Session,
    State,
)
from agent.zrtp.algorithms import KEY_AGREEMENTS
from agent.zrtp.fragments import DEFAULT_MTU, Reassembly, largest_message
from agent.zrtp.messages import MessageType, message_type
from agent.zrtp.retained_secrets import FOREVER
from agent.zrtp.wire import Packet, decode_packet, encode_packet, is_fragment

E = TypeVar("E")

Tamper = Callable[[str, bytes], list[bytes]]

WALL_START = 1_700_000_000

CLASSICAL = Offer(key_agreements=("X255", "E255", "EC25", "DH3k"))
"""Without X3M3 every message fits into one packet, which a `Tamper` can look at."""


class MemoryStore:
    """A store for one phone; what it holds may be handed to the next call."""

    def __init__(self, kept: dict[bytes, RetainedSecrets] | None = None) -> None:
        self.kept = dict(kept or {})

    def retained_secrets(self, zid: bytes) -> RetainedSecrets | None:
        return self.kept.get(zid)

    def apply(self, update: CacheUpdate) -> None:
        self.kept[update.zid] = update.secrets


class Endpoint:
    """One session with its host: it stores what it is told to store, and keeps all events."""

    def __init__(
        self,
        name: str,
        *,
        seed: int = 0,
        ssrc: int | None = None,
        zid: bytes | None = None,
        store: MemoryStore | None = None,
        offer: Offer = CLASSICAL,
        cache_seconds: int = FOREVER,
        wall: float = WALL_START,
        mtu: int = DEFAULT_MTU,
        roster: Roster | None = None,
        prefer_preshared: bool = False,
        first: "Endpoint | None" = None,
    ) -> None:
        self.name = name
        self.random = random.Random(f"{name} {seed}")
        self.zid = zid or random.Random(name).randbytes(12)
        self.ssrc = self.random.getrandbits(32) if ssrc is None else ssrc
        self.store = store or MemoryStore()
        self.wall = wall
        self.events: list[Event] = []
        self.sent: list[bytes] = []
        self.drawn: list[bytes] = []
        self.session: Session = Session(
            identity=Identity(self.zid, f"Test {name}"),
            store=self.store,
            randbytes=self.randbytes,
            wall_clock=lambda: self.wall,
            offer=offer,
            cache_seconds=cache_seconds,
            mtu=mtu,
            roster=roster,
            prefer_preshared=prefer_preshared,
            first_stream=first.session if first else None,
        )

    def randbytes(self, length: int) -> bytes:
        """Octets from the seed, remembered."""
        self.drawn.append(self.random.randbytes(length))
        return self.drawn[-1]

    def pump(self) -> list[bytes]:
        """Act on all events, then take the packets: the order that a host has to keep."""
        while (event := self.session.next_event()) is not None:
            self.events.append(event)
            if isinstance(event, CacheUpdate):
                self.store.apply(event)
            elif isinstance(event, Secured) and event.update is not None:
                self.store.apply(event.update)
        packets = self.session.packets_to_send()
        self.sent.extend(packets)
        return packets

    def only(self, kind: type[E]) -> E:
        """The one event of this kind."""
        (event,) = self.all(kind)
        return event

    def all(self, kind: type[E]) -> list[E]:
        """All events of this kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def sent_types(self) -> list[MessageType]:
        """What was sent, in order; what was cut counts once it is complete."""
        return [message_type(message) for message in whole_messages(self.sent)]

    def sent_message(self, kind: MessageType) -> bytes:
        """The first message of this type that was sent."""
        messages = whole_messages(self.sent)
        return next(message for message in messages if message_type(message) is kind)


def whole_messages(packets: list[bytes]) -> list[bytes]:
    """The messages in packets that came in order."""
    reassembly = Reassembly(largest_message(tuple(KEY_AGREEMENTS)))
    sources = {int.from_bytes(packet[8:12]) for packet in packets}
    received = (reassembly.receive(packet, 0.0, sources) for packet in packets)
    return [packet.message for packet in received if packet is not None]


class Line:
    """How bad the line is. Times in seconds, the others are odds per packet."""

    def __init__(
        self,
        *,
        seed: int = 0,
        delay: float = 0.01,
        jitter: float = 0.0,
        loss: float = 0.0,
        duplication: float = 0.0,
    ) -> None:
        self.delay = delay
        self.jitter = jitter
        self.loss = loss
        self.duplication = duplication
        self._random = random.Random(seed)

    def arrivals(self) -> list[float]:
        """After how long a packet arrives, once for each copy of it."""
        copies = 0 if self._random.random() < self.loss else 1
        copies += self._random.random() < self.duplication
        return [self.delay + self._random.random() * self.jitter for _ in range(copies)]


def untouched(_sender: str, packet: bytes) -> list[bytes]:
    return [packet]


class Driven(Protocol):
    """What a line needs of a session, ours or another implementation."""

    @property
    def hello_hashes(self) -> tuple[str, ...]: ...

    def start(self, now: float, *, ssrc: int, peer_hello_hashes: tuple[str, ...] = ()) -> None: ...

    def receive(self, packet: bytes, now: float) -> None: ...

    def handle_timer(self, now: float) -> None: ...

    def next_timer(self) -> float | None: ...


class Side(Protocol):
    """One end of a line."""

    name: str
    ssrc: int

    @property
    def session(self) -> Driven: ...

    def pump(self) -> list[bytes]: ...


class Wire:
    """Two sides and what is on its way between them."""

    def __init__(
        self, left: Side, right: Side, line: Line | None = None, tamper: Tamper = untouched
    ) -> None:
        self.line = line or Line()
        self.tamper = tamper
        self.now = 1000.0
        self._left = left
        self._right = right
        self._order = count()
        self._flying: list[tuple[float, int, Side, bytes]] = []

    def start(self, *, right_after: float = 0.0, hashes: bool = True) -> None:
        """Both begin; with `hashes` each knows the other's `a=zrtp-hash`."""
        begin = self.now
        self._start(self._left, self._right if hashes else None)
        self.run(until=begin + right_after)
        self.now = begin + right_after
        self._start(self._right, self._left if hashes else None)

    def run(self, *, until: float | None = None) -> None:
        """Let everything happen that is due, until nothing more is or a minute is over."""
        limit = self.now + 60.0 if until is None else until
        while (due := self.next_due()) is not None and due <= limit:
            self.now = max(self.now, due)
            while self._flying and self._flying[0][0] <= self.now:
                _, _, receiver, packet = heapq.heappop(self._flying)
                receiver.session.receive(packet, self.now)
                self.carry()
            for side in (self._left, self._right):
                side.session.handle_timer(self.now)
            self.carry()

    def _start(self, side: Side, other: Side | None) -> None:
        hashes = other.session.hello_hashes if other else ()
        side.session.start(self.now, ssrc=side.ssrc, peer_hello_hashes=hashes)
        self.carry()

    def next_due(self) -> float | None:
        """When something will happen next; None: never."""
        times = [self._left.session.next_timer(), self._right.session.next_timer()]
        times += [self._flying[0][0]] if self._flying else []
        return min((time for time in times if time is not None), default=None)

    def carry(self) -> None:
        """Both hosts do what their sessions want, and the packets are on their way."""
        for sender, receiver in ((self._left, self._right), (self._right, self._left)):
            for packet in sender.pump():
                for arriving in self.tamper(sender.name, packet):
                    for delay in self.line.arrivals():
                        entry = (self.now + delay, next(self._order), receiver, arriving)
                        heapq.heappush(self._flying, entry)


class Pair(Wire):
    """Two of our own sessions on a line; named arguments make them other than two strangers."""

    def __init__(
        self,
        alice: Endpoint | None = None,
        bob: Endpoint | None = None,
        *,
        line: Line | None = None,
        tamper: Tamper = untouched,
    ) -> None:
        self.alice = alice or Endpoint("alice")
        self.bob = bob or Endpoint("bob")
        super().__init__(self.alice, self.bob, line, tamper)

    def call(self, *, hashes: bool = True) -> tuple[Secured, Secured]:
        """A whole exchange that has to succeed; the view of Alice and that of Bob."""
        self.start(hashes=hashes)
        self.run()
        return self.secured()

    def secured(self) -> tuple[Secured, Secured]:
        """Both sides are secure, and hold the same keys."""
        assert self.alice.session.state is self.bob.session.state is State.SECURE
        alice, bob = self.alice.only(Secured), self.bob.only(Secured)
        assert alice.send == bob.receive
        assert alice.receive == bob.send
        assert alice.send != alice.receive
        assert alice.sas == bob.sas
        assert alice.role is not bob.role
        assert alice.algorithms == bob.algorithms
        return alice, bob


def together(*wires: Wire, seconds: float = 60.0) -> None:
    """Let everything happen that is due on several lines with one clock."""
    now = max(wire.now for wire in wires)
    limit = now + seconds
    while (due := min(_dues(wires), default=limit + 1.0)) <= limit:
        now = max(now, due)
        for wire in wires:
            wire.run(until=now)
            wire.now = now
        for wire in wires:
            wire.carry()


def _dues(wires: tuple[Wire, ...]) -> list[float]:
    return [due for wire in wires if (due := wire.next_due()) is not None]


def with_message(packet: bytes, message: bytes) -> bytes:
    """The same packet with another message in it and a CRC that fits."""
    original = decode_packet(packet)
    return encode_packet(Packet(original.sequence, original.ssrc, message))


def is_type(packet: bytes, kind: MessageType) -> bool:
    """Whether a packet holds a whole message of this type."""
    return not is_fragment(packet) and message_type(decode_packet(packet).message) is kind


def altering(kind: MessageType, alter: Callable[[bytes], bytes | None], *, by: str = "") -> Tamper:
    """A line on which somebody alters all messages of one type; None takes the packet away.

    Args:
        kind: the type.
        alter: from the message to what arrives in its place; the CRC is made to fit.
        by: only those that the side of this name sends.
    """

    def tamper(sender: str, packet: bytes) -> list[bytes]:
        if by not in {"", sender} or not is_type(packet, kind):
            return [packet]
        altered = alter(decode_packet(packet).message)
        return [] if altered is None else [with_message(packet, altered)]

    return tamper


def losing(kind: MessageType, *, by: str = "") -> Tamper:
    """A line that loses all messages of one type."""
    return altering(kind, lambda _message: None, by=by)


def initiated_by(name: str) -> Tamper:
    """A line that loses the HelloACKs of one side: the other never commits, so it initiates."""
    return losing(MessageType.HELLO_ACK, by=name)


def chained(*tampers: Tamper) -> Tamper:
    """Several of them, one after the other."""

    def tamper(sender: str, packet: bytes) -> list[bytes]:
        packets = [packet]
        for each in tampers:
            packets = [after for before in packets for after in each(sender, before)]
        return packets

    return tamper
