"""Fuzzes one target with atheris (libFuzzer).

python tests/fuzz/one.py TARGET FIGURES [what libFuzzer takes: folders, files, -options]

A file in place of folders repeats one input. FIGURES is a file that takes the measurements.
"""

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from types import CodeType

import atheris

sys.path.insert(0, str(Path(__file__).parents[1]))

with atheris.instrument_imports(
    include=["agent.zrtp", "agent.control", "agent.vcard", "agent.sip_uri"]
):
    from agent.zrtp import wire
    from fuzz.meter import SLOW_NS
    from fuzz.targets import TARGETS, Target


def _plain_code(function: str) -> CodeType:
    """A function of `wire` without instrumentation."""
    module = compile(Path(wire.__file__).read_text(), wire.__file__, "exec")
    return next(
        each for each in module.co_consts if isinstance(each, CodeType) and each.co_name == function
    )


class _Reporting:
    """A target that writes its figures each second: libFuzzer ends the process, and Python with it.

    Args:
        make: makes the target that gets all inputs.
        figures: where they are written.
    """

    def __init__(self, make: Callable[[], Target], figures: Path) -> None:
        self._make = make
        self._target = make()
        self._figures = figures
        self._due = 0.0

    def execute(self, data: bytes) -> None:
        meter = self._target.meter
        slow, slowest_ns = meter.slow, meter.slowest_ns
        self._target.execute(data)
        if meter.slow > slow:
            again = self._fastest_of_three(data)
            meter.slow = slow + (again > SLOW_NS)
            meter.slowest_ns = max(slowest_ns, again)
        if monotonic() >= self._due:
            meter.figures().write(self._figures)
            self._due = monotonic() + 1.0

    def _fastest_of_three(self, data: bytes) -> int:
        """What is slow because of the input is slow each time; once in a while everything is."""
        targets = [self._make() for _ in range(3)]
        for target in targets:
            target.execute(data)
        return min(target.meter.slowest_ns for target in targets)


def main() -> None:
    name, figures, *rest = sys.argv[1:]
    # Its loop runs once an octet, tells nothing new, and would take half of the time.
    wire.crc32c.__code__ = _plain_code("crc32c")
    reporting = _Reporting(TARGETS[name], Path(figures))
    gc.collect()
    gc.freeze()
    atheris.Setup([sys.argv[0], *rest], reporting.execute)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
