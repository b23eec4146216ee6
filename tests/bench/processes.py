"""What a process costs, read from /proc."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK")
_KIB: Final = 1024


def pid_of(config: Path) -> int:
    """The process that runs with this configuration.

    Raises:
        LookupError: There is none.
    """
    wanted = str(config).encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and wanted in _arguments(entry):
            return int(entry.name)
    raise LookupError(f"no process with {config}")


def _arguments(entry: Path) -> list[bytes]:
    try:
        return (entry / "cmdline").read_bytes().split(b"\0")
    except OSError:  # it has just ended
        return []


def memory_mib(pid: int) -> tuple[float, float]:
    """Resident memory, and its proportional share (PSS), in MiB."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
        name, value = line.split(":")
        found[name] = int(value.split()[0]) / _KIB
    return found["Rss"], found["Pss"]


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds of a process by thread name, and how often it was put to sleep or aside."""

    at: float
    seconds: dict[str, float]
    switches: int


def usage(pid: int) -> Usage:
    """So far."""
    seconds: dict[str, float] = {}
    switches = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        name, _, rest = (
            (task / "stat").read_text(encoding="ascii").partition(" (")[2].rpartition(")")
        )
        # Python 3.11 gives its threads no names: the first one is the loop, any other one SIP's.
        if int(task.name) == pid:
            name = "loop"
        elif name.startswith("python"):
            name = "sip"
        fields = rest.split()
        used = (int(fields[11]) + int(fields[12])) * _TICK_S
        seconds[name] = seconds.get(name, 0.0) + used
        status = (task / "status").read_text(encoding="ascii").splitlines()
        switches += sum(int(line.split()[1]) for line in status if "ctxt_switches" in line)
    return Usage(time.monotonic(), seconds, switches)


@dataclass(frozen=True, slots=True)
class Load:
    """What a process did between two moments."""

    percent: float
    by_thread: dict[str, float]
    switches_per_s: float


def load(before: Usage, after: Usage) -> Load:
    """CPU in percent of one core."""
    span = after.at - before.at
    used = {
        name: 100 * (after.seconds[name] - before.seconds.get(name, 0.0)) / span
        for name in after.seconds
    }
    return Load(
        sum(used.values()),
        {name: percent for name, percent in used.items() if percent > 0},
        (after.switches - before.switches) / span,
    )


def told(loads: Iterable[Load]) -> str:
    """Where it goes, thread by thread, of several processes on average."""
    threads: dict[str, float] = {}
    several = list(loads)
    for each in several:
        for name, percent in each.by_thread.items():
            threads[name] = threads.get(name, 0.0) + percent / len(several)
    shares = sorted(threads.items(), key=lambda share: -share[1])
    return ", ".join(f"{name} {percent:.2f} %" for name, percent in shares)
