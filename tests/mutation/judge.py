"""Judges mutants: collects the tests once, then runs those that matter in a fork for each mutant.

python judge.py RESULTS MODULE ..., in the folder that mutmut made. It writes a JSON object from
the name of each mutant to "killed", "survived" or "timeout".

mutmut makes the mutants and finds out which tests call which function. Its own runner starts
pytest for each mutant, which costs a second and more; a fork costs milliseconds.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import pytest
from _pytest.runner import runtestprotocol
from mutation.table import row_mutants

TABLE: Final = "state"
"""A table: mutmut leaves what stands outside of functions as it is."""

_ARGUMENTS: Final = (
    *("tests/unit/zrtp", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:cov"),
    *("--hypothesis-profile=ci", "-k", "not damaged and not every_octet and not one_changed"),
)
_PROCESSES: Final = 2
_SECONDS: Final = 30
_SLOW: Final = 0.1  # seconds: a test that takes longer would be run for each survivor
_CONTROL: Final = "nothing changed"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of the code.

    Attributes:
        name: what it is called.
        tests: node ids of those that might notice; None: all of them.
        apply: makes the change in this process.
    """

    name: str
    tests: frozenset[str] | None
    apply: Callable[[], None]


def _chosen(name: str) -> Callable[[], None]:
    return lambda: os.environ.update(MUTANT_UNDER_TEST=name)


def _mutants(modules: Iterable[str], tests_of: dict[str, list[str]]) -> Iterator[Mutant]:
    for module in modules:
        if module == TABLE:
            yield from (Mutant(name, None, apply) for name, apply in row_mutants())
            continue
        written = json.loads(Path(f"agent/zrtp/{module}.py.meta").read_text())
        for name in written["exit_code_by_key"]:
            function, _, _ = name.partition("__mutmut_")
            yield Mutant(name, frozenset(tests_of.get(function, ())), _chosen(name))


class Judge:
    """A pytest plugin that runs mutants in place of the tests."""

    def __init__(self, results: Path, mutants: list[Mutant], durations: dict[str, float]) -> None:
        self.verdicts: dict[str, str] = {}
        self._results = results
        self._mutants = [Mutant(_CONTROL, None, lambda: None), *mutants]
        self._durations = durations
        self._items: list[pytest.Item] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of pytest's own loop."""
        quick = [item for item in session.items if self._takes(item) < _SLOW]
        self._items = sorted(quick, key=self._takes)
        running: dict[int, str] = {}
        waiting = iter(self._mutants)
        while len(self.verdicts) < len(self._mutants):
            for mutant in islice(waiting, _PROCESSES - len(running)):
                running[self._start(mutant)] = mutant.name
            pid, status = os.wait()
            self.verdicts[running.pop(pid)] = _verdict(os.waitstatus_to_exitcode(status))
            self._results.write_text(json.dumps(self.verdicts))
        return True

    def _takes(self, item: pytest.Item) -> float:
        return self._durations.get(item.nodeid, 0.0)

    def _start(self, mutant: Mutant) -> int:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(_SECONDS)
            mutant.apply()
            os._exit(self._is_noticed(mutant))
        return pid

    def _is_noticed(self, mutant: Mutant) -> bool:
        tests = mutant.tests
        items = [item for item in self._items if tests is None or item.nodeid in tests]
        following: list[pytest.Item | None] = [*items[1:], None]
        return any(
            report.failed
            for item, after in zip(items, following, strict=bool(items))
            for report in runtestprotocol(item, log=False, nextitem=after)
        )


def _verdict(code: int) -> str:
    if code == -signal.SIGALRM:
        return "timeout"
    return "killed" if code else "survived"


def main() -> None:
    results, modules = Path(sys.argv[1]), sys.argv[2:]
    stats = json.loads(Path("mutmut-stats.json").read_text())
    judge = Judge(
        results,
        list(_mutants(modules, stats["tests_by_mangled_function_name"])),
        stats["duration_by_test"],
    )
    pytest.main([*_ARGUMENTS], plugins=[judge])
    if judge.verdicts.get(_CONTROL) != "survived":
        raise SystemExit("the tests fail as it is")


if __name__ == "__main__":
    main()
