"""Network namespaces as hosts, with cables between them that can be pulled."""

import contextlib
import ctypes
import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

import pytest

_CLONE_NEWNET, _CLONE_NEWUTS = 0x40000000, 0x04000000
_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_OURS: Final = ("/proc/thread-self/ns/net", "/proc/thread-self/ns/uts")


def _here() -> tuple[int, ...]:
    return tuple(os.open(each, os.O_RDONLY | os.O_CLOEXEC) for each in _OURS)


def _enter(machine: tuple[int, ...]) -> None:
    for each in machine:
        if _LIBC.setns(each, 0) != 0:
            raise OSError(ctypes.get_errno(), "cannot enter a namespace")


def _leave(machine: tuple[int, ...]) -> None:
    for each in machine:
        os.close(each)


class Host:
    """A machine with nothing but its loopback, until cables are plugged in.

    Its name is in no file, so that nobody finds an address by it that belongs elsewhere. Skips the
    test where the kernel does not let us make one (it takes root).
    """

    def __init__(self) -> None:
        before = _here()
        try:
            if _LIBC.unshare(_CLONE_NEWNET | _CLONE_NEWUTS) != 0:
                pytest.skip(f"no network namespace: {os.strerror(ctypes.get_errno())}")
            self._machine = _here()
            socket.sethostname("traveller")
            _enter(before)
        finally:
            _leave(before)
        self.ip("link", "set", "lo", "up")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        _leave(self._machine)

    @property
    def network(self) -> int:
        """The file descriptor of its network."""
        return self._machine[0]

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """This thread, and the processes that it starts, are on this machine meanwhile."""
        before = _here()
        _enter(self._machine)
        try:
            yield
        finally:
            _enter(before)
            _leave(before)

    def ip(self, *order: str) -> None:
        """Runs ip(8) there."""
        with self.inside():
            subprocess.run(["ip", *order], check=True)

    def allow(self, *settings: str) -> None:
        """Sets sysctls there, e.g. "net.ipv4.ip_forward=1"."""
        with self.inside():
            for name, value in (each.split("=") for each in settings):
                path = f"/proc/sys/{name.replace('.', '/')}"
                with open(path, "w") as file:  # noqa: PTH123 - it has to be this thread's own
                    file.write(value)


@dataclass(frozen=True)
class Cable:
    """From a machine to a router, where each end has an address in the same network.

    Attributes:
        host: The machine.
        router: The router.
        name: What both ends are called.
        own: The machine's addresses with their prefix, e.g. "10.1.0.2/24".
        gateways: The router's addresses with theirs.
    """

    host: Host
    router: Host
    name: str
    own: tuple[str, ...]
    gateways: tuple[str, ...]

    @classmethod
    def between(cls, host: Host, router: Host, name: str, number: int, families: str) -> Self:
        """A cable that is not plugged in yet.

        Args:
            host: The machine.
            router: The router.
            name: What both ends are called.
            number: Of the network: 10.NUMBER.0.0/24, and fd00:NUMBER::/64.
            families: "4", "6" or "46".
        """
        ends = {"4": "10.{number}.0.{end}/24", "6": "fd00:{number}::{end}/64"}
        own, gateways = (
            tuple(ends[each].format(number=number, end=end) for each in families) for end in (2, 1)
        )
        with router.inside():
            order = ["ip", "link", "add", name, "type", "veth", "peer", "name", name]
            order += ["netns", f"/proc/{os.getpid()}/fd/{host.network}"]
            subprocess.run(order, check=True)
        cable = cls(host, router, name, own, gateways)
        for each in gateways:
            router.ip("addr", "add", each, "dev", name, *_AT_ONCE[":" in each])
        return cable

    @property
    def addresses(self) -> tuple[str, ...]:
        """The machine's, without their prefix."""
        return tuple(each.partition("/")[0] for each in self.own)

    def plug_in(self) -> None:
        """Carrier, and what DHCP and a router's advertisements bring; plugged in, it stays so."""
        self.router.ip("link", "set", self.name, "up")
        self.host.ip("link", "set", self.name, "up")
        for own, gateway in zip(self.own, self.gateways, strict=True):
            router = gateway.partition("/")[0]
            self.host.ip("addr", "replace", own, "dev", self.name, *_AT_ONCE[":" in own])
            self.host.ip("route", "replace", "default", "via", router, "dev", self.name)

    def pull(self) -> None:
        """The other end is gone: no carrier, and nobody takes the addresses away."""
        self.router.ip("link", "set", self.name, "down")

    def put_back(self) -> None:
        """The same cable, soon enough that the lease still holds."""
        self.router.ip("link", "set", self.name, "up")

    def take_addresses(self) -> None:
        """What DHCP's client does some time after the cable was pulled."""
        self.host.ip("addr", "flush", "dev", self.name, "scope", "global")
        self.host.ip("link", "set", self.name, "down")


_AT_ONCE: Final = {False: (), True: ("nodad",)}
"""IPv6 addresses are looked for twice on a wire before they are used; on ours, there is nobody."""


def router() -> Host:
    """A machine that passes packets on."""
    host = Host()
    host.allow("net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
    return host
