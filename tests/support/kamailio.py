"""Debian's kamailio as a SIP server on loopback; see tests/peers/kamailio."""

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Final, Self

import pytest

from support.certificates import Identity

_CONFIG: Final = Path(__file__).parents[1] / "peers" / "kamailio"
_PATIENCE_S: Final = 15.0


class Kamailio:
    """One server; can be stopped and started again.

    Args:
        folder: Where its files go.
        identity: What it shows to phones.
        port: Where it listens on 127.0.0.1.
    """

    def __init__(self, folder: Path, identity: Identity, port: int = 5071) -> None:
        if shutil.which("kamailio") is None:
            pytest.skip("kamailio is not installed (packages kamailio, kamailio-tls-modules)")
        self._folder = folder
        self.port = port
        words = {
            "@PORT@": str(port),
            "@FOLDER@": str(folder),
            "@KEY@": str(identity.private_key),
            "@CERTIFICATE@": str(identity.certificate),
            "@MODULES@": _modules(),
        }
        for name in ("kamailio.cfg", "tls.cfg"):
            text = (_CONFIG / name).read_text()
            for word, value in words.items():
                text = text.replace(word, value)
            (folder / name).write_text(text)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Starts it and waits until it listens."""
        command = ["kamailio", "-f", str(self._folder / "kamailio.cfg"), "-DD", "-E"]
        command += ["-m", "32", "-M", "8", "-Y", str(self._folder), "-w", str(self._folder)]
        with (self._folder / "kamailio.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError((self._folder / "kamailio.log").read_text())

    def stop(self) -> None:
        """Ends it, as a crash would, without a word to anybody."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def _modules() -> str:
    found = next(iter(sorted(Path("/usr/lib").glob("*/kamailio/modules/tm.so"))), None)
    return f"{found.parent}/" if found else "/usr/lib/kamailio/modules/"
