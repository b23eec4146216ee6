"""Further streams of a call, keyed from the first one (RFC 6189 section 4.4.3)."""

from collections.abc import Callable
from functools import partial

import pytest

from agent.zrtp import (
    CacheUpdate,
    ErrorCode,
    Failed,
    LocalError,
    Negotiating,
    Offer,
    Role,
    Secured,
    State,
    StreamSecured,
)
from agent.zrtp.confirm import open_confirm
from agent.zrtp.established import EstablishedStream
from agent.zrtp.hash_chain import HashChain
from agent.zrtp.messages import Commit, Hello, MessageType
from agent.zrtp.retained_secrets import FOREVER
from agent.zrtp.wire import Packet, decode_packet, encode_packet
from support.zrtp_pair import (
    CLASSICAL,
    Endpoint,
    Pair,
    Tamper,
    altering,
    initiated_by,
    together,
    untouched,
)
from support.zrtp_puppet import HELLO_ACK, Puppet, last_message

MULTISTREAM = (b"Mult", bytes(16))


def further(
    first: Pair,
    *,
    seed: int = 1,
    tamper: Tamper = untouched,
    offer: Offer = CLASSICAL,
    cache_seconds: int = FOREVER,
) -> Pair:
    """Another stream between the same two phones."""
    host = partial(Endpoint, offer=offer, cache_seconds=cache_seconds)
    sides = (
        host(side.name, seed=seed, store=side.store, first=side)
        for side in (first.alice, first.bob)
    )
    pair = Pair(*sides, tamper=tamper)
    pair.now = first.now
    return pair


def keyed(pair: Pair) -> tuple[StreamSecured, StreamSecured]:
    """Both sides are secure on a further stream, and hold the same keys."""
    assert pair.alice.session.state is pair.bob.session.state is State.SECURE
    alice, bob = pair.alice.only(StreamSecured), pair.bob.only(StreamSecured)
    assert (alice.send, alice.receive) == (bob.receive, bob.send)
    assert alice.send != alice.receive
    assert alice.role is not bob.role
    assert alice.algorithms == bob.algorithms
    return alice, bob


@pytest.mark.parametrize("initiator", ["alice", "bob", ""])
def test_x05_a_further_stream_has_keys_of_its_own_and_no_sas(initiator: str) -> None:
    first = Pair()
    main, _ = first.call()
    second = further(first, tamper=initiated_by(initiator) if initiator else untouched)
    kept = dict(first.alice.store.kept), dict(first.bob.store.kept)
    second.start()
    second.run()
    alice, bob = keyed(second)
    if initiator:
        assert (alice.role is Role.INITIATOR) is (initiator == "alice")
    assert alice.peer_zid == second.bob.zid
    assert len({main.send, main.receive, alice.send, alice.receive}) == 4
    for side in (second.alice, second.bob):
        assert not side.all(Secured)
        assert not side.all(CacheUpdate)
        assert MessageType.DHPART1 not in side.sent_types
    assert (first.alice.store.kept, first.bob.store.kept) == kept
    assert not bob.disclosure


def test_x05_three_streams_have_three_sets_of_keys() -> None:
    first = Pair()
    main, _ = first.call()
    keys = {main.send, main.receive}
    for seed in (1, 2):
        stream = further(first, seed=seed)
        stream.start()
        stream.run()
        alice, _ = keyed(stream)
        keys |= {alice.send, alice.receive}
    assert len(keys) == 6


@pytest.mark.parametrize("hash_", ["S256", "S384"])
def test_x04_the_algorithms_are_those_of_the_first_stream(hash_: str) -> None:
    offer = Offer((hash_,), ("AES3", "AES1"), ("HS32",), ("X255",), ("B32",))
    first = Pair(Endpoint("alice", offer=offer), Endpoint("bob", offer=offer))
    main, _ = first.call()
    second = further(first)
    second.start()
    second.run()
    alice, _ = keyed(second)
    agreed, expected = alice.algorithms, main.algorithms
    assert (agreed.hash, agreed.cipher, agreed.auth_tag) == (hash_, expected.cipher, "HS32")
    assert agreed.key_agreement == "Mult"


def test_x01_p03_a_further_stream_waits_for_the_first() -> None:
    first = Pair()
    second = further(first)
    second.start()
    second.run(until=second.now + 2.0)
    assert second.alice.session.state is State.ACQUAINTED
    assert second.bob.session.state is State.ACQUAINTED
    assert MessageType.COMMIT not in [*second.alice.sent_types, *second.bob.sent_types]
    first.now = second.now
    first.start()
    together(first, second)
    first.secured()
    keyed(second)


def test_x01_streams_that_begin_at_the_same_moment() -> None:
    first = Pair()
    others = [further(first, seed=seed) for seed in (1, 2)]
    for pair in (*others, first):
        pair.start()
    together(first, *others)
    main, _ = first.secured()
    keys = {stream.send for other in others for stream in keyed(other)} | {main.send, main.receive}
    assert len(keys) == 6


def test_c05_in_multistream_mode_the_lower_nonce_is_discarded() -> None:
    first = Pair()
    first.call()
    for seed in range(1, 5):
        stream = further(first, seed=seed)
        stream.start()
        stream.run()
        keyed(stream)
        sides = (stream.alice, stream.bob)
        commits = {
            side.name: Commit.parse(side.sent_message(MessageType.COMMIT)).commitment
            for side in sides
        }
        winner = max(commits, key=lambda name: commits[name])
        initiator = next(side for side in sides if side.session.role is Role.INITIATOR)
        assert initiator.name == winner
        assert initiator.session.counters.commits_discarded == 1


def facing_puppet(first: Pair, puppet: Puppet, *, seed: int = 1) -> Endpoint:
    """Alice's further stream, which has heard the Hello of a puppet."""
    alice = Endpoint("alice", seed=seed, store=first.alice.store, first=first.alice)
    puppet.greet(alice)
    return alice


def test_x02_xc02_a_nonce_that_comes_twice_ends_the_exchange() -> None:
    first = Pair()
    first.call()
    for seed in (1, 2):
        puppet = Puppet(first.bob.zid, seed=b"%d" % seed)
        alice = facing_puppet(first, puppet, seed=seed)
        puppet.say(alice, puppet.commit(*MULTISTREAM))
        if seed == 1:
            assert alice.session.state is State.CONFIRM1_SENT
    failed = alice.only(Failed)
    assert failed.code is ErrorCode.NONCE_REUSE
    assert failed.attack
    assert last_message(alice)[12:] == ErrorCode.NONCE_REUSE.to_bytes(4)


def test_x02_our_own_nonces_count_as_well() -> None:
    first = Pair()
    first.call()
    second = further(first, tamper=initiated_by("alice"))
    second.start()
    second.run()
    nonce = Commit.parse(second.alice.sent_message(MessageType.COMMIT)).commitment
    puppet = Puppet(first.bob.zid)
    alice = facing_puppet(first, puppet, seed=2)
    puppet.say(alice, puppet.commit(b"Mult", nonce))
    assert alice.only(Failed).code is ErrorCode.NONCE_REUSE


def test_x02_a_repeated_commit_is_no_reuse() -> None:
    first = Pair()
    first.call()
    puppet = Puppet(first.bob.zid)
    alice = facing_puppet(first, puppet)
    for _ in range(3):
        puppet.say(alice, puppet.commit(*MULTISTREAM))
    assert alice.session.state is State.CONFIRM1_SENT
    assert alice.sent_types[-3:] == [MessageType.CONFIRM1] * 3


def test_x02_an_equal_nonce_of_both_sides_settles_nothing() -> None:
    first = Pair()
    first.call()
    puppet = Puppet(first.bob.zid, key_agreements=(b"Mult",))
    alice = facing_puppet(first, puppet)
    puppet.say(alice, HELLO_ACK)
    nonce = Commit.parse(alice.sent_message(MessageType.COMMIT)).commitment
    puppet.say(alice, puppet.commit(b"Mult", nonce))
    assert alice.session.state is State.MULTISTREAM_COMMIT_SENT
    assert alice.session.counters.commits_discarded == 1


@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize("kind", [(b"DH3k", bytes(32)), (b"Prsh", bytes(24))])
def test_c06_p03_only_multistream_mode_adds_a_stream(
    kind: tuple[bytes, bytes], *, committed: bool
) -> None:
    first = Pair()
    first.call()
    puppet = Puppet(first.bob.zid, key_agreements=(b"Mult",))
    alice = facing_puppet(first, puppet)
    if committed:
        puppet.say(alice, HELLO_ACK)
        assert alice.session.state is State.MULTISTREAM_COMMIT_SENT
    puppet.say(alice, puppet.commit(*kind))
    expected = (
        ErrorCode.CRITICAL_SOFTWARE_ERROR if committed else ErrorCode.KEY_AGREEMENT_NOT_SUPPORTED
    )
    assert alice.only(Failed).code is expected
    assert pair_is_untouched(first)


def pair_is_untouched(pair: Pair) -> bool:
    return pair.alice.session.state is State.SECURE and not pair.alice.all(Failed)


def test_x03_without_zrtpsess_a_multistream_commit_ends_it() -> None:
    puppet = Puppet()
    alice = facing_puppet(Pair(), puppet)
    puppet.say(alice, puppet.commit(*MULTISTREAM))
    assert alice.only(Failed).code is ErrorCode.KEY_AGREEMENT_NOT_SUPPORTED


def test_x01_another_phone_is_not_keyed_from_the_first_stream() -> None:
    first = Pair()
    first.call()
    alice = facing_puppet(first, puppet := Puppet(key_agreements=(b"Mult",)))
    puppet.say(alice, puppet.commit(*MULTISTREAM))
    assert alice.session.counters.wrong_zid == 1
    puppet.say(alice, HELLO_ACK)
    failed = alice.only(Failed)
    assert failed.code is ErrorCode.CRITICAL_SOFTWARE_ERROR
    assert "cannot be keyed like the first stream" in failed.reason


def test_a_peer_that_does_not_list_multistream_mode_cannot_add_a_stream() -> None:
    first = Pair()
    first.call()
    alice = facing_puppet(first, puppet := Puppet(first.bob.zid))
    puppet.say(alice, HELLO_ACK)
    assert alice.only(Failed).code is ErrorCode.CRITICAL_SOFTWARE_ERROR


@pytest.mark.parametrize("end", ["closed", "failed"])
@pytest.mark.parametrize("when", ["before", "between", "acquainted"])
def test_a_further_stream_ends_when_the_first_gets_no_keys(end: str, when: str) -> None:
    first = Pair()
    first.start(hashes=False)

    def end_first() -> None:
        if end == "closed":
            first.alice.session.close(first.now)
        else:
            own = Packet(0, first.alice.ssrc, b"\x50\x5a\x00\x03HelloACK")
            first.alice.session.receive(encode_packet(own), first.now)
            assert first.alice.session.state is State.FAILED

    puppet = Puppet()
    alice = Endpoint("alice", seed=1, first=first.alice)
    if when == "before":
        end_first()
        alice.session.start(0.0, ssrc=alice.ssrc)
    else:
        puppet.greet(alice)
        if when == "acquainted":
            puppet.say(alice, HELLO_ACK)
            assert alice.session.state is State.ACQUAINTED
        end_first()
    alice.pump()
    assert alice.only(Failed).code is ErrorCode.SERVICE_UNAVAILABLE
    assert alice.session.state is State.FAILED


def test_a_stream_that_was_not_started_is_left_alone() -> None:
    first = Pair()
    waiting = Endpoint("alice", seed=1, first=first.alice)
    first.alice.session.close(0.0)
    assert waiting.session.state is State.IDLE
    assert waiting.session.next_event() is None


def test_the_first_stream_may_end_before_the_others() -> None:
    first = Pair()
    first.call()
    second = further(first)
    first.alice.session.close(first.now)
    first.bob.session.close(first.now)
    second.start()
    second.run()
    keyed(second)


def test_k03_zrtpsess_is_destroyed_with_the_last_stream_of_the_call() -> None:
    first = Pair()
    first.call()
    second = Endpoint("alice", seed=1, first=first.alice)
    _, source = first.alice.session.call.terms()
    assert any(source.key)
    first.alice.session.close(0.0)
    assert any(source.key)
    second.session.close(0.0)
    assert not any(source.key)
    assert not first.alice.session.call.has_keys
    with pytest.raises(LocalError, match="has no keys"):
        first.alice.session.call.terms()


def test_k03_another_call_has_another_zrtpsess() -> None:
    keys = []
    first = Pair()
    first.call()
    again = Pair(
        Endpoint("alice", seed=1, store=first.alice.store),
        Endpoint("bob", seed=1, store=first.bob.store),
    )
    again.call()
    for pair in (first, again):
        _, source = pair.alice.session.call.terms()
        keys.append(bytes(source.key))
    assert keys[0] != keys[1]


def test_k04_the_sas_belongs_to_the_first_stream() -> None:
    first = Pair()
    first.call()
    second = further(first)
    second.start()
    second.run()
    for verdict in ("sas_verified", "sas_mismatch", "accept_enrolment"):
        with pytest.raises(LocalError, match="needs Established"):
            getattr(second.alice.session, verdict)()


def test_f09_in_multistream_mode_the_interval_says_forever() -> None:
    first = Pair(Endpoint("alice", cache_seconds=60), Endpoint("bob", cache_seconds=60))
    first.call()
    second = further(first, tamper=initiated_by("alice"), cache_seconds=60)
    second.start()
    second.run()
    keyed(second)
    for side, kind in ((second.alice, MessageType.CONFIRM2), (second.bob, MessageType.CONFIRM1)):
        held = side.session._held.progress
        assert isinstance(held, EstablishedStream)
        agreement = held._agreement
        keys = agreement.keys.of_role(agreement.role)
        opened = open_confirm(side.sent_message(kind), keys, agreement.choice.hash)
        assert opened.cache_seconds == 0xFFFF_FFFF
        assert not opened.verified


def flip(at: int) -> Callable[[bytes], bytes]:
    return lambda message: message[:at] + bytes([message[at] ^ 1]) + message[at + 1 :]


@pytest.mark.parametrize(
    ("kind", "at", "victim", "code"),
    [
        # The nonce; then the MAC at the end, which the Confirm makes checkable.
        (MessageType.COMMIT, 80, "alice", ErrorCode.BAD_CONFIRM_MAC),
        (MessageType.COMMIT, 95, "alice", ErrorCode.BAD_CONFIRM_MAC),
        (MessageType.CONFIRM1, 60, "alice", ErrorCode.BAD_CONFIRM_MAC),
        (MessageType.CONFIRM2, 60, "bob", ErrorCode.BAD_CONFIRM_MAC),
    ],
)
def test_f02_an_altered_message_of_a_further_stream_is_found(
    kind: MessageType, at: int, victim: str, code: ErrorCode
) -> None:
    first = Pair()
    first.call()

    def tamper(sender: str, packet: bytes) -> list[bytes]:
        altered = altering(kind, flip(at))(sender, packet)
        return [each for one in altered for each in initiated_by("alice")(sender, one)]

    second = further(first, tamper=tamper)
    second.start()
    second.run()
    failed = (second.alice if victim == "alice" else second.bob).only(Failed)
    assert failed.code is code
    assert failed.attack
    assert not second.alice.all(StreamSecured)
    assert not second.bob.all(StreamSecured)
    assert pair_is_untouched(first)


@pytest.mark.parametrize("sender", ["alice", "bob"])
def test_h03_h04_an_altered_hello_of_a_further_stream_is_found(sender: str) -> None:
    first = Pair()
    first.call()

    def tamper(by: str, packet: bytes) -> list[bytes]:
        altered = altering(MessageType.HELLO, flip(20), by=sender)(by, packet)
        return [each for one in altered for each in initiated_by("alice")(by, one)]

    second = further(first, tamper=tamper)
    second.start(hashes=False)
    second.run()
    told = [*second.alice.all(Failed), *second.bob.all(Failed)]
    assert any(failed.attack for failed in told)
    assert not second.alice.all(StreamSecured)
    assert not second.bob.all(StreamSecured)


def test_a_further_stream_says_when_it_negotiates() -> None:
    first = Pair()
    first.call()
    second = further(first, tamper=initiated_by("alice"))
    second.start()
    second.run()
    assert [event.role for event in second.alice.all(Negotiating)] == [Role.INITIATOR]
    assert [event.role for event in second.bob.all(Negotiating)] == [Role.RESPONDER]


def test_x04_the_sas_type_of_a_multistream_commit_means_nothing() -> None:
    first = Pair()
    first.call()
    puppet = Puppet(first.bob.zid)
    alice = facing_puppet(first, puppet)
    commit = Commit(
        puppet.chain.h2, puppet.zid, b"S256", b"AES1", b"HS32", b"Mult", b"none", bytes(16)
    )
    puppet.say(alice, commit.serialize(puppet.chain.h1))
    assert alice.session.state is State.CONFIRM1_SENT


def test_n13_a_multistream_commit_with_what_we_did_not_offer_is_refused() -> None:
    first = Pair()
    first.call()
    puppet = Puppet(first.bob.zid)
    alice = facing_puppet(first, puppet)
    commit = Commit(
        puppet.chain.h2, puppet.zid, b"S256", b"2FS1", b"HS32", b"Mult", b"B32 ", bytes(16)
    )
    puppet.say(alice, commit.serialize(puppet.chain.h1))
    assert alice.only(Failed).code is ErrorCode.CIPHER_NOT_SUPPORTED


def test_a08_multistream_mode_stands_in_every_hello() -> None:
    offers = (CLASSICAL, Offer(), Offer(key_agreements=()), Offer(key_agreements=("X255",) * 6))
    for offer in offers:
        alice = Endpoint("alice", offer=offer)
        listed = Hello.parse(alice.session._held.ours.hello).key_agreements
        assert b"Mult" in listed
        assert len(listed) <= 7
    assert b"Prsh" not in listed


def test_a_stranger_cannot_add_a_stream() -> None:
    first = Pair()
    first.call()
    puppet = Puppet(first.bob.zid)
    alice = facing_puppet(first, puppet)
    puppet.chain = HashChain.from_seed(b"x" * 32)
    puppet.say(alice, puppet.commit(*MULTISTREAM))
    assert alice.session.counters.bad_hash_image == 1
    assert alice.session.state is State.PEER_FOUND


def test_who_does_not_know_the_session_key_cannot_confirm() -> None:
    first = Pair()
    first.call()
    puppet = Puppet(first.bob.zid)
    alice = facing_puppet(first, puppet)
    puppet.say(alice, puppet.commit(*MULTISTREAM))
    answer = decode_packet(alice.sent[-1]).message
    puppet.say(alice, answer.replace(b"Confirm1", b"Confirm2"))
    assert alice.only(Failed).code is ErrorCode.BAD_CONFIRM_MAC
