"""The socket itself: who may connect, how many, and what becomes of those who waste its time.

On the phone's own loop, and made of callbacks that return at once: nobody at the socket can
hold up a call. What one client breaks ends that client's connection and nothing else.
"""

import array
import asyncio
import contextlib
import grp
import logging
import os
import socket
import stat
import struct
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

from agent.clock import Clock
from agent.control.desk import Desk, Reply
from agent.control.intake import Intake
from agent.control.protocol import (
    ControlError,
    Ended,
    Item,
    encode_ended,
    encode_item,
    read_request,
)
from agent.control.requests import Events, Order
from agent.phone.report import Report

log = logging.getLogger(__name__)

GROUP: Final = "sotto"
CLIENTS_MAX: Final = 8
PENDING_MAX: Final = 64
"""Requests that may wait for the one before them."""
UNREAD_MAX: Final = 4 * 1024 * 1024
"""Octets that may wait for a client that does not read."""
_SWEEP_S: Final = 1.0
"""Seconds between two looks at who is too slow."""
_SO_PEERGROUPS: Final = 59
"""Linux's number for it (asm-generic/socket.h), which Python does not name."""
_GROUPS_MAX: Final = 256
"""As many as Python has room for in a socket's option."""
_PEER: Final = struct.Struct("3i")


class ControlSocketError(Exception):
    """The socket cannot be made; the message says why, in a sentence."""


def listen(path: Path, group: str = GROUP) -> socket.socket:
    """Makes the listening socket, for the phone's user and its group alone.

    Args:
        path: Where; its folder is made if need be, and must not be open to others.
        group: Who else may connect; where there is no such group, nobody.

    Raises:
        ControlSocketError: It cannot be made, or would be open to others.
    """
    try:
        gid = _gid(group)
        _make_folder(path.parent, gid)
        _remove_stale(path)
        return _bind(path, gid)
    except OSError as error:
        raise ControlSocketError(f"{path}: {error.strerror or error}") from None


def _gid(group: str) -> int | None:
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        return None


def _make_folder(folder: Path, gid: int | None) -> None:
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
        if gid is not None:
            _give(folder, gid, 0o750)
    if folder.stat().st_mode & stat.S_IRWXO:
        raise ControlSocketError(
            f"the folder {folder} is open to everybody: chmod o-rwx {folder}, or name another one"
        )


def _give(path: Path, gid: int, mode: int) -> None:
    """To the group as far as we may; where we may not, it stays ours."""
    try:
        # The service may not call chown(2) at all, and need not: what it makes is the group's.
        if path.stat().st_gid != gid:
            os.chown(path, -1, gid)
    except PermissionError:
        log.warning("%s stays closed to the group %d: this user is not in it", path, gid)
        return
    path.chmod(mode)


def _remove_stale(path: Path) -> None:
    """Takes away what a phone that was killed has left there."""
    if not path.exists() or not stat.S_ISSOCK(path.stat().st_mode):
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise ControlSocketError(f"another phone listens on {path}")


def _bind(path: Path, gid: int | None) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    try:
        # Linux gives the file the socket's own mode: there is no moment at which it is wider.
        os.fchmod(listener.fileno(), 0o600)
        listener.bind(str(path))
        if gid is not None:
            _give(path, gid, 0o660)
        listener.listen(CLIENTS_MAX)
        listener.settimeout(0)
    except OSError:
        listener.close()
        raise
    return listener


class ControlServer:
    """Serves the clients of a listening socket.

    Args:
        desk: Who does what they ask for.
        clock: Where the time comes from.
        group: Who may ask besides root and the phone's own user.
    """

    def __init__(self, desk: Desk, clock: Clock, group: str = GROUP) -> None:
        self._desk = desk
        self._clock = clock
        self._gid = _gid(group)
        self._clients: set[_Client] = set()
        self._server: asyncio.Server | None = None
        self._sweeping: asyncio.TimerHandle | None = None
        self._last: Report | None = None
        self._looking = False

    async def start(self, listener: socket.socket) -> None:
        """Serves from now on."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(self._client, sock=listener)

    def close(self) -> None:
        """Ends all connections, and takes the socket's file away."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        if self._server is not None:
            with contextlib.suppress(OSError):
                Path(self._server.sockets[0].getsockname()).unlink()
            self._server.close()
        for client in tuple(self._clients):
            client.drop()

    def look_soon(self) -> None:
        """Something may have happened: whoever follows is told, but not before the pump is done."""
        if not self._looking and any(client.follows for client in self._clients):
            self._looking = True
            asyncio.get_running_loop().call_soon(self._look)

    def sweep(self) -> None:
        """Drops whoever's time is up."""
        now = self._clock.monotonic()
        for client in tuple(self._clients):
            if (due := client.intake.due()) is not None and now >= due:
                log.info("control: process %d is too slow or silent", client.pid)
                client.drop()

    def _client(self) -> "_Client":
        return _Client(self._desk, self._clock, self._admits, self._gone, self._follows)

    def _admits(self, client: "_Client", pid: int, uid: int, groups: frozenset[int]) -> str:
        """Why this one may not; empty: it may, and is one of ours from now on."""
        if uid not in {0, os.geteuid()} and self._gid not in groups:
            log.warning("control: process %d of user %d is not in the group: refused", pid, uid)
            return f"Only the group {GROUP} may ask."
        if len(self._clients) >= CLIENTS_MAX:
            log.warning("control: process %d of user %d is one too many", pid, uid)
            return f"{CLIENTS_MAX} others are connected; try again later."
        log.info("control: process %d of user %d", pid, uid)
        self._clients.add(client)
        if self._sweeping is None:
            self._sweep_on()
        return ""

    def _gone(self, client: "_Client") -> None:
        self._clients.discard(client)

    def _follows(self) -> None:
        if any(client.follows for client in self._clients):
            self._look()
        else:
            self._last = self._desk.report()

    def _look(self) -> None:
        self._looking = False
        before, self._last = self._last, self._desk.report()
        if before is None:
            return
        told = self._desk.happened(before, self._last)
        for client in tuple(self._clients):
            if client.follows:
                client.tell(told)

    def _sweep_on(self) -> None:
        """Again and again, as long as anybody is there."""
        self.sweep()
        self._sweeping = None
        if self._clients:
            self._sweeping = asyncio.get_running_loop().call_later(_SWEEP_S, self._sweep_on)


class _Client(asyncio.Protocol):
    """One connection."""

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        admits: Callable[["_Client", int, int, frozenset[int]], str],
        gone: Callable[["_Client"], None],
        followed: Callable[[], None],
    ) -> None:
        self.intake = Intake(clock.monotonic())
        self.pid = 0
        self.follows = False
        self._desk = desk
        self._clock = clock
        self._admits = admits
        self._gone = gone
        self._followed = followed
        self._transport: asyncio.Transport | None = None
        self._pending: deque[bytes] = deque()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            return
        self._transport = transport
        self.pid, uid, groups = _peer(transport.get_extra_info("socket"))
        if reason := self._admits(self, self.pid, uid, groups):
            self._write(encode_ended(Ended({}, reason)))
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._transport = None
        self._gone(self)

    def data_received(self, data: bytes) -> None:
        try:
            lines = self.intake.received(data, self._clock.monotonic())
        except ControlError as error:
            self._refuse(error)
            return
        idle = not self._pending
        self._pending += lines
        if len(self._pending) > PENDING_MAX:
            self._refuse(ControlError("Wait for an answer before you ask for more."))
        elif idle and lines:
            self._serve_soon()

    def pause_writing(self) -> None:
        self.intake.stopped_reading(self._clock.monotonic())
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        self.intake.reads_again()
        if self._transport is not None:
            self._transport.resume_reading()

    def drop(self) -> None:
        """Ends it at once."""
        if self._transport is not None:
            self._transport.abort()

    def tell(self, items: list[Item]) -> None:
        """Writes items that nobody asked for again."""
        try:
            for item in items:
                self._write(encode_item(item))
        except ControlError as error:
            log.warning("control: an event cannot be told: %s", error)

    def _serve_soon(self) -> None:
        """One request a turn of the loop: in between the phone does its work."""
        asyncio.get_running_loop().call_soon(self._serve)

    def _serve(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        try:
            self._answer(self._pending[0])
        except BaseException:
            # The loop tells of it; whoever asked must not wait for ever.
            self.drop()
            raise
        self._pending.popleft()
        if self._pending:
            self._serve_soon()

    def _answer(self, line: bytes) -> None:
        try:
            request = read_request(line)
            if isinstance(request, Order):
                log.info("control: process %d asks to %s", self.pid, type(request).__name__)
            self._reply(self._desk.answer(request))
        except ControlError as error:
            self._write(encode_ended(Ended({}, str(error))))
            return
        if isinstance(request, Events) and not self.follows:
            log.info("control: process %d follows the events", self.pid)
            self._followed()
            self.follows = True
            self.intake.follows()

    def _reply(self, reply: Reply) -> None:
        for item in reply.items:
            self._write(encode_item(item))
        self._write(encode_ended(reply.ended))

    def _refuse(self, error: ControlError) -> None:
        self._write(encode_ended(Ended({}, str(error))))
        if self._transport is not None:
            self._transport.close()

    def _write(self, line: bytes) -> None:
        if self._transport is None:
            return
        self._transport.write(line)
        if self._transport.get_write_buffer_size() > UNREAD_MAX:
            self.drop()


def _peer(connection: socket.socket) -> tuple[int, int, frozenset[int]]:
    """Whoever has connected: process, user, groups."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    pid, uid, gid = _PEER.unpack(raw)
    groups = array.array("I")
    try:
        size = groups.itemsize * _GROUPS_MAX
        groups.frombytes(connection.getsockopt(socket.SOL_SOCKET, _SO_PEERGROUPS, size))
    except OSError:
        pass  # more of them than there is room for: the first one has to do
    return pid, uid, frozenset({gid, *groups})
