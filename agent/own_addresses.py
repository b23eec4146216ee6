"""The IP addresses under which this machine can be reached."""

import fcntl
import ipaddress
import socket
import struct
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

_SIOCGIFADDR: Final = 0x8915
"""The ioctl that tells an interface's IPv4 address, netdevice(7)."""
_IFREQ: Final = 40
_ADDRESS: Final = slice(20, 24)
IPV6_FILE: Final = Path("/proc/self/net/if_inet6")
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def own_addresses(ipv6_file: Path = IPV6_FILE) -> tuple[str, ...]:
    """Every address that others can use, IPv4 first; none without a network.

    Args:
        ipv6_file: Where the kernel lists its IPv6 addresses.
    """
    found = [*(each for _, each in _ipv4()), *(each for _, each in _ipv6(ipv6_file))]
    return tuple(str(each) for each in found if not (each.is_loopback or each.is_link_local))


def addresses_by_interface(ipv6_file: Path = IPV6_FILE) -> Mapping[str, tuple[IpAddress, ...]]:
    """Every address of each interface that has one, IPv4 first.

    Args:
        ipv6_file: Where the kernel lists its IPv6 addresses.
    """
    found: dict[str, tuple[IpAddress, ...]] = defaultdict(tuple)
    for name, address in (*_ipv4(), *_ipv6(ipv6_file)):
        found[name] += (address,)
    return found


def _ipv4() -> Iterator[tuple[str, IpAddress]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as asking:
        for _, name in socket.if_nameindex():
            request = struct.pack(f"{_IFREQ}s", name.encode()[:15])
            try:
                answer = fcntl.ioctl(asking, _SIOCGIFADDR, request)
            except OSError:
                continue  # this interface has none
            yield name, ipaddress.IPv4Address(answer[_ADDRESS])


def _ipv6(file: Path) -> Iterator[tuple[str, IpAddress]]:
    try:
        lines = file.read_text("ascii").splitlines()
    except OSError:
        return  # a kernel without IPv6
    for line in lines:
        address, *_, name = line.split()
        yield name, ipaddress.IPv6Address(bytes.fromhex(address))
