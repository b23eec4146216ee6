"""What somebody on the line may do, and what must come of it."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.zrtp import (
    ErrorCode,
    Failed,
    NoZrtpPeer,
    Offer,
    PeerError,
    PeerSilent,
    Role,
    Secured,
    State,
)
from agent.zrtp.hash_chain import HashChain, append_mac
from agent.zrtp.messages import DHPart1, DHPart2, MessageType, message_type
from agent.zrtp.modp import MODP_3072
from agent.zrtp.wire import decode_packet
from support.zrtp_pair import (
    CLASSICAL,
    Endpoint,
    Line,
    Pair,
    Tamper,
    altering,
    chained,
    initiated_by,
    is_type,
    with_message,
)

T = MessageType
# Octets of each message of an exchange with X25519; Alice initiates.
LENGTHS = {
    T.HELLO: 88 + 4 * 15,
    T.HELLO_ACK: 12,
    T.COMMIT: 116,
    T.DHPART1: 116,
    T.DHPART2: 116,
    T.CONFIRM1: 76,
    T.CONFIRM2: 76,
    T.CONF2_ACK: 12,
}


def run(pair: Pair, *, hashes: bool = False) -> Pair:
    pair.start(hashes=hashes)
    pair.run()
    return pair


def ended_well_or_clearly(pair: Pair) -> None:
    """Never two ends with different keys; and who is not secure was told why."""
    alice, bob = pair.alice.all(Secured), pair.bob.all(Secured)
    if alice and bob:
        pair.secured()
    for endpoint in (pair.alice, pair.bob):
        if endpoint.session.state is State.SECURE:
            continue
        reasons = (Failed, PeerError, NoZrtpPeer, PeerSilent)
        assert any(endpoint.all(reason) for reason in reasons)
        assert all(failed.reason for failed in endpoint.all(Failed))
        assert endpoint.session.next_timer() is None
        assert endpoint.store.kept == {}


def flip(at: int, bit: int = 0) -> Callable[[bytes], bytes]:
    def flipped(message: bytes) -> bytes:
        changed = bytearray(message)
        changed[at % len(message)] ^= 1 << bit
        return bytes(changed)

    return flipped


def first_only(tamper: Tamper) -> Tamper:
    """Alters one packet only; repetitions pass."""
    done = False

    def once(sender: str, packet: bytes) -> list[bytes]:
        nonlocal done
        result = [packet] if done else tamper(sender, packet)
        done = done or result != [packet]
        return result

    return once


@pytest.mark.parametrize("kind", LENGTHS)
def test_every_octet_of_every_message_changed_with_a_good_crc(kind: T) -> None:
    for at in range(LENGTHS[kind]):
        pair = run(Pair(tamper=chained(initiated_by("alice"), altering(kind, flip(at)))))
        ended_well_or_clearly(pair)


def test_the_lengths_above_are_those_of_an_exchange() -> None:
    pair = Pair(tamper=initiated_by("alice"))
    pair.call()
    messages = [decode_packet(packet).message for packet in pair.alice.sent + pair.bob.sent]
    assert {message_type(message): len(message) for message in messages} == LENGTHS


@pytest.mark.parametrize("kind", LENGTHS)
def test_a_damaged_packet_is_repeated_and_all_is_well(kind: T) -> None:
    for at in range(28 + LENGTHS[kind]):
        run(Pair(tamper=first_only(damaging(kind, at)))).secured()


def damaging(kind: T, at: int) -> Tamper:
    """A line that changes an octet of a packet, CRC and header included."""

    def tamper(_sender: str, packet: bytes) -> list[bytes]:
        return [flip(at)(packet)] if is_type(packet, kind) else [packet]

    return tamper


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(list(LENGTHS)),
    at=st.integers(0, 200),
    bit=st.integers(0, 7),
    hashes=st.booleans(),
    initiator=st.sampled_from(["alice", "bob"]),
)
def test_one_changed_message_then_good_ones(
    *, kind: T, at: int, bit: int, hashes: bool, initiator: str
) -> None:
    tamper = chained(initiated_by(initiator), first_only(altering(kind, flip(at, bit))))
    ended_well_or_clearly(run(Pair(tamper=tamper), hashes=hashes))


def expect(
    tamper: Tamper, victim: str, code: ErrorCode, text: str, offer: Offer = CLASSICAL
) -> None:
    """Alice initiates; the victim sees the attack, both end, nothing is stored."""
    alice, bob = (Endpoint(name, offer=offer) for name in ("alice", "bob"))
    pair = run(Pair(alice, bob, tamper=chained(initiated_by("alice"), tamper)))
    failed = (alice if victim == "alice" else bob).only(Failed)
    assert failed.attack
    assert failed.code is code
    assert text in failed.reason
    other = bob if victim == "alice" else alice
    assert other.only(PeerError).code == code
    assert not alice.all(Secured)
    assert not bob.all(Secured)
    ended_well_or_clearly(pair)


def put(kind: type[DHPart1 | DHPart2], value: bytes) -> Tamper:
    """Put another public value into a DHPart; its MAC cannot be checked yet."""

    def replace_value(message: bytes) -> bytes:
        part = kind.parse(message, len(value))
        return kind(part.h1, part.ids, value).serialize(b"whatever")

    return altering(kind.TYPE, replace_value)


@pytest.mark.parametrize(
    "value", [0, 1, MODP_3072 - 1, MODP_3072, MODP_3072 + 1], ids=["0", "1", "p-1", "p", "p+1"]
)
@pytest.mark.parametrize(("kind", "victim"), [(DHPart1, "alice"), (DHPart2, "bob")])
def test_d03_d04_xa04_xa05_a_bad_public_value(
    kind: type[DHPart1 | DHPart2], victim: str, value: int
) -> None:
    offer = Offer(key_agreements=("DH3k",))
    code = ErrorCode.BAD_PUBLIC_VALUE
    expect(put(kind, value.to_bytes(384)), victim, code, "public value", offer)


@pytest.mark.parametrize(("kind", "victim"), [(DHPart1, "alice"), (DHPart2, "bob")])
def test_xa06_a_point_off_the_curve(kind: type[DHPart1 | DHPart2], victim: str) -> None:
    offer = Offer(key_agreements=("EC25",))
    tamper = altering(kind.TYPE, flip(120))
    expect(tamper, victim, ErrorCode.BAD_PUBLIC_VALUE, "public value", offer)


@pytest.mark.parametrize(("kind", "victim"), [(DHPart1, "alice"), (DHPart2, "bob")])
def test_xa07_an_all_zero_x25519_value(kind: type[DHPart1 | DHPart2], victim: str) -> None:
    expect(put(kind, bytes(32)), victim, ErrorCode.BAD_PUBLIC_VALUE, "public value")


def test_d05_xa01_another_public_value_than_the_commit_announced() -> None:
    tamper = put(DHPart2, b"\x09" + bytes(31))
    expect(tamper, "bob", ErrorCode.HVI_MISMATCH, "not the one that its Commit announced")


@pytest.mark.parametrize("at", range(44, 76, 4))
def test_d02_hvi_covers_the_secret_identifiers_too(at: int) -> None:
    tamper = altering(T.DHPART2, flip(at))
    expect(tamper, "bob", ErrorCode.HVI_MISMATCH, "its Commit announced")


@pytest.mark.parametrize("at", [20, 80, 100])
def test_xa11_h04_an_altered_hello_is_found_by_its_mac(at: int) -> None:
    # A Hello as the responder sees it is checked with the Commit, the other with DHPart1.
    for sender, victim in (("alice", "bob"), ("bob", "alice")):
        pair = run(
            Pair(tamper=chained(initiated_by("alice"), altering(T.HELLO, flip(at), by=sender)))
        )
        failed = (pair.bob if victim == "bob" else pair.alice).only(Failed)
        assert failed.attack
        assert "the Hello message was altered" in failed.reason


def test_xb03_h04_an_altered_commit_is_found_by_its_mac() -> None:
    tamper = altering(T.COMMIT, flip(80))
    expect(tamper, "bob", ErrorCode.CRITICAL_SOFTWARE_ERROR, "the Commit message was altered")


def test_xa11_an_altered_dhpart1_makes_confirm1_wrong() -> None:
    # Its identifiers go into total_hash, so the two sides hold different keys.
    tamper = altering(T.DHPART1, flip(44))
    expect(tamper, "alice", ErrorCode.BAD_CONFIRM_MAC, "does not prove the same keys")


@pytest.mark.parametrize(("kind", "victim"), [(T.CONFIRM1, "alice"), (T.CONFIRM2, "bob")])
@pytest.mark.parametrize("at", [12, 36, 70, 75])
def test_f02_xb10_an_altered_confirm(kind: T, victim: str, at: int) -> None:
    expect(altering(kind, flip(at)), victim, ErrorCode.BAD_CONFIRM_MAC, "same keys")


def test_h02_a_confirm_whose_h0_is_garbled_is_not_used() -> None:
    tamper = first_only(altering(T.CONFIRM1, flip(24)))
    pair = run(Pair(tamper=chained(initiated_by("alice"), tamper)))
    pair.secured()
    assert pair.alice.session.counters.bad_hash_image == 1


@pytest.mark.parametrize("kind", [T.COMMIT, T.DHPART1, T.DHPART2])
def test_h02_xb02_a_message_of_a_stranger_is_not_used_and_the_exchange_goes_on(kind: T) -> None:
    chain = HashChain.from_seed(b"stranger's seed, 32 octets long.")

    def inject(_sender: str, packet: bytes) -> list[bytes]:
        if not is_type(packet, kind):
            return [packet]
        message = decode_packet(packet).message
        false = append_mac(message[:12] + chain.h1 + message[44:-8], chain.h0)
        return [with_message(packet, false), packet]

    pair = run(Pair(tamper=chained(initiated_by("alice"), inject)))
    pair.secured()
    counts = [side.session.counters.bad_hash_image for side in (pair.alice, pair.bob)]
    assert sum(counts) == 1


def test_xa13_a_commit_that_was_bid_down_is_refused() -> None:
    def bid_down(message: bytes) -> bytes:
        return message.replace(b"AES3", b"AES2")

    pair = run(Pair(tamper=chained(initiated_by("alice"), altering(T.COMMIT, bid_down))))
    assert pair.bob.only(Failed).code is ErrorCode.CIPHER_NOT_SUPPORTED
    assert pair.alice.only(PeerError).code == ErrorCode.CIPHER_NOT_SUPPORTED


def test_xa17_messages_out_of_turn_release_nothing() -> None:
    full = Pair(tamper=initiated_by("alice"))
    full.call()
    for name in ("alice", "bob"):
        victim = Endpoint(name)
        victim.session.start(0.0, ssrc=victim.ssrc)
        other = full.bob if name == "alice" else full.alice
        for packet in reversed(other.sent):
            victim.session.receive(packet, 0.0)
        victim.pump()
        assert not victim.all(Secured)
        assert victim.session.counters.out_of_state >= 3


def test_xa16_our_own_packets_sent_back() -> None:
    pair = Pair()
    pair.call()
    alice = Endpoint("alice")
    alice.session.start(0.0, ssrc=alice.ssrc)
    for packet in pair.alice.sent:
        alice.session.receive(packet, 0.0)
    alice.pump()
    assert alice.only(Failed).code is ErrorCode.SSRC_COLLISION


def test_xb07_an_injected_error_ends_the_exchange_and_says_so() -> None:
    def inject(sender: str, packet: bytes) -> list[bytes]:
        if sender == "bob" and is_type(packet, T.DHPART1):
            return [with_message(packet, b"\x50\x5a\x00\x04Error   \0\0\0\x20"), packet]
        return [packet]

    pair = run(Pair(tamper=chained(initiated_by("alice"), inject)))
    assert pair.alice.only(PeerError).code == 0x20
    assert pair.alice.session.state is State.FAILED
    assert not pair.alice.all(Failed)


def test_xb07_an_injected_error_after_hello_ends_discovery() -> None:
    def inject(sender: str, packet: bytes) -> list[bytes]:
        if sender == "bob" and is_type(packet, T.HELLO_ACK):
            return [with_message(packet, b"\x50\x5a\x00\x04Error   \0\0\0\x20")]
        return [packet]

    pair = run(Pair(tamper=inject, line=Line(delay=0.01)))
    assert pair.alice.only(PeerError).code == 0x20


def test_a_replayed_exchange_of_an_earlier_call_is_not_accepted() -> None:
    first = Pair(tamper=initiated_by("bob"))
    first.call()
    alice = Endpoint("alice", seed=99)
    alice.session.start(0.0, ssrc=alice.ssrc)
    for packet in first.bob.sent:
        if not is_type(packet, T.HELLO_ACK):
            alice.session.receive(packet, 0.0)
            alice.pump()
    # Without new randomness on the other side Alice gets as far as DHPart2, whose hvi is stale.
    assert alice.only(Failed).code is ErrorCode.HVI_MISMATCH
    assert alice.session.role is Role.RESPONDER
