"""Calls that people talk in, and what somebody on the line can make of them."""

from dataclasses import replace
from typing import Final

from support import stun
from support.neighbours import Call, ring
from support.pcap import Capture, Datagram
from support.sip_phone import SipPhone
from support.waiting import until

TALK_PACKETS: Final = 150
"""So many each way have come before it was a conversation: three seconds."""


def talk(call: Call) -> None:
    """Waits until both have heard each other for a while."""
    before = [each.received for each in call.passed()]

    def heard() -> bool:
        now = [each.received for each in call.passed()]
        return all(after - begin >= TALK_PACKETS for begin, after in zip(before, now, strict=True))

    until(heard, f"sound both ways, {call.passed()}")


def secure_call(caller: SipPhone, callee: SipPhone) -> Call:
    """Dials, is answered, and has keys."""
    call = ring(caller, callee, "bob")
    call.answer()
    call.secure()
    return call


def conversation(caller: SipPhone, callee: SipPhone) -> None:
    """A whole call."""
    call = secure_call(caller, callee)
    talk(call)
    call.hang_up()


def media(capture: Capture) -> list[Datagram]:
    """All UDP but STUN; what TURN carries is taken out of its wrapping."""
    peeled = [replace(each, payload=stun.carried(each.payload)) for each in capture.datagrams]
    return [each for each in peeled if stun.kind(each.payload) is None]


def assert_unreadable(packets: list[Datagram]) -> None:
    """Opus begins every packet with the same octet; encrypted ones begin with any."""
    rtp = [each for each in packets if not each.zrtp]
    assert len(rtp) > TALK_PACKETS
    assert len({each.payload[12] for each in rtp}) > TALK_PACKETS / 4
