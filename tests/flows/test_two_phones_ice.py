"""Two whole phones whose networks let nothing through: both people are told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.media.gate import GateBlocked, GatePathLost
from agent.sip import events as sip
from hw.types import Key
from support.two_phones import Pair, TestPhone


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair.at_home(tmp_path)
    yield made
    made.close()


def blocked(phone: TestPhone) -> None:
    phone.wire.happen(GateBlocked(phone.wire.gate, phone.wire.gate))


def test_a_call_without_a_way_says_so_and_has_no_sound(pair: Pair) -> None:
    pair.dial()
    blocked(pair.alice)
    assert "The networks let no sound through between the phones." in pair.alice.text
    assert "Call not connected." in pair.alice.text
    assert not pair.alice.sip.audio
    pair.alice.press(Key.HANG_UP)
    pair.settle()
    blocked(pair.alice)  # too late, and nobody's any more
    assert "networks" not in pair.alice.text


def test_what_is_blocked_later_does_not_take_the_keys_away(pair: Pair) -> None:
    pair.dial()
    pair.bob.lift()
    pair.wait(2)
    before = pair.alice.text
    blocked(pair.alice)
    pair.alice.wire.happen(GatePathLost(pair.alice.wire.gate, pair.alice.wire.gate))
    assert pair.alice.text == before
    assert pair.alice.wire.keys


def test_a_server_that_does_not_answer_stands_in_the_journal(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    pair.alice.post(sip.NatServerChanged(sip.NatServer.TURN, "TURN server: x does not answer"))
    pair.alice.post(sip.NatServerChanged(sip.NatServer.TURN, ""))
    said = [record.getMessage() for record in caplog.records]
    assert said[-2:] == ["TURN server: x does not answer", "TURN server: it answers"]
