import pytest

from agent.zrtp.messages import MessageType, plain_message
from agent.zrtp.retransmission import (
    EXCHANGE_LIMIT,
    HELLO_DEADLINE,
    T1,
    T1_EXTENDED,
    T2,
    Budget,
    Repetition,
    Schedule,
)
from agent.zrtp.stream import Stream
from agent.zrtp.wire import decode_packet

MESSAGE = plain_message(MessageType.HELLO_ACK)
OTHER = plain_message(MessageType.CONF2_ACK)


def times(schedule: Schedule) -> tuple[list[float], float]:
    """When a message is sent again, and when that ends."""
    repetition = Repetition(MESSAGE, schedule, 0.0)
    sent: list[float] = []
    while repetition.advance(due := repetition.due):
        sent.append(due)
        assert len(sent) < len(schedule), "it never ends"
    return sent, due


def new_stream() -> Stream:
    return Stream(lambda length: b"\xff" * length)


def messages(stream: Stream) -> list[bytes]:
    return [decode_packet(packet).message for packet in stream.take_packets()]


def test_t09_a_hello_is_repeated_20_times_in_3_75_seconds() -> None:
    sent, end = times(T1)
    assert sent[:4] == pytest.approx([0.05, 0.15, 0.35, 0.55])
    assert len(sent) == 20
    assert sent[-1] == pytest.approx(3.75)
    assert end == pytest.approx(3.95)


def test_t10_all_else_is_repeated_10_times_in_9_45_seconds() -> None:
    sent, end = times(T2)
    assert sent[:5] == pytest.approx([0.15, 0.45, 1.05, 2.25, 3.45])
    assert len(sent) == 10
    assert sent[-1] == pytest.approx(9.45)
    assert end == pytest.approx(10.65)


def test_t11_the_extended_schedule_spans_12_seconds() -> None:
    sent, end = times(T1_EXTENDED)
    assert sent[:20] == times(T1)[0]
    assert sent[-1] >= 12.0
    assert end < 12.5


def test_a_deadline_sends_nothing() -> None:
    assert times(HELLO_DEADLINE) == ([], HELLO_DEADLINE[0])


def test_t11_a_schedule_is_extended_on_its_way_but_a_deadline_is_not() -> None:
    repetition = Repetition(MESSAGE, T1, 0.0)
    for _ in range(20):
        assert repetition.advance(repetition.due)
    repetition.extend(T1_EXTENDED)
    assert repetition.advance(repetition.due)
    deadline = Repetition(b"", HELLO_DEADLINE, 0.0)
    deadline.extend(T1_EXTENDED)
    assert not deadline.advance(10.0)


def test_t07_only_the_sequence_number_changes() -> None:
    stream = new_stream()
    stream.ssrc = 0xABCD
    stream.send_repeatedly(MESSAGE, T2, 0.0)
    assert not stream.handle_due(0.15)
    first, second = (decode_packet(packet) for packet in stream.take_packets())
    assert first.message == second.message == MESSAGE
    assert first.ssrc == second.ssrc == 0xABCD
    assert first.sequence == 0x7FFF
    assert second.sequence == 0x8000


def test_nothing_is_due_before_its_time_or_after_the_end() -> None:
    assert new_stream().due is None
    stream = new_stream()
    assert not stream.handle_due(5.0)
    stream.send_repeatedly(MESSAGE, (1.0, 1.0), 0.0)
    assert stream.due == 1.0
    assert not stream.handle_due(0.99)
    assert not stream.handle_due(1.0)
    assert messages(stream) == [MESSAGE, MESSAGE]
    assert stream.handle_due(2.0)
    assert not stream.handle_due(99.0)
    assert messages(stream) == []


def test_hurry_sends_what_is_being_repeated_at_once() -> None:
    stream = new_stream()
    stream.send_repeatedly(MESSAGE, T1, 0.0)
    stream.hurry(MESSAGE, T1_EXTENDED, 0.04)
    assert messages(stream) == [MESSAGE]
    stream.hurry(MESSAGE, T1_EXTENDED, 0.05)
    assert messages(stream) == [MESSAGE]
    stream.stop()
    stream.hurry(MESSAGE, T1_EXTENDED, 0.06)
    assert messages(stream) == [MESSAGE]
    assert stream.due == pytest.approx(0.11)


def test_extending_nothing_changes_nothing() -> None:
    stream = new_stream()
    stream.extend(T1_EXTENDED)
    assert stream.due is None


def test_a_used_message_is_answered_again() -> None:
    stream = new_stream()
    assert not stream.answer_again(b"commit", 0.0)
    stream.used(b"commit", MESSAGE)
    stream.used(b"dhpart1")
    stream.remember(b"hello", OTHER)
    assert messages(stream) == [MESSAGE]
    assert stream.answer_again(b"commit", 0.0)
    assert stream.answer_again(b"dhpart1", 0.0)
    assert stream.answer_again(b"hello", 0.0)
    assert messages(stream) == [MESSAGE, OTHER]
    stream.forget(b"hello")
    stream.forget(b"hello")
    assert not stream.answer_again(b"hello", 0.0)


def test_xb04_the_memory_for_answers_is_bounded() -> None:
    stream = new_stream()
    for number in range(17):
        stream.remember(b"%d" % number, None)
    assert not stream.answer_again(b"0", 0.0)
    assert stream.answer_again(b"1", 0.0)
    assert stream.answer_again(b"16", 0.0)


def test_xb04_t08_answers_are_limited_to_what_a_peer_has_use_for() -> None:
    budget = Budget()
    assert sum(budget.spend(5.0) for _ in range(1000)) == 30
    assert not budget.spend(5.04)
    assert budget.spend(5.1)
    assert sum(budget.spend(5.1 + n / 1000) for n in range(10_000)) == pytest.approx(200, abs=2)
    assert sum(budget.spend(1000.0) for _ in range(1000)) == 30


def test_time_that_runs_backwards_earns_nothing() -> None:
    budget = Budget()
    assert sum(budget.spend(5.0) for _ in range(1000)) == 30
    assert not budget.spend(4.0)


def test_t14_an_exchange_ends_within_three_schedules() -> None:
    assert pytest.approx(31.95) == EXCHANGE_LIMIT
