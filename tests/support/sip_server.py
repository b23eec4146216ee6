"""Whoever a phone talks to on SIP over TLS, by hand: answers what the test says, and nothing else."""

import contextlib
import queue
import re
import socket
import ssl
import threading
from dataclasses import dataclass
from typing import Final, Self

from support.certificates import Identity
from support.waiting import SLOWER

_PATIENCE_S: Final = 15.0 * SLOWER
_COPIED: Final = ("via", "from", "to", "call-id", "cseq", "record-route")


@dataclass(frozen=True)
class Response:
    """An answer that has come to a request of ours."""

    head: str
    body: str

    @property
    def status(self) -> int:
        return int(self.head.split(" ", 2)[1])


@dataclass(frozen=True)
class Request:
    """A request that has come.

    Attributes:
        channel: The connection.
        head: All before the empty line.
        body: What follows it.
    """

    channel: ssl.SSLSocket
    head: str
    body: str

    @property
    def method(self) -> str:
        return self.head.partition(" ")[0]

    @property
    def target(self) -> str:
        """Its Request-URI."""
        return self.head.split(" ", 2)[1]

    def header(self, name: str) -> str:
        found = re.search(
            rf"^{name}[ \t]*:[ \t]*(.*?)\r?$", self.head, re.MULTILINE | re.IGNORECASE
        )
        assert found is not None, self.head
        return found[1]

    def answer(self, status: str, *, headers: str = "", sdp: str = "") -> None:
        """Answers, such as "200 OK"; `headers` are further lines, each with its CRLF."""
        self.channel.sendall(self.reply(status, headers=headers, sdp=sdp))

    def reply(self, status: str, *, headers: str = "", sdp: str = "") -> bytes:
        """What `answer` sends."""
        copied = [
            line + (";tag=by-hand" if _needs_tag(line) else "")
            for line in self.head.split("\r\n")[1:]
            if line.partition(":")[0].strip().lower() in _COPIED
        ]
        if sdp:
            headers += "Content-Type: application/sdp\r\n"
        lines = "".join(f"{line}\r\n" for line in copied)
        return (
            f"SIP/2.0 {status}\r\n{lines}{headers}Content-Length: {len(sdp)}\r\n\r\n{sdp}".encode()
        )

    def ask(self, method: str, *, headers: str = "", body: str = "", sequence: int = 1) -> None:
        """Sends a request of our own in the dialog that this one has begun."""
        to = self.header("To")
        tagged = to if "tag=" in to else f"{to};tag=by-hand"
        contact = re.search(r"<([^>]*)>", self.header("Contact"))
        assert contact is not None
        port = self.channel.getsockname()[1]
        self.channel.sendall(
            (
                f"{method} {contact[1]} SIP/2.0\r\n"
                f"Via: SIP/2.0/TLS localhost:{port};branch=z9hG4bK{method}{sequence}\r\n"
                f"Max-Forwards: 70\r\nFrom: {tagged}\r\nTo: {self.header('From')}\r\n"
                f"Call-ID: {self.header('Call-ID')}\r\nCSeq: {sequence} {method}\r\n"
                f"Contact: <sip:by-hand@localhost:{port};transport=tls>\r\n"
                f"{headers}Content-Length: {len(body)}\r\n\r\n{body}"
            ).encode()
        )


def _needs_tag(line: str) -> bool:
    return line.lower().startswith("to:") and "tag=" not in line


class SipServer:
    """Listens, and keeps every request until the test asks for it.

    Args:
        identity: What it shows.
        port: Where it listens.
        host: The address of that.
    """

    def __init__(self, identity: Identity, port: int, host: str = "127.0.0.1") -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(identity.certificate, identity.private_key)
        self._listener = socket.create_server((host, port))
        self._requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self.responses: queue.SimpleQueue[Response] = queue.SimpleQueue()
        """What has come in answer to requests of ours."""
        self._channels: list[ssl.SSLSocket] = []
        self.requests = 0
        """How many have come."""
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for channel in self._channels:
            with contextlib.suppress(OSError):
                channel.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_PATIENCE_S)

    def arrived(self, request: Request) -> None:
        """Keeps a request that has come; on a thread of its connection's own."""
        self._requests.put(request)

    def next(self, method: str) -> Request:
        """The next request with this method; others are passed over."""
        while True:
            try:
                request = self._requests.get(timeout=_PATIENCE_S)
            except queue.Empty:
                raise AssertionError(f"no {method} came") from None
            if request.method == method:
                return request

    def final(self, method: str) -> Response:
        """The final answer to our latest request with this method; others are passed over."""
        while True:
            try:
                response = self.responses.get(timeout=_PATIENCE_S)
            except queue.Empty:
                raise AssertionError(f"no answer to {method} came") from None
            if re.search(rf"^CSeq: \d+ {method}\r?$", response.head, re.MULTILINE) and (
                response.status >= 200
            ):
                return response

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
                channel = self._context.wrap_socket(plain, server_side=True)
            except OSError:
                if self._listener.fileno() < 0:
                    return
                continue
            self._channels.append(channel)
            thread = threading.Thread(target=self._read, args=(channel,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _read(self, channel: ssl.SSLSocket) -> None:
        data = b""
        with contextlib.suppress(OSError):
            while more := channel.recv(65536):
                data = self._take(channel, data + more)
        channel.close()

    def _take(self, channel: ssl.SSLSocket, data: bytes) -> bytes:
        data = data.lstrip(b"\r\n")
        while b"\r\n\r\n" in data:
            head, _, rest = data.partition(b"\r\n\r\n")
            length = re.search(
                rb"^Content-Length[ \t]*:[ \t]*(\d+)", head, re.MULTILINE | re.IGNORECASE
            )
            size = int(length[1]) if length else 0
            if len(rest) < size:
                break
            text, body = head.decode(errors="replace"), rest[:size].decode(errors="replace")
            if text.startswith("SIP/2.0"):
                self.responses.put(Response(text, body))
            else:
                self.requests += 1
                self.arrived(Request(channel, text, body))
            data = rest[size:].lstrip(b"\r\n")
        return data
