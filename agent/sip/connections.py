"""Which TLS connections are open, and which of them carry verified signalling. Pure.

PJSIP tells of an incoming request only the address that it came from. This book says
what that address is worth. In doubt it says "not verified": one address, two connections
of different kinds, and a request could have come over either.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Connection:
    """One TLS connection.

    Attributes:
        remote: The other end, "address:port".
        verified: Whether this phone opened it and the server's certificate was valid.
    """

    remote: str
    verified: bool


class Connections:
    """All that are open, by PJSIP's handle.

    Args:
        listening: The ports that this phone's TLS transports listen on. Whoever connected
            to one of them has proved nothing.
    """

    def __init__(self) -> None:
        self._open: dict[int, Connection] = {}
        self._listening: set[int] = set()

    def listens_on(self, port: int) -> None:
        """Notes a port of ours: connections that end there were opened by somebody else."""
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
        self._open[handle] = Connection(remote, verified)

    def closed(self, handle: int) -> Connection | None:
        """Forgets a connection; returns it if it had been up."""
        return self._open.pop(handle, None)

    def is_verified(self, source: str) -> bool:
        """Whether a request from this "address:port" came over verified signalling."""
        kinds = {each.verified for each in self._open.values() if each.remote == source}
        return kinds == {True}


def port_of(address: str) -> int:
    """The port of "192.0.2.7:5061" or "[2001:db8::7]:5061"; 0 if there is none."""
    _, _, port = address.rpartition(":")
    return int(port) if port.isascii() and port.isdigit() else 0
