"""IPv4 and IPv6: which of them a call, an account or a listener is for. Pure."""

import ipaddress
from enum import IntEnum
from typing import Final


class Family(IntEnum):
    """Of an address, by the version of the protocol."""

    IPV4 = 4
    IPV6 = 6


_EVERYWHERE: Final = {Family.IPV4: "0.0.0.0", Family.IPV6: "[::]"}  # noqa: S104 - see settings
_LACKING: Final = {
    Family.IPV4: "This phone has no IPv4 address, and they have no other",
    Family.IPV6: "This phone has no IPv6 address, and they have no other",
}


def family_of(host: str) -> Family | None:
    """The family of an IP address, an IPv6 one with or without brackets; None: it is a name."""
    try:
        return Family(ipaddress.ip_address(host.strip("[]")).version)
    except ValueError:
        return None


def families_of(addresses: tuple[str, ...]) -> frozenset[Family]:
    """The families that a machine with these addresses has."""
    return frozenset(family for each in addresses if (family := family_of(each)) is not None)


def listening_at(listen_host: str, *, has_ipv6: bool) -> dict[Family, str]:
    """Where a phone listens that is to listen there: everywhere means both families.

    Args:
        listen_host: As configured; an IPv6 address in brackets.
        has_ipv6: Whether the kernel knows IPv6.
    """
    if listen_host not in _EVERYWHERE.values():
        return {family_of(listen_host) or Family.IPV4: listen_host}
    return {each: host for each, host in _EVERYWHERE.items() if has_ipv6 or each is Family.IPV4}


def lacking(host: str, addresses: tuple[str, ...] | None) -> str:
    """A sentence, if an address is of a family in which this phone has no address of its own.

    Args:
        host: Whom to call: an address or a name.
        addresses: This machine's own; None: nobody has told.
    """
    family = family_of(host)
    if family is None or addresses is None or ipaddress.ip_address(host.strip("[]")).is_loopback:
        return ""
    return "" if family in families_of(addresses) else _LACKING[family]
