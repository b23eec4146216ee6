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
    GateBlocked,
    GateCreated,
    GateDescribed,
    GateDestroyed,
    GateDetached,
    GateEvent,
    GatePathLost,
    SrtpReceived,
    ZrtpPacket,
)
from agent.phone.events import CallId
from agent.sdes.agreement import Agreement
from agent.zrtp import Counters as ZrtpCounters
from agent.zrtp import Roster, Session, State, hello_zid

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

    def counters(self, gate: int) -> Counters:
        """What has passed a gate so far; a LookupError where it is gone."""
        ...


@dataclass(slots=True)
class Association:
    """One media stream's ZRTP session and where it runs.

    Attributes:
        token: Which of our Hellos the SDP announces.
        peer_zid: Who the keys were agreed on with; None before there are any.
        attached: Our SSRC, and where the other side's SDP wanted RTP the last time.
        moved_at: How much authentic RTP had come when that became another place; None: it
            never did.
        by_server: The keys that the signalling carried, where they run.
        zrtp_or_nothing: Whatever keys the signalling carries, none of them will do any more.
        downgraded: It carried some, and a phone that was verified under this address was expected.
    """

    session: Session
    gate: int
    leg: int
    token: int
    call: CallId | None = None
    hash_differed: bool = False
    peers_found: int = 0
    enrolled: bool = False
    clear_refused: bool = False
    peer_zid: bytes | None = None
    attached: GateAttached | None = None
    moved_at: int | None = None
    by_server: Agreement | None = None
    zrtp_or_nothing: bool = False
    downgraded: bool = False


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
        self.release(call)  # it may have been dialled again, as another leg
        self._calls[leg] = call
        gates = [association for association in self if association.leg == leg]
        if gates:
            max(gates, key=lambda association: association.gate).call = call

    def release(self, call: CallId) -> None:
        """The call is over: a gate that its leg gets from now on is another one's."""
        self._calls = {leg: each for leg, each in self._calls.items() if each != call}

    def of_call(self, call: CallId) -> Association | None:
        """The association of a call, while it has a gate."""
        return next((each for each in self if each.call == call), None)

    def at_gate(self, gate: int) -> Association | None:
        """The association of a gate; None: it is gone."""
        return self._by_gate.get(gate)

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
                return self._received(association, event, now)
            case SrtpReceived(by_signalling=by_signalling):
                if not by_signalling:
                    association.session.srtp_received(now)
            case GateDestroyed(counters=counters):
                del self._by_gate[event.gate]
                log.info("%s: packets: %s", association.call, _told(counters) or "none")
                if ignored := _told(association.session.counters):
                    log.info("%s: ZRTP not used: %s", association.call, ignored)
                association.session.close(now)
            case GatePathLost():
                log.warning("%s: the TURN server does not answer any more", association.call)
            case GateDetached():
                pass  # a re-INVITE takes the stream away and brings it back; the keys stay
            case GateBlocked() | GateDescribed():
                pass  # no matter of the session's; see `blocked`, `at_gate`
        return None

    def blocked(self, event: GateBlocked) -> Association | None:
        """Whose call it is that has no way; None: it is over already."""
        return self._by_gate.get(event.gate)

    def close(self, now: float) -> None:
        """Ends every session and forgets the stock."""
        for association in self:
            association.session.close(now)
        for session in self._ready.values():
            session.close(now)
        self._by_gate.clear()
        self._ready.clear()

    def _received(self, association: Association, packet: ZrtpPacket, now: float) -> CallId | None:
        moved = None
        if self._comes_from_another_phone(association, packet.data):
            # Its SDP announces no Hello, and ours still the one of the exchange before.
            moved = self._begin_anew(association, self._new_session(roster=self._roster), now)
            association = self._by_gate[association.gate]
        session = association.session
        before = session.recognised
        session.receive(packet.data, now)
        # Under ICE the path is agreed on already.
        if session.recognised > before and packet.source:
            self._gates.vouch(association.gate, packet.source)
        return moved

    def _comes_from_another_phone(self, association: Association, packet: bytes) -> bool:
        """Whether somebody else says Hello after a re-INVITE has moved the media elsewhere.

        Where servers take a=zrtp-hash out of the SDP, nothing else tells. Whoever the keys are
        shared with speaks under them wherever it has gone to: so as soon as that was heard from
        the new place, no Hello counts any more.
        """
        if (
            association.moved_at is None
            or association.peer_zid is None
            or association.session.state is not State.SECURE
        ):
            return False
        zid = hello_zid(packet)
        if zid is None or zid == association.peer_zid:
            return False
        return self._heard(association.gate) == association.moved_at

    def _heard(self, gate: int) -> int | None:
        """How many authentic packets have come; None: the gate is gone already."""
        try:
            return self._gates.counters(gate).received
        except LookupError:
            return None

    def _created(self, event: GateCreated) -> None:
        session = self._ready.pop(event.token, None) or self._new_session(roster=self._roster)
        self._by_gate[event.gate] = Association(
            session, event.gate, event.leg, event.token, self._calls.get(event.leg)
        )
        self.fill_stock()

    def _attached(self, association: Association, event: GateAttached, now: float) -> CallId | None:
        before, association.attached = association.attached, event
        if event.token != association.token:
            session = self._ready.pop(event.token, None) or self._new_session(roster=self._roster)
            association.token = event.token
            self.fill_stock()
            return self._begin_anew(association, session, now)
        if before is None:
            association.session.start(now, ssrc=event.ssrc, peer_hello_hashes=event.remote_hashes)
            return None
        if event.remote != before.remote:
            association.moved_at = self._heard(event.gate)
        association.session.update_peer_hello_hashes(event.remote_hashes)
        return None

    def _begin_anew(self, association: Association, session: Session, now: float) -> CallId | None:
        """Another phone is at the other end: nothing of what was agreed with the first one holds.

        The keys go first, so that it hears nothing and is not heard before it has its own.
        """
        self._gates.close(association.gate)
        association.session.close(now)
        attached = association.attached
        self._by_gate[association.gate] = Association(
            session=session,
            gate=association.gate,
            leg=association.leg,
            token=association.token,
            call=association.call,
            attached=attached,
            zrtp_or_nothing=True,
        )
        if attached is not None:
            hashes = attached.remote_hashes
            session.start(now, ssrc=attached.ssrc, peer_hello_hashes=hashes)
        return association.call


def _told(counters: Counters | ZrtpCounters) -> str:
    """Those that are not zero, such as "sent 512, replayed 2"."""
    numbers = asdict(counters).items()
    return ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in numbers if number)
