"""A session in one state: whatever comes, it keeps what it promises.

It raises nothing. It becomes secure only with the keys that it has with its true peer, by what
that peer sent. Secure it stays secure, and once it has failed nothing revives it. For one packet
it sends at most two. What it counts as not used has changed nothing.
"""

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Final

from agent.zrtp import Counters, Event, LocalError, Secured, State
from fuzz.meter import Meter
from fuzz.promises import Observation, check
from fuzz.records import Kind, Record, edited, packet_around, read, with_crc
from fuzz.situations import NOW, Host, Situation
from fuzz.snapshot import fingerprint

# What is counted, and when the session was called last.
ASIDE: Final = frozenset({"_ignored", "now"})
_STEP: Final = 0.001
_COUNTS: Final = attrgetter(*(field.name for field in fields(Counters)))


class SessionTarget:
    """An input is a list of records.

    Args:
        situation: how each execution begins.
        reuse: for how many inputs one copy serves while nothing happens to it; 1 to repeat one.
    """

    def __init__(self, situation: Situation, *, reuse: int = 256) -> None:
        self.meter = Meter()
        self._situation = situation
        self._reuse = reuse
        self._host = situation.snapshot.copy()
        self._untouched = fingerprint(self._host.session, ASIDE)
        self._unchecked = 0
        self._now = NOW

    def execute(self, data: bytes) -> None:
        self._now = NOW
        unused = sum(_COUNTS(self._host.session.counters))
        received, touched = 0, False
        for record in read(data):
            datagram = self._datagram(record)
            received += datagram is not None
            touched |= self._observe(record, datagram)
        unused = sum(_COUNTS(self._host.session.counters)) - unused
        self._renew(touched=touched or unused != received)
        self.meter.executed()

    def _renew(self, *, touched: bool) -> None:
        """The next execution has to begin with a session as the first one did."""
        if touched:
            self._host = self._situation.snapshot.copy()
            self._unchecked = 0
            return
        self._unchecked += 1
        if self._unchecked >= self._reuse:
            assert fingerprint(self._host.session, ASIDE) == self._untouched
            self._unchecked = 0

    def _observe(self, record: Record, datagram: bytes | None) -> bool:
        """Let it happen; whether something came of it."""
        session = self._host.session
        before = session.state
        self._now += _STEP
        if datagram is None:
            self._act(record)
            events, packets = self._host.fetch()
        else:
            events, packets = self.meter.measure(_receive, self._host, datagram, self._now)
        seen = Observation(before, session.state, datagram, events, packets)
        check(seen, self._situation)
        # An SDP is remembered, even if nothing is to be said of it.
        return bool(events or packets or session.state is not before or record.kind is Kind.SDP)

    def _act(self, record: Record) -> None:
        session = self._host.session
        match record.kind:
            case Kind.TIME:
                self._now = max(self._now, session.next_timer() or 0.0)
                session.handle_timer(self._now)
            case Kind.SRTP:
                session.srtp_received(self._now)
            case Kind.SDP:
                values = record.data.decode("latin-1").split("\n")
                session.update_peer_hello_hashes(tuple(values))
            case Kind.VERDICT:
                has_sas = isinstance(self._situation.secured, Secured)
                _judge(self._host, has_sas=has_sas, same=record.argument % 2 == 0)

    def _datagram(self, record: Record) -> bytes | None:
        """What arrives, if this record is something that arrives."""
        situation, argument, data = self._situation, record.argument, record.data
        match record.kind:
            case Kind.PACKET:
                return data if argument % 2 else with_crc(data)
            case Kind.MESSAGE:
                return packet_around(data, situation.sources[argument % len(situation.sources)])
            case Kind.HONEST:
                number = (situation.reached + argument) % len(situation.honest)
                return edited(situation.honest[number], data)
            case _:
                return None


def _receive(host: Host, datagram: bytes, now: float) -> tuple[list[Event], list[bytes]]:
    host.session.receive(datagram, now)
    return host.fetch()


def _judge(host: Host, *, has_sas: bool, same: bool) -> None:
    """The user may do so only when there is a SAS, which the first stream of a call has."""
    verdict: Callable[[], None] = host.session.sas_verified if same else host.session.sas_mismatch
    if has_sas and host.session.state is State.SECURE:
        verdict()
        return
    try:
        verdict()
    except LocalError:
        return
    raise AssertionError("a SAS was compared that nobody has seen")
