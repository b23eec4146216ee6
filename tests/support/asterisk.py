"""Debian sid's asterisk as an office's PBX: the one that docs/servers.md describes.

It stands in no Debian release, so it runs in a folder of its own with sid's libraries, made once
under build/ (some 25 s and 341 MB; it takes root and Debian's archive).
"""

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import pytest

from support.certificates import Identity
from support.source import ROOT

OFFICE: Final = ROOT / "docs" / "servers" / "asterisk"
"""The configuration; tests write office-*.conf of their own, and no more."""
ADDRESS: Final = "127.0.0.2"
"""Kamailio knows the PBX by its address; the phones have another one."""
PORT: Final = 5061
_CHROOT: Final = ROOT / "build" / "sid"
_DONE: Final = _CHROOT / ".complete"
_PATIENCE_S: Final = 60.0
_MAKING_S: Final = 600.0
_CONSOLE_S: Final = 30.0
_LOG: Final = "[general]\n[logfiles]\nfull => notice,warning,error,verbose\n"


def chroot() -> Path:
    """The folder with sid's asterisk; it is made if it is not there yet.

    Skips the test where it cannot be made.
    """
    _CHROOT.parent.mkdir(exist_ok=True)
    with (_CHROOT.parent / ".sid.lock").open("w") as lock:
        # Several processes may want it at once; one makes it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _DONE.exists():
            _make()
    return _CHROOT


def _make() -> None:
    if os.geteuid() != 0:
        pytest.skip("asterisk runs in a chroot of Debian sid, and that takes root")
    if shutil.which("mmdebstrap") is None:
        pytest.skip("asterisk runs in a chroot of Debian sid (package mmdebstrap)")
    shutil.rmtree(_CHROOT, ignore_errors=True)
    # A mirror that stands still has lists that are out of date, and signed all the same.
    options = ('Acquire::Check-Valid-Until "false"', 'APT::Install-Recommends "false"')
    command = ["mmdebstrap", "--mode=root", "--variant=apt", "--include=asterisk"]
    command += [f"--aptopt={option}" for option in options]
    try:
        made = subprocess.run(  # noqa: PLW1510 - it says why below
            [*command, "sid", str(_CHROOT)], capture_output=True, text=True, timeout=_MAKING_S
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"the chroot of Debian sid was not made within {_MAKING_S:.0f} s")
    if made.returncode != 0:
        shutil.rmtree(_CHROOT, ignore_errors=True)
        pytest.skip(f"the chroot of Debian sid was not made: {made.stderr[-300:]}")
    # Nobody resolves names for it but this.
    (_CHROOT / "etc" / "hosts").write_text("127.0.0.1 localhost\n")
    _DONE.touch()


@dataclass(frozen=True)
class Kamailio:
    """Where the Kamailio is that the PBX stands behind."""

    address: str
    port: int
    domain: str


class Asterisk:
    """One PBX.

    Args:
        identity: What it shows to Kamailio.
        ca_file: Who may vouch for Kamailio.
        kamailio: Where that is.
    """

    def __init__(self, identity: Identity, ca_file: Path, kamailio: Kamailio) -> None:
        self._root = chroot()
        self._folder = Path(tempfile.mkdtemp(prefix="pbx-", dir=self._root / "tmp"))
        self._inside = Path("/tmp") / self._folder.name  # noqa: S108 - as the chroot sees it
        for each in OFFICE.iterdir():
            shutil.copy(each, self._folder)
        for name in ("var", "run", "db"):
            (self._folder / name).mkdir()
        for name, source in (
            *(("server.pem", identity.certificate), ("server.key", identity.private_key)),
            ("ca.pem", ca_file),
        ):
            shutil.copy(source, self._folder / name)
        (self._folder / "asterisk.conf").write_text(self._paths())
        (self._folder / "office-pjsip.conf").write_text(self._office(kamailio))
        (self._folder / "office-extensions.conf").write_text(
            f"[globals]\nDOMAIN={kamailio.domain}\n"
        )
        (self._folder / "logger.conf").write_text(_LOG)
        for name in ("acl", "ccss", "cdr", "cel", "features", "indications", "udptl"):
            (self._folder / f"{name}.conf").write_text("[general]\n")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    @property
    def log(self) -> str:
        """What it has said."""
        said = (self._folder / "console.log", self._folder / "var" / "full")
        return "\n".join(each.read_text(errors="replace") for each in said if each.exists())

    def start(self) -> None:
        """Starts it and waits until it takes calls."""
        with (self._folder / "console.log").open("wb") as log:
            self._process = subprocess.Popen(
                self._command("-f", "-vvv"), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until and self._process.poll() is None:
            try:
                socket.create_connection((ADDRESS, PORT), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                self.says("core waitfullybooted")
                return
        raise AssertionError(self.log)

    def says(self, command: str) -> str:
        """What it answers at its console."""
        run = self._command("-rx", command)
        return subprocess.run(
            run, check=True, capture_output=True, text=True, timeout=_CONSOLE_S
        ).stdout

    def calls(self, user: str, extension: str) -> None:
        """Calls a user, and connects whoever answers with an extension of its own."""
        self.says("module load res_clioriginate.so")
        where = f"PJSIP/phones/sip:{user}@{self._domain}"
        self.says(f"channel originate {where} extension {extension}@office")

    def leave_message(self, user: str) -> None:
        """Puts a message into a user's voice mail box, as a caller would."""
        box = self._folder / "var" / "voicemail" / "office" / user / "INBOX"
        box.mkdir(parents=True, exist_ok=True)
        number = len(list(box.glob("*.txt")))
        (box / f"msg{number:04}.txt").write_text("[message]\ncallerid=Bob\norigtime=1\n")

    def stop(self) -> None:
        """Ends it."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def _command(self, *arguments: str) -> list[str]:
        configuration = str(self._inside / "asterisk.conf")
        program = ["chroot", str(self._root), "/usr/sbin/asterisk", "-C", configuration]
        return [*program, *arguments]

    def _paths(self) -> str:
        here, share = self._inside, "/usr/share/asterisk"
        modules = next(self._root.glob("usr/lib/*/asterisk/modules")).relative_to(self._root)
        return f"""[directories]
astetcdir => {here}
astmoddir => /{modules}
astvarlibdir => /var/lib/asterisk
astdbdir => {here}/db
astkeydir => {here}
astdatadir => {share}
astagidir => {share}/agi-bin
astspooldir => {here}/var
astrundir => {here}/run
astlogdir => {here}/var
[options]
nocolor = yes
dontwarn = yes
"""

    def _office(self, kamailio: Kamailio) -> str:
        self._domain = kamailio.domain
        proxy = f"sip:{kamailio.domain}:{kamailio.port}\\;transport=tls\\;lr"
        boxes = "".join(
            f"[{user}]\ntype=aor\nmailboxes={user}@office\n\n" for user in ("alice", "bob")
        )
        return f"""[tls]
type=transport
protocol=tls
bind={ADDRESS}:{PORT}
cert_file={self._inside}/server.pem
priv_key_file={self._inside}/server.key
ca_list_file={self._inside}/ca.pem
verify_server=yes
method=tlsv1_2

[phones](behind-kamailio)
outbound_proxy={proxy}
from_domain={kamailio.domain}
media_address={ADDRESS}
bind_rtp_to_media_address=yes

[kamailio]
type=identify
endpoint=phones
match={kamailio.address}

{boxes}"""
