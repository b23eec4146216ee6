"""What went over the wire while phones were on the move, and that nothing was given away by it."""

from collections.abc import Coroutine
from itertools import pairwise
from pathlib import Path
from typing import Any

from support.couple import CALLEE, CALLER
from support.pcap import Capture, capturing, read_capture
from support.srtp_trace import rtcp_indexes, rtp_from
from support.tls_records import records
from support.travellers import Travellers


def watched(found: Travellers, story: Coroutine[Any, Any, None], file: Path) -> Capture:
    """Runs a story, and returns all that went over the callee's cable meanwhile."""
    with found.router.inside():
        capture = capturing(file, found.away.name, "ip or udp or tcp")
        capture.__enter__()
    try:
        found.both.run(story)
    finally:
        capture.__exit__(None, None, None)
    return read_capture(file)


def keeps_its_keys(capture: Capture) -> None:
    """No index came twice, no key agreement came again, and nothing was in the clear."""
    for port in (CALLER.rtp_port, CALLEE.rtp_port):
        ports = {each.source for each in capture.datagrams if port <= each.source < port + 100}
        rtp = min(each for each in ports if each % 2 == 0)
        packets = rtp_from(capture.datagrams, rtp)
        assert len(packets) > 50
        assert len({each.ssrc for each in packets}) == 1
        assert all(later.index > earlier.index for earlier, later in pairwise(packets))
        indexes = rtcp_indexes(capture.datagrams, rtp + 1)
        assert all(later > earlier for earlier, later in pairwise(indexes))
        first = packets[0].at
        late = {each.zrtp for each in capture.datagrams if each.zrtp and each.at > first + 1}
        assert late == set()
    assert [each.zrtp for each in capture.datagrams].count("DHPart1") <= 1
    for stream in capture.streams().values():
        assert all(kind for kind, _ in records(stream))
