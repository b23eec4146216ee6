"""Two sessions and a line on which anything may happen to any packet, as a state machine.

Hypothesis plays the line: it delivers packets in any order, loses them, doubles them, lets time
pass, and starts the sessions when it likes. Two rules hold whatever it does: keys never differ,
and everything ends within the time that RFC 6189 gives. If the bad time is short enough for the
retry schedules (section 6), both sides are secure in the end.
"""

import random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from agent.zrtp import (
    ErrorCode,
    Failed,
    NoZrtpPeer,
    PeerError,
    PeerSilent,
    RetainedSecrets,
    Role,
    Roster,
    Secured,
    State,
)
from support.zrtp_pair import Endpoint, MemoryStore

EXAMPLES = 30
GOOD_DELAY = 0.02
RFC_LIMIT = 60.0
"""Hello for 12 s, three messages for 10.65 s each, and an Error for as long."""

ENDED = {State.SECURE, State.FAILED}
SEARCHING = {State.DISCOVERING, State.ACKNOWLEDGED, State.PEER_FOUND, State.ACQUAINTED}

SHARED = RetainedSecrets(b"1" * 32, b"2" * 32, verified=True)
FORGOTTEN = RetainedSecrets(None, None, verified=False)


class LineMachine(RuleBasedStateMachine):
    """The line is bad for a while; then it is good, and what was begun has to end."""

    bad_time = 2.5
    """Seconds: less than any schedule lasts."""

    @initialize(
        seed=st.integers(0, 999),
        hashes=st.booleans(),
        kept=st.sampled_from(["nothing", "both", "one", "preshared"]),
    )
    def meet(self, *, seed: int, hashes: bool, kept: str) -> None:
        self.now = 1000.0
        self.left = self.bad_time
        self.hashes = hashes
        self.flying: list[tuple[int, bytes]] = []
        self.chance = random.Random(seed)
        names = ("alice", "bob")
        zids = [Endpoint(name).zid for name in names]
        self.sides = [
            self._side(name, seed, zids[1 - at], kept, at) for at, name in enumerate(names)
        ]
        self._start(self.chance.randrange(2))

    @staticmethod
    def _side(name: str, seed: int, other: bytes, kept: str, at: int) -> Endpoint:
        secrets = FORGOTTEN if kept == "nothing" or (kept == "one" and at) else SHARED
        roster = Roster()
        roster.made_afresh(other)
        return Endpoint(
            name,
            seed=seed,
            store=MemoryStore({other: secrets}),
            roster=roster,
            prefer_preshared=kept == "preshared",
        )

    def _start(self, at: int) -> None:
        side, other = self.sides[at], self.sides[1 - at]
        hashes = other.session.hello_hashes if self.hashes else ()
        side.session.start(self.now, ssrc=side.ssrc, peer_hello_hashes=hashes)
        self._pump()

    def _pump(self) -> None:
        for at, side in enumerate(self.sides):
            self.flying += [(1 - at, packet) for packet in side.pump()]

    def _deliver(self, which: int, *, keep: bool = False) -> None:
        at, packet = self.flying[which] if keep else self.flying.pop(which)
        self.sides[at].session.receive(packet, self.now)
        self._pump()

    @property
    def waiting(self) -> list[int]:
        return [at for at, side in enumerate(self.sides) if side.session.state is State.IDLE]

    @precondition(lambda self: self.waiting)
    @rule()
    def the_other_starts(self) -> None:
        self._start(self.waiting[0])

    @precondition(lambda self: self.flying)
    @rule(which=st.integers(0, 9))
    def a_packet_arrives(self, which: int) -> None:
        self._deliver(which % len(self.flying))

    @precondition(lambda self: self.flying)
    @rule(which=st.integers(0, 9))
    def a_packet_arrives_and_will_again(self, which: int) -> None:
        self._deliver(which % len(self.flying), keep=True)

    @precondition(lambda self: self.flying)
    @rule(which=st.integers(0, 9))
    def a_packet_is_lost(self, which: int) -> None:
        self.flying.pop(which % len(self.flying))

    @precondition(lambda self: self.flying)
    @rule()
    def all_arrive_in_order(self) -> None:
        for _ in range(len(self.flying)):
            self._deliver(0)

    @precondition(lambda self: self.flying)
    @rule()
    def all_arrive_in_reverse(self) -> None:
        for at in reversed(range(len(self.flying))):
            self._deliver(at)

    @rule()
    def nothing_happens(self) -> None:
        """So that there is a rule for every moment."""

    @precondition(lambda self: self.left > 0)
    @rule(seconds=st.sampled_from([0.01, 0.05, 0.2, 0.6]))
    def time_passes(self, seconds: float) -> None:
        seconds = min(seconds, self.left)
        self.left -= seconds
        self._pass(self.now + seconds)

    @precondition(lambda self: any(side.session.state is State.SECURE for side in self.sides))
    @rule()
    def media_flow_from_the_responder(self) -> None:
        for at, side in enumerate(self.sides):
            responds = side.session.role is Role.RESPONDER
            if responds and side.session.state is State.SECURE:
                self.sides[1 - at].session.srtp_received(self.now)
        self._pump()

    def _pass(self, until: float) -> None:
        while (due := self._due()) is not None and due <= until:
            self.now = max(self.now, due)
            for side in self.sides:
                side.session.handle_timer(self.now)
            self._pump()
        self.now = max(self.now, until)

    def _due(self) -> float | None:
        dues = [due for side in self.sides if (due := side.session.next_timer()) is not None]
        return min(dues, default=None)

    @invariant()
    def keys_never_differ(self) -> None:
        views = [side.all(Secured) for side in getattr(self, "sides", [])]
        if len(views) == 2 and all(views):
            (alice,), (bob,) = views
            assert (alice.send, alice.receive) == (bob.receive, bob.send)
            assert alice.sas == bob.sas
            assert alice.algorithms == bob.algorithms
            assert alice.role is not bob.role

    @invariant()
    def everybody_is_told_one_end_at_most(self) -> None:
        for side in getattr(self, "sides", []):
            ends = [*side.all(Secured), *side.all(Failed), *side.all(PeerError)]
            assert len(ends) <= 1
            assert bool(ends) is (side.session.state in ENDED)

    def teardown(self) -> None:
        if not hasattr(self, "sides"):
            return
        while self.waiting:
            self._start(self.waiting[0])
        limit = self.now + RFC_LIMIT
        while self.now < limit and (self.flying or self._due() is not None):
            self._pass(self.now + GOOD_DELAY if self.flying else self._due() or self.now)
            for _ in range(len(self.flying)):
                self._deliver(0)
        self.check_the_end()

    def check_the_end(self) -> None:
        self.keys_never_differ()
        for side in self.sides:
            assert side.session.state is State.SECURE
            assert side.session.next_timer() is None
            assert side.only(Secured)


class LongLineMachine(LineMachine):
    """The same without mercy: the line may be bad for longer than any schedule lasts."""

    bad_time = 40.0

    @precondition(lambda self: self.left > 0)
    @rule(seconds=st.sampled_from([1.0, 4.0, 12.0]))
    def much_time_passes(self, seconds: float) -> None:
        self.time_passes(seconds)

    def check_the_end(self) -> None:
        self.keys_never_differ()
        for side in self.sides:
            assert side.session.next_timer() is None
            if side.session.state in SEARCHING:
                assert any(isinstance(event, NoZrtpPeer | PeerSilent) for event in side.events)
            else:
                assert side.session.state in ENDED
        self.nobody_is_secure_alone_without_need()

    def nobody_is_secure_alone_without_need(self) -> None:
        """The last message of any protocol may be lost: who sent Conf2ACK can be alone."""
        secure = [side for side in self.sides if side.session.state is State.SECURE]
        if len(secure) == 1:
            (other,) = (side for side in self.sides if side is not secure[0])
            assert secure[0].session.role is Role.RESPONDER
            assert other.only(Failed).code is ErrorCode.PROTOCOL_TIMEOUT


@pytest.mark.parametrize(
    "machine", [LineMachine, LongLineMachine], ids=["enough_arrives", "anything_may_be_lost"]
)
def test_t07_t09_t10_t11_t14_whatever_the_line_does(machine: type[LineMachine]) -> None:
    run_state_machine_as_test(
        machine, settings=settings(max_examples=EXAMPLES, stateful_step_count=40, deadline=None)
    )
