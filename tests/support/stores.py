"""A phone's memory in a folder of its own, with a clock that stands still."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.store import Store

ZID = bytes(range(12))
OTHER_ZID = bytes(range(100, 112))


class Wall:
    """Wall seconds that change only when a test says so."""

    def __init__(self, now: float = 1_777_777_777.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def counting_bytes() -> Callable[[int], bytes]:
    """Randomness that is none: 1, 2, 3, ... in as many octets as asked for."""
    numbers = itertools.count(1)
    return lambda length: next(numbers).to_bytes(length, "big")


@contextmanager
def opened(path: Path, wall: Wall | None = None) -> Iterator[Store]:
    """A store at `path`, closed at the end."""
    store = Store.open(path, wall or Wall(), counting_bytes())
    try:
        yield store
    finally:
        store.close()
