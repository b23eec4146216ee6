"""One question to a STUN server (RFC 8489): where do my packets seem to come from? Pure."""

import ipaddress
import struct
from typing import Final

NONCE: Final = 12
"""Octets of a transaction id."""
_HEADER: Final = struct.Struct(">HHI")
_BINDING: Final = 0x0001
_SUCCESS: Final = 0x0101
_COOKIE: Final = 0x2112A442
_HEADER_OCTETS: Final = 20
_ATTRIBUTE: Final = struct.Struct(">HH")
_XOR_MAPPED_ADDRESS: Final = 0x0020
_FAMILIES: Final = {1: 4, 2: 16}
"""Octets of an address of each family (section 14.2)."""
_ADDRESS_AT: Final = 4


class StunError(ValueError):
    """The octets are no answer to this question."""


def request(transaction: bytes) -> bytes:
    """A binding request without attributes (section 5).

    Args:
        transaction: `NONCE` random octets.
    """
    return _HEADER.pack(_BINDING, 0, _COOKIE) + transaction


def read(answer: bytes, transaction: bytes) -> tuple[str, int]:
    """The address and the port from which the request came, as the server saw it.

    Args:
        answer: What came back.
        transaction: That of the request.

    Raises:
        StunError: It is no answer to it, or says nothing.
    """
    if len(answer) < _HEADER_OCTETS or answer[8:_HEADER_OCTETS] != transaction:
        raise StunError("this is no answer to what was asked")
    kind, length, cookie = _HEADER.unpack(answer[:8])
    if kind != _SUCCESS or cookie != _COOKIE or length != len(answer) - _HEADER_OCTETS:
        raise StunError("this is no success")
    at = _HEADER_OCTETS
    while at + _ATTRIBUTE.size <= len(answer):
        name, size = _ATTRIBUTE.unpack_from(answer, at)
        value = answer[at + _ATTRIBUTE.size : at + _ATTRIBUTE.size + size]
        if name == _XOR_MAPPED_ADDRESS and len(value) == size:
            return _address(value, answer[4:_HEADER_OCTETS])
        at += _ATTRIBUTE.size + (size + 3) // 4 * 4
    raise StunError("it names no address")


def _address(value: bytes, mask: bytes) -> tuple[str, int]:
    """Section 14.2: port and address are hidden from routers that would rewrite them."""
    octets = _FAMILIES.get(value[1]) if len(value) > 1 else None
    if octets is None or len(value) != _ADDRESS_AT + octets:
        raise StunError("it names an address of no known kind")
    port = int.from_bytes(value[2:_ADDRESS_AT]) ^ _COOKIE >> 16
    hidden = zip(value[_ADDRESS_AT:], mask, strict=False)
    address = bytes(one ^ other for one, other in hidden)
    return str(ipaddress.ip_address(address)), port
