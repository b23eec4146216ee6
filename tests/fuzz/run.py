"""Fuzzes all targets, two at a time, and prints one table.

python tests/fuzz/run.py [--seconds 20] [--jobs 2] [target ...]

New inputs go to build/fuzz/TARGET, and what broke something to build/fuzz/crashes: give such a
file to one.py to see it again, and keep it as a seed.
"""

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzz.meter import Figures
from fuzz.targets import TARGETS, seeds_of

_FOLDER: Final = Path(__file__).parent
_WORK: Final = Path(__file__).parents[2] / "build" / "fuzz"
_CRASHES: Final = _WORK / "crashes"
_COVERAGE: Final = re.compile(r"^#\d+\s+[A-Z]\w+ +cov: (\d+)", re.MULTILINE)
_RUNS: Final = re.compile(r"^stat::number_of_executed_units: +(\d+)", re.MULTILINE)
_HEADINGS: Final = (
    *("target", "executions", "exec/s", "coverage", "new", "packets", "slowest ms", "> 5 ms"),
    *("RSS MiB", "Python blocks", "crashes"),
)
_LONGEST_INPUT: Final = 4096


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one target.

    Attributes:
        target: its name.
        seconds: how long it ran.
        executions: how many inputs it was given.
        coverage: places in the engine that were reached: by what was there, and in the end.
        figures: what it measured.
        crashes: files with inputs that broke something.
    """

    target: str
    seconds: int
    executions: int
    coverage: tuple[int, int]
    figures: Figures
    crashes: frozenset[Path]

    def row(self) -> list[str]:
        """For the table."""
        before, after = self.coverage
        resident, blocks = self.figures.resident, self.figures.blocks
        return [
            self.target,
            f"{self.executions:,}",
            f"{self.executions // self.seconds:,}",
            f"{after}",
            f"{after - before}",
            f"{self.figures.packets:,}",
            f"{self.figures.slowest_ms:.2f}",
            f"{self.figures.slow}",
            f"{resident[0] / 1024:.0f} - {resident[1] / 1024:.0f}",
            f"{blocks[0]:,} - {blocks[1]:,}",
            f"{len(self.crashes)}",
        ]


def _fuzz(target: str, *, seconds: int) -> Result:
    """Run one target to its end."""
    corpus, figures, log = _WORK / target, _WORK / f"{target}.json", _WORK / f"{target}.log"
    corpus.mkdir(exist_ok=True)
    figures.unlink(missing_ok=True)
    known = frozenset(_CRASHES.glob(f"{target}-*"))
    command: list[str | Path] = [sys.executable, _FOLDER / "one.py", target, figures]
    command += [corpus, _FOLDER / "seeds" / seeds_of(target)]
    command += [f"-max_total_time={seconds}", f"-max_len={_LONGEST_INPUT}"]
    command += [f"-artifact_prefix={_CRASHES}/{target}-", "-print_final_stats=1"]
    with log.open("w") as output:
        subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False)
    said = log.read_text(errors="replace")
    coverage = [int(count) for count in _COVERAGE.findall(said)]
    runs = _RUNS.search(said)
    if runs is None or not figures.exists():
        raise SystemExit(f"{target} did not run; {log} ends with:\n{said[-2000:]}")
    return Result(
        target,
        seconds,
        int(runs[1]),
        (coverage[0], coverage[-1]) if coverage else (0, 0),
        Figures.read(figures),
        frozenset(_CRASHES.glob(f"{target}-*")) - known,
    )


def _print_table(rows: list[list[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        numbers = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        sys.stdout.write("  ".join((name.ljust(widths[0]), *numbers)) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Fuzz the ZRTP engine, and whatever else reads what strangers wrote."
    )
    parser.add_argument("--seconds", type=int, default=20, help="for each target")
    parser.add_argument("--jobs", type=int, default=2, help="targets at a time")
    parser.add_argument("targets", nargs="*", metavar="target", help="all, unless some are named")
    arguments = parser.parse_args()
    if unknown := set(arguments.targets) - TARGETS.keys():
        parser.error(f"no target is called {', '.join(unknown)}: there are {', '.join(TARGETS)}")
    os.nice(10)
    _CRASHES.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(arguments.jobs) as pool:
        fuzz = partial(_fuzz, seconds=arguments.seconds)
        results = list(pool.map(fuzz, arguments.targets or TARGETS))
    total = f"{sum(result.executions for result in results):,} executions"
    _print_table([list(_HEADINGS), *(result.row() for result in results)])
    sys.stdout.write(f"{total}, {sum(len(result.crashes) for result in results)} crashes\n")
    for path in sorted(path for result in results for path in result.crashes):
        sys.stdout.write(f"{path}\n")
    return int(any(result.crashes for result in results))


if __name__ == "__main__":
    raise SystemExit(main())
