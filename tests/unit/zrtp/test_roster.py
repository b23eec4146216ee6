"""One exchange at a time with each peer (RFC 6189 sections 4.2 and 4.4.1)."""

import pytest

from agent.zrtp import CacheState, Negotiating, Role, Roster, Secured, State
from agent.zrtp.messages import Commit, MessageType
from support.zrtp_pair import (
    Endpoint,
    Line,
    MemoryStore,
    Pair,
    Tamper,
    initiated_by,
    together,
    untouched,
)
from support.zrtp_puppet import HELLO_ACK, Puppet


class Phones:
    """Two phones that have several calls with each other at once."""

    def __init__(self) -> None:
        self.rosters = {"alice": Roster(), "bob": Roster()}
        self.stores = {"alice": MemoryStore(), "bob": MemoryStore()}

    def call(self, seed: int, tamper: Tamper = untouched, line: Line | None = None) -> Pair:
        sides = (
            Endpoint(name, seed=seed, store=self.stores[name], roster=self.rosters[name])
            for name in ("alice", "bob")
        )
        return Pair(*sides, tamper=tamper, line=line)


@pytest.mark.parametrize("seed", range(6))
def test_c07_calls_at_the_same_moment_take_turns(seed: int) -> None:
    phones = Phones()
    calls = [phones.call(seed * 10 + number) for number in range(3)]
    for call in calls:
        call.start()
    together(*calls)
    for call in calls:
        call.secured()
    caches = sorted(call.alice.only(Secured).cache.name for call in calls)
    assert caches == ["MATCHED", "MATCHED", "NEW"]
    alice, bob = phones.stores["alice"].kept, phones.stores["bob"].kept
    assert alice[calls[0].bob.zid].rs1 == bob[calls[0].alice.zid].rs1
    assert alice[calls[0].bob.zid].rs2 == bob[calls[0].alice.zid].rs2


@pytest.mark.parametrize("seed", range(12))
def test_c07_also_on_a_bad_line(seed: int) -> None:
    phones = Phones()
    calls = [
        phones.call(seed * 10 + number, line=Line(seed=seed + number, loss=0.15, jitter=0.1))
        for number in range(2)
    ]
    for call in calls:
        call.start()
    together(*calls)
    for call in calls:
        call.secured()
    assert sorted(call.alice.only(Secured).cache.name for call in calls) == ["MATCHED", "NEW"]


def test_c05_c07_across_streams_the_lower_hvi_waits() -> None:
    phones = Phones()
    calls = [phones.call(1), phones.call(2)]
    # On each line only one of the two may commit, and both do at the same moment.
    calls[0].tamper = lambda sender, packet: (
        [] if sender == "alice" and packet[16:24] == b"HelloACK" else [packet]
    )
    calls[1].tamper = lambda sender, packet: (
        [] if sender == "bob" and packet[16:24] == b"HelloACK" else [packet]
    )
    for call in calls:
        call.start()
    together(*calls)
    commits = {
        call: Commit.parse(
            (call.alice if call.alice.session.role is Role.INITIATOR else call.bob).sent_message(
                MessageType.COMMIT
            )
        ).commitment
        for call in calls
    }
    first = max(calls, key=lambda call: commits[call])
    for call in calls:
        call.secured()
        expected = CacheState.NEW if call is first else CacheState.MATCHED
        assert call.alice.only(Secured).cache is expected


def acquainted(seed: int, roster: Roster, puppet: Puppet) -> Endpoint:
    alice = Endpoint("alice", seed=seed, roster=roster)
    puppet.greet(alice)
    return alice


def test_c07_while_one_exchange_goes_on_the_other_waits() -> None:
    roster, puppets = Roster(), (Puppet(seed=b"1"), Puppet(seed=b"2"))
    first, second = (acquainted(n, roster, puppet) for n, puppet in enumerate(puppets))
    puppets[0].say(first, puppets[0].commit(b"DH3k", bytes(32)))
    puppets[1].say(second, HELLO_ACK)
    assert first.session.state is State.DHPART1_SENT
    assert second.session.state is State.ACQUAINTED
    assert second.session.next_timer() is None
    puppets[1].say(second, puppets[1].commit(b"DH3k", b"\xff" * 32))
    assert second.session.counters.out_of_turn == 1
    puppets[1].say(second, puppets[1].commit(b"Prsh", bytes(24)))
    assert second.session.counters.out_of_turn == 2
    first.session.close(0.0)
    second.pump()
    assert second.session.role is Role.INITIATOR
    assert second.sent_types[-1] is MessageType.COMMIT


def test_c07_one_that_failed_makes_room() -> None:
    roster, puppets = Roster(), (Puppet(seed=b"1"), Puppet(seed=b"2"))
    first, second = (acquainted(n, roster, puppet) for n, puppet in enumerate(puppets))
    puppets[0].say(first, HELLO_ACK)
    puppets[1].say(second, HELLO_ACK)
    while first.session.state is State.COMMIT_SENT:
        due = first.session.next_timer()
        assert due is not None
        first.session.handle_timer(due)
    assert second.session.state is State.COMMIT_SENT


@pytest.mark.parametrize(("hvi", "withdrawn"), [(b"\xff" * 32, True), (bytes(32), False)])
def test_c05_c07_a_commit_on_another_stream(hvi: bytes, *, withdrawn: bool) -> None:
    roster, puppets = Roster(), (Puppet(seed=b"1"), Puppet(seed=b"2"))
    first, second = (acquainted(n, roster, puppet) for n, puppet in enumerate(puppets))
    puppets[0].say(first, HELLO_ACK)
    puppets[1].say(second, puppets[1].commit(b"DH3k", hvi))
    if not withdrawn:
        assert first.session.state is State.COMMIT_SENT
        assert second.session.state is State.PEER_FOUND
        assert second.session.counters.out_of_turn == 1
        return
    assert first.session.state is State.ACQUAINTED
    assert first.session.next_timer() is None
    assert first.session.role is None
    assert second.session.state is State.DHPART1_SENT
    second.session.close(0.0)
    first.pump()
    assert [event.role for event in first.all(Negotiating)] == [Role.INITIATOR] * 2
    assert first.sent_types.count(MessageType.COMMIT) == 2


def test_c05_c07_a_preshared_commit_on_another_stream_overrules_nothing() -> None:
    roster, puppets = Roster(), (Puppet(seed=b"1"), Puppet(seed=b"2"))
    first, second = (acquainted(n, roster, puppet) for n, puppet in enumerate(puppets))
    puppets[0].say(first, HELLO_ACK)
    puppets[1].say(second, puppets[1].commit(b"Prsh", b"\xff" * 24))
    assert first.session.state is State.COMMIT_SENT
    assert second.session.counters.out_of_turn == 1


def test_c07_other_peers_do_not_wait() -> None:
    roster, puppets = Roster(), (Puppet(b"the first ID"), Puppet(b"the other ID"))
    sides = [acquainted(n, roster, puppet) for n, puppet in enumerate(puppets)]
    for side, puppet in zip(sides, puppets, strict=True):
        puppet.say(side, HELLO_ACK)
        assert side.session.state is State.COMMIT_SENT


def test_c07_who_stops_waiting_is_not_called() -> None:
    roster, puppets = Roster(), (Puppet(seed=b"1"), Puppet(seed=b"2"))
    first, second = (acquainted(n, roster, puppet) for n, puppet in enumerate(puppets))
    for side, puppet in ((first, puppets[0]), (second, puppets[1])):
        puppet.say(side, HELLO_ACK)
    second.session.close(0.0)
    first.session.close(0.0)
    assert second.session.state is State.CLOSED


def test_c07_the_turn_goes_on_only_when_the_secret_is_stored() -> None:
    phones = Phones()
    first = phones.call(1, tamper=initiated_by("alice"))
    first.start()
    puppet = Puppet(first.bob.zid)
    waiting = acquainted(2, phones.rosters["alice"], puppet)
    while first.alice.session.state is not State.SECURE:
        first.run(until=first.now + 0.001)
        first.now += 0.001
        if first.alice.session.state is State.COMMIT_SENT:
            puppet.say(waiting, HELLO_ACK)
        if first.alice.session.state is State.CONFIRM2_SENT:
            assert waiting.session.state is State.ACQUAINTED
    assert first.alice.store.kept
    assert waiting.session.state is State.COMMIT_SENT


def test_c07_a_secured_that_nobody_fetched_keeps_the_turn() -> None:
    phones = Phones()
    call = phones.call(1, tamper=initiated_by("alice"))
    call.start()
    while call.alice.session.state is not State.CONFIRM2_SENT:
        call.run(until=call.now + 0.001)
        call.now += 0.001
    zid, roster = call.bob.zid, phones.rosters["alice"]
    waiting = acquainted(2, roster, puppet := Puppet(zid))
    puppet.say(waiting, HELLO_ACK)
    session = call.alice.session
    session.srtp_received(call.now)
    assert session.packets_to_send() == []
    assert waiting.session.state is State.ACQUAINTED
    call.alice.pump()
    assert waiting.session.role is Role.INITIATOR


def test_p03_xa27_a_roster_that_knows_nobody_allows_nothing() -> None:
    roster, zid = Roster(), b"somebody.ZID"
    assert not roster.allows_preshared(zid)
    roster.made_from_old(zid)
    assert not roster.allows_preshared(zid)


def test_c07_who_was_called_does_not_wait_any_more() -> None:
    roster, puppets = Roster(), (Puppet(seed=b"1"), Puppet(seed=b"2"))
    first, second = (acquainted(n, roster, puppet) for n, puppet in enumerate(puppets))
    puppets[0].say(first, HELLO_ACK)
    puppets[1].say(second, HELLO_ACK)
    first.session.close(0.0)
    assert second.session.state is State.COMMIT_SENT
    assert roster._waiting == []
