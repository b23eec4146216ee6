"""A listener that shows a certificate and writes down whatever a phone sends to it."""

import contextlib
import socket
import ssl
import threading
from pathlib import Path
from typing import Self

from cryptography import x509

from agent.trust.identity import common_names
from support.certificates import Identity


class TlsServer:
    """Takes connections on 127.0.0.1 until it is closed.

    Args:
        identity: What it shows.
        port: Where it listens; 0: anywhere.
        version: The newest TLS it speaks.
        suites: What it speaks with TLS 1.2 and older, in OpenSSL's words.
        clients: PEM file of the CAs whose certificate a client must show; None: nobody must.
    """

    def __init__(
        self,
        identity: Identity,
        port: int = 0,
        version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
        *,
        suites: str | None = None,
        clients: Path | None = None,
    ) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(identity.certificate, identity.private_key)
        if version < ssl.TLSVersion.TLSv1_2:
            self._context.set_ciphers("DEFAULT:@SECLEVEL=0")
        if suites is not None:
            self._context.set_ciphers(suites)
        if clients is not None:
            self._context.load_verify_locations(clients)
            self._context.verify_mode = ssl.CERT_REQUIRED
        self._context.minimum_version = min(version, ssl.TLSVersion.TLSv1_2)
        self._context.maximum_version = version
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self.received = b""
        """Everything that came after a handshake, from all connections."""
        self.versions: list[str | None] = []
        """The TLS version of each handshake that went through."""
        self.shown: list[str] = []
        """The common name in each certificate that a client showed."""
        self.attempts = 0
        """How many connections there were."""
        self.tried = threading.Event()
        self.heard = threading.Event()
        """Set when something has come after a handshake."""
        self._thread = threading.Thread(target=self._run, name="tls-server", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _run(self) -> None:
        # Each connection has its turn: a phone that refuses us closes at once.
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                self.attempts += 1
                with contextlib.suppress(OSError):
                    self._read(connection)
                self.tried.set()

    def _read(self, connection: socket.socket) -> None:
        with self._context.wrap_socket(connection, server_side=True) as channel:
            self.versions.append(channel.version())
            self.shown += _common_names(channel)
            while data := channel.recv(4096):
                self.received += data
                self.heard.set()


def _common_names(channel: ssl.SSLSocket) -> list[str]:
    shown = channel.getpeercert(binary_form=True)
    if not shown:
        return []
    return list(common_names(x509.load_der_x509_certificate(shown).subject))
