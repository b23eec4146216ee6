"""A peer that speaks SIP over TLS by hand, so that it can say what no phone would."""

import contextlib
import re
import socket
import ssl
from pathlib import Path
from typing import Final, Self

_PATIENCE_S: Final = 30.0

AVP: Final = "RTP/AVP"
SAVP: Final = "RTP/SAVP"
NOWHERE: Final = "nowhere"
"""Held as before RFC 3264: the address is 0.0.0.0."""


class RawPeer:
    """One TLS connection to a phone's own door, and one dialog on it.

    Args:
        port: The phone's SIP port on 127.0.0.1.
        identity: Certificate and key to show, if any.
        tag: That of its From.
    """

    def __init__(
        self, port: int, identity: tuple[Path, Path] | None = None, *, tag: str = "raw"
    ) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if identity is not None:
            context.load_cert_chain(*identity)
        with contextlib.ExitStack() as stack:
            plain = stack.enter_context(socket.create_connection(("127.0.0.1", port), _PATIENCE_S))
            self._channel = context.wrap_socket(plain)
            stack.pop_all()
        self._tag = tag
        self._call_id = f"by-hand.{self._channel.getsockname()[1]}"
        self._buffer = b""
        self._sequence = 0
        self._to = "<sip:127.0.0.1>"
        self._contact = f"sip:127.0.0.1:{port};transport=tls"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        with contextlib.suppress(OSError):
            self._channel.close()

    def meddle_with(self, other: "RawPeer") -> None:
        """What comes next belongs to the other one's dialog, as far as that can be told."""
        self._call_id, self._to = other._call_id, other._to

    def invite(
        self,
        protocol: str = AVP,
        *,
        name: str = "Mallory",
        headers: str = "",
        port: int = 40000,
        way: str = "sendrecv",
    ) -> None:
        """Sends an INVITE, inside the dialog once there is one."""
        self.request("INVITE", headers=headers, name=name, sdp=_sdp(protocol, port, way))

    def update(self, protocol: str = AVP, *, port: int = 40000, way: str = "sendrecv") -> None:
        """Sends an UPDATE with an offer (RFC 3311)."""
        self.request("UPDATE", sdp=_sdp(protocol, port, way))

    def request(
        self,
        method: str,
        *,
        headers: str = "",
        name: str = "Mallory",
        sdp: str = "",
        branch: str = "",
        late: int = 0,
        body: str = "",
    ) -> None:
        """Sends any request; `headers` are further lines, each with its CRLF; also of a `body`.

        An ACK is for the latest INVITE, or `late` requests before it.
        """
        if method != "ACK":
            self._sequence += 1
        sequence = self._sequence - late
        local = self._channel.getsockname()[1]
        content = "Content-Type: application/sdp\r\n" if sdp else ""
        self._channel.sendall(
            (
                f"{method} {self._contact} SIP/2.0\r\n"
                f"Via: SIP/2.0/TLS 127.0.0.1:{local};branch=z9hG4bK{branch or method}{sequence}.{local}\r\n"
                f"Max-Forwards: 70\r\n"
                f'From: "{name}" <sip:mallory@127.0.0.1>;tag={self._tag}\r\n'
                f"To: {self._to}\r\n"
                f"Call-ID: {self._call_id}\r\n"
                f"CSeq: {sequence} {method}\r\n"
                f"Contact: <sip:mallory@127.0.0.1:{local};transport=tls>\r\n"
                f"{headers}{content}Content-Length: {len(sdp + body)}\r\n\r\n{sdp}{body}"
            ).encode()
        )

    def final_status(self, *, acknowledges: bool = True) -> int:
        """The next final status for the last request.

        Args:
            acknowledges: Whether an ACK follows that of an INVITE, or is lost.
        """
        while True:
            head = self._response()
            status = int(head.split(" ", 2)[1])
            if status < 200 or f"CSeq: {self._sequence} " not in head:
                continue
            to = re.search(r"^To: (.*)\r$", head, re.MULTILINE)
            if to is not None and 200 <= status < 300:
                self._to = to[1]
            if acknowledges and f"CSeq: {self._sequence} INVITE" in head:
                # Of a refusal it belongs to the transaction (RFC 3261 section 17.1.1.3).
                self.request("ACK", branch="" if status < 300 else "INVITE")
            return status

    def take_request(self, method: str) -> None:
        """Waits for a request of theirs, and answers 200; what comes before it is passed over."""
        while not (head := self._message()).startswith(f"{method} "):
            pass
        kept = re.findall(r"^(?:Via|From|To|Call-ID|CSeq): .*\r\n", head, re.MULTILINE)
        self._channel.sendall(
            f"SIP/2.0 200 OK\r\n{''.join(kept)}Content-Length: 0\r\n\r\n".encode()
        )

    def _response(self) -> str:
        while not (head := self._message()).startswith("SIP/2.0"):
            pass  # a request of theirs
        return head

    def _message(self) -> str:
        while True:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            length = re.search(rb"Content-Length: *(\d+)", head)
            if found and length is not None and len(rest) >= int(length[1]):
                self._buffer = rest[int(length[1]) :]
                return head.decode() + "\r\n"
            data = self._channel.recv(65536)
            if not data:
                raise ConnectionError("the phone closed the connection")
            self._buffer += data


def _sdp(protocol: str, port: int, way: str) -> str:
    crypto = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + "A" * 40 + "\r\n"
    # As phones held before RFC 3264: to no address at all.
    address = "0.0.0.0" if way == NOWHERE else "127.0.0.1"  # noqa: S104 - nobody listens there
    direction = "" if way == NOWHERE else f"a={way}\r\n"
    return (
        f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
        f"m=audio {port} {protocol} 0\r\na=rtpmap:0 PCMU/8000\r\n"
        f"{direction}"
        f"{crypto if protocol == SAVP else ''}"
    )
