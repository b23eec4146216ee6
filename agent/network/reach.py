"""What this machine can be reached by: its addresses, and the ways out. Pure."""

import ipaddress
from collections.abc import Iterable

from agent.frozen import frozen
from agent.network.rtnetlink import Address, DefaultRoute, Link, Message


@frozen
class Reach:
    """How the machine stands in its network at one moment.

    Attributes:
        addresses: Every address that others can use, IPv4 first, each family in order.
        ways: The default routes: family, number of the link, router.
    """

    addresses: tuple[str, ...] = ()
    ways: frozenset[tuple[int, int, str]] = frozenset()

    def moved_from(self, before: "Reach") -> bool:
        """Whether what was reached by a default route before now goes another way.

        A way that is added beside those that there were, moves nothing.
        """
        return not before.ways <= self.ways


def reach_of(messages: Iterable[Message]) -> Reach:
    """Puts together what the kernel answered: what can be used is on links that carry something.

    Args:
        messages: All links, addresses and routes that there are, in any order.
    """
    told = tuple(messages)
    carrying = {each.index for each in told if isinstance(each, Link) and each.carries}
    found = {
        each.address
        for each in told
        if isinstance(each, Address) and each.usable and each.link in carrying
    }
    ordered = sorted(map(ipaddress.ip_address, found), key=lambda each: (each.version, int(each)))
    ways = frozenset(
        (each.family, each.link, each.gateway)
        for each in told
        if isinstance(each, DefaultRoute) and each.link in carrying
    )
    return Reach(tuple(map(str, ordered)), ways)
