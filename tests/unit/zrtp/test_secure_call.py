"""What may come in while a call is secure, and what must not move it."""

from dataclasses import replace

import pytest

from agent.zrtp import ErrorCode, State
from agent.zrtp.established import EstablishedStream
from agent.zrtp.events import ClearRefused, Event
from agent.zrtp.hash_chain import mac64
from agent.zrtp.key_schedule import RoleKeys
from agent.zrtp.messages import (
    Confirm,
    ErrorMessage,
    GoClear,
    MessageType,
    Ping,
    message_type,
    plain_message,
)
from agent.zrtp.wire import Packet, decode_packet, encode_packet
from support.zrtp_pair import CLASSICAL, Endpoint, Pair


@pytest.fixture
def pair() -> Pair:
    secure = Pair()
    secure.call()
    return secure


def keys(endpoint: Endpoint) -> RoleKeys:
    """The keys with which an endpoint sends: what only it and its peer know."""
    established = endpoint.session._held.progress
    assert isinstance(established, EstablishedStream)
    agreement = established._agreement
    return agreement.keys.of_role(agreement.role)


def say(
    pair: Pair, message: bytes, *, ssrc: int | None = None, told: Event | None = None
) -> list[bytes]:
    """Bob's side says something to Alice; what she answers. The call stays as it was."""
    source = pair.bob.ssrc if ssrc is None else ssrc
    pair.alice.session.receive(encode_packet(Packet(9, source, message)), pair.now)
    assert pair.alice.session.state is State.SECURE
    assert pair.alice.session.next_event() == told
    assert pair.alice.session.next_event() is None
    assert pair.alice.session.next_timer() is None
    return [decode_packet(packet).message for packet in pair.alice.pump()]


def go_clear(by: Endpoint) -> bytes:
    return GoClear(mac64(keys(by).mac_key, b"GoClear ")).serialize()


def sas_relay(by: Endpoint) -> bytes:
    sealed = bytes(40)
    mac = mac64(keys(by).mac_key, sealed)
    return Confirm(mac, bytes(16), sealed).serialize(MessageType.SAS_RELAY)


def test_xb09_g04_go_clear_is_refused_and_the_call_stays_encrypted(pair: Pair) -> None:
    for _ in range(2):
        answers = say(pair, go_clear(pair.bob), told=ClearRefused())
        assert answers == [ErrorMessage(0x100).serialize()]


def test_g01_the_mac_of_a_go_clear_is_made_with_the_negotiated_hash() -> None:
    offer = replace(CLASSICAL, hashes=("S384",))
    sides = (Endpoint(name, offer=offer) for name in ("alice", "bob"))
    pair = Pair(*sides)
    pair.call()
    mac = mac64(keys(pair.bob).mac_key, b"GoClear ", "sha384")
    assert say(pair, GoClear(mac).serialize(), told=ClearRefused()) == [
        ErrorMessage(0x100).serialize()
    ]
    assert say(pair, go_clear(pair.bob)) == []


def test_g01_xb08_a_go_clear_with_a_bad_mac_gets_no_answer(pair: Pair) -> None:
    assert say(pair, GoClear(bytes(8)).serialize()) == []
    assert pair.alice.session.counters.bad_mac == 1


def test_xb08_our_own_go_clear_sent_back_gets_no_answer(pair: Pair) -> None:
    assert say(pair, go_clear(pair.alice)) == []
    assert pair.alice.session.counters.bad_mac == 1


def test_r01_a_relayed_sas_is_acknowledged_and_not_shown(pair: Pair) -> None:
    assert say(pair, sas_relay(pair.bob)) == [plain_message(MessageType.RELAY_ACK)]


def test_r01_a_relayed_sas_of_a_stranger_is_not(pair: Pair) -> None:
    relay = bytearray(sas_relay(pair.bob))
    relay[-1] ^= 1
    assert say(pair, bytes(relay)) == []
    assert say(pair, sas_relay(pair.alice)) == []
    assert pair.alice.session.counters.bad_mac == 2


@pytest.mark.parametrize("code", [*ErrorCode, 0, 0xFFFF_FFFF])
def test_e01_xb07_an_error_is_acknowledged_and_ignored(pair: Pair, code: int) -> None:
    assert say(pair, ErrorMessage(code).serialize()) == [plain_message(MessageType.ERROR_ACK)]
    assert pair.alice.session.counters.errors_ignored == 1


def test_i01_a_ping_is_answered(pair: Pair) -> None:
    for version in (b"1.10", b"9.99"):
        (answer,) = say(pair, Ping(version, b"endpoint").serialize())
        expected = b"1.10" + pair.alice.zid[:8] + b"endpoint" + pair.bob.ssrc.to_bytes(4)
        assert message_type(answer) is MessageType.PING_ACK
        assert answer[12:] == expected


@pytest.mark.parametrize("who", ["stranger", "ourselves"])
def test_n03_xb18_other_sources_are_ignored(pair: Pair, who: str) -> None:
    ssrc = pair.alice.ssrc if who == "ourselves" else 0
    for message in (go_clear(pair.bob), ErrorMessage(0x20).serialize()):
        assert say(pair, message, ssrc=ssrc) == []
    assert pair.alice.session.counters.wrong_source == 2


def test_all_messages_of_the_exchange_may_come_again(pair: Pair) -> None:
    for packet in pair.bob.sent:
        for answer in say(pair, decode_packet(packet).message):
            assert message_type(answer) in {
                MessageType.HELLO_ACK,
                MessageType.DHPART1,
                MessageType.CONFIRM1,
                MessageType.CONF2_ACK,
            }


def test_a_new_hello_or_commit_starts_nothing(pair: Pair) -> None:
    other = Pair(Endpoint("alice", seed=1), Endpoint("bob", seed=1))
    other.call()
    for packet in other.bob.sent:
        assert say(pair, decode_packet(packet).message) == []
    assert pair.alice.session.counters.out_of_state >= 4


@pytest.mark.parametrize(
    "kind",
    [
        MessageType.HELLO_ACK,
        MessageType.ERROR_ACK,
        MessageType.CLEAR_ACK,
        MessageType.RELAY_ACK,
        MessageType.PING_ACK,
    ],
)
def test_answers_to_what_we_never_sent_are_ignored(pair: Pair, kind: MessageType) -> None:
    assert say(pair, plain_message(kind)) == []
    assert pair.alice.session.counters.out_of_state == 1


def test_t06_unknown_messages_are_ignored(pair: Pair) -> None:
    assert say(pair, b"\x50\x5a\x00\x03Surprise") == []
    assert pair.alice.session.counters.unknown_type == 1


@pytest.mark.parametrize(
    "kind", [MessageType.ERROR, MessageType.GO_CLEAR, MessageType.SAS_RELAY, MessageType.PING]
)
def test_malformed_requests_are_ignored(pair: Pair, kind: MessageType) -> None:
    assert say(pair, plain_message(kind)) == []
    assert pair.alice.session.counters.malformed == 1
