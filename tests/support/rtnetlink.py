"""What the kernel would say over rtnetlink(7), composed."""

import ipaddress
import struct

from agent.network.rtnetlink import IPV4, IPV6, Kind


def message(kind: int, body: bytes) -> bytes:
    """A message of netlink(7), padded to four octets."""
    return _padded(struct.pack("=IHHII", 16 + len(body), kind, 0, 1, 0) + body)


def attribute(kind: int, value: bytes) -> bytes:
    """An attribute, padded to four octets."""
    return _padded(struct.pack("=HH", 4 + len(value), kind) + value)


def link(index: int, flags: int) -> bytes:
    """A link with the flags of netdevice(7)."""
    return message(Kind.LINK, struct.pack("=BxHiII", 0, 1, index, flags, 0))


def address(index: int, text: str, flags: int = 0, more: bytes = b"") -> bytes:
    """An address on a link."""
    own = ipaddress.ip_address(text)
    head = struct.pack("=BBBBI", IPV4 if own.version == 4 else IPV6, 24, flags, 0, index)
    return message(Kind.ADDRESS, head + attribute(1, own.packed) + more)


def route(
    family: int, index: int, gateway: str, *, bits: int = 0, table: int = 254, kind: int = 1
) -> bytes:
    """A route; to everywhere, unless `bits` says otherwise."""
    head = struct.pack("=8BI", family, bits, 0, 0, table, 4, 0, kind, 0)
    router = attribute(5, ipaddress.ip_address(gateway).packed) if gateway else b""
    return message(Kind.ROUTE, head + router + attribute(4, struct.pack("=I", index)))


def _padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 4)
