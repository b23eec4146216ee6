import pytest

from agent.control.intake import SILENCE_S, UNREAD_S, Intake
from agent.control.protocol import LINE_LIMIT, ControlError


def test_lines_come_out_whole_however_they_came_in() -> None:
    intake = Intake(0.0)
    said = [intake.received(bytes([octet]), 1.0) for octet in b"one\ntwo\n\nthr"]
    assert [line for lines in said for line in lines] == [b"one", b"two", b""]
    assert intake.received(b"ee\nfour\n", 2.0) == [b"three", b"four"]


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_line_that_is_too_long_is_refused(end: bytes) -> None:
    intake = Intake(0.0)
    assert intake.received(b"x" * (LINE_LIMIT - 1), 0.0) == []
    with pytest.raises(ControlError, match="64 KiB"):
        intake.received(b"x" + end, 0.0)


def test_who_says_nothing_is_dropped() -> None:
    assert Intake(100.0).due() == 100.0 + SILENCE_S


def test_single_octets_are_silence_and_a_line_is_not() -> None:
    intake = Intake(100.0)
    intake.received(b"{", 105.0)
    assert intake.due() == 100.0 + SILENCE_S
    intake.received(b"}\n", 106.0)
    assert intake.due() == 106.0 + SILENCE_S


def test_who_follows_may_be_silent_but_has_to_read() -> None:
    intake = Intake(100.0)
    intake.follows()
    assert intake.due() is None
    intake.stopped_reading(200.0)
    intake.stopped_reading(205.0)
    assert intake.due() == 200.0 + UNREAD_S
    intake.reads_again()
    assert intake.due() is None


def test_who_does_not_read_is_dropped_before_who_is_silent() -> None:
    intake = Intake(100.0)
    intake.stopped_reading(95.0)
    assert intake.due() == 95.0 + UNREAD_S
