"""What the kernel answers about links, addresses and routes: rtnetlink(7), read to the octet. Pure.

All numbers are in this machine's own order of octets, as netlink(7) has them. What is of no use
here (neighbours, rules, routes that are not the default one) is passed over, and so is the news
of what was taken away: whoever listens for news asks for all that there is now.
"""

import ipaddress
import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import Final

from agent.frozen import frozen

IPV4, IPV6 = 2, 10
"""Address families, as the kernel numbers them."""

_HEADER: Final = struct.Struct("=IHHII")
_ATTRIBUTE: Final = struct.Struct("=HH")
_LINK: Final = struct.Struct("=BxHiII")
_ADDRESS: Final = struct.Struct("=BBBBI")
_ROUTE: Final = struct.Struct("=BBBBBBBBI")
_NUMBER: Final = struct.Struct("=I")
_ALIGNED: Final = 4
_TYPE_MASK: Final = 0x3FFF
"""The two highest bits of an attribute's type are flags."""

_UP, _LOOPBACK, _RUNNING = 0x1, 0x8, 0x40
"""netdevice(7): switched on; not a wire at all; there is a carrier."""
_DAD_FAILED, _DEPRECATED, _TENTATIVE = 0x08, 0x20, 0x40
"""IPv6 (RFC 4862): somebody else has it; on its way out; not known yet to be ours alone."""
_IFA_ADDRESS, _IFA_LOCAL, _IFA_FLAGS = 1, 2, 8
_RTA_OIF, _RTA_GATEWAY, _RTA_TABLE = 4, 5, 15
_MAIN_TABLE, _UNICAST = 254, 1
_REQUEST, _DUMP = 0x1, 0x300
_ADDRESS_OCTETS: Final = {IPV4: 4, IPV6: 16}


class Kind(IntEnum):
    """Types of messages."""

    ERROR = 2
    DONE = 3
    LINK = 16
    GET_LINK = 18
    ADDRESS = 20
    GET_ADDRESS = 22
    ROUTE = 24
    GET_ROUTE = 26


class NetlinkError(ValueError):
    """The octets are no message of the kernel's."""


@frozen
class Link:
    """A network card, or what the kernel treats as one.

    Attributes:
        index: The kernel's number of it.
        carries: It is switched on, has a carrier, and is not the loopback.
    """

    index: int
    carries: bool


@frozen
class Address:
    """An IP address of this machine.

    Attributes:
        link: The link's number.
        address: The address as text.
        usable: Others may be told of it; an IPv6 one only once it is known to be ours alone.
    """

    link: int
    address: str
    usable: bool


@frozen
class DefaultRoute:
    """A way to everywhere.

    Attributes:
        family: `IPV4` or `IPV6`.
        link: The link's number; 0 where the kernel names several.
        gateway: The router's address; empty where there is none in between.
    """

    family: int
    link: int
    gateway: str


@frozen
class Done:
    """The answer to a request is complete; `error` is an errno, 0 for success."""

    error: int = 0


Message = Link | Address | DefaultRoute | Done


def request(kind: Kind, sequence: int) -> bytes:
    """Asks for everything that there is of a kind; `Done` ends the answer.

    Args:
        kind: `GET_LINK`, `GET_ADDRESS` or `GET_ROUTE`.
        sequence: Comes back in the answer.
    """
    body = _LINK.pack(0, 0, 0, 0, 0)
    size = _HEADER.size + len(body)
    return _HEADER.pack(size, kind, _REQUEST | _DUMP, sequence, 0) + body


def read(datagram: bytes) -> Iterator[Message]:
    """The messages of one datagram, those that are of use.

    Raises:
        NetlinkError: A length leads out of the datagram, or out of a message.
    """
    at = 0
    while at < len(datagram):
        if len(datagram) - at < _HEADER.size:
            raise NetlinkError("a message without a whole header")
        size, kind, *_ = _HEADER.unpack_from(datagram, at)
        if not _HEADER.size <= size <= len(datagram) - at:
            raise NetlinkError(f"a message of {size} octets where {len(datagram) - at} are left")
        found = _read_one(kind, datagram[at + _HEADER.size : at + size])
        if found is not None:
            yield found
        at += _aligned(size)


def _read_one(kind: int, body: bytes) -> Message | None:
    match kind:
        case Kind.DONE:
            return Done()
        case Kind.ERROR:
            return Done(-int.from_bytes(_exactly(body[:4], 4), _ORDER, signed=True))
        case Kind.LINK:
            return _link(body)
        case Kind.ADDRESS:
            return _address(body)
        case Kind.ROUTE:
            return _route(body)
        case _:
            return None


def _link(body: bytes) -> Link:
    _, _, index, flags, _ = _unpack(_LINK, body)
    return Link(index, bool(flags & _UP and flags & _RUNNING and not flags & _LOOPBACK))


def _address(body: bytes) -> Address | None:
    family, _, flags, _, index = _unpack(_ADDRESS, body)
    if family not in _ADDRESS_OCTETS:
        return None
    found = _attributes(body[_ADDRESS.size :])
    # On a line from point to point the first one is the other end's.
    octets = found.get(_IFA_LOCAL) or found.get(_IFA_ADDRESS)
    if octets is None:
        return None
    if (more := found.get(_IFA_FLAGS)) is not None:
        flags = _number(more)
    own = ipaddress.ip_address(_exactly(octets, _ADDRESS_OCTETS[family]))
    usable = not (
        flags & (_TENTATIVE | _DAD_FAILED | _DEPRECATED) or own.is_loopback or own.is_link_local
    )
    return Address(index, str(own), usable)


def _route(body: bytes) -> DefaultRoute | None:
    family, target, _, _, table, _, _, kind, _ = _unpack(_ROUTE, body)
    if family not in _ADDRESS_OCTETS or target != 0 or kind != _UNICAST:
        return None
    found = _attributes(body[_ROUTE.size :])
    table = _number(found[_RTA_TABLE]) if _RTA_TABLE in found else table
    if table != _MAIN_TABLE:
        return None
    link = _number(found[_RTA_OIF]) if _RTA_OIF in found else 0
    octets = found.get(_RTA_GATEWAY)
    if octets is None:
        return DefaultRoute(family, link, "")
    router = ipaddress.ip_address(_exactly(octets, _ADDRESS_OCTETS[family]))
    return DefaultRoute(family, link, str(router))


def _attributes(body: bytes) -> dict[int, bytes]:
    """All of them, by type; where one comes twice, the last one counts."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(body):
        if len(body) - at < _ATTRIBUTE.size:
            raise NetlinkError("an attribute without a whole header")
        size, kind = _ATTRIBUTE.unpack_from(body, at)
        if not _ATTRIBUTE.size <= size <= len(body) - at:
            raise NetlinkError(f"an attribute of {size} octets where {len(body) - at} are left")
        found[kind & _TYPE_MASK] = body[at + _ATTRIBUTE.size : at + size]
        at += _aligned(size)
    return found


_ORDER: Final = "little" if struct.pack("=H", 1) == b"\x01\x00" else "big"


def _unpack(layout: struct.Struct, body: bytes) -> tuple[int, ...]:
    if len(body) < layout.size:
        raise NetlinkError(f"a message of {len(body)} octets where {layout.size} are needed")
    return layout.unpack_from(body)


def _number(octets: bytes) -> int:
    return int(_NUMBER.unpack(_exactly(octets, _NUMBER.size))[0])


def _exactly(octets: bytes, size: int) -> bytes:
    if len(octets) != size:
        raise NetlinkError(f"{len(octets)} octets where {size} are needed")
    return octets


def _aligned(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED
