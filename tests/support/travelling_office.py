"""An office's server on the router between two travellers."""

import contextlib
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509

from support.certificates import Authority
from support.couple import CALLEE, CALLER
from support.hosts import Host
from support.kamailio import Kamailio, Office
from support.travellers import Server


@contextlib.contextmanager
def office_at(folder: Path, host: str) -> Iterator[Server]:
    """A server that begins with the router, and ends with this.

    Args:
        folder: Where its files go.
        host: Its address, an IPv6 one in brackets: also its name and its domain.
    """
    authority = Authority(folder)
    address = host.strip("[]")
    users = (CALLER.name, CALLEE.name)
    identity = authority.issue(address, names=[x509.IPAddress(ip_address(address))])
    kamailio = Kamailio(folder, identity, Office(host, host, host, users=users))

    def begin(router: Host) -> None:
        prefix = f"{address}/{128 if ':' in address else 32}"
        router.ip("addr", "add", prefix, "dev", "lo")
        with router.inside():
            kamailio.start()

    try:
        yield Server(host, kamailio.port, Path(authority.file), begin)
    finally:
        kamailio.stop()
