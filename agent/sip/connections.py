"""Which TLS connections are open, and which of them carry verified signalling. Pure.

PJSIP tells of an incoming request only the address that it came from. This book says
what that address is worth. In doubt it says "not verified": one address, two connections
of different kinds, and a request could have come over either.
"""

import ipaddress
from collections.abc import Container
from typing import Final

from agent.frozen import frozen
from agent.sip.reasons import ConnectionFault, Shown

MOST_STRANGERS: Final = 64
"""So many connections that others opened are kept: each takes a place for sockets in PJSIP, which
a call's media needs as well."""
MOST_KNOWN: Final = 32
"""So many that were opened from the addresses of those whom the phone knows."""
FRESH_S: Final = 1.0
"""How long after a connection failed its fault explains what failed with it, in seconds."""


@frozen
class Connection:
    """One TLS connection.

    Attributes:
        remote: The other end, "address:port".
        verified: Whether this phone opened it and the server's certificate was valid.
        local: Our end, "address:port".
    """

    remote: str
    verified: bool
    local: str = ""


class Connections:
    """All that are open, by PJSIP's handle."""

    def __init__(self) -> None:
        self._open: dict[int, Connection] = {}
        self._listening: set[int] = set()

    def listens_on(self, port: int) -> None:
        """Notes a port of ours: whoever connected to it has proved nothing."""
        self._listening.add(port)

    def opened(self, handle: int, *, local: str, remote: str, trusted: bool) -> None:
        """Notes a connection that is up.

        Args:
            handle: PJSIP's handle of it.
            local: Our end, "address:port".
            remote: The other end, "address:port".
            trusted: Whether the certificate at the other end was found valid.
        """
        verified = trusted and port_of(local) not in self._listening
        self._open[handle] = Connection(remote, verified, local)

    def closed(self, handle: int) -> Connection | None:
        """Forgets a connection; returns it if it had been up."""
        return self._open.pop(handle, None)

    def surplus(self, known: Container[str] = ()) -> tuple[int, ...]:
        """Forgets connections to our own ports that are too many, the oldest first.

        Args:
            known: The addresses of those whom the phone knows; they have room of their own.

        Returns:
            Their handles, to be let go of.
        """
        friends: list[int] = []
        strangers: list[int] = []
        for handle, each in self._open.items():
            if port_of(each.local) in self._listening:
                (friends if host_of(each.remote) in known else strangers).append(handle)
        too_many = (
            *strangers[: max(0, len(strangers) - MOST_STRANGERS)],
            *friends[: max(0, len(friends) - MOST_KNOWN)],
        )
        for handle in too_many:
            del self._open[handle]
        return too_many

    def leave_all(self) -> None:
        """Forgets them all: what is told of them from now on is no news."""
        self._open.clear()

    def are_at(self, addresses: tuple[str, ...]) -> bool:
        """Whether every connection has its end at one of these addresses, or at loopback."""
        return all(
            host in addresses or ipaddress.ip_address(host).is_loopback
            for host in (host_of(each.local) for each in self._open.values())
        )

    def handles_to(self, remote: str) -> tuple[int, ...]:
        """The handles of all connections to this "address:port"."""
        return tuple(handle for handle, each in self._open.items() if each.remote == remote)

    def is_verified(self, source: str) -> bool:
        """Whether a request from this "address:port" came over verified signalling."""
        kinds = {each.verified for each in self._open.values() if each.remote == source}
        return kinds == {True}


class Faults:
    """Why connections failed, until somebody asks.

    PJSIP tells that a request failed, and that a connection failed, in either order and
    without saying that the two belong together: they do if they were meant for the same server.
    """

    def __init__(self) -> None:
        self._faults: list[tuple[float, ConnectionFault]] = []
        self._taken: list[tuple[float, ConnectionFault]] = []

    def note(self, fault: ConnectionFault, now: float) -> None:
        """Keeps a fault for a while.

        Args:
            fault: Why a connection did not come up.
            now: Seconds of a clock that only grows.
        """
        self._faults.append((now, fault))

    def take(self, host: str, port: int | None, now: float) -> ConnectionFault | None:
        """The fault that explains a request which failed just now.

        The oldest one that explains nothing yet, because requests fail in the order of their
        connections; else the latest, because several requests may have waited for one connection.

        Args:
            host: Whom the request was meant for, an IPv6 address in brackets.
            port: The port there; None: whatever the name service said.
            now: Seconds of a clock that only grows.
        """
        self._faults, self._taken = _fresh(self._faults, now), _fresh(self._taken, now)
        new = [each for each in self._faults if _is_about(each[1].shown, host, port)]
        if new:
            self._faults.remove(new[0])
            self._taken.append(new[0])
            return new[0][1]
        told = [fault for _, fault in self._taken if _is_about(fault.shown, host, port)]
        return told[-1] if told else None


def _fresh(
    faults: list[tuple[float, ConnectionFault]], now: float
) -> list[tuple[float, ConnectionFault]]:
    return [each for each in faults if now - each[0] <= FRESH_S]


def _is_about(shown: Shown, host: str, port: int | None) -> bool:
    if not shown.name:
        return True  # nobody knows
    same_host = shown.name.lower() == host.removeprefix("[").removesuffix("]").lower()
    return same_host and port in (None, shown.port)


def host_of(address: str) -> str:
    """The address of "192.0.2.7:5061" or "[2001:db8::7]:5061", without brackets."""
    host, _, _ = address.rpartition(":")
    return host.strip("[]")


def port_of(address: str) -> int:
    """The port of "192.0.2.7:5061" or "[2001:db8::7]:5061"; 0 if there is none."""
    _, _, port = address.rpartition(":")
    return int(port) if port.isascii() and port.isdigit() else 0
