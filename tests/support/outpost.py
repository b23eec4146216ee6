"""One whole phone on a machine of its own, and the office's server at the other end of its cable."""

import contextlib
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509

from agent.demo.household import Home
from agent.demo.person import Person
from hw.simulator.client import PhoneState
from support.certificates import Authority, Identity
from support.daemon import ALICE, furnish, living_at
from support.hosts import Cable, Host, router
from support.kamailio import Kamailio, Office
from support.sip_server import SipServer

ADDRESS: Final = "10.9.0.9"
"""The server's: also its name, and the office's domain."""
PORT: Final = 5061
READY: Final = "Ready"
PATIENCE_S: Final = 110.0
_SILENCE: Final = """
table ip silence {
    chain in { type filter hook input priority 0; drop; }
    chain out { type filter hook output priority 0; drop; }
}
"""


@dataclass(frozen=True)
class Outpost:
    """Made by `outpost`.

    Attributes:
        folder: Where files go.
        authority: Who vouches for the server.
        cable: The phone's; plugged in.
        far: The machine at its other end, where servers run.
        home: The phone's files.
    """

    folder: Path
    authority: Authority
    cable: Cable
    far: Host
    home: Home

    def certificate(self, address: str = ADDRESS) -> Identity:
        """For the server at this address."""
        return self.authority.issue(address, names=[x509.IPAddress(ip_address(address))])

    @contextlib.contextmanager
    def kamailio(self, certificate: Identity) -> Iterator[None]:
        """The server that docs/servers.md describes."""
        folder = self.folder / f"server-{time.monotonic_ns()}"
        folder.mkdir()
        office = Office(ADDRESS, ADDRESS, ADDRESS, PORT, users=(ALICE.name,))
        server = Kamailio(folder, certificate, office)
        with self.far.inside():
            server.start()
        try:
            yield
        finally:
            server.stop()

    @contextlib.contextmanager
    def by_hand(self) -> Iterator[SipServer]:
        """A server in its place that answers what it is told to."""
        with self.far.inside():
            server = SipServer(self.certificate(), PORT, ADDRESS)
        with server:
            yield server

    def fall_silent(self) -> None:
        """From now on nothing passes, and nobody is told: no carrier lost, no connection reset."""
        with self.far.inside():
            subprocess.run(["nft", "-f", "-"], input=_SILENCE, text=True, check=True)

    def speak_again(self) -> None:
        """Everything passes."""
        with self.far.inside():
            subprocess.run(["nft", "delete", "table", "ip", "silence"], check=True)

    @contextlib.asynccontextmanager
    async def person(self) -> AsyncIterator[Person]:
        """Whoever sits at the phone; it runs meanwhile."""
        async with contextlib.AsyncExitStack() as living:
            with self.cable.host.inside():
                person = await living.enter_async_context(living_at(self.home))
            yield person


@contextlib.contextmanager
def outpost(folder: Path) -> Iterator[Outpost]:
    """Both machines, and the cable between them; no server and no phone runs yet."""
    authority = Authority(folder)
    account = f"""
[[account]]
name = "office"
uri = "sip:{ALICE.name}@{ADDRESS}"
user = "{ALICE.name}"
password = "secret of {ALICE.name}"
registrar = "sip:{ADDRESS}:{PORT}"
ca_file = "{authority.file}"
"""
    home = furnish(folder, account)
    text = home.config.read_text(encoding="utf-8")
    # A phone that listens on its loopback alone has no use for a network.
    anywhere = f'"0.0.0.0:{ALICE.sip_port}"'
    home.config.write_text(text.replace(f'"127.0.0.1:{ALICE.sip_port}"', anywhere))
    with router() as far, Host() as here:
        far.ip("addr", "add", f"{ADDRESS}/32", "dev", "lo")
        cable = Cable.between(here, far, "desk", 1, "4")
        cable.plug_in()
        yield Outpost(folder, authority, cable, far, home)


def is_ready(state: PhoneState) -> bool:
    """Whether the panel says so."""
    return READY in state.picture.text
