"""What goes over loopback, seen from below."""

import socket
import struct
import time
from dataclasses import dataclass
from typing import Final, Self

_IPV4: Final = 0x0800


@dataclass(frozen=True)
class Datagram:
    """One UDP packet.

    Attributes:
        source: The sender's port.
        target: The receiver's port.
        payload: What was in it.
    """

    source: int
    target: int
    payload: bytes


class UdpTap:
    """Notes every UDP packet on loopback from its making on."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_IPV4))
        self._socket.bind(("lo", _IPV4))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._socket.close()

    def listen(self, seconds: float) -> list[Datagram]:
        """All that passes within a time, and what has passed since the last call."""
        until = time.monotonic() + seconds
        found = []
        while (left := until - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                packet = self._socket.recv(65536)
            except TimeoutError:
                break
            if packet[9] == socket.IPPROTO_UDP:
                found.append(_datagram(packet[(packet[0] & 15) * 4 :]))
        return found


def _datagram(packet: bytes) -> Datagram:
    source, target, length = struct.unpack("!HHH", packet[:6])
    return Datagram(source, target, packet[8:length])
