"""What a capture shows of SRTP without any key: sizes, sequence numbers, indexes."""

from dataclasses import dataclass
from typing import Final

from support.pcap import Datagram

_WRAP: Final = 1 << 16
_HALF: Final = 1 << 15
_SRTCP_TAG: Final = 10


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """An SRTP packet's header.

    Attributes:
        at: When it was sent, in seconds.
        ssrc: Its synchronisation source.
        index: Its sequence number, counted on where that begins again at 0 (RFC 3711
            section 3.3.1): under one key no index may come twice.
        size: Octets, all in all.
    """

    at: float
    ssrc: int
    index: int
    size: int


def rtp_from(datagrams: tuple[Datagram, ...], port: int) -> list[RtpPacket]:
    """All that a phone sent from its RTP port, without ZRTP, in order."""
    found: list[RtpPacket] = []
    latest: dict[int, int] = {}
    for each in datagrams:
        if each.source != port or each.zrtp:
            continue
        ssrc = int.from_bytes(each.payload[8:12])
        sequence = int.from_bytes(each.payload[2:4])
        before = latest.get(ssrc, sequence)
        step = (sequence - before + _HALF) % _WRAP - _HALF
        latest[ssrc] = before + step
        found.append(RtpPacket(each.at, ssrc, latest[ssrc], len(each.payload)))
    return found


def rtcp_indexes(datagrams: tuple[Datagram, ...], port: int) -> list[int]:
    """The SRTCP indexes of all that a phone sent from its RTCP port (section 3.4)."""
    words = [
        int.from_bytes(each.payload[-_SRTCP_TAG - 4 : -_SRTCP_TAG])
        for each in datagrams
        if each.source == port
    ]
    assert all(word >> 31 for word in words), "RTCP that is not encrypted"
    return [word & 0x7FFFFFFF for word in words]
