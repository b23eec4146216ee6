"""Debian's rtpengine as a plain relay beside Kamailio: the one that docs/servers.md describes."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

OFFICE: Final = Path(__file__).parents[2] / "docs" / "servers" / "rtpengine" / "rtpengine.conf"
"""The configuration, which the tests use as it is."""
ORDERS: Final = "udp:127.0.0.1:2223"
"""Where it takes them, as Kamailio names it."""
_PATIENCE_S: Final = 60.0


@contextmanager
def rtpengine(folder: Path) -> Iterator[None]:
    """Runs it on the machine for servers (see `internet`)."""
    if shutil.which("rtpengine") is None:
        pytest.skip("rtpengine is not installed (package rtpengine-daemon)")
    log = folder / "rtpengine.log"
    command = ["rtpengine", "--foreground", "--log-stderr", "--config-file", str(OFFICE)]
    command += ["--pidfile", str(folder / "rtpengine.pid")]
    with log.open("wb") as journal:
        process = subprocess.Popen(command, stdout=journal, stderr=journal)
    try:
        until = time.monotonic() + _PATIENCE_S
        while not _listens():
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(log.read_text(errors="replace"))
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _listens() -> bool:
    """Whether somebody has the port, in the network that this thread is in."""
    port = f":{int(ORDERS.rpartition(':')[2]):04X} "
    return port in Path("/proc/thread-self/net/udp").read_text(encoding="ascii")
