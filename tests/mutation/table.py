"""Changes the table of the state machine, one row at a time, and sees which tests notice.

python tests/mutation/table.py, in the root of a tree: prints a JSON object from the name of a
mutant to whether it was killed. mutmut leaves what stands outside of functions as it is.

Each row is dropped, led elsewhere, and given another step.
"""

import contextlib
import gc
import json
import os
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import pytest

sys.path.insert(0, str(Path.cwd()))

from agent.zrtp.state import TRANSITIONS, Input, State, Step

_PYTEST: Final = (
    *("tests/unit/zrtp", "-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:cov"),
    *("--hypothesis-profile=ci", "-k", "not damaged and not every_octet and not one_changed"),
)
_PROCESSES: Final = 2

Row = tuple[Step, State]
Mutant = tuple[str, tuple[State, Input], Row | None]


def mutants() -> Iterator[Mutant]:
    """A name, which row it changes, and what stands there then; None: nothing."""
    for (state, happened), (step, after) in TRANSITIONS.items():
        name = f"{state.name}.{happened.name}"
        yield f"{name}: dropped", (state, happened), None
        elsewhere = State.ACQUAINTED if after is State.FAILED else State.FAILED
        yield f"{name}: to {elsewhere.name}", (state, happened), (step, elsewhere)
        other = Step.GIVE_UP if step is Step.STOP_REPEATING else Step.STOP_REPEATING
        yield f"{name}: {other.name}", (state, happened), (other, after)


def _start(row: tuple[State, Input], transition: Row | None) -> int:
    """Run the tests on one mutant, in a process of its own that has them imported already."""
    pid = os.fork()
    if pid == 0:
        (table,) = gc.get_referents(TRANSITIONS)
        if transition is None:
            del table[row]
        else:
            table[row] = transition
        os._exit(_run())
    return pid


def _judge(everything: list[Mutant]) -> dict[str, bool]:
    """Whether the tests fail, by mutant."""
    running: dict[int, str] = {}
    killed: dict[str, bool] = {}
    waiting = iter(everything)
    while len(killed) < len(everything):
        for name, row, transition in islice(waiting, _PROCESSES - len(running)):
            running[_start(row, transition)] = name
        pid, status = os.wait()
        killed[running.pop(pid)] = status != 0
    return killed


def _run() -> int:
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        return int(pytest.main([*_PYTEST]))


def main() -> None:
    """Judge all mutants."""
    if _run():
        raise SystemExit("the tests fail as it is")
    json.dump(_judge(list(mutants())), sys.stdout)


if __name__ == "__main__":
    main()
