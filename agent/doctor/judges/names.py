"""Whether names of servers become addresses. Pure."""

from enum import Enum, auto
from typing import Final

from agent.doctor.findings import Area, Finding, good, listed, watch, wrong
from agent.frozen import frozen

_AREA = Area.NAMES
SLOW_S: Final = 2.0
"""A call waits for the name service before anything else happens."""
_SHOWN: Final = 4


class NameFault(Enum):
    """Why a name did not become an address."""

    UNKNOWN = auto()
    """The name service says that there is no such name, or that it has no address."""
    SILENT = auto()
    """No name server answered, or none could ask further."""


@frozen
class Place:
    """Where a server is: its own name, its IP address and its port."""

    host: str
    address: str
    port: int


@frozen
class NameFacts:
    """What the name service says of one host.

    Attributes:
        host: The name that was asked for.
        servers: The name servers that this machine asks.
        places: Where its servers are, in the order in which they are tried.
        fault: Why it was told nothing; None: it was.
        seconds: How long it took.
    """

    host: str
    servers: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    fault: NameFault | None = None
    seconds: float = 0.0


def judge(facts: NameFacts) -> Finding:
    """What to say of it."""
    if facts.fault is None:
        return _answered(facts)
    if facts.fault is NameFault.UNKNOWN:
        return wrong(
            _AREA,
            f"The name service does not know {facts.host}.",
            "Correct the name in the account's uri or registrar, or wait until it is registered.",
        )
    if not facts.servers:
        return wrong(
            _AREA,
            f"This machine has no name server to ask for {facts.host}.",
            "DHCP should name one: look into /etc/resolv.conf, and restart the network.",
        )
    return wrong(
        _AREA,
        f"The name service gives no answer ({listed(facts.servers[:_SHOWN])}).",
        "Is the router on and connected to the Internet? Otherwise name another server.",
    )


def _answered(facts: NameFacts) -> Finding:
    took = f"{facts.seconds:.1f} s"
    if facts.seconds >= SLOW_S:
        return watch(
            _AREA,
            f"The name service is slow: {facts.host} took {took}.",
            "Does each server in /etc/resolv.conf answer?",
        )
    return good(_AREA, f"{facts.host} is {_shown(facts)}; that took {took}.")


def _shown(facts: NameFacts) -> str:
    """The addresses of a host, or the servers of a domain by their names."""
    if all(each.host == facts.host for each in facts.places):
        return listed(each.address for each in facts.places[:_SHOWN])
    return "served by " + listed(
        f"{each.host}:{each.port} ({each.address})" for each in facts.places[:_SHOWN]
    )
