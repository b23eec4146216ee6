"""When a change of the network is worth telling: not each step of DHCP, and not a loose plug. Pure.

Time is passed in, in seconds of a clock that only grows.
"""

from typing import Final

from agent.frozen import frozen
from agent.network.reach import Reach

GONE_S: Final = 0.3
"""So long there is no address at all before that is told: a lease that is renewed takes the old
one away a moment before the new one comes."""
SETTLE_S: Final = 0.5
"""So long nothing changes before a new network is told: routes follow their addresses."""
MOST_S: Final = 3.0
"""After so long it is told though it still changes: IPv6 takes its time (RFC 4862 section 5.4)."""


@frozen
class NetworkGone:
    """Nobody can be reached: no address, or no carrier."""


@frozen
class NetworkUp:
    """There is a network; the machine's addresses or its way out differ from what was told.

    Attributes:
        addresses: All that others can use, IPv4 first.
        anew: There was none before, or the way to the others is another one now: nothing that
            was connected can be relied on, even at an address that is still there.
    """

    addresses: tuple[str, ...]
    anew: bool = False


NetworkEvent = NetworkGone | NetworkUp


class Judgement:
    """What was told, and what will be if it lasts."""

    def __init__(self) -> None:
        self._told: Reach | None = None
        self._seen: Reach | None = None
        self._since = 0.0
        self.due: float | None = None
        """When `tell` has something to say; None: when something changes."""

    def see(self, reach: Reach, now: float) -> None:
        """The network is like this now."""
        before, self._seen = self._seen, reach
        if reach == before:
            return
        if reach == self._told:
            self.due = None
        elif self._told is None:
            self.due = now  # the phone has just started: there is nothing to wait for
        elif not reach.addresses:
            self.due = now + GONE_S
        else:
            if self.due is None or before is None or not before.addresses:
                self._since = now
            self.due = min(now + SETTLE_S, self._since + MOST_S)

    def tell(self, now: float) -> NetworkEvent | None:
        """What is to be told now, if anything."""
        if self.due is None or now < self.due or self._seen is None:
            return None
        told, reach = self._told, self._seen
        self._told, self.due = reach, None
        if reach.addresses:
            anew = told is not None and (not told.addresses or reach.moved_from(told))
            return NetworkUp(reach.addresses, anew)
        return NetworkGone() if told is None or told.addresses else None
