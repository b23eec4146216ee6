"""Waiting for what happens in other processes."""

import os
import time
from collections.abc import Callable
from typing import Final

SANITIZED: Final = "SOTTO_RUNTIME" in os.environ
"""Under a sanitizer (tests/sanitize) all is several times slower, and takes more memory."""
SLOWER: Final = 5.0 if SANITIZED else 1.0
"""What limits of time are multiplied by, where a sanitizer may run."""
LARGER: Final = 12.0 if "tsan" in os.environ.get("SOTTO_RUNTIME", "") else 4.0 if SANITIZED else 1.0
"""What limits of memory are multiplied by there: TSan writes down who touched what, and ASan keeps fences
around what is allocated, and keeps what was given back for a while."""
PATIENCE_S: Final = 60.0 * SLOWER
"""A machine that does much else is slow."""


def until(condition: Callable[[], bool], wish: str = "") -> None:
    """Waits until something is so, and fails with the wish if it never is."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, wish
        time.sleep(0.02)
