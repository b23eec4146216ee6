"""Asks DNS where an account's server is (RFC 3263). Decides nothing: see `naming`.

Answers are kept as long as their TTL says, by dnspython's cache. Addresses of names that are
not DNS's (no dot, .local, or in /etc/hosts) and of those with a port are the system's business.
"""

import secrets
import socket
from pathlib import Path
from threading import Lock
from typing import Final

import dns.exception
import dns.name
import dns.rdatatype
import dns.rdtypes.IN.NAPTR
import dns.rdtypes.IN.SRV
import dns.resolver

from agent.frozen import frozen
from agent.sip.naming import Naptr, Server, Srv, in_turn, service_name
from agent.sip_uri import TLS_PORT

RESOLV_CONF: Final = Path("/etc/resolv.conf")
HOSTS: Final = Path("/etc/hosts")
_TRY_S: Final = 1.5
"""How long one name server gets for one question, in seconds."""
_NAPTR_S: Final = 2.0
"""How long is waited for NAPTR, in seconds: some routers swallow what they do not know."""
_QUESTION_S: Final = 4.0
"""How long is waited for any other answer, in seconds."""
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


class _NoAnswer(Exception):  # noqa: N818 - a way out of nested questions, seen by nobody
    """DNS itself does not answer."""


class Resolver:
    """Looks names up. Blocks; call it on any thread but the SIP thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._configured: int | None = None
        self._dns = dns.resolver.Resolver(configure=False)

    def look_up(self, host: str, port: int | None) -> Found | NotFound:
        """Where the server is that goes by this name.

        Args:
            host: A domain, a host's name or an IP address.
            port: The port that stands beside it; None: none (RFC 3263 section 4.2).
        """
        try:
            servers = self._servers(host, port)
        except _NoAnswer:
            return NotFound(answered=False)
        except (dns.exception.DNSException, UnicodeError):
            return NotFound(answered=True)  # no name that DNS could know
        return Found(servers[:_MOST_SERVERS]) if servers else NotFound(answered=True)

    def _servers(self, host: str, port: int | None) -> tuple[Server, ...]:
        if port is not None or _is_numeric(host) or _is_the_systems(host):
            return _at(host, port or TLS_PORT, 0, _by_system(host))
        self._configure()
        records = self._srv(self._service(host))
        if records is None:
            return _at(host, TLS_PORT, 0, self._addresses(host))
        servers: tuple[Server, ...] = ()
        missing = False
        for each in in_turn(records, secrets.randbelow):
            try:
                addresses = self._addresses(each.host)
            except _NoAnswer:
                missing = True
                continue
            servers += _at(each.host, each.port, each.priority, addresses)
        if missing and not servers:
            raise _NoAnswer
        return servers

    def _service(self, domain: str) -> str:
        try:
            answer = self._ask(domain, dns.rdatatype.NAPTR, _NAPTR_S)
        except _NoAnswer:
            answer = None
        records = [
            Naptr(
                *(each.order, each.preference, each.flags.decode("ascii", "replace")),
                *(each.service.decode("ascii", "replace"), _text(each.replacement)),
            )
            for each in answer or ()
            if isinstance(each, dns.rdtypes.IN.NAPTR.NAPTR)
        ]
        return service_name(domain, records)

    def _srv(self, name: str) -> list[Srv] | None:
        answer = self._ask(name, dns.rdatatype.SRV, _QUESTION_S)
        if answer is None:
            return None
        return [
            Srv(each.priority, each.weight, each.port, _text(each.target))
            for each in answer
            if isinstance(each, dns.rdtypes.IN.SRV.SRV)
        ]

    def _addresses(self, host: str) -> tuple[str, ...]:
        if _is_the_systems(host):
            return _by_system(host)
        found = tuple(
            each.to_text() for each in self._ask(host, dns.rdatatype.A, _QUESTION_S) or ()
        )
        try:
            answer = self._ask(host, dns.rdatatype.AAAA, _QUESTION_S)
        except _NoAnswer:
            if not found:
                raise
            return found
        return (*found, *(each.to_text() for each in answer or ()))

    def _ask(
        self, name: str, kind: dns.rdatatype.RdataType, patience_s: float
    ) -> dns.resolver.Answer | None:
        """One question; None: there is no such record.

        Raises:
            _NoAnswer: Nobody answers, or only to say that it cannot.
        """
        absolute = dns.name.from_text(name)
        try:
            return self._dns.resolve(absolute, kind, search=False, lifetime=patience_s)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return None
        except (dns.resolver.NoNameservers, dns.exception.Timeout, OSError):
            raise _NoAnswer from None

    def _configure(self) -> None:
        """Reads which name servers there are, anew after a change of network."""
        with self._lock:
            try:
                changed = RESOLV_CONF.stat().st_mtime_ns
                if changed == self._configured:
                    return
                found = dns.resolver.Resolver(str(RESOLV_CONF))
            except (OSError, dns.resolver.NoResolverConfiguration):
                raise _NoAnswer from None
            found.cache = dns.resolver.LRUCache(256)
            found.timeout = _TRY_S
            self._dns, self._configured = found, changed


def _at(host: str, port: int, priority: int, addresses: tuple[str, ...]) -> tuple[Server, ...]:
    return tuple(Server(each, port, host, priority) for each in addresses)


def _by_system(host: str) -> tuple[str, ...]:
    try:
        answers = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise _NoAnswer from None
        return ()
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


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True)
