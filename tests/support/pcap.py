"""What tcpdump saw on a link, as values."""

import contextlib
import socket
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

_MAGIC: Final = 0xA1B2C3D4
_ETHERNET: Final = 1
_IPV4, _IPV6 = 0x0800, 0x86DD
_ICMP, _TCP, _UDP, _ICMPV6 = 1, 6, 17, 58
_COOKIE: Final = b"ZRTP"
_WHOLE, _FRAGMENT = b"\x10", b"\x11"


@dataclass(frozen=True, slots=True)
class Datagram:
    """One UDP packet.

    Attributes:
        at: When, in seconds.
        source: The port it came from.
        target: The port it went to.
        payload: What it carried.
        addresses: Whom from and to, "192.0.2.1"; empty where nobody looked.
        dscp: How it was marked (RFC 2474).
    """

    at: float
    source: int
    target: int
    payload: bytes
    addresses: tuple[str, str] = ("", "")
    dscp: int = 0

    @property
    def zrtp(self) -> str:
        """The type of its ZRTP message, e.g. "Hello"; empty if it carries none.

        Of a message in pieces the first one has its type, all others are a "piece".
        """
        if self.payload[4:8] != _COOKIE or self.payload[:1] not in {_WHOLE, _FRAGMENT}:
            return ""
        start = 12
        if self.payload[:1] == _FRAGMENT:
            if int.from_bytes(self.payload[16:18]):
                return "piece"
            start += 8
        return self.payload[start + 4 : start + 12].decode("ascii", "replace").strip()


@dataclass(frozen=True, slots=True)
class Segment:
    """One TCP segment that carried something; `sequence` is of its first octet."""

    source: int
    target: int
    sequence: int
    payload: bytes
    dscp: int = 0


@dataclass(frozen=True, slots=True)
class Capture:
    """All that went by, in order.

    Attributes:
        notices: ICMP: what the kernel itself says of ports that nobody listens on any more.
    """

    datagrams: tuple[Datagram, ...]
    segments: tuple[Segment, ...]
    notices: tuple[bytes, ...]

    def streams(self) -> dict[tuple[int, int], bytes]:
        """What each direction of each TCP connection carried, by its ports."""
        pieces: dict[tuple[int, int], dict[int, bytes]] = {}
        for each in self.segments:
            pieces.setdefault((each.source, each.target), {})[each.sequence] = each.payload
        return {ports: _joined(found) for ports, found in pieces.items()}


def read_capture(path: Path) -> Capture:
    """Reads a file of tcpdump's: Ethernet frames with IPv4 or IPv6 in them, and nothing else.

    Raises:
        ValueError: There is something else.
    """
    data = path.read_bytes()
    (magic,), (link,) = struct.unpack_from("<I", data), struct.unpack_from("<I", data, 20)
    if (magic, link) != (_MAGIC, _ETHERNET):
        raise ValueError(f"not a capture of Ethernet: {magic:x}, {link}")
    datagrams, segments, notices = [], [], []
    at = 24
    while at < len(data):
        seconds, micros, size, whole = struct.unpack_from("<IIII", data, at)
        frame = data[at + 16 : at + 16 + size]
        at += 16 + size
        if size != whole or int.from_bytes(frame[12:14]) not in {_IPV4, _IPV6}:
            raise ValueError(f"a frame that is cut off or not IP: {frame.hex()}")
        packet = frame[14:]
        protocol, body = ip_body(packet)
        dscp = (int.from_bytes(packet[:2]) >> 6) & 63 if _is_ipv6(packet) else packet[1] >> 2
        if protocol == _UDP:
            found = udp_datagram(seconds + micros / 1e6, body)
            datagrams.append(replace(found, addresses=_addresses(packet), dscp=dscp))
        elif protocol == _TCP:
            segments += [replace(each, dscp=dscp) for each in _segments(body)]
        elif protocol in {_ICMP, _ICMPV6}:
            notices.append(body)
        else:
            raise ValueError(f"IP protocol {protocol}: {packet.hex()}")
    return Capture(tuple(datagrams), tuple(segments), tuple(notices))


def _is_ipv6(packet: bytes) -> bool:
    return packet[0] >> 4 == 6


def ip_body(packet: bytes) -> tuple[int, bytes]:
    """The protocol of an IP packet, and what it carries; of IPv6 without extension headers."""
    if _is_ipv6(packet):
        return packet[6], packet[40 : 40 + int.from_bytes(packet[4:6])]
    header, length = (packet[0] & 15) * 4, int.from_bytes(packet[2:4])
    return packet[9], packet[header:length]


def _addresses(packet: bytes) -> tuple[str, str]:
    if _is_ipv6(packet):
        source, target = packet[8:24], packet[24:40]
        return socket.inet_ntop(socket.AF_INET6, source), socket.inet_ntop(socket.AF_INET6, target)
    return socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20])


def udp_datagram(at: float, body: bytes) -> Datagram:
    """A UDP header and what follows it, with the time at which it came."""
    source, target = struct.unpack_from(">HH", body)
    return Datagram(at, source, target, body[8:])


def _segments(body: bytes) -> list[Segment]:
    source, target, sequence = struct.unpack_from(">HHI", body)
    payload = body[(body[12] >> 4) * 4 :]
    return [Segment(source, target, sequence, payload)] if payload else []


def _joined(pieces: dict[int, bytes]) -> bytes:
    """From octets by sequence number to a stream; a segment may come twice."""
    stream, start = b"", min(pieces)
    for sequence, payload in sorted(pieces.items()):
        known = len(stream) - (sequence - start)
        if known < 0:
            raise ValueError(f"{-known} octets of a TCP connection are missing")
        stream += payload[known:]
    return stream


@contextlib.contextmanager
def capturing(path: Path, link: str = "lo", what: str = "") -> Iterator[None]:
    """Lets tcpdump write down all that goes over a link, or what its filter lets through.

    Root alone may.
    """
    order = ["tcpdump", "-i", link, "-w", str(path), "-s", "0", "-B", "16384", "-Z", "root"]
    # Without these the last second would be lost when it ends.
    order += ["--immediate-mode", "-U", *what.split()]
    with subprocess.Popen(order, stderr=subprocess.PIPE) as tcpdump:
        assert tcpdump.stderr is not None
        first = tcpdump.stderr.readline()
        while first and b"listening on" not in first:
            first = tcpdump.stderr.readline()
        try:
            yield
        finally:
            tcpdump.terminate()
            told = tcpdump.stderr.read().decode()
    if "0 packets dropped by kernel" not in told:
        raise OSError(f"tcpdump missed something: {told}")
