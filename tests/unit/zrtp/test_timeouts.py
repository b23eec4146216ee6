"""Messages that get no answer (RFC 6189 section 6)."""

from itertools import pairwise

import pytest

from agent.zrtp import ErrorCode, Failed, PeerError, Secured, State
from agent.zrtp.messages import MessageType
from agent.zrtp.wire import Packet, decode_packet, encode_packet
from support.zrtp_pair import Endpoint, Pair, initiated_by, is_type, losing
from support.zrtp_puppet import Puppet

ANSWERS = {
    MessageType.COMMIT: MessageType.DHPART1,
    MessageType.DHPART2: MessageType.CONFIRM1,
    MessageType.CONFIRM2: MessageType.CONF2_ACK,
}


def lossy(kind: MessageType) -> tuple[Pair, list[float]]:
    """Alice initiates; all messages of one type are lost. When Alice sent what it answers."""
    asked = next(question for question, answer in ANSWERS.items() if answer is kind)
    times: list[float] = []
    acks, losses = initiated_by("alice"), losing(kind)

    def tamper(sender: str, packet: bytes) -> list[bytes]:
        if sender == "alice" and is_type(packet, asked):
            times.append(pair.now)
        return [] if not acks(sender, packet) else losses(sender, packet)

    pair = Pair(tamper=tamper)
    return pair, times


@pytest.mark.parametrize("answer", ANSWERS.values())
def test_t10_t15_the_initiator_repeats_and_gives_up(answer: MessageType) -> None:
    pair, times = lossy(answer)
    pair.start()
    pair.run()
    waits = [later - sooner for sooner, later in pairwise(times)]
    assert waits == pytest.approx([0.15, 0.3, 0.6] + [1.2] * 7)
    failed = pair.alice.only(Failed)
    assert failed.code is ErrorCode.PROTOCOL_TIMEOUT
    assert not failed.attack
    assert pair.alice.session.state is State.FAILED


@pytest.mark.parametrize("answer", ANSWERS.values())
def test_t07_what_is_repeated_is_the_same_message(answer: MessageType) -> None:
    pair, _ = lossy(answer)
    pair.start()
    pair.run()
    packets = [decode_packet(packet) for packet in pair.alice.sent]
    for kind in ANSWERS:
        messages = {packet.message for packet in packets if packet.message[4:12] == kind.value}
        assert len(messages) <= 1


def test_t10_the_responder_repeats_nothing_of_itself() -> None:
    pair = Pair(tamper=initiated_by("bob"))
    pair.start()
    pair.run(until=pair.now + 1.0)
    pair.secured()
    assert pair.alice.session.next_timer() is None
    assert pair.bob.session.next_timer() is None


@pytest.mark.parametrize("lost", [MessageType.DHPART2, MessageType.CONFIRM2])
def test_t14_the_responder_waits_ten_seconds_for_the_initiator(lost: MessageType) -> None:
    silent = False

    def tamper(sender: str, packet: bytes) -> list[bytes]:
        nonlocal silent
        silent = silent or is_type(packet, lost)
        return [] if silent else initiated_by("alice")(sender, packet)

    pair = Pair(tamper=tamper)
    pair.start()
    begun = pair.now
    while not pair.bob.all(Failed):
        pair.run(until=pair.now + 0.01)
        pair.now += 0.01
    assert pair.now - begun == pytest.approx(10.0, abs=0.2)
    assert pair.bob.only(Failed).code is ErrorCode.PROTOCOL_TIMEOUT


def test_t14_repetitions_of_the_initiator_keep_the_responder_waiting() -> None:
    pair, _ = lossy(MessageType.DHPART1)
    pair.start()
    pair.run(until=pair.now + 10.5)
    assert pair.bob.session.state is State.DHPART1_SENT


def test_t14_a_commit_that_is_repeated_for_ever_does_not_hold_the_responder() -> None:
    alice, puppet = Endpoint("alice"), Puppet()
    puppet.greet(alice)
    commit = encode_packet(Packet(1, puppet.ssrc, puppet.commit(b"DH3k", bytes(32))))
    now = 0.0
    while alice.session.state is not State.FAILED:
        now += 1.0
        alice.session.receive(commit, now)
        alice.session.handle_timer(now)
        alice.pump()
    assert now < 35.0
    assert alice.only(Failed).code is ErrorCode.PROTOCOL_TIMEOUT


def test_e01_an_error_is_repeated_until_it_is_acknowledged() -> None:
    pair, _ = lossy(MessageType.DHPART1)
    pair.start()
    pair.run()
    assert pair.alice.sent_types.count(MessageType.ERROR) == 1
    assert pair.bob.only(PeerError).code == ErrorCode.PROTOCOL_TIMEOUT
    assert pair.bob.session.state is State.FAILED
    assert pair.bob.sent_types[-1] is MessageType.ERROR_ACK


def test_e01_an_error_that_is_never_acknowledged_ends_as_well() -> None:
    pair = Pair()
    pair.tamper = losing(MessageType.ERROR)
    pair.alice.session.start(pair.now, ssrc=5)
    pair.bob.session.start(pair.now, ssrc=5)
    pair.run()
    for endpoint in (pair.alice, pair.bob):
        assert endpoint.sent_types.count(MessageType.ERROR) == 11
        assert endpoint.session.next_timer() is None
        assert len(endpoint.all(Failed)) == 1


def test_e01_an_error_of_the_peer_stores_nothing() -> None:
    pair, _ = lossy(MessageType.CONFIRM1)
    pair.start()
    pair.run()
    assert pair.bob.only(PeerError).code == ErrorCode.PROTOCOL_TIMEOUT
    assert pair.bob.store.kept == {}
    assert not pair.bob.all(Secured)


def test_early_timer_calls_do_nothing() -> None:
    pair = Pair()
    session = pair.alice.session
    session.start(0.0, ssrc=1)
    assert len(session.packets_to_send()) == 1
    session.handle_timer(0.049)
    assert session.packets_to_send() == []
    session.handle_timer(0.05)
    assert len(session.packets_to_send()) == 1


def test_a_timer_call_that_comes_very_late_repeats_once() -> None:
    pair = Pair()
    session = pair.alice.session
    session.start(0.0, ssrc=1)
    session.packets_to_send()
    session.handle_timer(500.0)
    assert len(session.packets_to_send()) == 1
    assert session.next_timer() == pytest.approx(500.1)


def test_once_failed_always_failed() -> None:
    pair, _ = lossy(MessageType.DHPART1)
    pair.start()
    pair.run()
    before = len(pair.alice.sent), list(pair.alice.events)
    for packet in pair.bob.sent:
        if not is_type(packet, MessageType.ERROR):
            pair.alice.session.receive(packet, pair.now)
    for packet in pair.alice.sent:
        pair.alice.session.receive(packet, pair.now)
    pair.alice.session.srtp_received(pair.now)
    pair.alice.session.update_peer_hello_hashes(("1.10 " + "00" * 32,))
    pair.alice.pump()
    assert pair.alice.session.state is State.FAILED
    assert (len(pair.alice.sent), pair.alice.events) == before
