"""A small internet out of network namespaces: homes behind routers, and servers in the middle.

Each home has a router with NAT by nftables, and one host behind it. All servers are on one
machine, which also passes on what goes from home to home.
"""

import contextlib
import ctypes
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import pytest

from support.pcap import Capture, capturing, read_capture

SERVER: Final = "192.0.2.1"
"""Where all servers are, as in docs/servers.md."""
Nat = Literal["cone", "symmetric", "strict"]

_CLONE_NEWNET: Final = 0x40000000
_LIBC: Final = ctypes.CDLL(None, use_errno=True)
# Linux keeps a port where it can, so that all the world sees the same one: what RFC 4787 calls
# endpoint-independent mapping. With random ports it is another one for each destination.
_UDP: Final = {
    "cone": 'oifname "outer" meta l4proto udp masquerade',
    "symmetric": 'oifname "outer" meta l4proto udp masquerade fully-random',
    "strict": 'oifname "outer" meta l4proto udp drop',
}


class Host:
    """A machine with a network of its own. Skips the test where that takes more than we may."""

    def __init__(self) -> None:
        before = _present()
        if _LIBC.unshare(_CLONE_NEWNET) != 0:
            os.close(before)
            pytest.skip(f"no network namespace: {os.strerror(ctypes.get_errno())}")
        self._namespace = _present()
        try:
            _run("ip", "link", "set", "lo", "up")
        finally:
            _enter(before)

    @property
    def path(self) -> str:
        """Its network, as iproute2 takes it."""
        return f"/proc/{os.getpid()}/fd/{self._namespace}"

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """This thread, and what it starts, is on that machine meanwhile."""
        before = _present()
        _checked(_LIBC.setns(self._namespace, _CLONE_NEWNET))
        try:
            yield
        finally:
            _enter(before)

    def run(self, *command: str) -> None:
        """Runs a program there.

        Raises:
            OSError: It failed; the message is what it said.
        """
        with self.inside():
            _run(*command)

    def close(self) -> None:
        """Forgets it; its network goes with its last process."""
        os.close(self._namespace)


@dataclass(frozen=True)
class Home:
    """A router and a host behind it.

    Attributes:
        number: Which home; all addresses have it in them.
        host: The machine behind the router.
        router: The router.
    """

    number: int
    host: Host = field(default_factory=Host)
    router: Host = field(default_factory=Host)

    @property
    def inside(self) -> str:
        """The host's address, which nobody else can reach."""
        return f"192.168.{self.number}.2"

    def move(self, before: str, after: str) -> None:
        """Gives the host another address at home, as a router's DHCP does after its restart."""
        self.host.run("ip", "address", "delete", f"{before}/24", "dev", "eth0")
        self.host.run("ip", "address", "add", f"{after}/24", "dev", "eth0")
        self.host.run("ip", "route", "replace", "default", "via", f"192.168.{self.number}.1")

    @property
    def outside(self) -> str:
        """The router's address, which the world sees."""
        return f"198.51.100.{4 * self.number + 2}"

    @property
    def middle(self) -> str:
        """The servers' end of the line to the router."""
        return f"198.51.100.{4 * self.number + 1}"

    @property
    def line(self) -> str:
        """The name of that line on the servers' machine."""
        return f"line{self.number}"


class Internet:
    """Made by `internet`.

    Attributes:
        servers: The machine in the middle.
        world: A machine with an address that all can reach, which stands for all the rest.
    """

    def __init__(self) -> None:
        self.servers = Host()
        self.world = Host()
        self._homes: list[Home] = []
        self.servers.run("ip", "address", "add", f"{SERVER}/32", "dev", "lo")
        self.servers.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
        self._lead_elsewhere()

    def _lead_elsewhere(self) -> None:
        """What goes to no home is lost in the rest of the world.

        A server without a default route would learn at once that there is no way to an address
        behind somebody's NAT, and coturn then drops whoever asked for that.
        """
        peer = ("type", "veth", "peer", "name", "here", "netns", self.world.path)
        self.servers.run("ip", "link", "add", "world", *peer)
        self.servers.run("ip", "address", "add", "203.0.113.1/30", "dev", "world")
        self.world.run("ip", "address", "add", "203.0.113.2/30", "dev", "here")
        self.servers.run("ip", "link", "set", "world", "up")
        self.world.run("ip", "link", "set", "here", "up")
        self.servers.run("ip", "route", "add", "default", "via", "203.0.113.2")
        self.world.run("ip", "route", "add", "default", "via", "203.0.113.1")

    def home(self, nat: Nat) -> Home:
        """Another home.

        Args:
            nat: "cone": the world sees one port for each of the host's. "symmetric": another one
                for each destination, so that only a relay helps. "strict": no UDP gets out.
        """
        home = Home(len(self._homes) + 1)
        self._homes.append(home)
        self._connect(home)
        with home.router.inside():
            subprocess.run(["nft", "-f", "-"], input=_rules(nat), check=True, text=True)
        return home

    def _connect(self, home: Home) -> None:
        router, host = home.router, home.host
        peer = ("type", "veth", "peer", "name", "outer", "netns", router.path)
        self.servers.run("ip", "link", "add", home.line, *peer)
        self.servers.run("ip", "address", "add", f"{home.middle}/30", "dev", home.line)
        self.servers.run("ip", "link", "set", home.line, "up")
        peer = ("type", "veth", "peer", "name", "eth0", "netns", host.path)
        router.run("ip", "link", "add", "inner", *peer)
        router.run("ip", "address", "add", f"{home.outside}/30", "dev", "outer")
        router.run("ip", "address", "add", f"192.168.{home.number}.1/24", "dev", "inner")
        router.run("ip", "link", "set", "outer", "up")
        router.run("ip", "link", "set", "inner", "up")
        router.run("ip", "route", "add", "default", "via", home.middle)
        router.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
        host.run("ip", "address", "add", f"{home.inside}/24", "dev", "eth0")
        host.run("ip", "link", "set", "eth0", "up")
        host.run("ip", "route", "add", "default", "via", f"192.168.{home.number}.1")

    @contextlib.contextmanager
    def watching(self, home: Home, folder: Path) -> Iterator[list[Capture]]:
        """Notes all that a home sends and gets; afterwards the list holds what it was."""
        file = folder / f"{home.line}.pcap"
        found: list[Capture] = []
        with self.servers.inside(), capturing(file, home.line, "ip"):
            yield found
        found.append(read_capture(file))

    def close(self) -> None:
        """Forgets all machines."""
        for home in self._homes:
            home.host.close()
            home.router.close()
        self.servers.close()
        self.world.close()


@contextlib.contextmanager
def internet() -> Iterator[Internet]:
    """An internet without homes."""
    made = Internet()
    try:
        yield made
    finally:
        made.close()


def _rules(nat: Nat) -> str:
    return f"""
table ip home {{
    chain leaving {{
        type nat hook postrouting priority srcnat
        {_UDP[nat]}
        oifname "outer" masquerade
    }}
    chain knocking {{
        type filter hook input priority filter
        iifname "outer" ct state new drop
    }}
    chain passing {{
        type filter hook forward priority filter
        iifname "outer" ct state new drop
    }}
}}
"""


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr}")


def _present() -> int:
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _enter(namespace: int) -> None:
    _checked(_LIBC.setns(namespace, _CLONE_NEWNET))
    os.close(namespace)


def _checked(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
