"""A phone behind NAT: what its SDP says leads nowhere, and the call is secure all the same."""

from dataclasses import replace
from typing import Final

import pytest

from support.couple import CALLEE, Couple
from support.pcap import Datagram
from support.scene import scene

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

TALK_S: Final = 3.0
SHIFT: Final = 900
"""How far the outside ports are from the inside ones."""


def behind_nat(packet: Datagram) -> list[Datagram]:
    """The caller's packets come from other ports, and only what goes there reaches it."""
    if packet.source < CALLEE.rtp_port:
        return [replace(packet, source=packet.source + SHIFT)]
    if packet.target < CALLEE.rtp_port - 100:
        return []
    return [replace(packet, target=packet.target - SHIFT)]


async def conversation(both: Couple) -> None:
    await both.dial()
    await both.secure()
    await both.talk(TALK_S)
    await both.hang_up()


def test_the_call_finds_its_way() -> None:
    with scene() as found:
        found.relay.tamper = behind_nat
        found.both.run(conversation(found.both))
        passed = [side.passed()[-1] for side in found.sides]
    assert [each["received"] > 20 * TALK_S for each in passed] == [True, True], passed
