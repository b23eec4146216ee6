"""Attacks the phone: one table here, all that was seen in build/attack.json.

Needs root, for networks of its own. `make attack ARGS="--only XS01 flood"` does a part of it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from attack import floods, fuzzing
from attack.registry import Attack, attacks
from attack.rows import HEADING, Row, row_of

_ROOT: Final = Path(__file__).parents[2]
_RESULT: Final = _ROOT / "build" / "attack.json"


def main() -> int:
    """Does what is wanted; returns 1 if the phone did not hold somewhere."""
    wishes = _wishes()
    rows: list[Row] = []
    began = time.monotonic()
    _say(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n{HEADING}")
    for row in _all(wishes):
        rows.append(row)
        for line in row.lines:
            _say(line)
    held = sum(row.holds is True for row in rows)
    broken = [row.name for row in rows if row.holds is False]
    untried = [row.name for row in rows if row.holds is None]
    _say(f"{len(rows)} rows: {held} hold, {len(broken)} broken {broken}, not tried {untried}")
    result = {"seconds": round(time.monotonic() - began), "rows": [row.as_json() for row in rows]}
    _RESULT.parent.mkdir(exist_ok=True)
    _RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return int(bool(broken))


def _all(wishes: argparse.Namespace) -> Iterator[Row]:
    every = attacks()
    names = {each.name for each in every}
    only = set(wishes.only or [*names, "flood", "fuzz"])
    if unknown := only - names - {"flood", "fuzz"}:
        raise SystemExit(f"there is no {', '.join(sorted(unknown))}")
    wanted = [each for each in every if each.name in only]
    if wanted:
        yield from _attacked(wanted)
    if "flood" in only:
        yield from floods.poured(wishes.flood_seconds)
    if "fuzz" in only:
        yield from fuzzing.fuzzed(wishes.seconds)


def _attacked(wanted: Sequence[Attack]) -> Iterator[Row]:
    results = _tested(sorted({test for each in wanted for test in each.tests}))
    for each in wanted:
        mine = [one for one in results if str(one["test"]).partition("[")[0] in each.tests]
        yield row_of(each, mine)


def _tested(tests: Sequence[str]) -> list[dict[str, Any]]:
    """Runs tests, and returns what the witness wrote down of each."""
    if not tests:
        return []
    with tempfile.TemporaryDirectory(prefix="sotto-") as folder:
        report = Path(folder, "report")
        report.touch()
        path = os.pathsep.join((str(_ROOT / "tests"), str(_ROOT)))
        order = [sys.executable, "-m", "pytest", "-q", "-p", "attack.witness", "-p"]
        subprocess.run(
            [*order, "no:cacheprovider", *tests],
            cwd=_ROOT,
            env=os.environ | {"ATTACK_REPORT": str(report), "PYTHONPATH": path},
            stdout=sys.stderr,
            check=False,
        )
        return [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make attack", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="ID", help="XA01, ..., flood, fuzz")
    parser.add_argument("--seconds", type=int, default=20, help="for each target of the fuzzer")
    parser.add_argument("--flood-seconds", type=float, default=10, help="for each flood")
    return parser.parse_args()


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a person reads it


if __name__ == "__main__":
    sys.exit(main())
