"""Two ways to a phone's SIP: the door that anybody may knock at, and its connection to a server."""

import contextlib
import queue
import re
import socket
import ssl
import time
from collections.abc import Iterator
from typing import Final, Protocol

from support.certificates import Identity
from support.sip_server import Request, SipServer
from support.waiting import PATIENCE_S, until
from torture.compose import message

_VIA: Final = re.compile(
    rb"^(?:via|v)[ \t]*:.*?(?=\r\n[^ \t])", re.IGNORECASE | re.MULTILINE | re.DOTALL
)
_LENGTH: Final = re.compile(
    rb"^(?:content-length|l)[ \t]*:[ \t]*(\d+)", re.IGNORECASE | re.MULTILINE
)


class Line(Protocol):
    """A way to the phone."""

    def send(self, octets: bytes) -> None:
        """Octets, as they are."""
        ...

    def next(self) -> str:
        """The next response that comes, or request; empty once the phone has closed the line."""
        ...


class Door:
    """A connection to the phone's own port.

    Args:
        port: On 127.0.0.1.
        source: The address from which.
    """

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        plain = socket.create_connection(("127.0.0.1", port), PATIENCE_S, (source, 0))
        self.channel = careless().wrap_socket(plain)
        self._data = b""

    def close(self) -> None:
        """Without a word of goodbye."""
        with contextlib.suppress(OSError):
            self.channel.close()

    def send(self, octets: bytes) -> None:
        self.channel.sendall(octets)

    def next(self) -> str:
        while True:
            self._data = self._data.lstrip(b"\r\n")
            head, found, rest = self._data.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            size = int(length[1]) if length else 0
            if found and len(rest) >= size:
                self._data = rest[size:]
                return head.decode(errors="replace") + "\r\n"
            try:
                more = self.channel.recv(65536)
            except ConnectionError:
                more = b""
            if not more:
                return ""
            self._data += more


@contextlib.contextmanager
def door(port: int, source: str = "127.0.0.1") -> Iterator[Door]:
    """Knocks, and closes the connection in the end."""
    opened = Door(port, source)
    try:
        yield opened
    finally:
        opened.close()


class Registrar(SipServer):
    """The server of one phone, which has no fault of its own: answers REGISTER, and nothing else.

    Args:
        identity: What it shows.
        port: Where it listens.
    """

    def __init__(self, identity: Identity, port: int) -> None:
        self._phone: ssl.SSLSocket | None = None
        self.registered = 0
        """How often the phone has registered."""
        self.answers_register = True
        """Whether it does; else REGISTERs wait in `next`."""
        super().__init__(identity, port)

    def arrived(self, request: Request) -> None:
        if request.method == "REGISTER" and self.answers_register:
            self._phone = request.channel
            request.answer(
                "200 OK", headers=f"Contact: {request.header('Contact')};expires=120\r\n"
            )
            self.registered += 1
        elif request.method == "SUBSCRIBE":
            request.answer("489 Bad Event")
        else:
            super().arrived(request)

    def send(self, octets: bytes) -> None:
        assert self._phone is not None
        self._phone.sendall(octets)

    def leave(self) -> None:
        """Closes the connection to the phone, if it is still there."""
        assert self._phone is not None
        with contextlib.suppress(OSError):
            self._phone.shutdown(socket.SHUT_RDWR)

    def next_response(self) -> str:
        """The next response that comes; empty if none does before the phone registers anew."""
        known, end = self.registered, time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            with contextlib.suppress(queue.Empty):
                return self.responses.get(timeout=0.05).head + "\r\n"
            if self.registered > known:
                return ""
        raise AssertionError("the phone says nothing to its server")

    def is_registered_again(self, known: int) -> None:
        """Waits until it has registered more often than that."""
        until(lambda: self.registered > known, "the phone does not register again")


class ServerLine:
    """The phone's connection to its server, as `Line` wants it."""

    def __init__(self, server: Registrar) -> None:
        self._server = server

    def send(self, octets: bytes) -> None:
        self._server.send(octets)

    def next(self) -> str:
        return self._server.next_response()


def careless() -> ssl.SSLContext:
    """TLS that asks nobody for proofs."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def options(word: str) -> bytes:
    """A question that a phone answers as long as it lives."""
    return message(
        "OPTIONS sip:user@example.com SIP/2.0",
        f"Via: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bKalive{word}",
        "Max-Forwards: 70",
        f"From: <sip:doctor@example.com>;tag=alive{word}",
        "To: <sip:user@example.com>",
        f"Call-ID: alive.{word}",
        "CSeq: 1 OPTIONS",
        "Content-Length: {length}",
    )


def cancel(invite: bytes) -> bytes:
    """What takes this INVITE back (RFC 3261 section 9.1)."""
    return _alike(invite, b"CANCEL", None)


def ack(invite: bytes, refusal: str) -> bytes:
    """What ends the transaction of this INVITE after it was refused (section 17.1.1.3)."""
    to = re.search(r"^To: [^\r]*", refusal, re.MULTILINE)
    assert to is not None, refusal
    return _alike(invite, b"ACK", to[0].encode())


def missing(octets: bytes) -> int:
    """How much shorter the body of a message is than its Content-Length says."""
    head, _, body = octets.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    assert length is not None
    return int(length[1]) - len(body)


def _alike(invite: bytes, method: bytes, to: bytes | None) -> bytes:
    head = invite.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    via = _VIA.search(head)
    assert via is not None
    kept = [via[0]]
    for name in (b"from|f", b"call-id|i", b"to|t"):
        found = re.search(
            rb"^(?:%s)[ \t]*:.*?(?=\r\n[^ \t])" % name,
            head,
            re.IGNORECASE | re.MULTILINE | re.DOTALL,
        )
        assert found is not None
        kept.append(found[0])
    sequence = re.search(rb"^cseq[ \t]*:\s*(\d+)", head, re.IGNORECASE | re.MULTILINE)
    assert sequence is not None
    kept[-1] = to or kept[-1]
    request_line = re.sub(rb"^\S+", method, head.split(b"\r\n")[0])
    lines = (request_line, *kept, b"CSeq: " + sequence[1] + b" " + method, b"Max-Forwards: 70")
    return b"\r\n".join((*lines, b"Content-Length: 0", b"", b""))
