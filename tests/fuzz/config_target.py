"""Files of configuration: written by hand, by a server of a fleet, or by an editor gone wrong."""

from pathlib import Path
from typing import Final

from agent.config import Config, ConfigError, parse_config
from agent.config.loader import decoded
from fuzz.meter import Meter

_FILE: Final = Path("/nowhere/sotto.toml")


class ConfigTarget:
    """An input is a file."""

    def __init__(self) -> None:
        self.meter = Meter()

    def execute(self, data: bytes) -> None:
        self.meter.measure(self._read, data)
        self.meter.executed()

    @staticmethod
    def _read(data: bytes) -> Config | None:
        """A configuration, or what is wrong: every problem with words of its own."""
        try:
            text = decoded(data)
        except UnicodeDecodeError:
            return None
        try:
            return parse_config(text, _FILE)
        except ConfigError as error:
            problems = error.problems
        assert problems
        assert all(problem.message for problem in problems)
        return None
