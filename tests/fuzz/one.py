"""Fuzzes one target with atheris (libFuzzer).

python tests/fuzz/one.py TARGET FIGURES [what libFuzzer takes: folders, files, -options]

A file in place of folders repeats one input. FIGURES is a file that takes the measurements.
"""

import gc
import sys
from pathlib import Path
from time import monotonic
from types import CodeType

import atheris

sys.path.insert(0, str(Path(__file__).parents[1]))

with atheris.instrument_imports(include=["agent.zrtp"]):
    from agent.zrtp import wire
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
        target: gets all inputs.
        figures: where they are written.
    """

    def __init__(self, target: Target, figures: Path) -> None:
        self._target = target
        self._figures = figures
        self._due = 0.0

    def execute(self, data: bytes) -> None:
        self._target.execute(data)
        if monotonic() >= self._due:
            self._target.meter.figures().write(self._figures)
            self._due = monotonic() + 1.0


def main() -> None:
    name, figures, *rest = sys.argv[1:]
    # Its loop runs once an octet, tells nothing new, and would take half of the time.
    wire.crc32c.__code__ = _plain_code("crc32c")
    reporting = _Reporting(TARGETS[name](), Path(figures))
    gc.collect()
    gc.freeze()
    atheris.Setup([sys.argv[0], *rest], reporting.execute)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
