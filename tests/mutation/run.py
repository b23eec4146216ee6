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
_MODULES: Final = (
    *("state", "exchange", "greeting", "commits", "confirming", "requests", "held", "dh_mode"),
    *("confirm", "hash_chain", "retained_secrets", "discovery", "established", "negotiation"),
    *("key_agreement", "modp", "kem", "wire", "messages", "fragments", "multistream", "preshared"),
    *("non_dh", "retransmission", "roster", "agreement"),
)
_HEADINGS: Final = ("module", "mutants", "killed", "survived", "timeout")
Verdicts = dict[str, str]


def _copy_tree() -> None:
    shutil.rmtree(_WORK, ignore_errors=True)
    _WORK.mkdir(parents=True)
    paths = ("pyproject.toml", "README.md", "agent", "tests")
    archive = subprocess.run(
        ["git", "archive", "HEAD", *paths], cwd=_ROOT, stdout=subprocess.PIPE, check=True
    )
    subprocess.run(["tar", "-x"], cwd=_WORK, input=archive.stdout, check=True)


def _make_mutants() -> None:
    """Let mutmut make them all; it has to judge some as well: those of the smallest module."""
    mutmut = Path(sys.executable).with_name("mutmut")
    with (_WORK / "mutmut.log").open("w") as log:
        command: list[str | Path] = [mutmut, "run", "--max-children", "2", "agent.zrtp.erasure.*"]
        subprocess.run(command, cwd=_WORK, stdout=log, stderr=log, check=True)


def _judge(modules: list[str]) -> dict[str, Verdicts]:
    """What became of each mutant, by module; the tests have to pass without any first."""
    mutants, results = _WORK / "mutants", _WORK / "verdicts.json"
    path = os.pathsep.join((f"{mutants}", f"{mutants / 'tests'}"))
    command: list[str | Path] = [sys.executable, "tests/mutation/judge.py", results, *modules]
    with (_WORK / "judge.log").open("w") as log:
        environment = {**os.environ, "PYTHONPATH": path}
        subprocess.run(command, cwd=mutants, env=environment, stdout=log, stderr=log, check=True)
    found: dict[str, Verdicts] = {module: {} for module in modules}
    for name, verdict in json.loads(results.read_text()).items():
        if name != "nothing changed":
            module = name.split(".")[2] if name.startswith("agent.") else "state"
            found[module][name] = verdict
    return found


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
    _make_mutants()
    results = _judge(modules)
    rows = [_row(module, list(verdicts.values())) for module, verdicts in results.items()]
    everything = [verdict for verdicts in results.values() for verdict in verdicts.values()]
    _print_table([list(_HEADINGS), *rows, _row("total", everything)])
    for verdicts in results.values():
        for name in (name for name, verdict in verdicts.items() if verdict == "survived"):
            sys.stdout.write(f"survived: {name}\n")


if __name__ == "__main__":
    main()
