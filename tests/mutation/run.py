"""Mutates modules of the ZRTP engine and prints how many mutants the unit tests notice.

python tests/mutation/run.py [module ...]

Works on a copy of what is committed, in build/mutation. Below the table stands each mutant that
survived: `mutmut show NAME` in build/mutation shows what was changed. docs/mutation.md explains
those that may.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[2]
_WORK: Final = _ROOT / "build" / "mutation"
_TABLE: Final = "state"  # a table: table.py knows how to change it, mutmut does not
_MODULES: Final = (
    *(_TABLE, "exchange", "greeting", "commits", "confirming", "requests", "held", "dh_mode"),
    *("confirm", "hash_chain", "retained_secrets", "discovery", "established", "negotiation"),
    *("key_agreement", "modp", "kem", "wire", "messages", "fragments", "multistream", "preshared"),
    *("non_dh", "retransmission", "roster", "agreement"),
)
_HEADINGS: Final = ("module", "mutants", "killed", "survived", "timeout", "not run")
_KILLED, _SURVIVED, _TIMEOUT, _NOT_RUN = _HEADINGS[2:]
# What mutmut writes down for a mutant; anything else is a test that failed.
_VERDICTS: Final = {
    0: _SURVIVED,
    5: _SURVIVED,  # no test reaches it
    33: _SURVIVED,
    -24: _TIMEOUT,
    24: _TIMEOUT,
    36: _TIMEOUT,
    152: _TIMEOUT,
    None: _NOT_RUN,
}

Verdicts = dict[str, str]


def _copy_tree() -> None:
    shutil.rmtree(_WORK, ignore_errors=True)
    _WORK.mkdir(parents=True)
    paths = ("pyproject.toml", "README.md", "agent", "tests")
    archive = subprocess.run(
        ["git", "archive", "HEAD", *paths], cwd=_ROOT, stdout=subprocess.PIPE, check=True
    )
    subprocess.run(["tar", "-x"], cwd=_WORK, input=archive.stdout, check=True)


def _mutate_table() -> Verdicts:
    command = [sys.executable, "tests/mutation/table.py"]
    done = subprocess.run(command, cwd=_WORK, stdout=subprocess.PIPE, check=True)
    killed: dict[str, bool] = json.loads(done.stdout)
    return {name: _KILLED if fell else _SURVIVED for name, fell in killed.items()}


def _mutate(modules: list[str]) -> None:
    """Run mutmut; an interrupt ends it early, and what it has counts."""
    mutmut = Path(sys.executable).with_name("mutmut")
    names = [f"agent.zrtp.{module}.*" for module in modules]
    with (_WORK / "mutmut.log").open("w") as log:
        command: list[str | Path] = [mutmut, "run", "--max-children", "2", *names]
        subprocess.run(command, cwd=_WORK, stdout=log, stderr=log, check=False)


def _verdicts(module: str) -> Verdicts:
    path = _WORK / "mutants" / "agent" / "zrtp" / f"{module}.py.meta"
    codes: dict[str, int | None] = json.loads(path.read_text())["exit_code_by_key"]
    return {name: _VERDICTS.get(code, _KILLED) for name, code in codes.items()}


def _print_table(rows: list[list[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        numbers = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        sys.stdout.write("  ".join((name.ljust(widths[0]), *numbers)) + "\n")


def _row(name: str, verdicts: list[str]) -> list[str]:
    counts = Counter(verdicts)
    return [name, f"{len(verdicts)}", *(f"{counts[heading]}" for heading in _HEADINGS[2:])]


def main() -> None:
    parser = argparse.ArgumentParser(description="Mutate the ZRTP engine.")
    parser.add_argument("modules", nargs="*", metavar="module", help="all, unless some are named")
    modules = parser.parse_args().modules or list(_MODULES)
    if unknown := set(modules) - set(_MODULES):
        parser.error(f"not among {', '.join(_MODULES)}: {', '.join(unknown)}")
    os.nice(10)
    _copy_tree()
    results: dict[str, Verdicts] = {}
    if _TABLE in modules:
        results[_TABLE] = _mutate_table()
    if others := [module for module in modules if module != _TABLE]:
        _mutate(others)
        results |= {module: _verdicts(module) for module in others}
    rows = [_row(module, list(verdicts.values())) for module, verdicts in results.items()]
    everything = [verdict for verdicts in results.values() for verdict in verdicts.values()]
    _print_table([list(_HEADINGS), *rows, _row("total", everything)])
    for verdicts in results.values():
        for name in (name for name, verdict in verdicts.items() if verdict == _SURVIVED):
            sys.stdout.write(f"survived: {name}\n")


if __name__ == "__main__":
    main()
