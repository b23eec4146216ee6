"""Listens to the kernel, and tells when the network is another one. Decides nothing.

What the kernel says of its own accord only tells that something changed: on the way some of it is
lost, and some is never said (IPv4 routes that go with their link). So after each of its words it
is asked for all that there is, which takes it less than a millisecond.
"""

import asyncio
import contextlib
import errno
import logging
import os
import socket
from collections.abc import Callable, Iterator
from typing import Final

from agent.network.judgement import Judgement, NetworkEvent
from agent.network.reach import Reach, reach_of
from agent.network.rtnetlink import Done, Kind, Message, NetlinkError, read, request

log = logging.getLogger(__name__)

_ROUTE: Final = 0
"""NETLINK_ROUTE."""
_GROUPS: Final = 0x1 | 0x10 | 0x40 | 0x100 | 0x400
"""Links, IPv4 addresses and routes, IPv6 addresses and routes."""
_MOST: Final = 1 << 16
_PATIENCE_S: Final = 2.0
"""The kernel answers at once, or never."""


class NetworkWatcher:
    """Tells of the network as it is, and of each change.

    Args:
        tell: Takes what is to be told, on the running loop.
    """

    def __init__(self, tell: Callable[[NetworkEvent], None]) -> None:
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._judgement = Judgement()
        self._timer: asyncio.TimerHandle | None = None
        self._news = _netlink()

    def start(self) -> None:
        """Tells how things are, and listens from then on.

        Raises:
            OSError: The kernel does not let us ask.
        """
        self._news.bind((0, _GROUPS))
        self._news.settimeout(0)
        self._look()
        self._loop.add_reader(self._news.fileno(), self._hear)

    def close(self) -> None:
        """Listens no longer."""
        self._loop.remove_reader(self._news.fileno())
        self._news.close()
        if self._timer is not None:
            self._timer.cancel()

    def _hear(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                self._hear_one()
        try:
            self._look()
        except OSError as error:
            log.warning("the kernel does not tell how the network is: %s", error)

    def _hear_one(self) -> None:
        try:
            self._news.recv(_MOST)
        except OSError as error:
            # More came than the socket holds: that something did is all that counts.
            if error.errno != errno.ENOBUFS:
                raise

    def _look(self) -> None:
        self._judgement.see(reach_now(), self._loop.time())
        self._judge()

    def _judge(self) -> None:
        if (told := self._judgement.tell(self._loop.time())) is not None:
            self._tell(told)
        if self._timer is not None:
            self._timer.cancel()
        due = self._judgement.due
        self._timer = None if due is None else self._loop.call_at(due, self._judge)


def reach_now() -> Reach:
    """Asks the kernel how this machine stands in its network.

    Raises:
        OSError: It does not say.
    """
    with _netlink() as asking:
        asking.settimeout(_PATIENCE_S)
        return reach_of([*_all(asking)])


def _all(asking: socket.socket) -> Iterator[Message]:
    for sequence, kind in enumerate((Kind.GET_LINK, Kind.GET_ADDRESS, Kind.GET_ROUTE), 1):
        asking.send(request(kind, sequence))
        complete = False
        while not complete:
            for message in _read(asking.recv(_MOST)):
                if not isinstance(message, Done):
                    yield message
                elif message.error:
                    raise OSError(message.error, os.strerror(message.error))
                else:
                    complete = True


def _read(datagram: bytes) -> Iterator[Message]:
    try:
        yield from read(datagram)
    except NetlinkError as error:
        raise OSError(f"it cannot be read: {error}") from None


def _netlink() -> socket.socket:
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _ROUTE)
