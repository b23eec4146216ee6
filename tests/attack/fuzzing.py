"""Octets that nobody wrote: the targets of tests/fuzz, each a row."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attack.rows import Row

from fuzz.targets import TARGETS

_RUN: Final = Path(__file__).parents[1] / "fuzz" / "run.py"
_HEADINGS: Final = 1


def fuzzed(seconds: int) -> Iterator[Row]:
    """Each target for so long; what broke one is kept in build/fuzz/crashes.

    A target that did not run makes the whole a row that does not hold.
    """
    order = [sys.executable, str(_RUN), "--seconds", str(seconds)]
    done = subprocess.run(order, capture_output=True, text=True, check=False)
    found = False
    for line in done.stdout.splitlines()[_HEADINGS:]:
        name, *cells = line.split(maxsplit=1)
        if name in TARGETS:
            found = True
            yield _row(name, cells[0], seconds)
    if not found or done.returncode:
        told = (done.stdout + done.stderr).strip().splitlines()[-3:]
        yield Row("fuzz", "the parts alone", "", " ".join(told), "", "", holds=False)


def _row(name: str, cells: str, seconds: int) -> Row:
    executions, _, _, _, _, slowest, _, *rest = cells.split()
    crashes = int(rest[-1])
    memory = " ".join(rest[:3])
    return Row(
        f"fuzz {name}",
        "the parts alone",
        f"{executions} inputs, made from the seeds and from what they reached, in {seconds} s",
        f"{crashes} crashes; slowest {slowest} ms; resident {memory} MiB",
        "",
        "",
        holds=crashes == 0,
        data={"executions": executions, "crashes": crashes, "resident_mib": memory},
    )
