"""Somebody off the path, who can write whatever sender's address: and sees no answer."""

import socket
import struct
from typing import Self

from support.internet import Host

Place = tuple[str, int]
"""An address and a port."""


class Spoofer:
    """Sends UDP in other people's names.

    Args:
        host: The machine that it sits at.
    """

    def __init__(self, host: Host) -> None:
        with host.inside():
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._socket.close()

    def send(self, source: Place, target: Place, payload: bytes) -> None:
        """Sends one packet, without a checksum of its payload (RFC 768 allows that)."""
        udp = struct.pack(">HHHH", source[1], target[1], 8 + len(payload), 0) + payload
        addresses = socket.inet_aton(source[0]) + socket.inet_aton(target[0])
        # The kernel fills in the length, the checksum and the identification.
        header = struct.pack(">BBHHHBBH", 0x45, 0, 0, 0, 0, 64, socket.IPPROTO_UDP, 0)
        self._socket.sendto(header + addresses + udp, (target[0], 0))
