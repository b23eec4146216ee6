"""Injection, replay and denial of service, as far as the ZRTP engine alone has to withstand them."""

from dataclasses import replace
from random import Random

import pytest

from agent.zrtp import (
    ErrorCode,
    Failed,
    HelloHash,
    Negotiating,
    PeerError,
    PeerFound,
    Secured,
    State,
)
from agent.zrtp.agreement import Agreement
from agent.zrtp.errors import NotUsedError, RefusalError
from agent.zrtp.established import EstablishedStream
from agent.zrtp.hash_chain import HashChain, mac64
from agent.zrtp.messages import (
    Commit,
    Confirm,
    ErrorMessage,
    GoClear,
    Hello,
    MessageType,
    Ping,
    message_type,
)
from agent.zrtp.wire import Packet, decode_packet, encode_packet
from support.zrtp_pair import Endpoint, Pair, chained, initiated_by, is_type
from support.zrtp_puppet import HELLO_ACK, Puppet


def false_hello(number: int) -> bytes:
    chain = HashChain.from_seed(number.to_bytes(32))
    return replace(Puppet().hello, h3=chain.h3, zid=number.to_bytes(12)).serialize(chain.h2)


def inject(endpoint: Endpoint, message: bytes, ssrc: int, now: float = 0.0) -> list[MessageType]:
    endpoint.session.receive(encode_packet(Packet(1, ssrc, message)), now)
    return [message_type(decode_packet(packet).message) for packet in endpoint.pump()]


@pytest.mark.parametrize("hashes", [False, True])
def test_xb01_a_false_hello_before_the_right_one(*, hashes: bool) -> None:
    pair = Pair(tamper=initiated_by("bob"))
    pair.start(hashes=hashes)
    for number in range(1, 4):
        inject(pair.alice, false_hello(number), number, pair.now)
    pair.run()
    alice, _ = pair.secured()
    assert alice.peer_zid == pair.bob.zid
    assert alice.hello_hash is (HelloHash.MATCHED if hashes else HelloHash.MISSING)


@pytest.mark.parametrize("kind", [MessageType.DHPART2, MessageType.CONFIRM2])
def test_xb02_false_messages_all_the_time_do_not_stop_an_exchange(kind: MessageType) -> None:
    """Whoever guesses the SSRC can say anything; without the hash images it is not used."""
    noise = Random(kind.value)

    def tamper(sender: str, packet: bytes) -> list[bytes]:
        if sender != "bob" or not is_type(packet, kind) or kind is MessageType.CONFIRM2:
            return [packet]
        whole = decode_packet(packet)
        false = whole.message[:12] + noise.randbytes(len(whole.message) - 12)
        return [encode_packet(replace(whole, message=false))] * 20 + [packet]

    pair = Pair(tamper=chained(initiated_by("bob"), tamper))
    pair.call()
    if kind is MessageType.DHPART2:
        assert pair.alice.session.counters.bad_hash_image == 20


def test_xb04_a_flood_of_hellos_is_answered_no_more_than_it_may_cost() -> None:
    alice = Endpoint("alice")
    alice.session.start(0.0, ssrc=alice.ssrc)
    alice.pump()
    drawn, answers = len(alice.drawn), 0
    for number in range(1, 2001):
        answers += len(inject(alice, false_hello(number), number, number / 10_000))
    assert answers <= 30 + 20 * 0.2 + 5
    assert len(alice.drawn) == drawn
    assert len(alice.session._held.discovery.found) <= 4


def test_xb04_xb15_so_is_a_flood_of_pings_and_errors() -> None:
    alice = Endpoint("alice")
    alice.session.start(0.0, ssrc=alice.ssrc)
    alice.pump()
    ping = Ping(b"1.10", b"endpoint").serialize()
    answers = sum(len(inject(alice, ping, 5, 0.01)) for _ in range(500))
    answers += sum(len(inject(alice, ErrorMessage(0x20).serialize(), 5, 0.01)) for _ in range(500))
    assert answers == 30


def test_xb05_a_flood_of_commits_makes_no_keys() -> None:
    alice, puppet = Endpoint("alice"), Puppet()
    puppet.greet(alice)
    drawn = len(alice.drawn)
    own = puppet.chain
    for number in range(300):
        puppet.chain = HashChain.from_seed(number.to_bytes(32))
        puppet.say(alice, puppet.commit(b"X255", bytes(32)))
    assert len(alice.drawn) == drawn
    assert alice.session.counters.bad_hash_image == 300
    puppet.chain = own
    for number in range(300):
        puppet.say(alice, puppet.commit(b"DH3k", number.to_bytes(32)))
    # One key, and four identifiers of secrets that do not exist.
    assert len(alice.drawn) == drawn + 5
    assert alice.session.counters.out_of_state == 299


@pytest.mark.parametrize("numbers", ["highest", "random", "backwards"])
def test_xb06_sequence_numbers_decide_nothing(numbers: str) -> None:
    chance, count = Random(numbers), iter(range(0xFFFF, 0, -1))

    def renumber(_sender: str, packet: bytes) -> list[bytes]:
        sequence = {
            "highest": 0xFFFF,
            "random": chance.randrange(0x10000),
            "backwards": next(count),
        }[numbers]
        return [encode_packet(replace(decode_packet(packet), sequence=sequence))]

    pair = Pair(tamper=renumber)
    pair.call()


def test_xb07_an_error_before_a_commit_is_told_and_after_the_last_is_not_obeyed() -> None:
    pair = Pair(tamper=initiated_by("bob"))
    pair.call()
    assert inject(pair.alice, ErrorMessage(0x20).serialize(), pair.bob.ssrc) == [
        MessageType.ERROR_ACK
    ]
    assert pair.alice.session.state is State.SECURE
    puppet, victim = Puppet(), Endpoint("alice")
    puppet.greet(victim)
    puppet.say(victim, puppet.commit(b"DH3k", bytes(32)))
    puppet.say(victim, ErrorMessage(0x20).serialize())
    assert victim.only(PeerError).code == 0x20
    assert victim.store.kept == {}


def test_xb08_xb09_go_clear_never_opens_a_call() -> None:
    pair = Pair()
    pair.call()
    held = pair.bob.session._held.progress
    assert isinstance(held, EstablishedStream)
    keys = held._agreement.keys
    for own in (keys.initiator, keys.responder):
        message = GoClear(mac64(own.mac_key, b"GoClear ")).serialize()
        for _ in range(2):
            answers = inject(pair.alice, message, pair.bob.ssrc)
            assert answers in ([], [MessageType.ERROR])
    assert inject(pair.alice, GoClear(bytes(8)).serialize(), pair.bob.ssrc) == []
    assert pair.alice.session.state is State.SECURE
    assert MessageType.CLEAR_ACK not in pair.alice.sent_types
    assert pair.alice.session.counters.bad_mac == 3


def test_xb12_a_length_that_lies_is_never_believed() -> None:
    alice, puppet = Endpoint("alice"), Puppet()
    puppet.greet(alice)
    commit = puppet.commit(b"DH3k", bytes(32))
    for words in (0, 1, 2, 3, 28, 30, 0x7FFF, 0xFFFF):
        puppet.say(alice, commit[:2] + words.to_bytes(2) + commit[4:])
    for cut in range(4, len(commit), 4):
        short = commit[:2] + (cut // 4).to_bytes(2) + commit[4:cut]
        puppet.say(alice, short)
    assert alice.session.state is State.PEER_FOUND
    assert alice.session.counters.malformed == 8 + len(range(4, len(commit), 4))


def test_xb14_what_is_kept_of_a_peer_is_bounded() -> None:
    """Hello, Commit, DHPart are kept until their MAC can be checked, and answers for repetition."""
    pair = Pair()
    pair.call()
    huge = Confirm(bytes(8), bytes(16), bytes(40_000))
    for kind in (MessageType.SAS_RELAY, MessageType.CONFIRM1, MessageType.CONFIRM2):
        assert inject(pair.alice, huge.serialize(kind), pair.bob.ssrc) == []
    kept = pair.alice.session._held.stream._answers
    assert len(kept) <= 16
    assert max(map(len, kept)) < 600
    pads = tuple(b"X%03d" % number for number in range(7))
    largest = replace(
        Puppet().hello,
        hashes=pads,
        ciphers=pads,
        auth_tags=pads,
        key_agreements=pads,
        sas_types=pads,
    )
    raw = largest.serialize(HashChain.from_seed(b"p" * 32).h2)
    assert len(raw) == 88 + 4 * 35
    too_large = raw[:2] + (len(raw) // 4 + 1).to_bytes(2) + raw[4:] + bytes(4)
    other = Endpoint("alice", seed=4)
    other.session.start(0.0, ssrc=other.ssrc)
    other.pump()
    assert inject(other, too_large, 7) == []
    assert inject(other, raw, 7) == [MessageType.HELLO_ACK]


@pytest.mark.parametrize("state", [State.COMMIT_SENT, State.DHPART1_SENT])
def test_xb18_another_source_in_an_exchange(state: State) -> None:
    alice, puppet = Endpoint("alice"), Puppet()
    puppet.greet(alice)
    puppet.say(
        alice, HELLO_ACK if state is State.COMMIT_SENT else puppet.commit(b"DH3k", bytes(32))
    )
    for ssrc in (0, 1, 0xFFFF_FFFF):
        for message in (false_hello(3), puppet.commit(b"DH3k", b"\xff" * 32), HELLO_ACK):
            assert inject(alice, message, ssrc) == []
    assert alice.session.state is state
    assert alice.session.counters.wrong_source == 9
    # Our own SSRC is a collision, and ends it (section 4.1).
    inject(alice, HELLO_ACK, alice.ssrc)
    assert alice.only(Failed).code is ErrorCode.SSRC_COLLISION


def test_xb18_a_peer_may_have_ssrc_zero() -> None:
    pair = Pair(Endpoint("alice"), Endpoint("bob", ssrc=0))
    pair.call()


def test_xb10_no_bit_of_a_confirm_can_be_turned() -> None:
    pair = Pair(tamper=initiated_by("alice"))
    pair.start()
    while pair.bob.session.state is not State.CONFIRM1_SENT:
        pair.run(until=pair.now + 0.001)
        pair.now += 0.001
    confirm = pair.bob.sent_message(MessageType.CONFIRM1)
    held = pair.alice.session._held.progress
    assert isinstance(held, Agreement)
    for at in range(12, len(confirm)):
        altered = confirm[:at] + bytes([confirm[at] ^ 4]) + confirm[at + 1 :]
        # The cipher's vector is not covered by the MAC, but garbles the hash image.
        with pytest.raises((NotUsedError, RefusalError)):
            held.receive_confirm(altered)
    assert not held.receive_confirm(confirm).verified


def test_xb03_a_commit_whose_body_was_altered_is_an_attack_and_no_noise() -> None:
    def tamper(_sender: str, packet: bytes) -> list[bytes]:
        if not is_type(packet, MessageType.COMMIT):
            return [packet]
        whole = decode_packet(packet)
        weaker = replace(Commit.parse(whole.message), cipher=b"AES1")
        forged = weaker.serialize(b"not the right key, which is H1..")
        return [encode_packet(replace(whole, message=forged))]

    pair = Pair(tamper=chained(initiated_by("alice"), tamper))
    pair.start()
    pair.run()
    told = [failed for side in (pair.alice, pair.bob) for failed in side.all(Failed)]
    assert any(failed.attack for failed in told)
    assert not pair.alice.all(Secured)
    assert not pair.bob.all(Secured)


def test_xb20_random_octets_are_met_with_silence() -> None:
    alice, noise = Endpoint("alice"), Random(7)
    alice.session.start(0.0, ssrc=alice.ssrc)
    alice.pump()
    for _ in range(500):
        alice.session.receive(noise.randbytes(noise.randrange(200)), 0.0)
    assert alice.pump() == []
    assert not alice.events


def test_xb21_xb01_nothing_of_a_false_hello_reaches_the_person_unchecked() -> None:
    alice = Endpoint("alice")
    alice.session.start(0.0, ssrc=alice.ssrc)
    alice.pump()
    chain = HashChain.from_seed(b"m" * 32)
    hello = replace(Puppet().hello, client_id=b"\x1b]0;owned\x07\n\n\n\n\n\n", h3=chain.h3)
    inject(alice, hello.serialize(chain.h2), 7)
    shown = alice.only(PeerFound).client_id
    assert shown.isprintable()
    assert shown.isascii()


def test_xb22_a_dhpart1_of_odd_length_is_dropped() -> None:
    alice, puppet = Endpoint("alice"), Puppet()
    puppet.greet(alice)
    puppet.say(alice, HELLO_ACK)
    for words in (3, 20, 21, 22, 116, 118):
        body = bytes(4 * words - 12)
        puppet.say(alice, b"\x50\x5a" + words.to_bytes(2) + b"DHPart1 " + body)
    assert alice.session.state is State.COMMIT_SENT
    assert alice.session.counters.malformed == 6


def test_xb13_a_hello_that_counts_fifteen_of_each() -> None:
    alice, puppet = Endpoint("alice"), Puppet()
    alice.session.start(0.0, ssrc=alice.ssrc)
    alice.pump()
    raw = puppet.hello.serialize(puppet.chain.h2)
    full = raw[:77] + b"\x0f\xff\xff" + raw[80:]
    padded = full[:2] + (22 + 75).to_bytes(2) + full[4:80] + bytes(4 * 75) + full[80:]
    assert inject(alice, padded, 7) == []
    assert alice.session.counters.malformed == 1
    assert not alice.all(Negotiating)
    assert len(Hello.parse(raw).hashes) == 0


def test_xb11_a_signature_that_is_longer_than_its_message() -> None:
    """The bounds are those of what was decrypted: `test_confirm` has the inside, this the whole."""
    pair = Pair(tamper=initiated_by("alice"))
    pair.start()
    pair.run(until=pair.now + 0.045)
    for words in (3, 9, 10, 19, 530):
        confirm = b"\x50\x5a" + words.to_bytes(2) + b"Confirm1" + bytes(4 * words - 12)
        pair.alice.session.receive(encode_packet(Packet(1, pair.bob.ssrc, confirm)), pair.now)
    assert pair.alice.session.state is not State.SECURE
