"""Hellos: versions, announced hashes, sources, and the schedule on which they go out."""

from dataclasses import replace
from hashlib import sha256

import pytest

from agent.zrtp import (
    ErrorCode,
    Failed,
    HelloHash,
    HelloHashDiffers,
    Negotiating,
    NoZrtpPeer,
    PeerFound,
    PeerSilent,
    Role,
    Secured,
    State,
)
from agent.zrtp.discovery import Discovery, announce
from agent.zrtp.errors import NotUsedError
from agent.zrtp.messages import Commit, Hello, MessageType, Ping
from agent.zrtp.wire import Packet, encode_packet
from support.zrtp_alone import CHAIN, HASH, HELLO, HELLO_ACK, RAW, other_hello, say, started, wait
from support.zrtp_pair import Endpoint, Pair, altering, losing

FALSE_HASH = "1.10 " + "ab" * 32


def test_t09_without_any_sign_of_a_peer_discovery_takes_four_seconds() -> None:
    alice = started()
    times = wait(alice, 60.0)
    assert len(times) == 20
    assert times[-1] == pytest.approx(3.75)
    assert alice.events == [NoZrtpPeer()]
    assert alice.session.state is State.DISCOVERING


def test_t11_an_announced_peer_is_waited_for_twelve_seconds() -> None:
    alice = started((HASH,))
    assert wait(alice, 60.0)[-1] >= 12.0
    assert alice.events == [PeerSilent()]


@pytest.mark.parametrize("sign", ["announced late", "ping", "hello"])
def test_t11_a_sign_of_a_peer_stretches_the_schedule(sign: str) -> None:
    alice = started()
    wait(alice, 1.0)
    if sign == "announced late":
        alice.session.update_peer_hello_hashes((HASH,))
    elif sign == "ping":
        assert say(alice, Ping(b"1.10", bytes(8)).serialize(), 1.0) == [MessageType.PING_ACK]
    else:
        say(alice, RAW, 1.0)
    times = wait(alice, 60.0)
    assert times[-1] >= 12.0
    # A Ping is no sign that is good for more: its sender may know no other message.
    told = NoZrtpPeer() if sign == "ping" else PeerSilent()
    assert alice.events[-1] == told
    assert len(alice.all(type(told))) == 1


def test_t11_a_late_hello_is_still_accepted() -> None:
    alice = started()
    wait(alice, 60.0)
    assert say(alice, RAW, 60.0) == [MessageType.HELLO_ACK, MessageType.HELLO]
    assert alice.session.state is State.PEER_FOUND
    assert wait(alice, 99.0)[-1] >= 72.0


@pytest.mark.parametrize("side", ["alice", "bob"])
def test_t11_a_late_commit_is_still_accepted(side: str) -> None:
    # Bob hears nothing of Alice for 20 seconds but she hears him, or the other way round.
    def deaf(sender: str, packet: bytes) -> list[bytes]:
        return [] if sender == side and pair.now < 1014.0 else [packet]

    pair = Pair(tamper=deaf)
    pair.start(right_after=4.0)
    pair.run()
    pair.secured()


def test_a_peer_that_acknowledges_but_never_says_hello() -> None:
    alice = started()
    assert say(alice, HELLO_ACK) == []
    assert alice.session.state is State.ACKNOWLEDGED
    assert wait(alice, 60.0) == []
    assert alice.events == [PeerSilent()]
    assert say(alice, RAW, 60.0) == [MessageType.COMMIT]


@pytest.mark.parametrize("heard", ["hello", "hello ack", "announcement", "nothing"])
def test_who_gave_a_sign_fell_silent_and_is_not_without_zrtp(heard: str) -> None:
    alice = started((HASH,) if heard == "announcement" else ())
    if heard in {"hello", "hello ack"}:
        say(alice, RAW if heard == "hello" else HELLO_ACK)
    wait(alice, 60.0)
    assert alice.events[-1] == (NoZrtpPeer() if heard == "nothing" else PeerSilent())


def test_when_all_hello_acks_are_lost_both_fell_silent() -> None:
    pair = Pair(tamper=losing(MessageType.HELLO_ACK))
    pair.start(hashes=False)
    pair.run()
    for endpoint in (pair.alice, pair.bob):
        assert endpoint.session.state is State.PEER_FOUND
        assert endpoint.events[-1] == PeerSilent()


def test_n15_the_commit_stands_for_a_hello_ack_and_the_hello_may_come_again() -> None:
    alice = started()
    say(alice, HELLO_ACK)
    assert say(alice, RAW) == [MessageType.COMMIT]
    assert alice.only(Negotiating).role is Role.INITIATOR
    assert say(alice, RAW) == [MessageType.HELLO_ACK]
    assert alice.session.counters.duplicates == 1


def test_c01_no_commit_before_both_a_hello_and_a_hello_ack() -> None:
    alice = started()
    say(alice, RAW)
    assert alice.session.state is State.PEER_FOUND
    assert MessageType.COMMIT not in alice.sent_types
    assert say(alice, HELLO_ACK) == [MessageType.COMMIT]


def test_n14_a_hello_is_acknowledged_each_time() -> None:
    alice = started()
    assert say(alice, RAW) == [MessageType.HELLO_ACK]
    assert say(alice, RAW) == [MessageType.HELLO_ACK]
    assert len(alice.all(PeerFound)) == 1


def test_n19_xa16_our_own_zid_is_refused() -> None:
    alice = started()
    raw = replace(HELLO, zid=alice.zid).serialize(CHAIN.h2)
    assert say(alice, raw) == [MessageType.ERROR]
    failed = alice.only(Failed)
    assert failed.code is ErrorCode.EQUAL_ZIDS
    assert not failed.attack


def test_n19_two_phones_with_one_zid_both_give_up() -> None:
    pair = Pair(Endpoint("alice", zid=b"the same ZID"), Endpoint("bob", zid=b"the same ZID"))
    pair.start()
    pair.run()
    for endpoint in (pair.alice, pair.bob):
        assert endpoint.only(Failed).code is ErrorCode.EQUAL_ZIDS
        assert endpoint.session.next_timer() is None


def test_n03_xa16_our_own_ssrc_is_a_collision() -> None:
    pair = Pair(Endpoint("alice", ssrc=5), Endpoint("bob", ssrc=5))
    pair.start()
    pair.run()
    for endpoint in (pair.alice, pair.bob):
        assert endpoint.only(Failed).code is ErrorCode.SSRC_COLLISION


def test_xb21_a_malicious_client_id_is_made_harmless() -> None:
    alice = started()
    say(alice, replace(HELLO, client_id=b"\x1b[31m\x00\nphone\xe9\x7f  ").serialize(CHAIN.h2))
    assert alice.only(PeerFound).client_id == "?[31m??phone??"


@pytest.mark.parametrize("filled", [b"Phone 2.0       ", b"Phone 2.0\0\0\0\0\0\0\0"])
def test_what_fills_up_a_client_id_is_not_shown(filled: bytes) -> None:
    alice = started()
    say(alice, replace(HELLO, client_id=filled).serialize(CHAIN.h2))
    assert alice.only(PeerFound).client_id == "Phone 2.0"


def test_h06_an_announced_hello_matches() -> None:
    alice = started((HASH.upper(),))
    say(alice, RAW)
    assert alice.only(PeerFound).hello_hash is HelloHash.MATCHED


@pytest.mark.parametrize(
    "hashes",
    [
        (),
        ("2.00 " + "00" * 32,),
        ("1.10 " + "00" * 31,),
        ("1.10 xyz",),
        ("1.10",),
        ("",),
        ("\N{SNOWMAN}",),
    ],
)
def test_n02_nothing_usable_announced_means_missing(hashes: tuple[str, ...]) -> None:
    alice = started(hashes)
    say(alice, RAW)
    assert alice.only(PeerFound).hello_hash is HelloHash.MISSING


def test_xs04_one_of_several_announced_hashes_is_enough() -> None:
    alice = started(("2.00 " + "00" * 48, FALSE_HASH, f" {HASH} "))
    say(alice, RAW)
    assert alice.only(PeerFound).hello_hash is HelloHash.MATCHED


def test_h06_xb01_a_hello_that_was_not_announced_is_rejected() -> None:
    alice = started((FALSE_HASH,))
    assert say(alice, RAW) == []
    assert say(alice, RAW) == []
    assert alice.events == [HelloHashDiffers()]
    assert alice.session.counters.bad_hello_hash == 2


def test_h06_xb01_the_right_one_may_still_come() -> None:
    alice = started((HASH,))
    say(alice, other_hello(1))
    say(alice, RAW)
    assert alice.session.state is State.PEER_FOUND
    assert alice.only(PeerFound).hello_hash is HelloHash.MATCHED


@pytest.mark.parametrize("acknowledged", [False, True])
def test_xs03_if_none_comes_it_is_an_attack(*, acknowledged: bool) -> None:
    alice = started((FALSE_HASH,))
    say(alice, RAW)
    if acknowledged:
        say(alice, HELLO_ACK)
    wait(alice, 60.0)
    failed = alice.only(Failed)
    assert failed.attack
    assert failed.code is None
    assert MessageType.ERROR not in alice.sent_types


def test_xs03_a_replaced_hash_keeps_two_phones_apart() -> None:
    pair = Pair()
    pair.alice.session.start(pair.now, ssrc=1, peer_hello_hashes=(FALSE_HASH,))
    pair.bob.session.start(pair.now, ssrc=2, peer_hello_hashes=pair.alice.session.hello_hashes)
    pair.run()
    pair.alice.pump()
    assert pair.alice.session.state is State.FAILED
    assert not pair.bob.all(Secured)


def test_an_announcement_that_comes_late_confirms() -> None:
    alice = started()
    say(alice, RAW)
    alice.session.update_peer_hello_hashes((HASH,))
    alice.pump()
    assert [event.hello_hash for event in alice.all(PeerFound)] == [
        HelloHash.MISSING,
        HelloHash.MATCHED,
    ]
    alice.session.update_peer_hello_hashes((HASH,))
    alice.session.update_peer_hello_hashes(())
    alice.pump()
    assert len(alice.all(PeerFound)) == 2


def test_an_announcement_that_comes_late_and_says_nothing_changes_nothing() -> None:
    alice = started()
    alice.session.update_peer_hello_hashes(())
    assert wait(alice, 60.0)[-1] < 4.0
    say(alice, RAW)
    alice.session.update_peer_hello_hashes(())
    alice.pump()
    assert alice.only(PeerFound).hello_hash is HelloHash.MISSING


def test_an_announcement_before_the_start_counts() -> None:
    alice = Endpoint("alice")
    alice.session.update_peer_hello_hashes((HASH,))
    alice.session.start(0.0, ssrc=alice.ssrc)
    alice.pump()
    say(alice, RAW)
    assert alice.only(PeerFound).hello_hash is HelloHash.MATCHED


def test_an_announcement_that_comes_late_disowns_the_hello_that_came() -> None:
    alice = started()
    say(alice, other_hello(1))
    alice.session.update_peer_hello_hashes((HASH,))
    alice.pump()
    assert alice.all(HelloHashDiffers) == [HelloHashDiffers()]
    assert alice.session.state is State.DISCOVERING
    # The disowned one is not even acknowledged any more.
    assert say(alice, other_hello(1)) == []
    assert MessageType.HELLO_ACK in say(alice, RAW)
    assert alice.all(PeerFound)[-1].hello_hash is HelloHash.MATCHED


def test_of_several_hellos_the_announced_one_stays() -> None:
    alice = started()
    say(alice, other_hello(1), ssrc=1)
    say(alice, RAW, ssrc=2)
    alice.session.update_peer_hello_hashes((HASH,))
    assert alice.session.state is State.PEER_FOUND
    assert say(alice, HELLO_ACK, ssrc=1) == []
    assert say(alice, HELLO_ACK, ssrc=2) == [MessageType.COMMIT]


def test_in_an_exchange_a_contradicting_announcement_ends_it() -> None:
    alice = started()
    say(alice, RAW)
    say(alice, HELLO_ACK)
    alice.session.update_peer_hello_hashes((FALSE_HASH,))
    alice.pump()
    assert alice.session.state is State.FAILED
    assert alice.only(Failed).attack
    assert alice.only(Failed).code is ErrorCode.CRITICAL_SOFTWARE_ERROR


def test_xb18_a_fitting_announcement_in_an_exchange_lets_nobody_else_in() -> None:
    alice = started()
    say(alice, RAW)
    say(alice, HELLO_ACK)
    alice.session.update_peer_hello_hashes((HASH,))
    assert say(alice, other_hello(1), ssrc=8) == []
    assert alice.session.counters.wrong_source == 1
    assert alice.session.state is State.COMMIT_SENT


def test_in_an_exchange_a_fitting_announcement_counts_for_secured() -> None:
    pair = Pair(tamper=losing(MessageType.CONF2_ACK))
    pair.start(hashes=False)
    pair.run(until=pair.now + 2.0)
    for endpoint, other in ((pair.alice, pair.bob), (pair.bob, pair.alice)):
        endpoint.session.update_peer_hello_hashes(other.session.hello_hashes)
    pair.tamper = lambda _sender, packet: [packet]
    pair.run()
    initiator = pair.alice if pair.alice.session.role is Role.INITIATOR else pair.bob
    assert initiator.only(Secured).hello_hash is HelloHash.MATCHED
    assert len(initiator.all(PeerFound)) == 2


def test_in_a_secure_call_a_contradicting_announcement_is_reported() -> None:
    pair = Pair()
    pair.call(hashes=False)
    pair.alice.session.update_peer_hello_hashes((FALSE_HASH,))
    pair.alice.pump()
    assert pair.alice.events[-1] == HelloHashDiffers()
    assert pair.alice.session.state is State.SECURE


def test_what_was_announced_once_stays_announced() -> None:
    pair = Pair()
    pair.call()
    pair.alice.session.update_peer_hello_hashes((FALSE_HASH,))
    assert pair.alice.session.next_event() is None


def test_xb01_without_an_announcement_hellos_of_several_sources_wait_for_a_commit() -> None:
    pair = Pair()
    pair.start(hashes=False)
    fakes = [encode_packet(Packet(1, 100 + number, other_hello(number))) for number in range(3)]
    for fake in fakes:
        pair.alice.session.receive(fake, pair.now)
    pair.run()
    alice, _ = pair.secured()
    assert alice.peer_zid == pair.bob.zid


def test_xb04_a_flood_of_hellos_pushes_the_oldest_out() -> None:
    discovery = Discovery(bytes(12))
    for number in range(1, 6):
        discovery.accept(Packet(0, number, other_hello(number)))
    assert list(discovery.found) == [2, 3, 4, 5]
    discovery.accept(Packet(0, 2, other_hello(9)))
    assert list(discovery.found) == [3, 4, 5, 2]


def test_xb04_t08_a_flood_costs_no_key_and_few_small_packets() -> None:
    alice = started()
    drawn = len(alice.drawn)
    answers = [say(alice, other_hello(number), ssrc=number) for number in range(1, 200)]
    assert answers[:30] == [[MessageType.HELLO_ACK]] * 30
    assert not any(answers[30:])
    assert len(alice.drawn) == drawn


def test_xb18_in_an_exchange_other_sources_are_ignored() -> None:
    alice = started()
    say(alice, RAW)
    say(alice, HELLO_ACK)
    assert say(alice, other_hello(1), ssrc=8) == []
    assert say(alice, b"\x50\x5a\x00\x04Error   \0\0\0\x20", ssrc=8) == []
    assert alice.session.counters.wrong_source == 2
    assert alice.session.state is State.COMMIT_SENT


def test_xb18_before_a_commit_only_sources_that_said_hello_count() -> None:
    alice = started()
    say(alice, RAW)
    assert say(alice, HELLO_ACK, ssrc=8) == []
    assert alice.session.counters.wrong_source == 1


def test_an_error_before_a_hello_ends_nothing() -> None:
    alice = started()
    assert say(alice, b"\x50\x5a\x00\x04Error   \0\0\0\x20") == [MessageType.ERROR_ACK]
    assert alice.session.state is State.DISCOVERING
    assert alice.session.counters.errors_ignored == 1


def test_a_malformed_hello_is_counted_and_not_acknowledged() -> None:
    alice = started()
    assert say(alice, b"\x50\x5a\x00\x04Hello   1.10") == []
    assert say(alice, b"\x50\x5a\x00\x03Hello   ") == []
    assert alice.session.counters.malformed == 2


def test_the_value_of_zrtp_hash() -> None:
    assert "1.10 " + sha256(RAW).hexdigest() == HASH


def test_a_hello_that_cannot_be_read_is_not_kept() -> None:
    discovery = Discovery(bytes(12))
    with pytest.raises(NotUsedError):
        discovery.accept(Packet(0, 1, RAW[:-4]))
    assert not discovery.found


def test_r01_a_pbx_says_so_in_its_hello() -> None:
    def claim_mitm(raw: bytes) -> bytes:
        hello = replace(Hello.parse(raw), mitm=True)
        return hello.serialize(CHAIN.h2)

    # Altering it on the way breaks its MAC, so the flag is shown only for what the peer sent.
    pair = Pair(tamper=altering(MessageType.HELLO, claim_mitm, by="bob"))
    pair.start(hashes=False)
    pair.run()
    assert any(failed.attack for failed in pair.alice.all(Failed))


def test_xb04_a_source_that_repeats_its_hello_pushes_nobody_out() -> None:
    discovery = Discovery(bytes(12))
    for ssrc in (1, 2, 3, 4, 2):
        discovery.accept(Packet(0, ssrc, other_hello(ssrc)))
    assert list(discovery.found) == [1, 3, 4, 2]


def test_a_later_announcement_is_held_against_every_hello() -> None:
    discovery = Discovery(bytes(12))
    discovery.expect((HASH,))
    discovery.accept(Packet(0, 7, RAW))
    discovery.accept(Packet(0, 8, other_hello(8)))
    discovery.expect((announce(other_hello(8)),))
    confirmed, disowned = discovery.review()
    assert [peer.ssrc for peer in confirmed] == [8]
    assert disowned == []


def test_only_what_can_be_the_peers_counts_as_recognised() -> None:
    alice = started((HASH,))
    say(alice, other_hello(1), 0.1)
    say(alice, Ping(b"1.10", bytes(8)).serialize(), 0.2)
    say(alice, HELLO_ACK, 0.3)
    assert alice.session.recognised == 0
    say(alice, RAW, 0.4)
    say(alice, RAW, 0.5)
    assert alice.session.recognised == 2
    algorithms = b"S256", b"AES1", b"HS32", b"X255", b"B32 "
    say(alice, Commit(bytes(32), HELLO.zid, *algorithms, bytes(32)).serialize(bytes(32)), 0.6)
    say(alice, b"\x50\x5a\x00\x03Garbage!", 0.7)
    assert alice.session.recognised == 2
