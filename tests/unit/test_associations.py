"""What is written down when a call's gate is gone."""

import random
from dataclasses import fields, replace

import pytest

from agent.associations import Associations
from agent.media.gate import (
    Counters,
    GateAttached,
    GateCreated,
    GateDestroyed,
    GateDetached,
    ZrtpPacket,
)
from agent.phone.events import CallId
from agent.zrtp import Identity, Roster, Session, State
from agent.zrtp.messages import Ping
from agent.zrtp.wire import Packet, encode_packet
from support.zrtp_alone import other_hello
from support.zrtp_pair import Endpoint, MemoryStore, Pair

NOTHING = Counters(*[0] * len(fields(Counters)))


class Gates:
    def __init__(self) -> None:
        self.vouched: list[tuple[int, str]] = []
        self.closed: list[int] = []
        self.heard: int | None = 100

    def arm(self, token: int, value: str) -> None:
        assert token
        assert value

    def vouch(self, gate: int, source: str) -> None:
        self.vouched.append((gate, source))

    def counters(self, gate: int) -> Counters:
        assert gate == 7
        if self.heard is None:
            raise LookupError
        return replace(NOTHING, received=self.heard)

    def close(self, gate: int) -> None:
        self.closed.append(gate)


def a_session(*, roster: Roster) -> Session:
    return Session(
        roster=roster,
        identity=Identity(bytes(12), "Test"),
        store=MemoryStore(),
        randbytes=random.Random(1).randbytes,
        wall_clock=lambda: 0.0,
    )


def one_call(gates: Gates | None = None) -> Associations:
    associations = Associations(gates or Gates(), a_session)
    associations.fill_stock()
    associations.handle(GateCreated(7, 0, 0, 1), 0.0)
    associations.bind(0, CallId("call-1"))
    associations.handle(GateAttached(7, 0, 42, (), "192.0.2.1:4000", 1), 0.0)
    return associations


def test_counters_that_are_not_zero_are_written_down(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    associations = one_call()
    associations.handle(ZrtpPacket(7, 0, bytes(28), "192.0.2.1:4000"), 1.0)
    passed = replace(NOTHING, sent=512, octets_sent=90_000, not_authentic=3)
    associations.handle(GateDestroyed(7, 0, passed), 2.0)
    assert caplog.messages == [
        "call-1: packets: sent 512, octets sent 90000, not authentic 3",
        "call-1: ZRTP not used: malformed 1",
    ]
    assert list(associations) == []


def test_call_without_a_packet_says_so(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    one_call().handle(GateDestroyed(7, 0, NOTHING), 2.0)
    assert caplog.messages == ["call-1: packets: none"]


def test_the_gate_hears_from_where_the_peer_spoke_and_of_nobody_else() -> None:
    gates = Gates()
    associations = one_call(gates)
    hello = encode_packet(Packet(1, 43, other_hello(1)))
    ping = encode_packet(Packet(2, 43, Ping(b"1.10", bytes(8)).serialize()))
    for packet, source in ((ping, "192.0.2.66:1"), (bytes(28), "192.0.2.66:2")):
        associations.handle(ZrtpPacket(7, 0, packet, source), 1.0)
    assert gates.vouched == []
    associations.handle(ZrtpPacket(7, 0, hello, "198.51.100.7:4000"), 1.1)
    associations.handle(ZrtpPacket(7, 0, hello, ""), 1.2)  # ICE
    assert gates.vouched == [(7, "198.51.100.7:4000")]


def test_a_leg_that_is_used_again_is_nobodys_before_its_new_call_is_told() -> None:
    associations = one_call()
    associations.handle(GateDestroyed(7, 0, NOTHING), 2.0)
    associations.release(CallId("call-1"))
    associations.handle(GateCreated(8, 0, 0, 2), 3.0)
    (found,) = associations
    assert found.call is None
    associations.bind(0, CallId("call-2"))
    associations.release(CallId("call-1"))  # its end is told late
    associations.handle(GateCreated(9, 0, 0, 3), 4.0)
    assert {each.call for each in associations} == {CallId("call-2")}


def test_a_hold_changes_nothing() -> None:
    gates = Gates()
    associations = one_call(gates)
    (before,) = associations
    for event in (GateDetached(7, 0), GateAttached(7, 0, 42, (), "192.0.2.1:4000", 1)):
        assert associations.handle(event, 1.0) is None
    (after,) = associations
    assert after.session is before.session
    assert gates.closed == []


def test_another_phone_at_the_other_end() -> None:
    """The keys are dropped, and the session whose Hello the SDP announces now begins."""
    gates = Gates()
    associations = one_call(gates)
    (before,) = associations
    told = associations.handle(GateAttached(7, 0, 42, (), "192.0.2.9:4000", 2), 1.0)
    assert told == CallId("call-1")
    assert gates.closed == [7]
    (after,) = associations
    assert before.session.state is State.CLOSED
    assert after.session.state is State.DISCOVERING
    assert (after.call, after.token, after.gate, after.leg) == (CallId("call-1"), 2, 7, 0)


STRANGER = ZrtpPacket(7, 0, encode_packet(Packet(1, 43, other_hello(1))), "192.0.2.9:4000")
ELSEWHERE = GateAttached(7, 0, 42, (), "192.0.2.9:4000", 1)


def secure_call(gates: Gates) -> tuple[Associations, Endpoint]:
    """A call that has keys, without a=zrtp-hash; and the other phone."""
    associations, pair = one_call(gates), Pair()
    pair.call()
    (association,) = associations
    association.session, association.peer_zid = pair.alice.session, pair.bob.zid
    return associations, pair.bob


def test_stranger_where_the_media_have_moved_to() -> None:
    """Servers have taken a=zrtp-hash out of the SDP: her Hello alone tells that it is she."""
    gates = Gates()
    associations, _ = secure_call(gates)
    (before,) = associations
    assert associations.handle(ELSEWHERE, 1.0) is None
    assert associations.handle(STRANGER, 1.1) == CallId("call-1")
    assert gates.closed == [7]
    (after,) = associations
    assert before.session.state is State.CLOSED
    assert after.session.state is State.PEER_FOUND
    assert (after.call, after.token, after.peer_zid) == (CallId("call-1"), 1, None)


def test_stranger_where_nothing_has_moved() -> None:
    gates = Gates()
    associations, _ = secure_call(gates)
    assert associations.handle(STRANGER, 1.1) is None
    assert gates.closed == []


def test_stranger_after_the_peer_was_heard_from_its_new_place() -> None:
    gates = Gates()
    associations, _ = secure_call(gates)
    associations.handle(ELSEWHERE, 1.0)
    assert gates.heard is not None
    gates.heard += 1
    assert associations.handle(STRANGER, 1.1) is None
    assert gates.closed == []


def test_the_same_phone_elsewhere() -> None:
    gates = Gates()
    associations, bob = secure_call(gates)
    associations.handle(ELSEWHERE, 1.0)
    for packet in bob.sent:
        assert associations.handle(ZrtpPacket(7, 0, packet, "192.0.2.9:4000"), 1.1) is None
    assert gates.closed == []


def test_gate_that_is_gone_meanwhile() -> None:
    gates = Gates()
    associations, _ = secure_call(gates)
    gates.heard = None
    assert associations.handle(ELSEWHERE, 1.0) is None
    assert associations.handle(STRANGER, 1.1) is None
