"""Asks DNS where an account's server is (RFC 3263). Decides nothing: see `naming`.

Addresses of names that are not DNS's (no dot, .local, or in /etc/hosts) and of those with a port are
the system's business, all others that of `name_servers`.
"""

import secrets
import socket
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from agent.frozen import frozen
from agent.late import late
from agent.sip.naming import NameServersSilent, NoSuchName, Server, in_turn, service_name
from agent.sip_uri import TLS_PORT

if TYPE_CHECKING:
    from agent.sip.name_servers import NameServers

HOSTS: Final = Path("/etc/hosts")
_MOST_SERVERS: Final = 8
"""Servers that are taken of one domain; the first ones."""


@frozen
class Found:
    """The servers, in the order in which to try them; one at least."""

    servers: tuple[Server, ...]


@frozen
class NotFound:
    """There is no server by that name.

    Attributes:
        answered: Whether DNS itself answered: the name is wrong, or its records are missing.
    """

    answered: bool


class Resolver:
    """Looks names up. Blocks; call it on any thread but the SIP thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._name_servers: NameServers | None = None

    def look_up(self, host: str, port: int | None) -> Found | NotFound:
        """Where the server is that goes by this name.

        Args:
            host: A domain, a host's name or an IP address.
            port: The port that stands beside it; None: none (RFC 3263 section 4.2).
        """
        try:
            servers = self._servers(host, port)
        except NameServersSilent:
            return NotFound(answered=False)
        except (NoSuchName, UnicodeError):
            return NotFound(answered=True)
        return Found(servers[:_MOST_SERVERS]) if servers else NotFound(answered=True)

    def _servers(self, host: str, port: int | None) -> tuple[Server, ...]:
        if port is not None or _is_numeric(host) or _is_the_systems(host):
            return _at(host, port or TLS_PORT, 0, _by_system(host))
        asked = self._asked()
        asked.configure()
        records = asked.srv(service_name(host, asked.naptr(host)))
        if records is None:
            return _at(host, TLS_PORT, 0, self._addresses(host))
        servers: tuple[Server, ...] = ()
        missing = False
        for each in in_turn(records, secrets.randbelow):
            try:
                addresses = self._addresses(each.host)
            except NameServersSilent:
                missing = True
                continue
            servers += _at(each.host, each.port, each.priority, addresses)
        if missing and not servers:
            raise NameServersSilent
        return servers

    def _addresses(self, host: str) -> tuple[str, ...]:
        return _by_system(host) if _is_the_systems(host) else self._asked().addresses(host)

    def _asked(self) -> "NameServers":
        with self._lock:
            if self._name_servers is None:
                self._name_servers = late("name-servers")()
            return self._name_servers


def _at(host: str, port: int, priority: int, addresses: tuple[str, ...]) -> tuple[Server, ...]:
    return tuple(Server(each, port, host, priority) for each in addresses)


def _by_system(host: str) -> tuple[str, ...]:
    try:
        answers = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise NameServersSilent from None
        return ()
    except OSError:  # the system could not even ask
        raise NameServersSilent from None
    found = dict.fromkeys(str(address[0]) for *_, address in answers)
    # IPv4 first: of two, it is what most others have, too. A name of this machine has one place.
    ordered = sorted(found, key=lambda each: ":" in each)
    return tuple(each for each in ordered if each != "::1" or len(ordered) == 1)


def _is_numeric(host: str) -> bool:
    try:
        socket.getaddrinfo(host.strip("[]"), None, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return False
    return True


def _is_the_systems(host: str) -> bool:
    name = host.rstrip(".").lower()
    if "." not in name or name.endswith(".local"):
        return True
    try:
        lines = HOSTS.read_text(encoding="utf-8", errors="replace").lower().splitlines()
    except OSError:
        return False
    return any(name in line.partition("#")[0].split()[1:] for line in lines)
