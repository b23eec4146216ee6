"""Debian's kamailio as an office's SIP server: the one that docs/servers.md describes."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final, Self

import pytest

from support.certificates import Identity
from support.dns_server import asking

OFFICE: Final = Path(__file__).parents[2] / "docs" / "servers" / "kamailio"
"""The configuration; tests write another office.cfg and another users' file, and no more.

With a second server they take the # away that stands before its section of tls.cfg.
"""
BETWEEN: Final = 5062
"""The port at which two servers speak with each other."""
USERS: Final = ("alice", "bob", "carol", "dave", "lin")
"""Who may register; the password of USER is "secret of USER"."""
_PATIENCE_S: Final = 60.0
_ENDS_S: Final = 3.0


@dataclass(frozen=True)
class Office:
    """What office.cfg says.

    Attributes:
        domain: The office's domain.
        server: This server's own name.
        address: Where it listens.
        port: The port of that.
        peer: The address of a second server; empty: there is none.
        pbx: Where a PBX listens, "address:port"; empty: there is none.
        pbx_name: The PBX's name.
        rtpengine: Where rtpengine takes orders, as Kamailio names it; empty: there is none.
    """

    domain: str = "localhost"
    server: str = "localhost"
    address: str = "127.0.0.1"
    port: int = 5071
    peer: str = ""
    pbx: str = ""
    pbx_name: str = ""
    rtpengine: str = ""
    users: tuple[str, ...] = field(default=USERS)

    def text(self, folder: Path) -> str:
        """The file."""
        lines = [
            f'#!define DOMAIN "{self.domain}"',
            f'#!define USERS "text://{folder}"',
            f"#!define SERVER {self.server}:{self.port}",
            f"listen=tls:{self.address}:{self.port}",
            f"tcp_source_ipv{6 if self.address.startswith('[') else 4}={self.address}",
        ]
        if self.peer:
            lines += [
                f'#!define PEER "sip:{self.peer}:{BETWEEN};transport=tls"',
                f'#!define PEER_ADDRESS "{self.peer}"',
                f'#!define BETWEEN "sip:{self.address}:{BETWEEN};transport=tls"',
                f"#!define BETWEEN_PORT {BETWEEN}",
                f"listen=tls:{self.address}:{BETWEEN}",
                f"server_id={self.address.rpartition('.')[2]}",
            ]
        if self.pbx:
            host, _, port = self.pbx.rpartition(":")
            lines.append(f'#!define PBX "sip:{self.pbx_name}:{port};transport=tls"')
            lines.append(f'#!define PBX_ADDRESS "{host}"')
        if self.rtpengine:
            lines.append(f'#!define RTPENGINE "{self.rtpengine}"')
        return "\n".join(lines) + "\n"

    def tls(self, shipped: str) -> str:
        """tls.cfg, made from the one that is shipped."""
        if not self.peer:
            return shipped
        return re.sub(r"^#(?=[\[a-z])", "", shipped, flags=re.MULTILINE).replace(
            "192.0.2.1", self.address
        )

    def subscribers(self) -> str:
        """The users' file: hashes as RFC 8760 has them, and no passwords."""
        rows = ["username(string) ha1(string)"]
        for user in self.users:
            secret = f"{user}:{self.domain}:secret of {user}"
            rows.append(f"{user}:{sha256(secret.encode()).hexdigest()}")
        return "\n".join(rows) + "\n"


class Kamailio:
    """One server; can be stopped and started again.

    Args:
        folder: Where its files go.
        identity: What it shows to phones.
        office: Who and where it is.
        ca_file: Who may vouch for a second server or a PBX; None: there is none.
        name_server: The one name server that it asks, and a folder for its resolv.conf; None:
            those of this machine.
    """

    def __init__(
        self,
        folder: Path,
        identity: Identity,
        office: Office | None = None,
        ca_file: Path | None = None,
        name_server: tuple[str, Path] | None = None,
    ) -> None:
        self._prefix = () if name_server is None else asking(*name_server)
        if shutil.which("kamailio") is None:
            pytest.skip("kamailio is not installed (packages kamailio, kamailio-tls-modules)")
        self._office = office or Office()
        self.port = self._office.port
        self._folder = folder / f"kamailio-{self._office.address}-{self.port}"
        self._folder.mkdir()
        shutil.copy(OFFICE / "kamailio.cfg", self._folder)
        shipped = (OFFICE / "tls.cfg").read_text(encoding="utf-8")
        (self._folder / "tls.cfg").write_text(self._office.tls(shipped))
        (self._folder / "office.cfg").write_text(self._office.text(self._folder))
        (self._folder / "subscriber").write_text(self._office.subscribers())
        shutil.copy(identity.certificate, self._folder / "server.pem")
        shutil.copy(identity.private_key, self._folder / "server.key")
        shutil.copy(ca_file or identity.certificate, self._folder / "ca.pem")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    @property
    def log(self) -> str:
        """What it has said."""
        return (self._folder / "kamailio.log").read_text(errors="replace")

    def start(self) -> None:
        """Starts it and waits until it listens."""
        command = [*self._prefix, "kamailio", "-f", str(self._folder / "kamailio.cfg"), "-DD", "-E"]
        command += ["-m", "32", "-M", "8", "-Y", str(self._folder), "-w", str(self._folder)]
        with (self._folder / "kamailio.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self._folder, start_new_session=True
            )
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until and self._process.poll() is None:
            try:
                socket.create_connection((self._office.address.strip("[]"), self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(self.log)

    def stop(self) -> None:
        """Ends it, as a crash would, without a word to anybody."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_ENDS_S)
        # Now and then it waits for its own processes, which go on serving, for a minute.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
