"""Somebody at the handset of a phone whose sound is a stream, and how Python keeps it waiting."""

import contextlib
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
import pjsua2 as pj

from agent.media.handset_stream import open_port
from agent.sip import library
from hw.board import FRAME_OCTETS, SOUND_HZ
from support.handset_files import Sound

_FRAME_S: Final = 0.02
_BUSY_SUM: Final = 40_000_000


@dataclass(frozen=True)
class SocketStream:
    """A `HandsetStream` that can go to a phone in another process.

    Attributes:
        end: The phone's end of a socket pair.
        presence: A file that is there as long as somebody is.
    """

    end: socket.socket
    presence: Path

    @property
    def attended(self) -> bool:
        return self.presence.exists()

    def fileno(self) -> int:
        return self.end.fileno()


class Listener:
    """Who is at the handset: hears all, and speaks one tone.

    Args:
        folder: Where the file of presence goes.
    """

    def __init__(self, folder: Path) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.stream = SocketStream(theirs, folder / "somebody")
        self._heard: list[bytes] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._hear)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._ours.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._ours.close()
        self.stream.end.close()

    @property
    def heard(self) -> Sound:
        """All that was heard so far, at `SOUND_HZ`."""
        return np.frombuffer(b"".join(self._heard), "<i2").astype(np.float64)

    def come(self) -> None:
        """Somebody is there now."""
        self.stream.presence.touch()

    def hum(self, hertz: float) -> None:
        """Speaks a tone from now on, a quarter of full scale."""
        times = np.arange(SOUND_HZ) / SOUND_HZ
        second = (8000 * np.sin(2 * np.pi * hertz * times)).astype("<i2").tobytes()
        frames = [second[at : at + FRAME_OCTETS] for at in range(0, len(second), FRAME_OCTETS)]
        self._threads.append(threading.Thread(target=self._speak, args=(frames,)))
        self._threads[-1].start()

    def _hear(self) -> None:
        while frame := self._ours.recv(2 * FRAME_OCTETS):
            self._heard.append(frame)

    def _speak(self, frames: list[bytes]) -> None:
        begin = time.monotonic()
        sent = 0
        with contextlib.suppress(BrokenPipeError):  # it ended while much was still to be sent
            while not self._over.wait(_FRAME_S / 2):
                while sent < (time.monotonic() - begin) / _FRAME_S:
                    self._ours.send(frames[sent % len(frames)])
                    sent += 1


def frames_while_python_is_busy() -> tuple[float, int]:
    """Plays a tone into a stream and then keeps the GIL; PJSIP must not have run here before.

    Returns:
        For how many seconds, and how many frames were played meanwhile.
    """
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    endpoint.libInit(library.configuration())
    endpoint.libStart()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    port = open_port(endpoint, theirs.fileno())
    tone = pj.ToneGenerator()
    tone.createToneGenerator(SOUND_HZ, 1)
    step = pj.ToneDesc()
    step.freq1, step.on_msec = 425, 32_000
    steps = pj.ToneDescVector()
    steps.append(step)
    tone.play(steps, True)  # noqa: FBT003 - pjsua2's own: again and again
    endpoint.audDevManager().setNullDev()
    tone.startTransmit(port)
    ours.recv(2 * FRAME_OCTETS)
    begin = time.monotonic()
    sum(range(_BUSY_SUM))  # one call into C, which never gives the GIL away
    busy = time.monotonic() - begin
    frames = _count(ours)
    del tone, port
    endpoint.libDestroy()
    ours.close()
    theirs.close()
    return busy, frames


def _count(ours: socket.socket) -> int:
    ours.settimeout(0)
    frames = 0
    try:
        while ours.recv(2 * FRAME_OCTETS):
            frames += 1
    except BlockingIOError:
        return frames
    return frames
