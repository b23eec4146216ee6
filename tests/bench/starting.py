"""How long a phone takes from its start until it says to systemd that it is ready."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from bench.figures import Figure

from support.couple import CALLEE, CALLER, furnish

STARTS: Final = 6
_PATIENCE_S: Final = 15.0


def measure() -> Figure:
    """Starts and ends one phone again and again; the first time makes its database and its key."""
    with tempfile.TemporaryDirectory(prefix="sotto-bench-") as folder:
        config = furnish(Path(folder), CALLER, CALLEE).config
        times = [_start(config, Path(folder) / "notify") for _ in range(STARTS)]
    return Figure("process started to READY", "ms", times)


def _start(config: Path, address: Path) -> float:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(address))
        listener.settimeout(_PATIENCE_S)
        began = time.monotonic()
        order = [sys.executable, "-m", "agent", "run", "--config", str(config)]
        with subprocess.Popen(
            order,
            env=os.environ | {"NOTIFY_SOCKET": str(address)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as phone:
            try:
                while listener.recv(200) != b"READY=1":
                    pass
                took = time.monotonic() - began
            finally:
                phone.send_signal(signal.SIGTERM)
    address.unlink()
    return 1000 * took
