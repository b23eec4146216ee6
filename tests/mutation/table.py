"""Mutants of the state machine: each row of its table dropped, led elsewhere, or doing nothing."""

import gc
from collections.abc import Callable, Iterator
from functools import partial

from agent.zrtp.state import TRANSITIONS, Input, State, Step

_Row = tuple[State, Input]
_Transition = tuple[Step, State]


def row_mutants() -> Iterator[tuple[str, Callable[[], None]]]:
    """A name, and what makes the change in this process."""
    for row, (step, after) in TRANSITIONS.items():
        state, happened = row
        elsewhere = State.ACQUAINTED if after is State.FAILED else State.FAILED
        for says, transition in (
            ("dropped", None),
            (f"to {elsewhere.name}", (step, elsewhere)),
            ("does nothing", (Step.STOP_REPEATING, after)),
        ):
            if transition != (step, after):
                yield f"{state.name}, {happened.name}: {says}", partial(_put, row, transition)


def _put(row: _Row, transition: _Transition | None) -> None:
    (table,) = gc.get_referents(TRANSITIONS)
    if transition is None:
        del table[row]
    else:
        table[row] = transition
