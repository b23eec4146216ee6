"""Versions of the firmware, and which is newer. Pure."""

import re
from dataclasses import dataclass
from typing import Final

_FORM: Final = re.compile(r"(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:\+(\d{12}))?", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Version:
    """E.g. 1.2.0+202611280926: the software's version, and the minute of its last change (UTC).

    Attributes:
        numbers: Three of them, as in pyproject.toml.
        minute: Twelve digits; 0: not said, which is older than all that say it.
    """

    numbers: tuple[int, int, int]
    minute: int = 0

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Reads one.

        Raises:
            ValueError: It is none.
        """
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(f'"{text[:40]}" is no version (1.2.0+202611280926)')
        first, second, third, minute = found.groups()
        return cls((int(first), int(second), int(third)), int(minute or 0))

    def __str__(self) -> str:
        """As it was read."""
        numbers = ".".join(map(str, self.numbers))
        return f"{numbers}+{self.minute:012}" if self.minute else numbers


def is_update(offered: str, running: str) -> bool:
    """Whether what is offered may take the place of what runs: only if it is newer.

    Raises:
        ValueError: One of the two is no version.
    """
    return Version.parse(offered) > Version.parse(running)
