"""What is wrong with a configuration file, told to the person who can mend it."""

from pathlib import Path
from typing import Final

from agent.errors import ReportedError
from agent.frozen import frozen

CONFIG_STATUS: Final = 2
"""The exit status when the configuration will not do: no restart can help."""


@frozen
class Problem:
    """One thing that is wrong.

    Attributes:
        message: A sentence that names the key and what would be right.
        line: Line in the file, counted from 1; None where no line is to blame.
    """

    message: str
    line: int | None = None


class ConfigError(ReportedError):
    """The configuration cannot be used; lists everything that is wrong with it at once."""

    status = CONFIG_STATUS

    def __init__(self, file: Path, problems: tuple[Problem, ...]) -> None:
        self.file = file
        self.problems = problems
        super().__init__("\n".join(self._sentence(problem) for problem in problems))

    def _sentence(self, problem: Problem) -> str:
        place = f"{self.file}" if problem.line is None else f"{self.file}, line {problem.line}"
        return f"{place}: {problem.message}"
