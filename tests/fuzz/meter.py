"""What executions cost: time for each packet, and memory that stays."""

import gc
import json
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import thread_time_ns
from typing import Final, ParamSpec, Self, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

SLOW_NS: Final = 5_000_000
_WARM: Final = 2_000


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run has cost.

    Attributes:
        packets: how often something was measured.
        slowest_ms: the longest of them, in milliseconds.
        slow: how many took more than 5 ms.
        resident: KiB of memory after the first few thousand inputs, and now.
        blocks: pieces of memory that Python had handed out then, and now.
    """

    packets: int
    slowest_ms: float
    slow: int
    resident: tuple[int, int]
    blocks: tuple[int, int]

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> Self:
        return cls(**json.loads(path.read_text()))


class Meter:
    """Counts and measures. Time is the processor's own: of waiting for others it knows nothing.

    Attributes:
        executions: inputs so far.
        packets: how often something was measured.
        slowest_ns: the longest of them, in nanoseconds.
        slow: how many took more than 5 ms.
    """

    def __init__(self) -> None:
        self.executions = 0
        self.packets = 0
        self.slowest_ns = 0
        self.slow = 0
        self._warm: tuple[int, int] | None = None

    def measure(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call it, and remember how long it took."""
        begin = thread_time_ns()
        try:
            return function(*args, **kwargs)
        finally:
            took = thread_time_ns() - begin
            self.packets += 1
            self.slowest_ns = max(self.slowest_ns, took)
            self.slow += took > SLOW_NS

    def executed(self) -> None:
        """One input is done. Memory is compared with that after the first few thousand."""
        self.executions += 1
        if self.executions == _WARM:
            self._warm = _memory()

    def figures(self) -> Figures:
        """All of it up to now."""
        (resident, blocks), before = _memory(), self._warm
        return Figures(
            self.packets,
            self.slowest_ns / 1e6,
            self.slow,
            (before[0] if before else resident, resident),
            (before[1] if before else blocks, blocks),
        )


def _memory() -> tuple[int, int]:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024, sys.getallocatedblocks()
