"""Waiting for what happens in other processes."""

import time
from collections.abc import Callable


def until(condition: Callable[[], bool], patience: float = 30.0) -> None:
    """Waits until something is so, and fails if it never is."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
