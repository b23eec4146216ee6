"""Which servers a name means (RFC 3263), and in which order (RFC 2782). Pure.

TLS only: records for UDP, TCP and SCTP are not looked at, whatever they offer.
"""

from collections.abc import Callable, Iterable
from typing import Final

from agent.frozen import frozen

SERVICE: Final = "SIPS+D2T"
"""SIP over TLS over TCP, in a NAPTR record (RFC 3263 section 4.1)."""
_NO_SERVICE: Final = "."
"""A target of this name says that the service is not there (RFC 2782)."""


class NameServersSilent(Exception):  # noqa: N818 - a way out of nested questions, seen by nobody
    """DNS itself does not answer."""


class NoSuchName(Exception):  # noqa: N818 - the same
    """It is no name that DNS could know."""


@frozen
class Naptr:
    """One NAPTR record (RFC 3403 section 4.1).

    Attributes:
        order: The lowest goes first.
        preference: Of equal orders, the lowest goes first.
        flags: "s": the replacement is the name of SRV records.
        service: What it is for.
        replacement: Where to look next.
    """

    order: int
    preference: int
    flags: str
    service: str
    replacement: str


@frozen
class Srv:
    """One SRV record.

    Attributes:
        priority: The lowest goes first.
        weight: Of equal priorities, how often it goes first in proportion.
        port: Where the server listens.
        host: The server's own name; nothing that a certificate must prove.
    """

    priority: int
    weight: int
    port: int
    host: str


@frozen
class Server:
    """One place where an account's server may be.

    Attributes:
        address: An IP address.
        port: Its port.
        host: Its own name.
        priority: Those with the lowest number are preferred; they are equals.
    """

    address: str
    port: int
    host: str
    priority: int = 0

    @property
    def place(self) -> str:
        """The address and port as PJSIP writes them."""
        return (
            f"[{self.address}]:{self.port}"
            if ":" in self.address
            else f"{self.address}:{self.port}"
        )


def service_name(domain: str, records: Iterable[Naptr]) -> str:
    """The name whose SRV records tell the domain's servers.

    Args:
        domain: The domain of the account.
        records: Its NAPTR records, in any order.
    """
    fitting = [
        each
        for each in records
        if each.service.upper() == SERVICE and each.flags.lower() == "s" and each.replacement
    ]
    if not fitting:
        return f"_sips._tcp.{domain}"
    return min(fitting, key=lambda each: (each.order, each.preference)).replacement


def in_turn(records: Iterable[Srv], below: Callable[[int], int]) -> tuple[Srv, ...]:
    """The records in the order in which to try them.

    Args:
        records: SRV records, in any order.
        below: A random whole number from 0 to below its argument.

    Returns:
        By priority; of equals one with twice the weight is twice as often the next. None, if
        the one record says that there is no such service.
    """
    left = [each for each in records if each.host not in {_NO_SERVICE, ""}]
    left.sort(key=lambda each: (each.priority, each.weight))
    ordered: list[Srv] = []
    while left:
        equals = [each for each in left if each.priority == left[0].priority]
        ordered.append(_drawn(equals, below))
        left.remove(ordered[-1])
    return tuple(ordered)


def _drawn(equals: list[Srv], below: Callable[[int], int]) -> Srv:
    """Those without weight come first in the list, so that they have a very small chance."""
    drawn = below(sum(each.weight for each in equals) + 1)
    for each in equals:
        drawn -= each.weight
        if drawn <= 0:
            return each
    return equals[-1]
