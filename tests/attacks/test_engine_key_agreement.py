"""Attacks on key agreement and SAS, as far as the ZRTP engine alone has to refuse them."""

from dataclasses import replace
from random import Random

import pytest

from agent.zrtp import (
    CacheState,
    ErrorCode,
    Failed,
    HelloHashDiffers,
    Negotiating,
    Offer,
    PeerFound,
    ReceiveKeysReady,
    RetainedSecrets,
    Role,
    Secured,
    State,
)
from agent.zrtp.agreement import OurSide, PeerSide
from agent.zrtp.dh_mode import Initiator
from agent.zrtp.hash_chain import HashChain, append_mac
from agent.zrtp.messages import Commit, DHPart2, Hello, MessageType, message_type, plain_message
from agent.zrtp.negotiation import choose
from agent.zrtp.retained_secrets import FOREVER, NO_SECRETS, SecretIds
from agent.zrtp.sas import render
from agent.zrtp.wire import Packet, decode_packet, encode_packet
from support.zrtp_pair import (
    CLASSICAL,
    Endpoint,
    MemoryStore,
    Pair,
    altering,
    chained,
    initiated_by,
)
from support.zrtp_puppet import HELLO_ACK, Puppet, last_message

KINDS = [
    *(MessageType.DHPART1, MessageType.DHPART2, MessageType.CONFIRM1, MessageType.CONFIRM2),
    *(MessageType.CONF2_ACK, MessageType.COMMIT),
]


class Forger(Puppet):
    """An initiator that chooses its public value when it has seen the responder's.

    It commits to one DHPart2 and sends another: the one with which the SAS comes out as wanted.
    """

    def __init__(self) -> None:
        super().__init__(b"forger's ZID", seed=b"f")
        self.random = Random("forger")

    def initiate(self, alice: Endpoint) -> Initiator:
        """What an honest initiator would commit to, with a fresh key."""
        ours = OurSide(
            self.zid,
            self.hello.serialize(self.chain.h2),
            self.chain,
            self.random.randbytes,
            FOREVER,
        )
        raw = alice.session._held.ours.hello
        hello = Hello.parse(raw)
        return Initiator(ours, PeerSide(hello, raw, NO_SECRETS), choose(CLASSICAL, hello))

    def sas(self, initiator: Initiator, dhpart1: bytes) -> tuple[str, ...]:
        keys = initiator.receive_dhpart1(dhpart1).call_keys
        assert keys is not None
        return render("B256", keys.sas_value).words


def test_xa01_a_sas_that_was_searched_for_is_refused() -> None:
    """CVE-2016-6271: without the check of hvi, 16 bits of SAS are found in seconds."""
    alice, forger = Endpoint("alice"), Forger()
    forger.greet(alice)
    committed = forger.initiate(alice)
    forger.say(alice, committed.commit)
    dhpart1 = last_message(alice)
    assert message_type(dhpart1) is MessageType.DHPART1
    # Of two words, one is enough to show how it is done: about 256 tries.
    for _ in range(3000):
        candidate = forger.initiate(alice)
        candidate.commit = committed.commit
        if forger.sas(candidate, dhpart1)[0] == "aardvark":
            break
    assert forger.sas(candidate, dhpart1)[0] == "aardvark"
    forger.say(alice, candidate.dhpart2)
    failed = alice.only(Failed)
    assert failed.code is ErrorCode.HVI_MISMATCH
    assert failed.attack
    assert last_message(alice)[12:] == ErrorCode.HVI_MISMATCH.to_bytes(4)
    assert not alice.all(Secured)
    assert not alice.all(ReceiveKeysReady)
    assert alice.store.kept == {}


def test_xa01_who_keeps_to_the_commit_is_not_refused() -> None:
    alice, forger = Endpoint("alice"), Forger()
    forger.greet(alice)
    committed = forger.initiate(alice)
    forger.say(alice, committed.commit)
    forger.say(alice, committed.dhpart2)
    assert alice.session.state is State.CONFIRM1_SENT


@pytest.mark.parametrize("state", [State.DHPART1_SENT, State.CONFIRM1_SENT])
def test_xa03_a_second_commit_changes_nothing(state: State) -> None:
    alice, forger = Endpoint("alice"), Forger()
    forger.greet(alice)
    committed = forger.initiate(alice)
    forger.say(alice, committed.commit)
    if state is State.CONFIRM1_SENT:
        forger.say(alice, committed.dhpart2)
    sent = len(alice.sent)
    other = Commit.parse(committed.commit)
    for changed in (
        replace(other, commitment=bytes(32)),
        replace(other, hash=b"S384"),
        replace(other, cipher=b"AES1"),
        replace(other, key_agreement=b"Prsh", commitment=bytes(24)),
        replace(other, key_agreement=b"Mult", commitment=bytes(16)),
    ):
        forger.say(alice, changed.serialize(forger.chain.h1))
        assert alice.session.state is state
    assert len(alice.sent) == sent
    assert alice.session.counters.out_of_state == 5
    assert len(alice.all(Negotiating)) == 1


@pytest.mark.parametrize("missing", [b"AES3", b"X255", b"S384", b"HS80"])
@pytest.mark.parametrize("hashes", [False, True])
def test_xa11_a_hello_that_lost_an_algorithm_on_its_way(missing: bytes, *, hashes: bool) -> None:
    def bid_down(message: bytes) -> bytes:
        return message.replace(missing, b"none")

    offer = replace(CLASSICAL, hashes=("S384", "S256"))
    pair = Pair(
        Endpoint("alice", offer=offer),
        Endpoint("bob", offer=offer),
        tamper=altering(MessageType.HELLO, bid_down),
    )
    pair.start(hashes=hashes)
    pair.run()
    for side in (pair.alice, pair.bob):
        assert not side.all(Secured)
        assert side.session.state is State.FAILED
        assert side.store.kept == {}
        assert bool(side.all(HelloHashDiffers)) is hashes
    told = [failed for side in (pair.alice, pair.bob) for failed in side.all(Failed)]
    assert any(failed.attack for failed in told)


@pytest.mark.parametrize(
    ("versions", "state", "code"),
    [
        ((b"2.00",), State.DISCOVERING, None),
        ((b"1.00",), State.FAILED, ErrorCode.UNSUPPORTED_VERSION),
        ((b"1.1a",), State.PEER_FOUND, None),
        ((b"2.00", b"1.10"), State.PEER_FOUND, None),
        ((b"2.00", b"1.00"), State.FAILED, ErrorCode.UNSUPPORTED_VERSION),
        ((b"1.10", b"2.00"), State.PEER_FOUND, None),
    ],
)
def test_xa15_games_with_versions(
    versions: tuple[bytes, ...], state: State, code: ErrorCode | None
) -> None:
    alice = Endpoint("alice")
    alice.session.start(0.0, ssrc=alice.ssrc)
    for number, version in enumerate(versions):
        chain = HashChain.from_seed(bytes([number]) * 32)
        hello = replace(Puppet().hello, version=version, h3=chain.h3).serialize(chain.h2)
        alice.session.receive(encode_packet(Packet(1, number + 1, hello)), 0.0)
        alice.pump()
    assert alice.session.state is state
    assert [failed.code for failed in alice.all(Failed)] == ([code] if code else [])


def test_xa16_an_echo_advances_nothing() -> None:
    alice = Endpoint("alice")
    alice.session.start(0.0, ssrc=alice.ssrc)
    (hello,) = alice.pump()
    alice.session.receive(hello, 0.1)
    alice.pump()
    assert alice.only(Failed).code is ErrorCode.SSRC_COLLISION
    assert not alice.all(PeerFound)
    other = Endpoint("alice", seed=2)
    other.session.start(0.0, ssrc=other.ssrc)
    other.session.receive(encode_packet(replace(decode_packet(hello), ssrc=7)), 0.1)
    other.pump()
    assert other.only(Failed).code is ErrorCode.EQUAL_ZIDS
    assert not other.all(PeerFound)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("victim", ["alice", "bob"])
def test_xa17_a_message_that_is_not_due_releases_nothing(victim: str, kind: MessageType) -> None:
    """Every message of another, complete exchange, at each moment of this one."""
    other = Pair(Endpoint("alice", seed=9), Endpoint("bob", seed=9))
    other.call()
    strangers = [
        decode_packet(packet).message
        for side in (other.alice, other.bob)
        for packet in side.sent
        if message_type(decode_packet(packet).message) is kind
    ]
    pair = Pair(tamper=initiated_by("alice"))
    side, peer = (pair.alice, pair.bob) if victim == "alice" else (pair.bob, pair.alice)
    pair.start()
    while (due := pair.next_due()) is not None:
        for message in strangers:
            before = side.session.state, len(side.events)
            if kind is MessageType.CONF2_ACK and before[0] is State.CONFIRM2_SENT:
                continue  # it holds no secret, and the keys are proved on both sides by then
            if kind in {MessageType.CONFIRM1, MessageType.CONFIRM2} and before[0] in {
                State.DHPART2_SENT,
                State.CONFIRM1_SENT,
            }:
                continue  # due, and refused with 0x70: test_f02
            side.session.receive(encode_packet(Packet(1, peer.ssrc, message)), pair.now)
            side.pump()
            assert (side.session.state, len(side.events)) == before
        pair.run(until=due)
    pair.secured()


def test_xa17_a_multistream_commit_on_a_first_stream_ends_it() -> None:
    alice, puppet = Endpoint("alice"), Puppet()
    puppet.greet(alice)
    puppet.say(alice, puppet.commit(b"Mult", bytes(16)))
    assert alice.only(Failed).code is ErrorCode.KEY_AGREEMENT_NOT_SUPPORTED


def test_xa25_what_the_peer_says_of_its_user_is_not_what_ours_did() -> None:
    shared = RetainedSecrets(b"1" * 32, None, verified=False)
    theirs = replace(shared, verified=True)
    alice = Endpoint("alice", store=MemoryStore({Endpoint("bob").zid: shared}))
    bob = Endpoint("bob", store=MemoryStore({Endpoint("alice").zid: theirs}))
    view, _ = Pair(alice, bob).call()
    assert view.cache is CacheState.MATCHED
    assert view.verified_there
    assert not view.verified_here
    assert view.update is not None
    assert not view.update.secrets.verified


@pytest.mark.parametrize(
    ("kept", "cache"),
    [
        (None, CacheState.NEW),
        (RetainedSecrets(None, None, verified=False), CacheState.NEW),
        (RetainedSecrets(b"1" * 32, None, verified=True), CacheState.MISMATCH),
        (RetainedSecrets(b"1" * 32, b"2" * 32, verified=False), CacheState.MISMATCH),
    ],
)
def test_xa26_a_new_peer_and_a_mismatch_are_two_things(
    kept: RetainedSecrets | None, cache: CacheState
) -> None:
    store = MemoryStore({Endpoint("bob").zid: kept} if kept else {})
    view, _ = Pair(Endpoint("alice", store=store)).call()
    assert view.cache is cache
    assert (view.update is None) is (cache is CacheState.MISMATCH)


def test_xa01_xa21_two_exchanges_of_a_man_in_the_middle_show_two_sas() -> None:
    """He may have a whole exchange with each: what the two people read differs."""
    towards_alice = Pair(Endpoint("alice"), Endpoint("mallory", seed=1))
    towards_bob = Pair(Endpoint("mallory", seed=2), Endpoint("bob"))
    by_alice, _ = towards_alice.call()
    _, by_bob = towards_bob.call()
    assert by_alice.sas != by_bob.sas
    assert by_alice.peer_zid == by_bob.peer_zid


def test_xa13_a_commit_with_what_only_the_peer_lists() -> None:
    offer = Offer(("S256",), ("AES1",), ("HS80",), ("X255",), ("B32",))
    wanted = {
        "hash": (b"S384", ErrorCode.HASH_NOT_SUPPORTED),
        "cipher": (b"AES3", ErrorCode.CIPHER_NOT_SUPPORTED),
        "auth_tag": (b"SK64", ErrorCode.AUTH_TAG_NOT_SUPPORTED),
        "key_agreement": (b"DH2k", ErrorCode.KEY_AGREEMENT_NOT_SUPPORTED),
        "sas": (b"B256", ErrorCode.SAS_NOT_SUPPORTED),
    }
    fine = Commit.parse(Puppet().commit(b"X255", bytes(32)))
    changed = {
        "hash": replace(fine, hash=b"S384"),
        "cipher": replace(fine, cipher=b"AES3"),
        "auth_tag": replace(fine, auth_tag=b"SK64"),
        "key_agreement": replace(fine, key_agreement=b"DH2k"),
        "sas": replace(fine, sas=b"B256"),
    }
    for what, (_, code) in wanted.items():
        alice, puppet = Endpoint("alice", offer=offer), Puppet()
        puppet.greet(alice)
        puppet.say(alice, changed[what].serialize(puppet.chain.h1))
        assert alice.only(Failed).code is code


def test_xa10_a_shared_secret_that_begins_with_zero_keeps_its_width() -> None:
    """One call in 256 has one; with a secret of fixed width all of them succeed."""
    offer = Offer(key_agreements=("EC25",))
    for seed in range(30):
        Pair(
            Endpoint("alice", seed=seed, offer=offer), Endpoint("bob", seed=seed, offer=offer)
        ).call()


def test_xa09_a_dhpart2_of_another_type_is_malformed() -> None:
    alice, forger = Endpoint("alice"), Forger()
    forger.greet(alice)
    forger.say(alice, forger.initiate(alice).commit)
    ids = SecretIds(bytes(8), bytes(8), bytes(8), bytes(8))
    for length in (0, 16, 31, 33, 56, 64, 384):
        part = DHPart2(forger.chain.h1, ids, bytes(length)).serialize(forger.chain.h0)
        forger.say(alice, part)
    assert alice.session.state is State.DHPART1_SENT
    assert alice.session.counters.malformed == 7


def test_xa16_the_peers_own_messages_sent_back_to_it() -> None:
    pair = Pair(tamper=initiated_by("alice"))
    pair.call()
    for side, peer in ((pair.alice, pair.bob), (pair.bob, pair.alice)):
        for packet in side.sent:
            reflected = replace(decode_packet(packet), ssrc=peer.ssrc)
            side.session.receive(encode_packet(reflected), pair.now)
        side.pump()
        assert side.session.state is State.SECURE
        assert len(side.all(Secured)) == 1


def test_xa17_conf2ack_before_confirm2_means_nothing() -> None:
    acks = encode_packet(Packet(1, 0x0707, plain_message(MessageType.CONF2_ACK)))
    alice, puppet = Endpoint("alice"), Puppet()
    puppet.greet(alice)
    puppet.say(alice, HELLO_ACK)
    alice.session.receive(acks, 0.0)
    alice.pump()
    assert alice.session.state is State.COMMIT_SENT
    assert alice.session.role is Role.INITIATOR
    assert not alice.all(Secured)


def test_xa11_an_algorithm_put_into_a_hello_on_its_way_is_found() -> None:
    def add(message: bytes) -> bytes:
        return append_mac(message[:-8].replace(b"HS80", b"SK64"), b"a key that nobody has")

    pair = Pair(tamper=chained(initiated_by("alice"), altering(MessageType.HELLO, add, by="bob")))
    pair.start(hashes=False)
    pair.run()
    assert pair.alice.only(Failed).attack
    assert not pair.bob.all(Secured)
