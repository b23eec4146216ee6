"""Measures the phone beside Linphone and baresip: one table here, all runs in build/bench.json.

Asserts nothing. Needs root, for networks of its own; takes a quarter of an hour. Whatever else
runs on the machine is in the figures: each part tells the load that it began with.
"""

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import (
    calls,
    costs,
    flood,
    handshakes,
    listening,
    mouth,
    registration,
    starting,
    travelling,
)
from bench.abreast import abreast
from bench.figures import HEADER, Figure

from support.netns import network_namespace

_RESULT: Final = Path(__file__).parents[2] / "build" / "bench.json"


def main() -> None:
    """Measures and prints."""
    wanted = _wanted()
    figures: list[Figure] = []
    notes: list[str] = []
    began = time.monotonic()
    _as_installed()
    _say(HEADER)
    for name in wanted:
        _say(f"-- {name}: load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        with network_namespace():
            for each in _PARTS[name]():
                if isinstance(each, Figure):
                    figures.append(each)
                    _say(each.line)
                else:
                    notes.append(each)
    for note in notes:
        _say(note)
    _say(f"All of it took {(time.monotonic() - began) / 60:.0f} minutes.")
    _RESULT.parent.mkdir(exist_ok=True)
    result = {
        "machine": _machine(),
        "figures": [each.as_json() for each in figures],
        "notes": notes,
    }
    _RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _wanted() -> list[str]:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=_PARTS, metavar="PART", help=", ".join(_PARTS))
    return parser.parse_args().only or list(_PARTS)


def _starting() -> Iterator[Figure]:
    yield starting.measure()


def _gate() -> Iterator[Figure | str]:
    """In a process of its own: PJSIP exists once in each."""
    order = [sys.executable, str(Path(__file__).with_name("gate.py"))]
    done = subprocess.run(order, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout[done.stdout.index("{") :])
    for name, runs in found.items():
        yield Figure(f"a packet, {name}", "ns", runs)
    dearest = max(
        statistics.median(runs) / statistics.median(found[name.replace("gate", "libsrtp")])
        for name, runs in found.items()
        if "gate" in name
    )
    yield f"The gate costs at most {dearest:.2f} times what libsrtp alone does."


def _waits() -> Iterator[Figure | str]:
    """What is mostly waiting, all at once."""
    return abreast([registration.measure, travelling.measure, *handshakes.far()])


def _as_installed() -> None:
    """The package brings compiled modules: so phones here have them, too, from their second start."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    compiled = [sys.executable, "-c", "import agent.daemon, hw.simulator.board"]
    subprocess.run(compiled, check=True, stdout=subprocess.DEVNULL)


_PARTS: Final[dict[str, Callable[[], Iterator[Figure | str]]]] = {
    "start": _starting,
    "calls": calls.measure,
    "flood": flood.measure,
    "gate": _gate,
    "costs": costs.measure,
    "handshakes": handshakes.measure,
    "waits": _waits,
    "ear": listening.measure,
    "mouth": mouth.measure,
}


def _machine() -> dict[str, object]:
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="ascii"))
    return {
        "cpu": model.group(1) if model else platform.machine(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load": os.getloadavg(),
    }


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a person reads it


if __name__ == "__main__":
    main()
