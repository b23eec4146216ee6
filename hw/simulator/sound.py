"""The sound of a simulated handset: frames between a Unix socket and the phone's audio.

Whoever connects to the socket is the handset: what it sends was spoken, what it receives is
heard, both in frames of 20 ms (`hw.board.FRAME_OCTETS`) without anything between them. There
is one ear and one mouth at a handset: who comes last has it, and the one before is let go.

A handset in its cradle hears nothing of what goes on around it: as long as the phone is
on-hook, what is spoken is thrown away here, whatever the page thinks.
"""

import array
import asyncio
import contextlib
import socket
import sys
from pathlib import Path
from typing import Final

from hw.board import FRAME_OCTETS
from hw.simulator.unix_server import UnixServer

_LOUDEST: Final = 100
_FRAMES_KEPT: Final = 10
"""Frames that may wait for a listener that is slow, 200 ms; later ones are dropped."""
_SEND_BUFFER: Final = 16 * 1024
"""Some 25 frames, and thus fewer than the phone's audio throws away at once when it wakes up."""


class SoundSocket:
    """A `HandsetStream` whose other end is a Unix socket.

    Args:
        path: The socket, made with mode 0600.
    """

    def __init__(self, path: Path) -> None:
        self._server = UnixServer(path, self._serve)
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ours.settimeout(0)
        self._ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        self._listener: asyncio.StreamWriter | None = None
        self.lifted = False
        self.volume = _LOUDEST

    @property
    def attended(self) -> bool:
        """Whether somebody is there."""
        return self._listener is not None

    def fileno(self) -> int:
        """The phone's end: each message is a frame."""
        return self._theirs.fileno()

    def start(self) -> None:
        """Listens on the socket.

        Raises:
            SocketInUseError: Another simulated phone listens there.
            OSError: The socket cannot be made.
        """
        self._server.start()
        asyncio.get_running_loop().add_reader(self._ours, self._hear)

    def close(self) -> None:
        """Lets the listener go and takes the socket away; the second time does nothing."""
        if self._ours.fileno() < 0:
            return
        asyncio.get_running_loop().remove_reader(self._ours)
        self._server.close()
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self._ours.close()
        self._theirs.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._listener is not None:
            self._listener.close()
        self._listener = writer
        try:
            while True:
                self._speak(writer, await reader.readexactly(FRAME_OCTETS))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # it left, or somebody else has the handset now
        finally:
            if self._listener is writer:
                self._listener = None
            writer.close()

    def _speak(self, writer: asyncio.StreamWriter, frame: bytes) -> None:
        if self.lifted and writer is self._listener:
            # A phone that does not listen (its audio rests) misses it.
            with contextlib.suppress(BlockingIOError):
                self._ours.send(frame)

    def _hear(self) -> None:
        for _ in range(_FRAMES_KEPT):
            try:
                frame = self._ours.recv(FRAME_OCTETS)
            except BlockingIOError:
                return
            listener = self._listener
            if listener is None or listener.is_closing():
                continue
            if listener.transport.get_write_buffer_size() < _FRAMES_KEPT * FRAME_OCTETS:
                listener.write(louder(frame, self.volume))


def louder(frame: bytes, percent: int) -> bytes:
    """A frame at a part of its loudness, 0 to 100 percent."""
    if percent == _LOUDEST:
        return frame
    samples = array.array("h", frame)
    if sys.byteorder == "big":
        samples.byteswap()
    softer = array.array("h", (sample * percent // _LOUDEST for sample in samples))
    if sys.byteorder == "big":
        softer.byteswap()
    return softer.tobytes()
