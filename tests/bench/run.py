"""Measures the phone: one table here, all runs in build/bench.json. Asserts nothing.

Needs root, for a network of its own; takes seven minutes.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import calls, costs, flood, handshakes, listening, registration, starting, travelling
from bench.figures import HEADER, Figure

from support.netns import network_namespace

_RESULT: Final = Path(__file__).parents[2] / "build" / "bench.json"
_GATE: Final = re.compile(r"(.*): protect (\d+) ns, unprotect (\d+) ns")


def main() -> None:
    """Measures and prints."""
    wanted = _wanted()
    figures: list[Figure] = []
    notes: list[str] = []
    _say(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    _say(HEADER)
    for name in wanted:
        with network_namespace():
            for each in _PARTS[name]():
                if isinstance(each, Figure):
                    figures.append(each)
                    _say(each.line)
                else:
                    notes.append(each)
    for note in notes:
        _say(note)
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


def _gate() -> Iterator[Figure]:
    """In a process of its own: PJSIP exists once in each."""
    order = [sys.executable, str(Path(__file__).with_name("gate.py"))]
    done = subprocess.run(order, check=True, capture_output=True, text=True)
    for name, protect, unprotect in _GATE.findall(done.stdout):
        yield Figure(f"gate, {name}: a packet out", "ns", [float(protect)])
        yield Figure(f"gate, {name}: a packet in", "ns", [float(unprotect)])


_PARTS: Final[dict[str, Callable[[], Iterator[Figure | str]]]] = {
    "start": _starting,
    "calls": calls.measure,
    "flood": flood.measure,
    "server": registration.measure,
    "travelling": travelling.measure,
    "gate": _gate,
    "costs": costs.measure,
    "handshakes": handshakes.measure,
    "ear": listening.measure,
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
