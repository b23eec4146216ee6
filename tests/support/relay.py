"""Somebody on the line between two phones: sees every UDP packet, and decides what arrives.

The phones need to know nothing of it, and see each other's true addresses: what they send is
dropped by nft on its way in, seen here before that, and sent on through a raw socket with a
mark in its header (the DSCP) by which nft lets it pass.
"""

import asyncio
import contextlib
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from agent.zrtp.wire import CRC_LENGTH, crc32c
from support.pcap import Datagram, ip_body, udp_datagram
from support.zrtp_pair import with_message

Tamper = Callable[[Datagram], list[Datagram]]
"""From a packet on its way to what arrives in its place: nothing, it, another one, more."""

_ETH_P_IP: Final = 0x0800
_UDP: Final = 17
_MARK: Final = 0x04  # DSCP 1, as it stands in the second octet of an IPv4 header
_PACKET_OUTGOING: Final = 4


def untouched(packet: Datagram) -> list[Datagram]:
    """Nothing happens."""
    return [packet]


class Relay:
    """Made by `relaying`; carries packets while its loop runs.

    Attributes:
        tamper: What is done to each packet.
        seen: All packets as they were sent, in order.
    """

    def __init__(self, tap: socket.socket, out: socket.socket, address: str = "127.0.0.1") -> None:
        self._address = address
        self.tamper: Tamper = untouched
        self.seen: list[Datagram] = []
        self._tap = tap
        self._out = out

    def inject(self, packet: Datagram) -> None:
        """Lets a packet arrive that nobody sent."""
        size = 8 + len(packet.payload)
        udp = struct.pack(">HHHH", packet.source, packet.target, size, 0) + packet.payload
        # The kernel fills in length, identification and checksum.
        header = struct.pack(">BBHHHBBH", 0x45, _MARK, 0, 0, 0, 64, _UDP, 0)
        header += 2 * socket.inet_aton(self._address)
        self._out.sendto(header + udp, (self._address, 0))

    def carry(self) -> None:
        """Takes what has come, and sends on what is left of it."""
        with contextlib.suppress(BlockingIOError):
            while True:
                packet, address = self._tap.recvfrom(2048)
                # Loopback shows each packet twice: as it leaves and as it arrives.
                if address[2] == _PACKET_OUTGOING or packet[1] == _MARK:
                    continue
                protocol, body = ip_body(packet)
                if protocol == _UDP:
                    self._pass(udp_datagram(time.monotonic(), body))

    def _pass(self, packet: Datagram) -> None:
        self.seen.append(packet)
        for each in self.tamper(packet):
            self.inject(each)


@contextlib.contextmanager
def relaying(
    loop: asyncio.AbstractEventLoop, ports: str, address: str = "127.0.0.1"
) -> Iterator[Relay]:
    """Stands between all UDP of these ports on loopback, in a network of one's own.

    Args:
        loop: Whose turns carry the packets.
        ports: A range as nft writes it, such as "16400-16599".
        address: That both phones have, on the device lo.
    """
    rules = f"""
    table inet relay {{
        chain input {{
            type filter hook input priority 0;
            udp dport {ports} ip dscp != 1 drop
        }}
    }}"""
    with (
        socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_IP)) as tap,
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as out,
    ):
        tap.bind(("lo", _ETH_P_IP))
        tap.settimeout(0)
        relay = Relay(tap, out, address)
        subprocess.run(["nft", "-f", "-"], input=rules.encode(), check=True)
        loop.add_reader(tap, relay.carry)
        try:
            yield relay
        finally:
            loop.remove_reader(tap)
            subprocess.run(["nft", "delete", "table", "inet", "relay"], check=True)


def flipped(packet: Datagram, at: int) -> Datagram:
    """One octet changed, and nothing mended: `at` counts from the front, or from the end."""
    payload = bytearray(packet.payload)
    payload[at] ^= 0x01
    return replace(packet, payload=bytes(payload))


def mended(packet: Datagram, at: int) -> Datagram:
    """One octet of a ZRTP packet changed, and the CRC made to fit, as only an attacker would."""
    covered = flipped(packet, at).payload[:-CRC_LENGTH]
    return replace(packet, payload=covered + crc32c(covered).to_bytes(CRC_LENGTH, "little"))


def with_other_message(packet: Datagram, message: bytes) -> Datagram:
    """Another ZRTP message in the same packet, with a CRC that fits."""
    return replace(packet, payload=with_message(packet.payload, message))


def message_of(packet: Datagram) -> bytes:
    """The ZRTP message in a packet: 12 octets of header before it, 4 of CRC behind it."""
    return packet.payload[12:-4]
