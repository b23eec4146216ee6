"""Digits within a call are RTP events (RFC 4733): they go under the same keys as the voice."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from support.party import PORTS, call, guest, rtp_port
from support.pcap import capturing, read_capture
from support.srtp_trace import rtp_from
from support.waiting import until

pytestmark = pytest.mark.live

PCMU = 0
"""The payload type of the voice; that of the digits is another one, and the same for all."""
HEADER, EVENT_SIZE, TAGS = 12, 4, {4, 10}


def test_digits_go_encrypted_and_arrive(tmp_path: Path) -> None:
    with capturing(tmp_path / "digits.pcap"), ExitStack() as stack:
        talk = call(guest(stack, tmp_path, 0), guest(stack, tmp_path, 1))
        for side in (0, 1):
            talk.order(side, "connect_audio")
        talk.sides[1].hears(0)
        for digit in "159#":
            talk.order(0, "send_dtmf", digit)
        sent = talk.passed()[0].sent
        until(lambda: talk.passed()[0].sent > sent + 60, "the events do not leave")
        talk.sides[1].hears(0)
        passed = talk.passed()[1]
        assert passed.not_authentic == passed.malformed == passed.replayed == 0
    datagrams = read_capture(tmp_path / "digits.pcap").datagrams
    mine = [each for each in datagrams if each.source == rtp_port(PORTS[0]) and not each.zrtp]
    events = [each.payload for each in mine if each.payload[1] & 0x7F != PCMU]
    assert len(events) >= 4
    assert len({each[1] & 0x7F for each in events}) == 1
    assert {len(each) - HEADER - EVENT_SIZE for each in events} <= TAGS
    # In the clear, every packet of one digit begins with that digit, and none is above 16.
    assert len({each[HEADER] for each in events}) > 4
    assert any(each[HEADER] > 16 for each in events)
    indexes = [each.index for each in rtp_from(datagrams, rtp_port(PORTS[0]))]
    assert len(set(indexes)) == len(indexes)
