"""A small internet out of network namespaces: homes behind routers, and servers in the middle.

The middle is the namespace that the test itself is in (see `netns`), with the servers' address;
each home has a router with NAT by nftables, and one host behind it.
"""

import contextlib
import ctypes
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from support.pcap import Capture, capturing, read_capture

SERVER: Final = "192.0.2.1"
"""Where all servers are."""
Nat = Literal["cone", "symmetric"]

_CLONE_NEWNET: Final = 0x40000000
_LIBC: Final = ctypes.CDLL(None, use_errno=True)
# Linux keeps a port where it can, so that all the world sees the same one: what RFC 4787 calls
# endpoint-independent mapping. With random ports it is another one for each destination.
_MASQUERADE: Final = {"cone": "masquerade", "symmetric": "masquerade fully-random"}


class Host:
    """A machine with a network of its own."""

    def __init__(self) -> None:
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            _checked(_LIBC.unshare(_CLONE_NEWNET))
            self._namespace = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
            run("ip", "link", "set", "lo", "up")
        finally:
            _checked(_LIBC.setns(before, _CLONE_NEWNET))
            os.close(before)

    @property
    def path(self) -> str:
        """Its network, as iproute2 takes it."""
        return f"/proc/{os.getpid()}/fd/{self._namespace}"

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """This thread, and what it starts, is on that machine meanwhile."""
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        _checked(_LIBC.setns(self._namespace, _CLONE_NEWNET))
        try:
            yield
        finally:
            _checked(_LIBC.setns(before, _CLONE_NEWNET))
            os.close(before)

    def run(self, *command: str) -> None:
        """Runs a program there."""
        with self.inside():
            run(*command)

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
    host: Host
    router: Host

    @property
    def inside(self) -> str:
        """The host's address, which nobody else can reach."""
        return f"192.168.{self.number}.2"

    @property
    def outside(self) -> str:
        """The router's address, which the world sees."""
        return f"198.51.100.{4 * self.number + 2}"

    @property
    def outer_link(self) -> str:
        """The servers' end of the line to the router."""
        return f"line{self.number}"


@contextlib.contextmanager
def home(number: int, nat: Nat) -> Iterator[Home]:
    """A home with a line to the middle; the test must be in a namespace of its own.

    Args:
        number: From 1 on, no two the same.
        nat: "cone": the world sees one port for each of the host's. "symmetric": another one for
            each destination, so that only a relay helps.
    """
    found = Home(number, Host(), Host())
    try:
        _line(found)
        found.router.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
        with found.router.inside():
            subprocess.run(["nft", "-f", "-"], input=_rules(nat), check=True, text=True)
        yield found
    finally:
        found.host.close()
        found.router.close()


@contextlib.contextmanager
def middle() -> Iterator[None]:
    """Gives this namespace the servers' address, and lets it route between the homes.

    What goes anywhere else is lost in the rest of the world, as it would be: a server without a
    default route learns at once that there is no way to an address behind somebody's NAT, and
    coturn then drops whoever asked for that.
    """
    world = Host()
    try:
        run("ip", "address", "add", f"{SERVER}/32", "dev", "lo")
        run("sysctl", "-qw", "net.ipv4.ip_forward=1")
        peer = ("type", "veth", "peer", "name", "here", "netns", world.path)
        run("ip", "link", "add", "world", *peer)
        run("ip", "address", "add", "203.0.113.1/30", "dev", "world")
        run("ip", "link", "set", "world", "up")
        world.run("ip", "address", "add", "203.0.113.2/30", "dev", "here")
        world.run("ip", "link", "set", "here", "up")
        run("ip", "route", "add", "default", "via", "203.0.113.2")
        yield
    finally:
        world.close()


def _line(at: Home) -> None:
    middle_end = f"198.51.100.{4 * at.number + 1}"
    peer = ("type", "veth", "peer", "name", "outer", "netns", at.router.path)
    run("ip", "link", "add", at.outer_link, *peer)
    run("ip", "address", "add", f"{middle_end}/30", "dev", at.outer_link)
    run("ip", "link", "set", at.outer_link, "up")
    peer = ("type", "veth", "peer", "name", "eth0", "netns", at.host.path)
    at.router.run("ip", "link", "add", "inner", *peer)
    at.router.run("ip", "address", "add", f"{at.outside}/30", "dev", "outer")
    at.router.run("ip", "address", "add", f"192.168.{at.number}.1/24", "dev", "inner")
    for link in ("outer", "inner"):
        at.router.run("ip", "link", "set", link, "up")
    at.router.run("ip", "route", "add", "default", "via", middle_end)
    at.host.run("ip", "address", "add", f"{at.inside}/24", "dev", "eth0")
    at.host.run("ip", "link", "set", "eth0", "up")
    at.host.run("ip", "route", "add", "default", "via", f"192.168.{at.number}.1")


def _rules(nat: Nat) -> str:
    return f"""
table ip home {{
    chain leaving {{
        type nat hook postrouting priority srcnat
        oifname "outer" meta l4proto udp {_MASQUERADE[nat]}
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


@contextlib.contextmanager
def watching(line: str, folder: Path) -> Iterator[list[Capture]]:
    """Notes all that goes over a line; afterwards the list holds what it was."""
    file = folder / f"{line}.pcap"
    found: list[Capture] = []
    with capturing(file, line, "ip"):
        yield found
    found.append(read_capture(file))


def run(*command: str) -> None:
    """Runs a program in the namespace that this thread is in."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr}")


def _checked(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
