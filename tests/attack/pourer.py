"""Pours into one port what it is told to, in a process of its own; prints how much.

python tests/attack/pourer.py KIND PORT SECONDS PER_S <packets: one "source target hex" a line>
"""

import contextlib
import json
import socket
import ssl
import struct
import sys
import time
from collections.abc import Callable
from itertools import cycle
from typing import Final

_AT_ONCE: Final = 50
_SLOW: Final = 200
_LOOPBACK: Final = "127.0.0.1"
_HELLO: Final = bytes.fromhex("16030100f8010000f40303")
"""How a TLS ClientHello begins: a record of 248 octets that never all come."""


def _udp(seconds: float, per_s: float) -> int:
    """Packets from whatever port they claim to come from."""
    made = [_ip(*line.split()) for line in sys.stdin]
    begun, sent = time.monotonic(), 0
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as out:
        for packet in cycle(made):
            out.sendto(packet, (_LOOPBACK, 0))
            sent += 1
            if sent % _AT_ONCE == 0:
                time.sleep(max(0.0, begun + sent / per_s - time.monotonic()))
                if time.monotonic() - begun > seconds:
                    break
    return sent


def _ip(source: str, target: str, payload: str) -> bytes:
    data = bytes.fromhex(payload)
    udp = struct.pack(">HHHH", int(source), int(target), 8 + len(data), 0) + data
    ends = 2 * socket.inet_aton(_LOOPBACK)
    return struct.pack(">BBHHHBBH", 0x45, 0, 0, 0, 0, 64, socket.IPPROTO_UDP, 0) + ends + udp


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _handshakes(port: int, seconds: float, per_s: float) -> int:
    """TLS connections that end as soon as they stand."""
    context = _context()

    def one() -> None:
        with socket.create_connection((_LOOPBACK, port), 2.0) as plain:
            context.wrap_socket(plain).close()

    return _repeated(one, seconds, per_s)


def _invites(port: int, seconds: float, per_s: float) -> int:
    """INVITEs, each a call of its own, on one connection as long as it lasts."""
    context, channels, numbers = _context(), list[ssl.SSLSocket](), cycle(range(10**9))

    def one() -> None:
        if not channels:
            plain = socket.create_connection((_LOOPBACK, port), 2.0)
            channels.append(context.wrap_socket(plain))
        try:
            channels[0].sendall(_invite(port, next(numbers)))
        except OSError:
            channels.pop().close()
            raise
        channels[0].setblocking(False)  # noqa: FBT003 - what it answers is thrown away
        with contextlib.suppress(ssl.SSLWantReadError):
            channels[0].recv(65536)
        channels[0].settimeout(2.0)

    return _repeated(one, seconds, per_s)


def _invite(port: int, number: int) -> bytes:
    sdp = (
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        "m=audio 40000 RTP/AVP 0\r\n"
    )
    return (
        f"INVITE sip:127.0.0.1:{port};transport=tls SIP/2.0\r\n"
        f"Via: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bKflood{number}\r\nMax-Forwards: 70\r\n"
        f"From: <sip:flood@127.0.0.1>;tag=f{number}\r\nTo: <sip:127.0.0.1>\r\n"
        f"Call-ID: flood-{number}\r\nCSeq: 1 INVITE\r\n"
        f"Contact: <sip:flood@127.0.0.1:9;transport=tls>\r\n"
        f"Content-Type: application/sdp\r\nContent-Length: {len(sdp)}\r\n\r\n{sdp}"
    ).encode()


def _repeated(one: Callable[[], None], seconds: float, per_s: float) -> int:
    begun, done, tried = time.monotonic(), 0, 0
    while time.monotonic() - begun < seconds:
        tried += 1
        with contextlib.suppress(OSError):  # turned away: that is the phone's right
            one()
            done += 1
        time.sleep(max(0.0, begun + tried / per_s - time.monotonic()))
    return done


def _slowly(port: int, seconds: float) -> int:
    """Many connections, each with one octet of a ClientHello a second."""
    begun, channels = time.monotonic(), list[socket.socket]()
    for _ in range(_SLOW):
        with contextlib.suppress(OSError):
            channels.append(socket.create_connection((_LOOPBACK, port), 2.0))
    made, at = len(channels), 0
    while time.monotonic() - begun < seconds:
        octet = _HELLO[at : at + 1] or b"\0"
        for each in list(channels):
            try:
                each.send(octet)
            except OSError:
                channels.remove(each)
        at += 1
        time.sleep(1.0)
    return made


def main() -> None:
    """Pours, and prints how much that was and how long it took."""
    kind, port, seconds, per_s = sys.argv[1], *map(float, sys.argv[2:5])
    begun = time.monotonic()
    match kind:
        case "udp":
            sent = _udp(seconds, per_s)
        case "handshakes":
            sent = _handshakes(int(port), seconds, per_s)
        case "invites":
            sent = _invites(int(port), seconds, per_s)
        case "slowly":
            sent = _slowly(int(port), seconds)
        case _:
            raise SystemExit(f"no such flood: {kind}")
    print(json.dumps({"sent": sent, "seconds": time.monotonic() - begun}))  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
