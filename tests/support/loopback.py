"""What goes over loopback, with the kernel's times: no program of its own is needed."""

import contextlib
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_ETH_P_IP: Final = 0x0800
_SO_RCVBUFFORCE: Final = 33
_SO_TIMESTAMPNS: Final = 35
_PACKET_OUTGOING: Final = 4
_BUFFER: Final = 8 << 20
_UDP: Final = 17
_ZRTP_COOKIE: Final = b"ZRTP"


@dataclass(frozen=True)
class Datagram:
    """One UDP packet: when, from which port, what."""

    at: float
    source: int
    payload: bytes

    @property
    def zrtp(self) -> str:
        """The type of its ZRTP message, e.g. "Hello"; empty if it carries none."""
        if self.payload[4:8] != _ZRTP_COOKIE:
            return ""
        return self.payload[16:24].decode("ascii").strip()


class Loopback:
    """Listens to all UDP on loopback; made by `listening`."""

    def __init__(self, tap: socket.socket) -> None:
        self._tap = tap

    def take(self) -> list[Datagram]:
        """All that went by since the last time."""
        found = []
        with contextlib.suppress(BlockingIOError):
            while True:
                packet, extra, _, address = self._tap.recvmsg(2048, 64)
                # Loopback shows each packet twice: as it leaves and as it arrives.
                if address[2] != _PACKET_OUTGOING and packet[9] == _UDP:
                    found.append(_datagram(packet, extra[0][2]))
        return found


@contextlib.contextmanager
def listening() -> Iterator[Loopback]:
    """Listens from now on. Root alone may."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_IP)) as tap:
        tap.bind(("lo", _ETH_P_IP))
        tap.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
        tap.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        tap.settimeout(0)
        yield Loopback(tap)


def _datagram(packet: bytes, stamp: bytes) -> Datagram:
    seconds, nanoseconds = struct.unpack("@ll", stamp)
    header = (packet[0] & 15) * 4
    source = int.from_bytes(packet[header : header + 2])
    return Datagram(seconds + nanoseconds / 1e9, source, packet[header + 8 :])
