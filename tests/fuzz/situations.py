"""A session in each state, frozen there, with what its true peer goes on to say.

An exchange between two hosts is played once, without a line and without a clock: all they draw is
fixed by their names. Each time one of them comes into a state for the first time, it is kept. A
copy of it costs a tenth of a millisecond, and no key pair.
"""

from collections import deque
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Final

from agent.zrtp import (
    CacheUpdate,
    Event,
    Identity,
    Offer,
    RetainedSecrets,
    Role,
    Roster,
    Secured,
    Session,
    State,
    StreamSecured,
)
from agent.zrtp.errors import ErrorCode
from agent.zrtp.messages import ErrorMessage, MessageType, message_type
from agent.zrtp.wire import Packet, decode_packet, encode_packet
from fuzz.snapshot import Snapshot

NOW: Final = 1000.0
CLASSICAL: Final = "X255"
POST_QUANTUM: Final = "X3M3"


def _wall_clock() -> float:
    return 1_700_000_000.0


class Host:
    """A session with a host that draws the same octets each time.

    Args:
        name: whose phone it is.
        key_agreement: the only one that it offers.
        earlier: the host of an earlier call of the same phone: what it stored is known.
        first: the host of the first stream of the same call, when this is the second one.
    """

    def __init__(
        self,
        name: str,
        key_agreement: str = CLASSICAL,
        *,
        earlier: "Host | None" = None,
        first: "Host | None" = None,
    ) -> None:
        person = sha256(name.encode()).digest()
        call = b"later" if earlier else b"second" if first else b"first"
        self._seed = sha256(person + call).digest()
        self._draws = 0
        self._retained: dict[bytes, RetainedSecrets] = dict(earlier._retained) if earlier else {}
        self._roster: Roster = earlier._roster if earlier else Roster()
        self.ssrc = int.from_bytes(self._seed[:4])
        self.session: Session = Session(
            identity=Identity(person[:12], f"Test {name}"),
            store=self,
            randbytes=self.randbytes,
            wall_clock=_wall_clock,
            offer=Offer(key_agreements=(key_agreement,)),
            roster=self._roster,
            prefer_preshared=earlier is not None,
            first_stream=first.session if first else None,
        )

    def randbytes(self, length: int) -> bytes:
        """Octets that depend on the name and on how often some were drawn."""
        self._draws += 1
        drawn = b""
        while len(drawn) < length:
            drawn += sha256(self._seed + bytes([self._draws, len(drawn) // 32])).digest()
        return drawn[:length]

    def retained_secrets(self, zid: bytes) -> RetainedSecrets | None:
        """What was stored in this call or the one before."""
        return self._retained.get(zid)

    def fetch(self) -> tuple[list[Event], list[bytes]]:
        """All events, acted upon, then all packets: the order that a host has to keep."""
        events = []
        while (event := self.session.next_event()) is not None:
            events.append(event)
            update = event.update if isinstance(event, Secured) else event
            if isinstance(update, CacheUpdate):
                self._retained[update.zid] = update.secrets
        return events, self.session.packets_to_send()


@dataclass(frozen=True, slots=True)
class Situation:
    """A session in some state.

    Attributes:
        snapshot: it.
        honest: all packets that its true peer sends in the whole exchange.
        reached: how many of them it has seen.
        sources: SSRCs: the peer's, its own, nobody's.
        secured: how the exchange ends; the only keys that it may ever come to.
    """

    snapshot: Snapshot[Host]
    honest: tuple[bytes, ...]
    reached: int
    sources: tuple[int, int, int]
    secured: Secured | StreamSecured


class _Play:
    """An exchange, packet by packet.

    Args:
        role: the one that Alice will have.
        alice: whose states are kept.
        bob: the other.
        late_hello: Bob's HelloACK overtakes his Hello.
    """

    def __init__(self, role: Role, alice: Host, bob: Host, *, late_hello: bool = False) -> None:
        self.role, self.alice, self.bob = role, alice, bob
        # Who is not told that its Hello arrived does not commit.
        self._deaf = bob if role is Role.INITIATOR else alice
        self._late_hello = late_hello
        self._queue: deque[tuple[Host, bytes]] = deque()
        self.kept: dict[State, tuple[Snapshot[Host], int]] = {}
        self.heard: list[bytes] = []
        self.secured: list[Secured | StreamSecured] = []

    def run(self) -> "_Play":
        """From the first Hello on, as far as it goes."""
        self._keep()
        for host in (self.alice, self.bob):
            host.session.start(NOW, ssrc=host.ssrc)
        return self.resume()

    def resume(self) -> "_Play":
        """As far as it goes now; what led here is no part of the state that it begins in."""
        self.kept.pop(self.alice.session.state, None)
        self._carry(self.alice)
        self._carry(self.bob)
        while self._queue:
            receiver, packet = self._queue.popleft()
            if receiver is self.alice:
                self.heard.append(packet)
            receiver.session.receive(packet, NOW)
            self._carry(receiver)
        return self

    def _carry(self, sender: Host) -> None:
        events, packets = sender.fetch()
        if sender is self.alice:
            self.secured += [
                event for event in events if isinstance(event, (Secured, StreamSecured))
            ]
            self._keep()
        receiver = self.bob if sender is self.alice else self.alice
        for packet in packets:
            kind = _kind(packet)
            if kind is MessageType.HELLO_ACK and receiver is self._deaf:
                continue
            if kind is MessageType.HELLO and sender is self.bob and self._late_hello:
                continue
            self._queue.append((receiver, packet))
            if kind is MessageType.HELLO_ACK and self._late_hello:
                self._late_hello = False
                self._queue.append((receiver, _hello_of(self.bob)))

    def _keep(self) -> None:
        state = self.alice.session.state
        if state not in self.kept:
            self.kept[state] = Snapshot(deepcopy(self.alice)), len(self.heard)


def _kind(packet: bytes) -> MessageType | None:
    """None for a piece of a message: Hello and HelloACK never come in pieces."""
    return message_type(decode_packet(packet).message) if packet[0] == 0x10 else None


def _hello_of(host: Host) -> bytes:
    """A packet with the Hello of a host that has begun."""
    copy = deepcopy(host)
    copy.session.handle_timer(NOW + 1.0)
    (packet,) = copy.fetch()[1]
    return packet


def _failed(host: Host, peer_ssrc: int) -> Host:
    """One that failed because of the peer, or because of the silence, of which it repeats."""
    if host.session.role is None:
        error = ErrorMessage(ErrorCode.SERVICE_UNAVAILABLE).serialize()
        host.session.receive(encode_packet(Packet(9, peer_ssrc, error)), NOW)
    while host.session.state is not State.FAILED:
        host.session.handle_timer(host.session.next_timer() or NOW)
        host.fetch()
    host.fetch()
    return host


def _closed(host: Host) -> Host:
    host.session.close(NOW)
    return host


def _endings(play: _Play) -> Iterator[tuple[str, Snapshot[Host], int]]:
    """What the exchange itself does not lead to."""
    early, heard = play.kept.get(State.PEER_FOUND) or play.kept[State.COMMIT_SENT]
    yield "failed-by-error", Snapshot(_failed(early.copy(), play.bob.ssrc)), heard
    late, heard = list(play.kept.values())[-2]
    yield "failed-by-timeout", Snapshot(_failed(late.copy(), play.bob.ssrc)), heard
    secure, heard = play.kept[State.SECURE]
    yield "closed", Snapshot(_closed(secure.copy())), heard


def _situations(play: _Play) -> dict[str, Situation]:
    """All states that a play which is over went through, and how it could have ended."""
    (secured,) = play.secured
    states = [(state.name.lower(), *kept) for state, kept in play.kept.items()]
    return {
        f"{play.role.value}-{name.replace('_', '-')}": Situation(
            snapshot, tuple(play.heard), heard, (play.bob.ssrc, play.alice.ssrc, 7), secured
        )
        for name, snapshot, heard in (*states, *_endings(play))
    }


def _first_call(role: Role, key_agreement: str = CLASSICAL, *, late_hello: bool = False) -> _Play:
    alice, bob = Host("alice", key_agreement), Host("bob", key_agreement)
    return _Play(role, alice, bob, late_hello=late_hello).run()


def _preshared(role: Role) -> _Play:
    """A call after one in which both have compared the SAS."""
    first = _first_call(role)
    for host in (first.alice, first.bob):
        host.session.sas_verified()
        host.fetch()
        host.session.close(NOW)
    later = (
        Host(host, earlier=each) for host, each in (("alice", first.alice), ("bob", first.bob))
    )
    return _Play(role, *later).run()


def _multistream(role: Role) -> _Play:
    """The second stream of a call; both know each other there before the first one has keys."""
    first = _Play(role, Host("alice"), Host("bob"))
    second = _Play(role, Host("alice", first=first.alice), Host("bob", first=first.bob)).run()
    first.run()
    return second.resume()


_LEFT_OUT: Final = {"responder-idle", "responder-discovering", "responder-closed"}
_IN_PIECES: Final = (
    *("initiator-peer-found", "initiator-commit-sent"),
    *("responder-peer-found", "responder-dhpart1-sent"),
)
_PRESHARED: Final = (
    *("initiator-peer-found", "initiator-preshared-commit-sent"),
    *("responder-peer-found", "responder-confirm1-sent"),
)
_MULTISTREAM: Final = (
    *("initiator-acquainted", "initiator-multistream-commit-sent", "initiator-secure"),
    *("responder-peer-found", "responder-confirm1-sent"),
)


def _in_both_roles(play: Callable[[Role], _Play]) -> dict[str, Situation]:
    return _situations(play(Role.INITIATOR)) | _situations(play(Role.RESPONDER))


def all_situations() -> dict[str, Situation]:
    """By role and state; of the other modes those in which they differ."""
    classical = _in_both_roles(_first_call)
    found = {name: each for name, each in classical.items() if name not in _LEFT_OUT}
    late = _first_call(Role.INITIATOR, late_hello=True)
    found["initiator-acknowledged"] = _situations(late)["initiator-acknowledged"]
    for prefix, play, names in (
        ("kem", partial(_first_call, key_agreement=POST_QUANTUM), _IN_PIECES),
        ("preshared", _preshared, _PRESHARED),
        ("multistream", _multistream, _MULTISTREAM),
    ):
        there = _in_both_roles(play)
        found |= {f"{prefix}-{name}": there[name] for name in names}
    return found
