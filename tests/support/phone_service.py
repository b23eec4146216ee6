"""The phone as a unit of systemd: its process, its journal, and how long it takes to be back."""

import grp
import json
import os
import shutil
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Final

ETC: Final = Path("/etc/sotto")
STATE: Final = Path("/var/lib/sotto")
PATIENCE_S: Final = 150.0
_LOOK_S: Final = 0.05
_SELDOM_S: Final = 0.5
"""While it is measured how fast a phone is back: each look is work for the same processor."""
_MICRO: Final = 1_000_000
_REGISTERED: Final = "account office: REGISTERED"


def systemctl(*arguments: str) -> str:
    """Asks systemd, and returns what it says."""
    done = subprocess.run(["systemctl", *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def configure(ca_file: Path, port: int, board: str, more: str = "") -> None:
    """Writes what the package's own files would say.

    Args:
        ca_file: Whom the phone trusts.
        port: Where the server listens on this machine.
        board: The board's name.
        more: What stands in the configuration besides.
    """
    ETC.mkdir(exist_ok=True)
    shutil.copy(ca_file, ETC / "ca.pem")
    (ETC / "office.password").write_text("secret of alice\n")
    (ETC / "sotto.toml").write_text(
        f"""
[phone]
name = "Alice"
state_dir = "{STATE}"
board = "{board}"

[[account]]
name = "office"
uri = "sip:alice@localhost"
registrar = "sip:localhost:{port}"
password_file = "{ETC}/office.password"
ca_file = "{ETC}/ca.pem"

{more}
"""
    )
    give_to_the_phone()


def give_to_the_phone() -> None:
    """Lets it read what lies there, and nobody else."""
    group = grp.getgrnam("sotto").gr_gid
    for path in (ETC, *ETC.iterdir()):
        os.chown(path, 0, group)
        path.chmod(0o750 if path.is_dir() else 0o640)


class PhoneService(ABC):
    """The phone's unit."""

    @abstractmethod
    def panel(self) -> str:
        """What stands on it, for a report; empty where no phone answers."""

    @abstractmethod
    def shows(self, text: str) -> bool:
        """Whether this stands on its panel."""

    @property
    def pid(self) -> int:
        """Its process; 0: there is none."""
        return int(systemctl("show", "sotto", "--property=MainPID", "--value"))

    @property
    def journal(self) -> str:
        """What it and systemd have said."""
        order = ["journalctl", "--unit=sotto", "--output=cat", "--no-pager"]
        return subprocess.run(order, capture_output=True, text=True, check=True).stdout

    def until(self, condition: Callable[[], bool], wish: str, every: float = _LOOK_S) -> None:
        """Waits for something to become true, and fails with what there is instead."""
        end = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < end, f"no {wish}; panel: {self.panel()}\n{self.journal}"
            time.sleep(every)

    def until_shows(self, text: str) -> None:
        """Waits until this stands on the panel."""
        self.until(lambda: self.shows(text), f'"{text}" on the panel')

    def until_ready(self) -> None:
        """Waits until systemd holds it for ready, and its panel says that it is registered."""
        self.until(lambda: systemctl("is-active", "sotto") == "active", "active unit")
        self.until_shows("Ready")

    def back(self, before: int, what: str) -> None:
        """Waits until another process has taken over, and is ready; tells how long that took."""
        began = time.monotonic()
        self.until(lambda: self.pid not in (0, before), "new process", _SELDOM_S)
        self.until(lambda: self.registered_at() is not None, "registration", _SELDOM_S)
        self.until_ready()
        registered = self.registered_at() or 0.0
        user, kernel = self.processor_seconds()
        started, ready = map(self._moment, ("ExecMainStart", "ActiveEnter"))
        # For whoever reads it (pytest -s): nobody knows what else this machine does.
        print(  # noqa: T201
            f"{what}: started again after {started - began:.1f} s, ready after {ready - began:.1f},"
            f" registered after {registered - began:.1f};"
            f" of the processor it had {user:.1f} s itself, and the kernel {kernel:.1f} s for it"
        )

    def processor_seconds(self) -> tuple[float, float]:
        """How long its process has computed, in its own code and in the kernel (proc(5))."""
        stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8")
        user, kernel = stat.rpartition(")")[2].split()[11:13]
        tick = os.sysconf("SC_CLK_TCK")
        return int(user) / tick, int(kernel) / tick

    def registered_at(self) -> float | None:
        """The monotonic second in which its process told that it is registered; None: not yet."""
        order = ["journalctl", f"_PID={self.pid}", "--output=json", "--no-pager"]
        told = subprocess.run(order, capture_output=True, text=True, check=True).stdout
        for each in map(json.loads, told.splitlines()):
            if _REGISTERED in str(each["MESSAGE"]):
                return int(each["__MONOTONIC_TIMESTAMP"]) / _MICRO
        return None

    @staticmethod
    def _moment(name: str) -> float:
        """A monotonic second that systemd keeps."""
        moment = systemctl("show", "sotto", f"--property={name}TimestampMonotonic", "--value")
        return int(moment) / _MICRO

    def ends_for_want_of_memory(self) -> None:
        """Gives it too little, until it is ended, and enough again."""
        before = self.pid
        systemctl("set-property", "--runtime", "sotto.service", "MemoryMax=16M")
        try:
            self.until(lambda: self.pid != before, "end of the process")
        finally:
            systemctl("set-property", "--runtime", "sotto.service", "MemoryMax=infinity")
        self.back(before, "out of memory")
        assert "oom-kill" in self.journal
