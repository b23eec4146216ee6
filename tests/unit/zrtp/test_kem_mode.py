"""Whole exchanges with key encapsulation, over good lines, bad ones, and hostile ones."""

from collections.abc import Callable

import pytest

from agent.zrtp import (
    DEFAULT_OFFER,
    ErrorCode,
    Failed,
    Negotiating,
    NoZrtpPeer,
    Offer,
    Role,
    Secured,
    State,
)
from agent.zrtp.algorithms import KEY_AGREEMENTS
from agent.zrtp.hash_chain import HashChain, append_mac
from agent.zrtp.messages import Commit, DHPart1, DHPart2, MessageType
from agent.zrtp.wire import Packet, crc32c, decode_packet, encode_packet
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
)

T = MessageType
KEMS = [name for name, kind in KEY_AGREEMENTS.items() if kind.is_kem]
WHOLE = 3000
"""An MTU with which nothing is cut, so that a `Tamper` sees whole messages."""


def side(name: str, offer: Offer = DEFAULT_OFFER, *, seed: int = 0, mtu: int = 1452) -> Endpoint:
    return Endpoint(name, offer=offer, seed=seed, mtu=mtu)


def pair(offer: Offer = DEFAULT_OFFER, *, tamper: Tamper | None = None, mtu: int = 1452) -> Pair:
    """Two sides with this offer; Alice initiates unless the tampering says otherwise."""
    alice, bob = side("alice", offer, mtu=mtu), side("bob", offer, mtu=mtu)
    return Pair(alice, bob, tamper=tamper or initiated_by("alice"))


def sizes(endpoint: Endpoint) -> list[int]:
    return [len(packet) for packet in endpoint.sent if packet[0] == 0x11]


def test_two_phones_like_this_one_agree_on_x3m3() -> None:
    call = pair()
    alice, bob = call.call()
    agreed = alice.algorithms
    assert (agreed.key_agreement, agreed.hash, agreed.cipher) == ("X3M3", "S512", "AES3")
    assert (alice.role, bob.role) == (Role.INITIATOR, Role.RESPONDER)
    # Commit of 435 words and DHPart1 of 427, in two pieces each.
    assert sizes(call.alice) == [1452, 24 + 312]
    assert sizes(call.bob) == [1452, 24 + 280]


@pytest.mark.parametrize("initiator", ["alice", "bob"])
@pytest.mark.parametrize("name", KEMS)
def test_every_kem_in_both_roles(name: str, initiator: str) -> None:
    offer = Offer(hashes=("S512", "S256"), key_agreements=(name,))
    call = pair(offer, tamper=initiated_by(initiator))
    alice, _ = call.call()
    assert alice.algorithms.key_agreement == name
    assert (alice.role is Role.INITIATOR) == (initiator == "alice")
    kind = KEY_AGREEMENTS[name]
    first, second = call.alice, call.bob
    if initiator == "bob":
        first, second = second, first
    assert len(first.sent_message(T.COMMIT)) == 29 * 4 + kind.public_key_length
    assert len(second.sent_message(T.DHPART1)) == 21 * 4 + kind.pvr_length
    assert len(first.sent_message(T.DHPART2)) == 25 * 4


@pytest.mark.parametrize("hash_", ["S256", "S384", "S512"])
def test_x3m3_with_every_hash(hash_: str) -> None:
    alice, _ = pair(Offer(hashes=(hash_,))).call()
    assert alice.algorithms.hash == hash_
    assert alice.algorithms.key_agreement == "X3M3"


def test_every_exchange_has_keys_of_its_own() -> None:
    secrets = {pair().call()[0].send.master_key for _ in range(3)}
    assert len(secrets) == 3


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("mtu", [600, 1452])
def test_x3m3_over_a_bad_line(seed: int, mtu: int) -> None:
    line = Line(seed=seed, loss=0.2, duplication=0.2, jitter=0.08)
    call = Pair(side("alice", seed=seed, mtu=mtu), side("bob", seed=seed, mtu=mtu), line=line)
    call.start(right_after=0.05 * seed)
    call.run()
    alice, _ = call.secured()
    assert alice.algorithms.key_agreement == "X3M3"


@pytest.mark.parametrize("seed", range(4))
def test_c05_both_commit_at_once(seed: int) -> None:
    call = Pair(side("alice", seed=seed), side("bob", seed=seed))
    call.call()
    assert {len(each.all(Negotiating)) for each in (call.alice, call.bob)} == {1, 2}


@pytest.mark.parametrize("ours", [T.COMMIT, T.DHPART1])
def test_a_lost_piece_is_sent_again_with_the_others(ours: T) -> None:
    lost: list[bytes] = []
    sender = "alice" if ours is T.COMMIT else "bob"

    def lose_the_first(name: str, packet: bytes) -> list[bytes]:
        if name == sender and packet[0] == 0x11 and not lost:
            lost.append(packet)
            return []
        return [packet]

    call = pair(tamper=chained(initiated_by("alice"), lose_the_first))
    call.call()
    assert len(lost) == 1


# The selection trap (section 4.1.2).


def test_xa12_a_peer_that_puts_a_classical_type_first_gets_it() -> None:
    other = Offer(key_agreements=("X255", "X3M3"))
    alice, _ = Pair(side("alice"), side("bob", other)).call()
    assert alice.algorithms.key_agreement == "X255"


PQ_ONLY = Offer(key_agreements=("X3M3",), post_quantum_only=True)


def test_xa12_post_quantum_only_meets_its_like() -> None:
    alice, _ = Pair(side("alice", PQ_ONLY), side("bob")).call()
    assert alice.algorithms.key_agreement == "X3M3"


@pytest.mark.parametrize("initiator", ["alice", "bob"])
def test_n13_xa12_post_quantum_only_refuses_a_classical_phone(initiator: str) -> None:
    call = Pair(side("alice", PQ_ONLY), side("bob", CLASSICAL), tamper=initiated_by(initiator))
    call.start()
    call.run()
    failed = call.alice.only(Failed)
    if initiator == "alice":
        assert failed.code is ErrorCode.HELLO_COMPONENTS_MISMATCH
    else:
        assert failed.code is ErrorCode.KEY_AGREEMENT_NOT_SUPPORTED
    assert call.bob.session.state is State.FAILED


# Attacks.


def ends(call: Pair, victim: str, code: ErrorCode, *, attack: bool = True) -> None:
    """The call ends with this error on this side, and nobody is secure."""
    call.start(hashes=False)
    call.run()
    failed = getattr(call, victim).only(Failed)
    assert (failed.code, failed.attack) == (code, attack)
    for each in (call.alice, call.bob):
        assert each.session.state is State.FAILED
        assert not each.all(Secured)
        assert not each.store.kept


def resealed(
    change: Callable[[bytes], bytes], key: Callable[[], bytes]
) -> Callable[[bytes], bytes]:
    """Change a message and give it the MAC that its sender would have given it."""
    return lambda message: append_mac(change(message[:-8]), key())


def chain_of(endpoint: Endpoint) -> list[bytes]:
    """h0 to h3: the first 32 octets that a session draws are h0."""
    chain = HashChain.from_seed(endpoint.drawn[0])
    return [chain.h0, chain.h1, chain.h2, chain.h3]


def put(at: int, octets: bytes) -> Callable[[bytes], bytes]:
    return lambda body: body[:at] + octets + body[at + len(octets) :]


PUBLIC_KEY = 29 * 4 - 8
"""Where the public key stands in a Commit."""
CIPHERTEXT = 21 * 4 - 8
"""Where the ciphertext stands in a DHPart1, and the nonce in a DHPart2."""


def tampered(kind: T, change: Callable[[bytes], bytes], link: int) -> Pair:
    """A call initiated by Alice whose message of this kind is altered by its own sender."""
    sender = "bob" if kind is T.DHPART1 else "alice"
    call = pair(mtu=WHOLE)
    alter = resealed(change, lambda: chain_of(getattr(call, sender))[link])
    call.tamper = chained(initiated_by("alice"), altering(kind, alter))
    return call


def test_xa02_another_nonce_than_the_commit_announced() -> None:
    call = tampered(T.DHPART2, put(CIPHERTEXT, bytes(16)), 0)
    ends(call, "bob", ErrorCode.HVI_MISMATCH)


@pytest.mark.parametrize("octets", [bytes(56), b"\x01" + bytes(55)])
def test_xa07_xa08_a_public_key_with_a_point_of_small_order(octets: bytes) -> None:
    ends(tampered(T.COMMIT, put(PUBLIC_KEY, octets), 1), "bob", ErrorCode.BAD_PUBLIC_VALUE)


def test_xa08_a_public_key_that_is_not_reduced() -> None:
    call = tampered(T.COMMIT, put(PUBLIC_KEY + 56, b"\xff" * 64), 1)
    ends(call, "bob", ErrorCode.BAD_PUBLIC_VALUE)


def test_xa08_a_ciphertext_with_a_point_of_small_order() -> None:
    ends(tampered(T.DHPART1, put(CIPHERTEXT, bytes(56)), 0), "alice", ErrorCode.BAD_PUBLIC_VALUE)


@pytest.mark.parametrize("at", [0, 56, 1623])
def test_xa08_xa09_another_ciphertext_is_found_out_by_the_confirm(at: int) -> None:
    def change(body: bytes) -> bytes:
        where = CIPHERTEXT + at
        return body[:where] + bytes([body[where] ^ 1]) + body[where + 1 :]

    ends(tampered(T.DHPART1, change, 0), "alice", ErrorCode.BAD_CONFIRM_MAC)


@pytest.mark.parametrize("at", [0, 1623])
def test_xa08_another_public_key_is_found_out(at: int) -> None:
    # Bob encapsulates for the altered key; the DHPart1 that comes back fits no key of Alice's.
    def change(body: bytes) -> bytes:
        where = PUBLIC_KEY + at
        return body[:where] + bytes([body[where] ^ 1]) + body[where + 1 :]

    ends(tampered(T.COMMIT, change, 1), "alice", ErrorCode.BAD_CONFIRM_MAC)


def cut_short(kind: T, octets: int) -> Tamper:
    """A line on which messages of this type lack their last octets before the MAC."""

    def alter(message: bytes) -> bytes:
        body = message[: -8 - octets]
        return body[:2] + ((len(body) + 8) // 4).to_bytes(2) + body[4:] + message[-8:]

    return altering(kind, alter)


@pytest.mark.parametrize("octets", [4, 1568, 1624])
@pytest.mark.parametrize("kind", [T.COMMIT, T.DHPART1])
def test_xa08_xa09_a_hybrid_of_which_a_part_is_missing_is_not_used(kind: T, octets: int) -> None:
    call = pair(mtu=WHOLE, tamper=chained(initiated_by("alice"), cut_short(kind, octets)))
    call.start()
    call.run()
    for each in (call.alice, call.bob):
        assert not each.all(Secured)
        assert each.session.state is State.FAILED or each.all(NoZrtpPeer)
    victim = call.bob if kind is T.COMMIT else call.alice
    assert victim.session.counters.malformed > 0


def test_xa13_a_kem_that_was_not_offered_is_refused_by_name() -> None:
    def to_x1m1(message: bytes) -> bytes:
        commit = Commit.parse(message)
        at = message.index(commit.key_agreement + commit.sas)
        return message[:at] + b"X1M1" + message[at + 4 :]

    call = pair(mtu=WHOLE, tamper=chained(initiated_by("alice"), altering(T.COMMIT, to_x1m1)))
    ends(call, "bob", ErrorCode.KEY_AGREEMENT_NOT_SUPPORTED, attack=False)


def test_xb17_a_phone_that_offers_no_kem_takes_no_fragments() -> None:
    call = Pair(side("alice", CLASSICAL), side("bob", CLASSICAL))
    call.call()
    donor = pair()
    donor.call()
    for packet in (packet for packet in donor.alice.sent if packet[0] == 0x11):
        before = call.bob.session.counters
        call.bob.session.receive(packet, call.now)
        assert call.bob.session.counters.malformed == before.malformed + 1
    assert call.bob.session.counters.bad_fragments == 0


def test_xb16_forged_pieces_do_not_end_the_exchange() -> None:
    def with_forgeries(_name: str, packet: bytes) -> list[bytes]:
        if packet[0] != 0x11:
            return [packet]
        total = int.from_bytes(packet[14:16])
        beyond = packet[:12] + packet[12:14] + packet[14:16] + total.to_bytes(2) + packet[18:-4]
        larger = packet[:14] + b"\xff\xff" + packet[16:-4]
        return [sealed(beyond), sealed(larger), packet]

    call = pair(tamper=chained(initiated_by("alice"), with_forgeries))
    call.call()
    assert call.bob.session.counters.bad_fragments == 4
    assert call.alice.session.counters.bad_fragments == 4


def sealed(covered: bytes) -> bytes:
    """Octets with the CRC that fits them."""
    return covered + crc32c(covered).to_bytes(4, "little")


def test_xb16_pieces_of_a_stranger_are_not_taken() -> None:
    def with_a_stranger(_name: str, packet: bytes) -> list[bytes]:
        if packet[0] != 0x11:
            return [packet]
        return [sealed(packet[:8] + b"\xde\xad\xbe\xef" + packet[12:-4]), packet]

    call = pair(tamper=chained(initiated_by("alice"), with_a_stranger))
    call.call()
    assert call.bob.session.counters.wrong_source == 2


def test_xb16_nothing_but_whole_messages_reaches_the_session() -> None:
    call = pair()
    call.call()
    answered = encode_packet(Packet(9, call.alice.ssrc, call.alice.sent_message(T.COMMIT)))
    before = len(call.bob.sent)
    call.bob.session.receive(answered, call.now)
    # The Commit in one large packet is the same message: it is answered again.
    again = call.bob.pump()
    assert len(call.bob.sent) == before + 2
    assert {packet[0] for packet in again} == {0x11}
    assert decode_packet(answered).message == call.alice.sent_message(T.COMMIT)


def test_the_nonce_and_the_ids_are_what_dhpart2_holds() -> None:
    call = pair()
    call.call()
    part = DHPart2.parse(call.alice.sent_message(T.DHPART2), 16)
    assert part.public_value in call.alice.drawn
    ciphertext = DHPart1.parse(call.bob.sent_message(T.DHPART1), 1624).public_value
    assert len(ciphertext) == 1624
    assert not any(is_type(packet, T.COMMIT) for packet in call.alice.sent)
