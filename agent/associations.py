"""Which ZRTP session belongs to which gate and which call.

PJSIP writes the SDP, and in it our a=zrtp-hash, inside its own thread before anybody here
hears of an incoming call (RFC 6189 section 8: the hash is that of a Hello that exists
already). So a few sessions, each with its Hello ready, wait in stock; every new gate
takes the hash of one of them and says by its token which.
"""

import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count
from typing import Final, Protocol

from agent.media.gate import (
    Counters,
    GateAttached,
    GateCreated,
    GateDestroyed,
    GateDetached,
    GateEvent,
    SrtpReceived,
    ZrtpPacket,
)
from agent.phone.events import CallId
from agent.zrtp import Counters as ZrtpCounters
from agent.zrtp import Roster, Session

log = logging.getLogger(__name__)

STOCK: Final = 4
"""Hellos kept ready: more INVITEs than that at one moment get an answer without a hash,
which the other side then shows as a weaker call, and nothing worse."""


class Gates(Protocol):
    """What the sessions tell the gates: the gate module itself, or a test's."""

    def arm(self, token: int, value: str) -> None:
        """Puts one a=zrtp-hash value at the end of the queue, for the next gate."""
        ...

    def vouch(self, gate: int, source: str) -> None:
        """Says that the peer was heard from an address."""
        ...

    def close(self, gate: int) -> None:
        """Drops a gate's keys."""
        ...


@dataclass(slots=True)
class Association:
    """One media stream's ZRTP session and where it runs."""

    session: Session
    gate: int
    leg: int
    token: int
    call: CallId | None = None
    started: bool = False
    hash_differed: bool = False
    peers_found: int = 0
    enrolled: bool = False


class NewSession(Protocol):
    """Makes a session whose Hello is ready."""

    def __call__(self, *, roster: Roster) -> Session:
        """The roster tells it of the others: one exchange at a time with each phone."""
        ...


class Associations:
    """All of them, by gate, by leg and by call."""

    def __init__(self, gates: Gates, new_session: NewSession) -> None:
        self._gates = gates
        self._roster = Roster()
        self._new_session = new_session
        self._tokens = count(1)
        self._ready: dict[int, Session] = {}
        self._by_gate: dict[int, Association] = {}
        self._calls: dict[int, CallId] = {}

    def __iter__(self) -> Iterator[Association]:
        """Every association that has a gate."""
        return iter(tuple(self._by_gate.values()))

    def fill_stock(self) -> None:
        """Makes sessions until enough Hellos wait for the next calls."""
        while len(self._ready) < STOCK:
            token, session = next(self._tokens), self._new_session(roster=self._roster)
            self._ready[token] = session
            self._gates.arm(token, session.hello_hashes[0])

    def bind(self, leg: int, call: CallId) -> None:
        """Says which call a leg (pjsua's call id) is now: for its newest gate, or its next.

        pjsua uses a leg again for a later call, but not before the gates of the earlier one
        are gone.
        """
        self._calls[leg] = call
        gates = [association for association in self if association.leg == leg]
        if gates:
            max(gates, key=lambda association: association.gate).call = call

    def of_call(self, call: CallId) -> Association | None:
        """The association of a call, while it has a gate."""
        return next((each for each in self if each.call == call), None)

    def handle(self, event: GateEvent, now: float) -> CallId | None:
        """Carries what happened at a gate to its session.

        Returns:
            The call that is with another phone from now on: it has no keys any more.
        """
        if isinstance(event, GateCreated):
            self._created(event)
            return None
        association = self._by_gate.get(event.gate)
        if association is None:
            return None  # the last packets of a gate that is gone already
        match event:
            case GateAttached():
                return self._attached(association, event, now)
            case ZrtpPacket():
                self._received(association, event, now)
            case SrtpReceived():
                association.session.srtp_received(now)
            case GateDestroyed(counters=counters):
                del self._by_gate[event.gate]
                log.info("%s: packets: %s", association.call, _told(counters) or "none")
                if ignored := _told(association.session.counters):
                    log.info("%s: ZRTP not used: %s", association.call, ignored)
                association.session.close(now)
            case GateDetached():
                pass  # a re-INVITE takes the stream away and brings it back; the keys stay
        return None

    def close(self, now: float) -> None:
        """Ends every session and forgets the stock."""
        for association in self:
            association.session.close(now)
        for session in self._ready.values():
            session.close(now)
        self._by_gate.clear()
        self._ready.clear()

    def _received(self, association: Association, packet: ZrtpPacket, now: float) -> None:
        session = association.session
        before = session.recognised
        session.receive(packet.data, now)
        # Under ICE the path is agreed on already.
        if session.recognised > before and packet.source:
            self._gates.vouch(association.gate, packet.source)

    def _created(self, event: GateCreated) -> None:
        session = self._ready.pop(event.token, None) or self._new_session(roster=self._roster)
        self._by_gate[event.gate] = Association(
            session, event.gate, event.leg, event.token, self._calls.get(event.leg)
        )
        self.fill_stock()

    def _attached(self, association: Association, event: GateAttached, now: float) -> CallId | None:
        if event.token != association.token:
            return self._begin_anew(association, event, now)
        if association.started:
            association.session.update_peer_hello_hashes(event.remote_hashes)
        else:
            association.started = True
            association.session.start(now, ssrc=event.ssrc, peer_hello_hashes=event.remote_hashes)
        return None

    def _begin_anew(
        self, association: Association, event: GateAttached, now: float
    ) -> CallId | None:
        """Another phone is at the other end: nothing of what was agreed with the first one holds.

        The keys go first, so that it hears nothing and is not heard before it has its own.
        """
        self._gates.close(association.gate)
        association.session.close(now)
        session = self._ready.pop(event.token, None) or self._new_session(roster=self._roster)
        self._by_gate[event.gate] = Association(
            session, event.gate, event.leg, event.token, association.call, started=True
        )
        self.fill_stock()
        session.start(now, ssrc=event.ssrc, peer_hello_hashes=event.remote_hashes)
        return association.call


def _told(counters: Counters | ZrtpCounters) -> str:
    """Those that are not zero, such as "sent 512, replayed 2"."""
    numbers = asdict(counters).items()
    return ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in numbers if number)
