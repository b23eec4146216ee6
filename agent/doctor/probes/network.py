"""Looks at the interfaces, their addresses and the routes."""

import fcntl
import socket
import struct
from pathlib import Path
from typing import Final

from agent.doctor.judges.network import Interface, NetworkFacts
from agent.own_addresses import addresses_by_interface

# Of this thread's network, which in a test may be another one than the process's.
_NET: Final = Path("/proc/thread-self/net")
_SIOCGIFFLAGS: Final = 0x8913
"""The ioctl that tells an interface's flags, netdevice(7)."""
_IFREQ: Final = struct.Struct("16sH22x")
_UP: Final = 0x1
_LOOPBACK: Final = 0x8
_RUNNING: Final = 0x40
_ROUTE_UP: Final = 0x1
_ROUTE_REJECTS: Final = 0x200


def look() -> NetworkFacts:
    """What there is to know of them."""
    addresses = addresses_by_interface(_NET / "if_inet6")
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            request = _IFREQ.pack(name.encode()[:15], 0)
            try:
                _, flags = _IFREQ.unpack(fcntl.ioctl(asking, _SIOCGIFFLAGS, request))
            except OSError:
                continue  # gone this very moment
            if not flags & _LOOPBACK:
                running, up = bool(flags & _RUNNING), bool(flags & _UP)
                found.append(Interface(name, up, running, addresses.get(name, ())))
    return NetworkFacts(tuple(found), frozenset(_ways_out()))


def _ways_out() -> set[int]:
    """The IP versions with a default route."""
    ways = set()
    for line in _lines("route")[1:]:
        _, target, _, flags, _, _, _, mask, *_ = line.split()
        if int(target, 16) == int(mask, 16) == 0 and _leads(int(flags, 16)):
            ways.add(4)
    for line in _lines("ipv6_route"):
        target, length, *_, flags, _ = line.split()
        if int(target, 16) == int(length, 16) == 0 and _leads(int(flags, 16)):
            ways.add(6)
    return ways


def _leads(flags: int) -> bool:
    return bool(flags & _ROUTE_UP) and not flags & _ROUTE_REJECTS


def _lines(name: str) -> list[str]:
    try:
        return (_NET / name).read_text("ascii").splitlines()
    except OSError:
        return []  # a kernel without this version of IP
