"""Hold and resume keep the keys, and what counts the packets under them (attack XC01)."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from agent.media.gate_events import Counters
from agent.phone import events as phone
from agent.sip.events import Answered, Ended, IncomingCall, RemoteHeld
from hw.board import HandsetDevices
from support import handset_files as sound
from support.pcap import Capture, capturing, read_capture
from support.sip_phone import SipPhone, settings_for
from support.srtp_trace import rtcp_indexes, rtp_from

pytestmark = pytest.mark.live

PORTS: Final = (5061, 5062)
RTP: Final = tuple(16384 + (port % 100) * 100 for port in PORTS)
HERTZ: Final = (700, 1900)
"""What each of them says."""


def until(condition: Callable[[], bool], wish: str, patience: float = 15.0) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, wish
        time.sleep(0.01)


class Pair:
    """Two phones in an encrypted call, with their handsets connected."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.ears = [folder / f"ear-{port}.wav" for port in PORTS]
        self.phones = []
        for port, hertz, ear in zip(PORTS, HERTZ, self.ears, strict=True):
            mouth = sound.write_tone(folder / f"mouth-{port}.wav", hertz)
            keyed = SipPhone(
                settings_for(folder, port, codecs=("PCMU",)),
                HandsetDevices(microphone_file=str(mouth), earpiece_file=str(ear)),
                keyed=folder / f"{port}.db",
            )
            self.phones.append(stack.enter_context(keyed))
        self.phones[0].order("dial", "call", f"sip:127.0.0.1:{PORTS[1]}", None)
        self.names = ["call", self.phones[1].wait_for(IncomingCall).call]
        self.phones[1].order("answer", self.names[1])
        for each, name in zip(self.phones, self.names, strict=True):
            each.wait_for(Answered)
            each.wait_for(phone.Encrypted)
            each.order("connect_audio", name)
        self.hears(0)
        self.hears(1)

    def hears(self, side: int) -> None:
        """From now on the other one's tone comes out of this ear."""
        begun = len(sound.heard(self.ears[side]))
        wanted = sound.RATE // 2
        until(
            lambda: self._has(side, begun, wanted),
            f"{side} does not hear {HERTZ[1 - side]} Hz",
        )

    def _has(self, side: int, begun: int, wanted: int) -> bool:
        latest = sound.heard(self.ears[side])[begun:][-wanted:]
        return len(latest) == wanted and sound.share_of(latest, HERTZ[1 - side]) > 0.95

    def hold(self, side: int) -> None:
        """One side holds the call; the other side is told."""
        self.phones[side].order("disconnect_audio", self.names[side])
        self.phones[side].order("hold", self.names[side])
        self.told(1 - side, held=True)

    def resume(self, side: int) -> None:
        self.phones[side].order("connect_audio", self.names[side])
        self.phones[side].order("resume", self.names[side])
        self.told(1 - side, held=False)

    def told(self, side: int, *, held: bool) -> None:
        assert self.phones[side].wait_for(RemoteHeld) == RemoteHeld(self.names[side], held)

    def passed(self) -> list[Counters]:
        return [each.passed(name) for each, name in zip(self.phones, self.names, strict=True)]

    def hang_up(self) -> None:
        self.phones[0].order("hang_up", "call")
        for each in self.phones:
            each.wait_for(Ended)


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
            pair.hears(0)
            pair.hears(1)
        for passed in pair.passed():
            assert passed.not_authentic == passed.replayed == passed.malformed == 0

    check(scene(story))


def test_both_hold(scene: Run) -> None:
    """The first one to resume is still held by the other one."""

    def story(pair: Pair) -> None:
        pair.hold(0)
        pair.hold(1)
        pair.resume(0)
        assert RemoteHeld("call", held=False) not in pair.phones[0].events(0.3)
        pair.resume(1)
        pair.hears(0)
        pair.hears(1)

    check(scene(story))


def test_both_hold_at_once(scene: Run) -> None:
    """Their re-INVITEs cross, one is refused with 491, and asked again (RFC 3261 section 14.1)."""

    def story(pair: Pair) -> None:
        for side in (0, 1):
            pair.phones[side].order("disconnect_audio", pair.names[side])
        for side in (0, 1):
            pair.phones[side].order("hold", pair.names[side])
        pair.told(0, held=True)
        pair.told(1, held=True)
        for side in (0, 1):
            pair.phones[side].order("connect_audio", pair.names[side])
        for side in (0, 1):
            pair.phones[side].order("resume", pair.names[side])
        pair.told(0, held=False)
        pair.told(1, held=False)
        pair.hears(0)
        pair.hears(1)

    check(scene(story))


def test_changing_ones_mind(scene: Run) -> None:
    """Resumed before the re-INVITE of the hold is answered: what was wished last counts."""

    def story(pair: Pair) -> None:
        for order in ("hold", "resume", "hold", "resume"):
            pair.phones[0].order(order, "call")
        pair.hears(0)
        pair.hears(1)
        until(lambda: not pair.phones[1].events(0.2), "the offers never end")
        pair.hold(0)
        pair.resume(0)
        pair.hears(1)

    check(scene(story))
