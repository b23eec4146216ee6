"""Hold and resume keep the keys, and what counts the packets under them (attack XC01)."""

from collections.abc import Callable
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from agent.sip.events import Ended, RemoteHeld
from support.party import PORTS, call, guest, rtp_port
from support.pcap import Capture, capturing, read_capture
from support.sip_phone import SipPhone
from support.srtp_trace import rtcp_indexes, rtp_from
from support.waiting import until

pytestmark = pytest.mark.live

RTP: Final = tuple(rtp_port(port) for port in PORTS[:2])


class Pair:
    """Two phones in an encrypted call, with their handsets connected."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.talk = call(guest(stack, folder, 0), guest(stack, folder, 1))
        for side in (0, 1):
            self.order(side, "connect_audio")
        self.hear_each_other()

    def order(self, side: int, order: str) -> None:
        self.talk.order(side, order)

    def hear_each_other(self) -> None:
        for side in (0, 1):
            self.talk.sides[side].hears(1 - side)

    def hold(self, side: int) -> None:
        """One side holds the call; the other side is told."""
        self.order(side, "disconnect_audio")
        self.order(side, "hold")
        self.told(1 - side, held=True)

    def resume(self, side: int) -> None:
        self.order(side, "connect_audio")
        self.order(side, "resume")
        self.told(1 - side, held=False)

    def told(self, side: int, *, held: bool) -> None:
        assert self.phone(side).wait_for(RemoteHeld) == RemoteHeld(self.talk.names[side], held)

    def phone(self, side: int) -> SipPhone:
        return self.talk.sides[side].phone

    def hang_up(self) -> None:
        self.order(0, "hang_up")
        for side in (0, 1):
            self.phone(side).wait_for(Ended)


Run = Callable[[Callable[[Pair], None]], Capture]
"""Runs a story with two phones in a call, and returns all that went over the wire."""


@pytest.fixture(name="scene")
def _scene(tmp_path: Path) -> Run:
    def run(story: Callable[[Pair], None]) -> Capture:
        file = tmp_path / "call.pcap"
        with capturing(file), ExitStack() as stack:
            pair = Pair(stack, tmp_path)
            story(pair)
            pair.hang_up()
        return read_capture(file)

    return run


def check(capture: Capture) -> None:
    """No index came twice, no key agreement came again, and nothing was in the clear."""
    for port in RTP:
        packets = rtp_from(capture.datagrams, port)
        assert len(packets) > 50
        assert len({each.ssrc for each in packets}) == 1
        assert {each.size for each in packets} == {packets[0].size}
        assert all(later.index > earlier.index for earlier, later in pairwise(packets))
        indexes = rtcp_indexes(capture.datagrams, port + 1)
        assert all(later > earlier for earlier, later in pairwise(indexes))
    first = min(rtp_from(capture.datagrams, port)[0].at for port in RTP)
    late = [each.zrtp for each in capture.datagrams if each.zrtp and each.at > first]
    assert set(late) <= {"Conf2ACK", "Confirm2"}
    assert [each.zrtp for each in capture.datagrams].count("DHPart1") == 1


@pytest.mark.parametrize("side", [0, 1], ids=["caller", "callee"])
def test_hold_and_resume(scene: Run, side: int) -> None:
    def story(pair: Pair) -> None:
        for _ in range(3):
            pair.hold(side)
            pair.resume(side)
            pair.hear_each_other()
        for passed in pair.talk.passed():
            assert passed.not_authentic == passed.replayed == passed.malformed == 0

    check(scene(story))


def test_both_hold(scene: Run) -> None:
    """The first one to resume is still held by the other one."""

    def story(pair: Pair) -> None:
        pair.hold(0)
        pair.hold(1)
        pair.resume(0)
        assert RemoteHeld("call", held=False) not in pair.phone(0).events(0.3)
        pair.resume(1)
        pair.hear_each_other()

    check(scene(story))


def test_both_hold_at_once(scene: Run) -> None:
    """Their re-INVITEs cross, one is refused with 491, and asked again (RFC 3261 section 14.1)."""

    def story(pair: Pair) -> None:
        for side in (0, 1):
            pair.order(side, "disconnect_audio")
        for side in (0, 1):
            pair.order(side, "hold")
        pair.told(0, held=True)
        pair.told(1, held=True)
        for side in (0, 1):
            pair.order(side, "connect_audio")
        for side in (0, 1):
            pair.order(side, "resume")
        pair.told(0, held=False)
        pair.told(1, held=False)
        pair.hear_each_other()

    check(scene(story))


def test_changing_ones_mind(scene: Run) -> None:
    """Resumed before the re-INVITE of the hold is answered: what was wished last counts."""

    def story(pair: Pair) -> None:
        for order in ("hold", "resume", "hold", "resume"):
            pair.order(0, order)
        pair.hear_each_other()
        until(lambda: not pair.phone(1).events(0.2), "the offers never end")
        pair.hold(0)
        pair.resume(0)
        pair.hear_each_other()

    check(scene(story))
