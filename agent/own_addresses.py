"""The IP addresses under which this machine can be reached."""

import fcntl
import ipaddress
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_SIOCGIFADDR: Final = 0x8915
"""The ioctl that tells an interface's IPv4 address, netdevice(7)."""
_IFREQ: Final = 40
_ADDRESS: Final = slice(20, 24)
IPV6_FILE: Final = Path("/proc/self/net/if_inet6")


def own_addresses(ipv6_file: Path = IPV6_FILE) -> tuple[str, ...]:
    """Every address that others can use, IPv4 first; none without a network.

    Args:
        ipv6_file: Where the kernel lists its IPv6 addresses.
    """
    found: list[ipaddress.IPv4Address | ipaddress.IPv6Address] = [*_ipv4(), *_ipv6(ipv6_file)]
    return tuple(str(each) for each in found if not (each.is_loopback or each.is_link_local))


def _ipv4() -> Iterator[ipaddress.IPv4Address]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as asking:
        for _, name in socket.if_nameindex():
            request = struct.pack(f"{_IFREQ}s", name.encode()[:15])
            try:
                answer = fcntl.ioctl(asking, _SIOCGIFADDR, request)
            except OSError:
                continue  # this interface has none
            yield ipaddress.IPv4Address(answer[_ADDRESS])


def _ipv6(file: Path) -> Iterator[ipaddress.IPv6Address]:
    try:
        lines = file.read_text("ascii").splitlines()
    except OSError:
        return  # a kernel without IPv6
    for line in lines:
        yield ipaddress.IPv6Address(bytes.fromhex(line.split()[0]))
