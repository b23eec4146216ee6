"""A Unix socket that the owner of the phone alone may connect to, on the event loop."""

import asyncio
import os
import socket
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

_STREAM_LIMIT: Final = 1 << 16

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""Talks to one client, from its connecting to its leaving."""


class SocketInUseError(OSError):
    """Another simulated phone already listens on this socket."""


class UnixServer:
    """Listens from `start` to `close`, which belong on the same event loop.

    Args:
        path: The socket, made with mode 0600; its folder is made if need be.
        serve: Talks to one client.
        limit: Octets of the longest line that a client may send.
    """

    def __init__(self, path: Path, serve: Serve, limit: int = _STREAM_LIMIT) -> None:
        self._path = path
        self._serve = serve
        self._limit = limit
        self._listener: socket.socket | None = None
        self._listening: asyncio.Task[asyncio.Server] | None = None

    def start(self) -> None:
        """Makes the socket, in the place of one that nobody listens on any more.

        Raises:
            SocketInUseError: Another simulated phone listens there.
            OSError: The socket cannot be made, e.g. because a file stands in its place.
        """
        self._listener = _listen(self._path)
        server = asyncio.start_unix_server(self._serve, sock=self._listener, limit=self._limit)
        self._listening = asyncio.get_running_loop().create_task(server)

    def close(self) -> None:
        """Takes the socket away; clients that are connected stay so."""
        if self._listening is None or self._listener is None:
            return
        if self._listening.done():
            self._listening.result().close()
        self._listening.cancel()
        self._listener.close()
        self._listening = None
        self._path.unlink(missing_ok=True)


def _listen(path: Path) -> socket.socket:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
        _remove_stale(path)
    listener = socket.socket(socket.AF_UNIX)
    try:
        # Linux gives the file the socket's own mode: there is no moment at which it is wider.
        os.fchmod(listener.fileno(), 0o600)
        listener.bind(str(path))
        listener.listen()
        listener.settimeout(0)
    except OSError:
        listener.close()
        raise
    return listener


def _remove_stale(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise SocketInUseError(f"another phone listens on {path}")
