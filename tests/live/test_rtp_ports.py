"""RTP keeps to the ports that the configuration names, because a firewall is open for no others."""

from pathlib import Path

import pytest

from agent.sip.events import Dialled, Ended, IncomingCall
from support.sip_phone import SipPhone, settings_for

pytestmark = pytest.mark.live

FIRST, COUNT = 22500, 6


def bound() -> set[int]:
    """All UDP ports that somebody in this network listens on."""
    rows = [line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
    return {int(row[1].split(":")[1], 16) for row in rows}


def test_as_many_calls_as_there_are_ports_for(tmp_path: Path) -> None:
    mine = settings_for(tmp_path, 5061, rtp_port_min=FIRST, rtp_port_count=COUNT)
    with SipPhone(mine) as caller, SipPhone(settings_for(tmp_path, 5062)) as callee:
        for number in range(COUNT // 2):
            caller.order("dial", f"call-{number}", "sip:127.0.0.1:5062", None)
            caller.wait_for(Dialled)
            callee.wait_for(IncomingCall)
        assert {port for port in bound() if port < 22584} == set(range(FIRST, FIRST + COUNT))
        caller.order("dial", "one-more", "sip:127.0.0.1:5062", None)
        ended = caller.wait_for(Ended)
        assert ended.call == "one-more"
        assert ended.reason == "All RTP ports of this phone are taken: see rtp_port_max"
        caller.order("hang_up", "call-0")
        assert caller.wait_for(Ended).call == "call-0"
