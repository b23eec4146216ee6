"""Waiting for what happens in other processes."""

import time
from collections.abc import Callable
from typing import Final

PATIENCE_S: Final = 60.0
"""A machine that does much else is slow."""


def until(condition: Callable[[], bool], wish: str = "") -> None:
    """Waits until something is so, and fails with the wish if it never is."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, wish
        time.sleep(0.02)
