"""What a PBX may say, and to whom it is said in vain (RFC 6189 sections 5.13, 7.3, 7.3.1)."""

from dataclasses import replace

import pytest
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from agent.zrtp import (
    CacheState,
    CacheUpdate,
    EnrolmentOffered,
    ErrorCode,
    Failed,
    LocalError,
    RetainedSecrets,
    Role,
    Sas,
    SasRelayed,
    Secured,
    SharedSecret,
    State,
    agreement,
)
from agent.zrtp.algorithms import HASHES, Hash
from agent.zrtp.confirm import Assertions, seal_confirm
from agent.zrtp.enrolment import derive_pbxsecret, derive_srtps
from agent.zrtp.errors import Ignored, NotUsedError
from agent.zrtp.established import EstablishedStream
from agent.zrtp.hash_chain import mac64
from agent.zrtp.key_schedule import RoleKeys, kdf
from agent.zrtp.messages import Confirm, Hello, MessageType, plain_message
from agent.zrtp.sas import render
from agent.zrtp.sas_relay import SasRelay, open_relay
from agent.zrtp.wire import Packet, decode_packet, encode_packet
from support.zrtp_pair import Endpoint, MemoryStore, Pair

S256, S384 = HASHES["S256"], HASHES["S384"]
KEYS = RoleKeys(*(bytearray(octet * 32) for octet in (b"k", b"s", b"m", b"z")))
PBXSECRET = b"P" * 32
SASHASH = b"\x12\x34\x56\x78" + bytes(28)
RELAY_ACK = plain_message(MessageType.RELAY_ACK)


def seal(inside: bytes, keys: RoleKeys = KEYS) -> bytes:
    iv = bytes(range(16))
    encryptor = Cipher(AES(keys.zrtp_key), CFB(iv)).encryptor()
    sealed = encryptor.update(inside) + encryptor.finalize()
    return Confirm(mac64(keys.mac_key, sealed), iv, sealed).serialize(MessageType.SAS_RELAY)


def relay(
    keys: RoleKeys = KEYS,
    *,
    flags: int = 0,
    rendering: bytes = b"B256",
    sashash: bytes = SASHASH,
    signature: int = 0,
) -> bytes:
    word = (signature << 8 | flags).to_bytes(4)
    return seal(word + rendering + sashash + bytes(4 * signature), keys)


def as_pbx(endpoint: Endpoint) -> Endpoint:
    """Give the Hello of an endpoint the M flag."""
    held = endpoint.session._held
    hello = replace(Hello.parse(held.ours.hello), mitm=True).serialize(held.ours.chain.h2)
    held.ours = replace(held.ours, hello=hello)
    return endpoint


def knowing(name: str, *, enrolled: bool, rs1: bytes | None = None) -> Endpoint:
    other = Endpoint("bob" if name == "alice" else "alice").zid
    secrets = RetainedSecrets(rs1, None, verified=False, pbxsecret=PBXSECRET if enrolled else None)
    return Endpoint(name, store=MemoryStore({other: secrets}))


def pbx_call(*, mitm: bool = True, enrolled: bool = True) -> Pair:
    """Alice's phone talks to Bob, a PBX at which she may be enrolled."""
    bob = knowing("bob", enrolled=enrolled)
    pair = Pair(knowing("alice", enrolled=enrolled), as_pbx(bob) if mitm else bob)
    pair.call()
    return pair


def sending_keys(endpoint: Endpoint) -> RoleKeys:
    held = endpoint.session._held.progress
    assert isinstance(held, EstablishedStream)
    return held._agreement.keys.of_role(held._agreement.role)


def say(pair: Pair, message: bytes) -> list[bytes]:
    pair.alice.session.receive(encode_packet(Packet(9, pair.bob.ssrc, message)), pair.now)
    return [decode_packet(packet).message for packet in pair.alice.pump()]


def test_r02_r05_a_relayed_sas_of_the_own_pbx_is_shown() -> None:
    pair = pbx_call()
    assert pair.alice.only(Secured).pbxsecret is SharedSecret.MATCHED
    assert pair.alice.only(Secured).mitm
    assert say(pair, relay(sending_keys(pair.bob), flags=5)) == [RELAY_ACK]
    sas = Sas("B256", ("atlas", "confidence"), 0x12345678)
    assert pair.alice.only(SasRelayed) == SasRelayed(sas, verified_there=True, disclosure=True)


def test_r01_a_repeated_sas_relay_is_acknowledged_and_told_once() -> None:
    pair = pbx_call()
    message = relay(sending_keys(pair.bob))
    for _ in range(3):
        assert say(pair, message) == [RELAY_ACK]
    assert len(pair.alice.all(SasRelayed)) == 1


@pytest.mark.parametrize(("mitm", "enrolled"), [(True, False), (False, True), (False, False)])
def test_r01_r02_anybody_elses_is_acknowledged_and_not_shown(*, mitm: bool, enrolled: bool) -> None:
    pair = pbx_call(mitm=mitm, enrolled=enrolled)
    assert say(pair, relay(sending_keys(pair.bob))) == [RELAY_ACK]
    assert not pair.alice.all(SasRelayed)
    assert not pair.alice.all(Failed)


def test_r02_a_pbxsecret_that_only_we_have_proves_nothing() -> None:
    pair = Pair(knowing("alice", enrolled=True), as_pbx(knowing("bob", enrolled=False)))
    pair.call()
    assert pair.alice.only(Secured).pbxsecret is SharedSecret.MISMATCH
    assert pair.bob.only(Secured).pbxsecret is SharedSecret.ABSENT
    assert say(pair, relay(sending_keys(pair.bob))) == [RELAY_ACK]
    assert not pair.alice.all(SasRelayed)


@pytest.mark.parametrize("message", ["mac", "reflected", "malformed", "longer than any"])
def test_r01_a_bad_sas_relay_is_not_acknowledged(message: str) -> None:
    pair = pbx_call()
    keys = sending_keys(pair.bob)
    bad = {
        "mac": bytes([*relay(keys)[:-1], relay(keys)[-1] ^ 1]),
        "reflected": relay(sending_keys(pair.alice)),
        "malformed": seal(bytes(36), keys),
        "longer than any": seal(bytes(40 + 511 * 4 + 4), keys),
    }[message]
    assert say(pair, bad) == []
    assert not pair.alice.all(SasRelayed)
    counters = pair.alice.session.counters
    assert (counters.bad_mac, counters.malformed) == (
        (1, 0) if message in {"mac", "reflected"} else (0, 1)
    )


@pytest.mark.parametrize(
    ("rendering", "sashash"), [(b"B256", bytes(32)), (b"word", SASHASH), (b"\xff" * 4, SASHASH)]
)
def test_r02_a_relay_without_a_sas_that_can_be_shown(rendering: bytes, sashash: bytes) -> None:
    pair = pbx_call()
    message = relay(sending_keys(pair.bob), rendering=rendering, sashash=sashash)
    assert say(pair, message) == [RELAY_ACK]
    assert not pair.alice.all(SasRelayed)


def test_r02_a_confirm_that_is_sent_again_as_a_sas_relay_shows_nothing() -> None:
    pair = pbx_call()
    confirms = [MessageType.CONFIRM1, MessageType.CONFIRM2]
    kind = next(kind for kind in confirms if kind in pair.bob.sent_types)
    relabelled = pair.bob.sent_message(kind).replace(kind.value, b"SASrelay")
    say(pair, relabelled)
    assert not pair.alice.all(SasRelayed)


def test_r01_the_inside_of_a_sas_relay() -> None:
    opened = open_relay(relay(flags=2, rendering=b"B32 ", signature=3), KEYS, S256)
    assert opened == SasRelay(b"B32 ", SASHASH, allow_clear=True)
    assert opened.sas == render("B32", 0x12345678)


@pytest.mark.parametrize("length", [0, 36, 44])
def test_xb11_a_sas_relay_of_another_length_is_malformed(length: int) -> None:
    with pytest.raises(NotUsedError) as caught:
        open_relay(seal(bytes(length)), KEYS, S256)
    assert caught.value.why is Ignored.MALFORMED


def test_xb11_a_signature_in_a_sas_relay_that_is_not_there() -> None:
    word = (511 << 8).to_bytes(4)
    with pytest.raises(NotUsedError) as caught:
        open_relay(seal(word + b"B256" + SASHASH), KEYS, S256)
    assert caught.value.why is Ignored.MALFORMED


def test_g01_a_bad_mac_says_that_it_is_not_from_the_peer() -> None:
    other = replace(KEYS, mac_key=bytearray(32))
    with pytest.raises(NotUsedError) as caught:
        open_relay(relay(), other, S256)
    assert caught.value.why is Ignored.BAD_MAC


# Enrolment.


@pytest.fixture
def enrolling(monkeypatch: pytest.MonkeyPatch) -> Pair:
    """Bob, a PBX, sets the E flag; and the A flag, which he must not."""
    pair = Pair(Endpoint("alice"), as_pbx(Endpoint("bob")))
    bobs = pair.bob.session._held.ours.chain.h0

    def seal_with_flag(
        kind: MessageType, assertions: Assertions, iv: bytes, keys: RoleKeys, hash_: Hash
    ) -> bytes:
        if assertions.h0 == bobs:
            assertions = replace(assertions, enrollment=True, allow_clear=True)
        return seal_confirm(kind, assertions, iv, keys, hash_)

    monkeypatch.setattr(agreement, "seal_confirm", seal_with_flag)
    pair.call()
    return pair


def test_r03_an_enrolment_is_offered_and_nothing_stored(enrolling: Pair) -> None:
    alice = enrolling.alice
    assert alice.only(EnrolmentOffered).zid == enrolling.bob.zid
    assert alice.events.index(alice.only(Secured)) < alice.events.index(
        alice.only(EnrolmentOffered)
    )
    assert alice.store.kept[enrolling.bob.zid].pbxsecret is None
    alice.session.sas_verified()
    alice.pump()
    assert alice.store.kept[enrolling.bob.zid].pbxsecret is None


def test_r06_an_enrolment_wants_the_sas_compared_first(enrolling: Pair) -> None:
    alice = enrolling.alice
    with pytest.raises(LocalError, match="the SAS has to be compared"):
        alice.session.accept_enrolment()
    alice.session.sas_verified()
    alice.pump()
    alice.session.accept_enrolment()
    alice.pump()
    kept = alice.store.kept[enrolling.bob.zid]
    assert kept.pbxsecret is not None
    assert kept.verified
    assert kept.rs1 is not None


def test_r03_what_was_taken_back_does_not_return_with_the_words(enrolling: Pair) -> None:
    alice = enrolling.alice
    alice.session.sas_verified()
    alice.pump()
    alice.session.accept_enrolment()
    alice.pump()
    kept = alice.store.kept[enrolling.bob.zid]
    alice.store.kept[enrolling.bob.zid] = replace(kept, verified=False, pbxsecret=None)
    alice.session.sas_verified()
    alice.pump()
    assert alice.store.kept[enrolling.bob.zid] == replace(kept, pbxsecret=None)


def test_r06_after_a_sas_that_differs_there_is_no_enrolment(enrolling: Pair) -> None:
    alice = enrolling.alice
    alice.session.sas_verified()
    alice.pump()
    alice.session.accept_enrolment()
    alice.session.sas_mismatch()
    alice.pump()
    assert alice.store.kept[enrolling.bob.zid].pbxsecret is None
    with pytest.raises(LocalError, match="the SAS has to be compared"):
        alice.session.accept_enrolment()


def test_r06_both_ends_of_an_enrolment_get_the_same_secret(enrolling: Pair) -> None:
    alice, bob = enrolling.alice, enrolling.bob
    alice.session.sas_verified()
    alice.pump()
    alice.session.accept_enrolment()
    alice.pump()
    _, source = bob.session.call.terms()
    zids = (alice.zid, bob.zid)
    if bob.session.role is Role.INITIATOR:
        zids = (bob.zid, alice.zid)
    expected = derive_pbxsecret(S256, source.key, *zids)
    assert alice.store.kept[bob.zid].pbxsecret == expected
    assert len(expected) == 32


def test_r04_with_the_enrolment_flag_go_clear_is_off(enrolling: Pair) -> None:
    held = enrolling.alice.session._held.progress
    assert isinstance(held, EstablishedStream)
    assert held._theirs.enrollment
    assert not held._theirs.allow_clear


def test_r06_an_enrolment_may_rest_on_an_earlier_comparison(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = Pair()
    first.call()
    for side in (first.alice, first.bob):
        side.session.sas_verified()
        side.pump()
    second = Pair(
        Endpoint("alice", seed=2, store=first.alice.store),
        as_pbx(Endpoint("bob", seed=2, store=first.bob.store)),
    )

    def always(
        kind: MessageType, assertions: Assertions, iv: bytes, keys: RoleKeys, hash_: Hash
    ) -> bytes:
        return seal_confirm(kind, replace(assertions, enrollment=True), iv, keys, hash_)

    monkeypatch.setattr(agreement, "seal_confirm", always)
    second.call()
    assert second.alice.only(Secured).cache is CacheState.MATCHED
    second.alice.session.accept_enrolment()
    second.alice.pump()
    assert second.alice.only(CacheUpdate).secrets.pbxsecret is not None
    # Alice is no PBX, whatever flag she sets.
    assert not second.bob.all(EnrolmentOffered)


def test_r03_without_an_offer_there_is_no_enrolment() -> None:
    pair = pbx_call()
    pair.alice.session.sas_verified()
    with pytest.raises(LocalError, match="did not offer"):
        pair.alice.session.accept_enrolment()


def test_r03_no_enrolment_before_the_session_is_secure() -> None:
    with pytest.raises(LocalError, match="while the session is IDLE"):
        Endpoint("alice").session.accept_enrolment()


def test_n17_we_are_no_pbx_and_not_passive() -> None:
    hello = Hello.parse(Endpoint("alice").session._held.ours.hello)
    assert not hello.mitm
    assert not hello.passive


def test_r06_k02_how_the_pbxsecret_is_derived() -> None:
    expected = kdf(S384, b"session", "Trusted MiTM key", b"i" * 12 + b"r" * 12, 256)
    assert derive_pbxsecret(S384, b"session", b"i" * 12, b"r" * 12) == expected


def test_h07_k02_how_srtps_is_derived() -> None:
    context = b"i" * 12 + b"r" * 12 + b"salt" * 3
    expected = kdf(S256, b"master", "SRTP Secret", context, 256)
    assert derive_srtps(S256, b"master", b"salt" * 3, b"i" * 12, b"r" * 12) == expected


def test_an_altered_m_flag_is_found() -> None:
    def tamper(sender: str, packet: bytes) -> list[bytes]:
        message = decode_packet(packet).message
        if sender == "bob" and message[4:12] == MessageType.HELLO.value:
            altered = message[:76] + bytes([message[76] | 0x20]) + message[77:]
            packet = encode_packet(replace(decode_packet(packet), message=altered))
        return [packet]

    pair = Pair(tamper=tamper)
    pair.start(hashes=False)
    pair.run()
    assert pair.alice.session.state is not State.SECURE
    told = [failed.code for side in (pair.alice, pair.bob) for failed in side.all(Failed)]
    assert ErrorCode.CRITICAL_SOFTWARE_ERROR in told or ErrorCode.HVI_MISMATCH in told
