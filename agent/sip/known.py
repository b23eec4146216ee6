"""The addresses of those whom the phone knows: what strangers take up is not taken from these. Pure.

An address proves nobody's name, so it gives room and nothing else. TLS runs over TCP: whoever uses an
address can at least be reached there.
"""

import ipaddress
from collections.abc import Iterable

from agent.sip_uri import SipUri, SipUriError

_NETWORK_OF_ONE = 64
"""Bits: whoever has an IPv6 address has all 2^64 of its network, and may come from any (RFC 8981)."""


def addresses_in(uris: Iterable[str]) -> tuple[str, ...]:
    """The IP addresses that stand in SIP URIs, each once, without brackets.

    Args:
        uris: As they were typed or sent; those with a host name, or that are none, give nothing.
    """
    found: dict[str, None] = {}
    for uri in uris:
        try:
            found[str(ipaddress.ip_address(SipUri.parse(uri).host.strip("[]")))] = None
        except (SipUriError, ValueError):
            continue
    return tuple(found)


class Known:
    """Whom the phone knows, by address.

    Args:
        addresses: As `addresses_in` has them.
    """

    def __init__(self, addresses: tuple[str, ...] = ()) -> None:
        self._networks = frozenset(_network_of(each) for each in addresses)

    def __contains__(self, address: object) -> bool:
        """Whether somebody known is there, or in the same IPv6 network."""
        return isinstance(address, str) and _network_of(address) in self._networks


def _network_of(address: str) -> str:
    parsed = ipaddress.ip_address(address)
    if parsed.version == 4:  # noqa: PLR2004 - of IP
        return str(parsed)
    return str(ipaddress.ip_network((int(parsed), _NETWORK_OF_ONE), strict=False))
