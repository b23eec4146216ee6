"""A name server of the tests' own: says what it is told to say, or nothing, and counts who asks."""

import contextlib
import ctypes
import os
import socket
import threading
from pathlib import Path
from typing import Final, Self

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

_CLONE_NEWNS: Final = 0x00020000
_MS_BIND: Final = 0x1000
_MS_REC: Final = 0x4000
_MS_PRIVATE: Final = 1 << 18
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


class DnsServer:
    """Answers on UDP until it is closed.

    Args:
        records: Lines as in a zone file, e.g. "_sips._tcp.example.org. 60 IN SRV 1 0 5061 a.b.".
        address: Where it listens, on port 53.
    """

    def __init__(self, records: str = "", address: str = "127.0.0.1") -> None:
        self.address = address
        self.silent = False
        """It is there, but says nothing."""
        self.asked: list[str] = []
        """Each question so far, e.g. "SRV _sips._tcp.example.org."."""
        self.tell(records)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 53))
        self._thread = threading.Thread(target=self._run, name="dns-server", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        # A datagram of its own ends the wait: closing alone would not.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
            knock.sendto(b"", (self.address, 53))
        self._thread.join()
        self._socket.close()

    def tell(self, records: str) -> None:
        """Knows these records from now on, and no others."""
        self._sets: dict[tuple[str, str], dns.rrset.RRset] = {}
        for line in filter(None, (each.strip() for each in records.splitlines())):
            name, ttl, _, kind, data = line.split(maxsplit=4)
            key = (name.lower(), kind)
            new = dns.rrset.from_text(name, int(ttl), "IN", kind, data)
            if key in self._sets:
                self._sets[key].add(new[0])
            else:
                self._sets[key] = new

    def count(self, question: str) -> int:
        """How often this has been asked."""
        return self.asked.count(question)

    def _run(self) -> None:
        while True:
            packet, source = self._socket.recvfrom(4096)
            if not packet:
                return
            with contextlib.suppress(dns.message.ShortHeader, OSError):
                self._answer(dns.message.from_wire(packet), source)

    def _answer(self, query: dns.message.Message, source: tuple[str, int]) -> None:
        question = query.question[0]
        name, kind = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{kind} {name}")
        if self.silent:
            return
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.AA | dns.flags.RA
        if (name, kind) in self._sets:
            reply.answer.append(self._sets[name, kind])
        elif not any(known == name for known, _ in self._sets):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        self._socket.sendto(reply.to_wire(), source)


def asking(address: str, folder: Path) -> tuple[str, ...]:
    """What stands before a command that is to ask that server alone.

    Args:
        address: The name server's.
        folder: Where its resolv.conf goes.
    """
    script = f'mount --bind {_resolv_conf(address, folder)} /etc/resolv.conf && exec "$@"'
    return ("unshare", "--mount", "sh", "-c", script, "sh")


def use_name_server(address: str, folder: Path) -> None:
    """Lets this process, and all that it starts, ask that server alone; needs root.

    Args:
        address: The name server's.
        folder: Where its resolv.conf goes.
    """
    resolv_conf = _resolv_conf(address, folder)
    target = str(Path("/etc/resolv.conf").resolve()).encode()
    if _LIBC.unshare(_CLONE_NEWNS) != 0:
        pytest.skip(f"no mount namespace: {os.strerror(ctypes.get_errno())}")
    for source, place, flags in (
        (b"none", b"/", _MS_REC | _MS_PRIVATE),
        (str(resolv_conf).encode(), target, _MS_BIND),
    ):
        if _LIBC.mount(source, place, None, flags, None) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _resolv_conf(address: str, folder: Path) -> Path:
    file = folder / f"resolv-{address}.conf"
    file.write_text(f"nameserver {address}\noptions timeout:1 attempts:1\n")
    return file
