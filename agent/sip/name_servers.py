"""Asks the machine's name servers, by dnspython, which keeps answers as long as their TTL says.

dnspython takes a tenth of a phone's start and four megabytes: so `agent.late` loads this module when
the first name has to be asked for.
"""

import io
from pathlib import Path
from threading import Lock
from typing import Final

import dns.exception
import dns.inet
import dns.name
import dns.rdatatype
import dns.rdtypes.IN.NAPTR
import dns.rdtypes.IN.SRV
import dns.resolver

from agent.sip.naming import NameServersSilent, Naptr, NoSuchName, Srv

RESOLV_CONF: Final = Path("/etc/resolv.conf")
_TRY_S: Final = 1.5
"""How long one name server gets for one question, in seconds."""
_NAPTR_S: Final = 2.0
"""How long is waited for NAPTR, in seconds: some routers swallow what they do not know."""
_QUESTION_S: Final = 4.0
"""How long is waited for any other answer, in seconds."""


class NameServers:
    """Those that this machine asks. Blocks."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._configured: int | None = None
        self._dns = dns.resolver.Resolver(configure=False)

    def configure(self) -> None:
        """Reads which ones there are, anew after a change of network.

        Raises:
            NameServersSilent: There is none.
        """
        with self._lock:
            try:
                changed = RESOLV_CONF.stat().st_mtime_ns
                if changed == self._configured:
                    return
                found = dns.resolver.Resolver(_readable(RESOLV_CONF))
            except (OSError, dns.resolver.NoResolverConfiguration):
                raise NameServersSilent from None
            found.cache = dns.resolver.LRUCache(256)
            found.timeout = _TRY_S
            self._dns, self._configured = found, changed

    def naptr(self, domain: str) -> list[Naptr]:
        """NAPTR records; none, too, where nobody answers.

        Raises:
            NoSuchName: It is no name that DNS could know.
        """
        try:
            answer = self._ask(domain, dns.rdatatype.NAPTR, _NAPTR_S)
        except NameServersSilent:
            answer = None
        return [
            Naptr(
                *(each.order, each.preference, each.flags.decode("ascii", "replace")),
                *(each.service.decode("ascii", "replace"), _text(each.replacement)),
            )
            for each in answer or ()
            if isinstance(each, dns.rdtypes.IN.NAPTR.NAPTR)
        ]

    def srv(self, name: str) -> list[Srv] | None:
        """SRV records; None: there are none.

        Raises:
            NameServersSilent: Nobody answers.
            NoSuchName: It is no name that DNS could know.
        """
        answer = self._ask(name, dns.rdatatype.SRV, _QUESTION_S)
        if answer is None:
            return None
        return [
            Srv(each.priority, each.weight, each.port, _text(each.target))
            for each in answer
            if isinstance(each, dns.rdtypes.IN.SRV.SRV)
        ]

    def addresses(self, host: str) -> tuple[str, ...]:
        """Of IPv4, and then of IPv6.

        Raises:
            NameServersSilent: Nobody answers.
            NoSuchName: It is no name that DNS could know.
        """
        found = tuple(
            each.to_text() for each in self._ask(host, dns.rdatatype.A, _QUESTION_S) or ()
        )
        try:
            answer = self._ask(host, dns.rdatatype.AAAA, _QUESTION_S)
        except NameServersSilent:
            if not found:
                raise
            return found
        return (*found, *(each.to_text() for each in answer or ()))

    def _ask(
        self, name: str, kind: dns.rdatatype.RdataType, patience_s: float
    ) -> dns.resolver.Answer | None:
        """One question; None: there is no such record."""
        try:
            absolute = dns.name.from_text(name)
            return self._dns.resolve(absolute, kind, search=False, lifetime=patience_s)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return None
        except (dns.resolver.NoNameservers, dns.exception.Timeout, OSError):
            raise NameServersSilent from None
        except (dns.exception.DNSException, UnicodeError):
            raise NoSuchName from None


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True)


def _readable(file: Path) -> io.StringIO:
    """The addresses in a resolv.conf, and nothing else of it.

    By one odd line, such as a DHCP server may hand out, dnspython would take none.
    """
    rows = (line.split() for line in file.read_text("utf-8", "replace").splitlines())
    servers = (row[1] for row in rows if row[:1] == ["nameserver"] and len(row) > 1)
    named = (f"nameserver {each}\n" for each in servers if dns.inet.is_address(each))
    return io.StringIO("".join(named))
