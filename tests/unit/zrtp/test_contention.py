"""Both sides commit at the same time (RFC 6189 section 4.2)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from agent.zrtp import ErrorCode, Failed, Negotiating, Role, State
from agent.zrtp.hash_chain import HashChain
from agent.zrtp.messages import Commit, MessageType, message_type
from agent.zrtp.wire import decode_packet
from support.zrtp_pair import CLASSICAL, Endpoint, Pair, Wire, with_message
from support.zrtp_puppet import HELLO_ACK, Puppet, last_message

SEEDS = range(6)


def at_once(alice: Endpoint, bob: Endpoint) -> Pair:
    """A pair that starts in the same instant on a good line: both commit."""
    pair = Pair(alice, bob)
    pair.call()
    assert alice.sent_types.count(MessageType.COMMIT) == 1
    assert bob.sent_types.count(MessageType.COMMIT) == 1
    return pair


def hvi(endpoint: Endpoint) -> bytes:
    return Commit.parse(endpoint.sent_message(MessageType.COMMIT)).commitment


@pytest.mark.parametrize("seed", SEEDS)
def test_c05_the_commit_with_the_lower_hvi_is_discarded(seed: int) -> None:
    pair = at_once(Endpoint("alice", seed=seed), Endpoint("bob", seed=seed))
    loser, winner = sorted((pair.alice, pair.bob), key=hvi)
    assert winner.session.role is Role.INITIATOR
    assert winner.session.counters.commits_discarded == 1
    assert [event.role for event in winner.all(Negotiating)] == [Role.INITIATOR]
    assert loser.session.role is Role.RESPONDER
    assert [event.role for event in loser.all(Negotiating)] == [Role.INITIATOR, Role.RESPONDER]


def test_c05_both_outcomes_occur() -> None:
    roles = {
        at_once(Endpoint("alice", seed=seed), Endpoint("bob", seed=seed)).alice.session.role
        for seed in SEEDS
    }
    assert roles == set(Role)


@pytest.mark.parametrize(("ciphers", "keys"), [(("AES3",), 1), (("AES1", "AES3"), 2)])
@pytest.mark.parametrize("seed", SEEDS)
def test_c11_the_loser_keeps_its_key_if_it_fits(
    seed: int, ciphers: tuple[str, ...], keys: int
) -> None:
    alice = Endpoint("alice", seed=seed, offer=replace(CLASSICAL, ciphers=ciphers))
    pair = at_once(
        alice, Endpoint("bob", seed=seed, offer=replace(CLASSICAL, ciphers=("AES3", "AES1")))
    )
    loser = min((pair.alice, pair.bob), key=hvi)
    # Drawn with 32 octets: H0, and each X25519 key.
    assert sum(len(octets) == 32 for octets in loser.drawn) == 1 + keys


PRESHARED = (b"Prsh", bytes(24))
MULTISTREAM = (b"Mult", bytes(16))


def test_c03_a_preshared_commit_against_ours_is_discarded() -> None:
    alice, puppet = Endpoint("alice"), Puppet()
    puppet.greet(alice)
    puppet.say(alice, HELLO_ACK)
    assert alice.session.state is State.COMMIT_SENT
    puppet.say(alice, puppet.commit(*PRESHARED))
    assert alice.session.state is State.COMMIT_SENT
    assert alice.session.counters.commits_discarded == 1


def test_p05_a_preshared_commit_is_answered_with_a_dh_commit() -> None:
    alice, puppet = Endpoint("alice"), Puppet()
    puppet.greet(alice)
    puppet.say(alice, puppet.commit(*PRESHARED))
    assert alice.session.state is State.COMMIT_SENT
    assert message_type(last_message(alice)) is MessageType.COMMIT
    assert Commit.parse(last_message(alice)).key_agreement == b"DH3k"
    assert alice.only(Negotiating).role is Role.INITIATOR


@pytest.mark.parametrize(
    ("committed", "code"),
    [
        (False, ErrorCode.KEY_AGREEMENT_NOT_SUPPORTED),
        (True, ErrorCode.CRITICAL_SOFTWARE_ERROR),
    ],
)
def test_c06_x03_a_multistream_commit_ends_it(*, committed: bool, code: ErrorCode) -> None:
    alice, puppet = Endpoint("alice"), Puppet()
    puppet.greet(alice)
    if committed:
        puppet.say(alice, HELLO_ACK)
    puppet.say(alice, puppet.commit(*MULTISTREAM))
    assert alice.session.state is State.FAILED
    failed = alice.only(Failed)
    assert failed.code is code
    assert not failed.attack
    assert last_message(alice)[12:] == code.to_bytes(4)


@pytest.mark.parametrize("kind", [PRESHARED, MULTISTREAM, (b"DH3k", b"\xff" * 32)])
@pytest.mark.parametrize("committed", [False, True])
def test_xb02_a_commit_of_a_stranger_is_not_used(
    *, committed: bool, kind: tuple[bytes, bytes]
) -> None:
    alice, puppet = Endpoint("alice"), Puppet()
    puppet.greet(alice)
    if committed:
        puppet.say(alice, HELLO_ACK)
    before = alice.session.state
    puppet.chain = HashChain.from_seed(b"x" * 32)
    puppet.say(alice, puppet.commit(*kind))
    assert alice.session.state is before
    counters = alice.session.counters
    expected = "commits_discarded" if committed and kind is PRESHARED else "bad_hash_image"
    assert getattr(counters, expected) == 1


def test_c02_a_commit_that_names_another_zid_is_refused() -> None:
    alice, puppet = Endpoint("alice"), Puppet()
    puppet.greet(alice)
    puppet.zid = b"another's ID"
    puppet.say(alice, puppet.commit(b"DH3k", bytes(32)))
    failed = alice.only(Failed)
    assert failed.code is ErrorCode.MALFORMED_PACKET
    assert failed.attack
    assert "another ZID" in failed.reason


@pytest.mark.parametrize("change", [lambda raw: raw[:-1] + b"\0", lambda raw: raw])
def test_xa03_only_the_same_commit_is_answered_again(change: Callable[[bytes], bytes]) -> None:
    alice, puppet = Endpoint("alice"), Puppet()
    puppet.greet(alice)
    commit = puppet.commit(b"DH3k", bytes(32))
    puppet.say(alice, commit)
    assert alice.session.state is State.DHPART1_SENT
    sent = len(alice.sent)
    puppet.say(alice, change(commit))
    assert alice.session.state is State.DHPART1_SENT
    if change(commit) == commit:
        assert last_message(alice) == alice.sent_message(MessageType.DHPART1)
        assert len(alice.sent) == sent + 1
        assert alice.session.counters.duplicates == 1
    else:
        assert len(alice.sent) == sent
        assert alice.session.counters.out_of_state == 1


def test_an_equal_hvi_settles_nothing() -> None:
    alice, puppet = Endpoint("alice"), Puppet()
    puppet.greet(alice)
    puppet.say(alice, HELLO_ACK)
    ours = Commit.parse(alice.sent_message(MessageType.COMMIT)).commitment
    puppet.say(alice, puppet.commit(b"DH3k", ours))
    assert alice.session.state is State.COMMIT_SENT
    assert alice.session.counters.commits_discarded == 1


def test_a_lost_commit_of_the_winner_is_made_up_for() -> None:
    alice, bob = Endpoint("alice"), Endpoint("bob")
    lost: list[bytes] = []

    def lose_first_commits(_sender: str, packet: bytes) -> list[bytes]:
        if message_type(decode_packet(packet).message) is MessageType.COMMIT and len(lost) < 3:
            lost.append(packet)
            return []
        return [with_message(packet, decode_packet(packet).message)]

    wire = Wire(alice, bob, tamper=lose_first_commits)
    wire.start()
    wire.run()
    assert alice.session.state is bob.session.state is State.SECURE
