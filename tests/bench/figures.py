"""One figure: what was measured how often, and how it is told."""

import statistics
from dataclasses import dataclass, field

MANY = 100
"""From so many runs on, the slowest of them are told."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity and its runs.

    Args:
        name: What was measured.
        unit: Of each run, e.g. "ms".
        runs: One number each.
    """

    name: str
    unit: str
    runs: list[float] = field(repr=False)

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.runs)

    @property
    def p99(self) -> float:
        """What all but the slowest hundredth stay below."""
        return statistics.quantiles(self.runs, n=100, method="inclusive")[98]

    @property
    def line(self) -> str:
        """One row of the table."""
        if len(self.runs) >= MANY:
            slow = f"99 %: {_short(self.p99)}, max {_short(max(self.runs))}"
            return f"{self.name:<58} {_short(self.median):>8} {self.unit:<8} {slow:<18} {len(self.runs)}"
        spread = f"{_short(min(self.runs))} to {_short(max(self.runs))}" if self.runs[1:] else ""
        return (
            f"{self.name:<58} {_short(self.median):>8} {self.unit:<8} {spread:<18} {len(self.runs)}"
        )

    def as_json(self) -> dict[str, object]:
        """All of it."""
        slowest = {"p99": round(self.p99, 4), "max": max(self.runs)} if self.runs[1:] else {}
        return {
            "name": self.name,
            "unit": self.unit,
            "median": self.median,
            **slowest,
            "runs": [round(run, 4) for run in self.runs],
        }


HEADER = f"{'':<58} {'median':>8} {'':<8} {'from, to':<18} runs"


def _short(number: float) -> str:
    return f"{number:.0f}" if abs(number) >= 100 else f"{number:.3g}"
