"""Debian's coturn as an office's STUN and TURN server: the one that docs/servers.md describes."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from support.certificates import Identity
from support.internet import SERVER

OFFICE: Final = Path(__file__).parents[2] / "docs" / "servers" / "coturn" / "turnserver.conf"
"""The configuration; tests have its files elsewhere, and its journal beside them."""
STUN_PORT: Final = 3478
TLS_PORT: Final = 5349
_PATIENCE_S: Final = 60.0


class Coturn:
    """The server, at the internet's address for servers (see `internet.middle`).

    Args:
        folder: Where its files go.
        identity: What it shows over TLS.
        address: Where it is.
    """

    def __init__(self, folder: Path, identity: Identity, address: str = SERVER) -> None:
        if shutil.which("turnserver") is None:
            pytest.skip("coturn is not installed")
        self._address = address
        self._folder = folder / f"coturn-{address}"
        self._folder.mkdir(exist_ok=True)
        shutil.copy(identity.certificate, self._folder / "server.pem")
        shutil.copy(identity.private_key, self._folder / "server.key")
        self.log = self._folder / "turnserver.log"
        text = OFFICE.read_text(encoding="utf-8").replace("/etc/coturn", str(self._folder))
        text = text.replace(SERVER, address)
        text = text.replace("\nsyslog\n", f"\nlog-file={self.log}\nsimple-log\nverbose\n")
        self.config = self._folder / "turnserver.conf"
        self.config.write_text(text, encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it listens.

        Raises:
            AssertionError: It does not; the message is its journal.
        """
        command = ["turnserver", "-c", str(self.config), "--pidfile", str(self._folder / "pid")]
        command += ["--userdb", str(self._folder / "users.db")]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder
        )
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until and self._process.poll() is None:
            try:
                socket.create_connection((self._address, STUN_PORT), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(self.log.read_text(errors="replace"))

    def stop(self) -> None:
        """Ends it, as a power cut would: nobody is told."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(_PATIENCE_S)
            self._process = None


@contextmanager
def coturn(folder: Path, identity: Identity, address: str = SERVER) -> Iterator[Coturn]:
    """Runs the server."""
    server = Coturn(folder, identity, address)
    try:
        server.start()
        yield server
    finally:
        server.stop()
