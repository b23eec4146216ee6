"""What a process holds over time, and whether it grows.

Growth is looked for in the last third of the samples, by the line of least squares: before it
caches fill, PJSIP's pools take what they go on to use, and SIP keeps each call for 32 s after it.
"""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.processes import memory_mib
from soak.rows import Row

MEMORY_NOISE_MIB: Final = 2.0
"""What one process' resident memory goes up and down by, of itself, at rest."""
COUNT_NOISE: Final = 2.0
"""File descriptors or threads of something that is just ending."""
_FEWEST: Final = 6
"""With fewer samples there is no line to speak of, and no judgement."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A sample.

    Attributes:
        at: After how many units (calls, minutes) it was taken.
        memory: Resident, in MiB.
        descriptors: Open files and sockets.
        threads: Of the process.
    """

    at: float
    memory: float
    descriptors: float
    threads: float


@dataclass(slots=True)
class Course:
    """All samples of one process.

    Args:
        part: Of the soak.
        who: Whose process.
        unit: What `at` counts, e.g. "call".
    """

    part: str
    who: str
    unit: str
    samples: list[Holding] = field(default_factory=list)

    def look(self, at: float, pid: int) -> None:
        """Takes a sample."""
        process = Path(f"/proc/{pid}")
        descriptors = sum(1 for _ in (process / "fd").iterdir())
        threads = sum(1 for _ in (process / "task").iterdir())
        self.samples.append(Holding(at, memory_mib(pid)[0], descriptors, threads))

    def rows(self) -> Iterator[Row]:
        """What became of each quantity."""
        yield self._row("memory, MiB", [each.memory for each in self.samples], MEMORY_NOISE_MIB)
        yield self._row("descriptors", [each.descriptors for each in self.samples], COUNT_NOISE)
        yield self._row("threads", [each.threads for each in self.samples], COUNT_NOISE)

    def _row(self, name: str, values: list[float], noise: float) -> Row:
        late = 2 * len(values) // 3 if len(values) >= _FEWEST else 0
        at = [each.at for each in self.samples][late:]
        slope = slope_of(at, values[late:])
        grown = slope * (at[-1] - at[0])
        found = (
            f"first {values[0]:.4g}, last {values[-1]:.4g}, "
            f"slope {1000 * slope:+.3g} in 1000 {self.unit}s"
        )
        data: dict[str, object] = {
            "at": [each.at for each in self.samples],
            "values": [round(each, 2) for each in values],
            "slope": slope,
            "grown_in_last_third": grown,
        }
        right = grown <= noise if late else None
        return Row(self.part, f"{self.who}: {name}", found, right, data)


def slope_of(at: list[float], values: list[float]) -> float:
    """By least squares; 0 where all samples are of one moment."""
    if len(set(at)) < 2:
        return 0.0
    return statistics.linear_regression(at, values).slope
