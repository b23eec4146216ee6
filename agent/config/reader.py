"""Takes typed values out of a TOML document and notes everything that is wrong on the way."""

import math
import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from agent.config.errors import Problem
from agent.config.locate import KeyPath, Lines
from agent.late import late

_T = TypeVar("_T")
_KINDS: Final[Mapping[type, str]] = {
    str: "text in quotes",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list in square brackets",
    dict: "a section",
}
_FLOAT_BITS: Final = 1024
"""A whole number of so many bits has no place in a float."""


class Problems:
    """What is wrong so far, each with its line."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._found: list[Problem] = []

    def add(self, path: KeyPath, message: str) -> None:
        """Notes that the value at `path` is wrong; `message` goes on after the key's name."""
        # Keys and values may hold anything: in a sentence they move no cursor and begin no line.
        sentence = _printable(f"{name_of(path)} {message}")
        self._found.append(Problem(sentence, self._lines.line_of(path)))

    def in_order(self) -> tuple[Problem, ...]:
        """All of them, from the top of the file to its end."""
        return tuple(sorted(self._found, key=lambda problem: problem.line or 0))


class Table:
    """One table of the document.

    Each reading method names a key and what to take where it is missing; a value that will
    not do is noted and replaced by that default, so that reading goes on to the next one.
    A key that nothing has asked for is a mistake: `close` notes it.
    """

    def __init__(self, values: Mapping[str, Any], path: KeyPath, problems: Problems) -> None:
        self._values = values
        self._path = path
        self._problems = problems
        self._known: set[str] = set()

    def text(
        self,
        key: str,
        default: str | None = None,
        check: Callable[[str], str | None] | None = None,
    ) -> str:
        """A text that is not empty.

        Args:
            key: Its key.
            default: What stands for a missing one; None: it must be there.
            check: Says what is wrong with a text, or None.
        """
        value = self._get(key, str, required=default is None)
        if value is None:
            return default or ""
        if not value.strip():
            reason: str | None = "must not be empty"
        elif not value.isprintable():
            reason = "must be one line of printable characters"
        else:
            reason = check(value) if check else None
        if reason:
            self.wrong(key, reason)
        return value

    def choice(self, key: str, default: str, choices: Iterable[str]) -> str:
        """A text that is one of `choices`."""
        allowed = tuple(choices)
        return self.text(key, default, lambda value: one_of(value, allowed))

    def names(
        self, key: str, default: tuple[str, ...], choices: Iterable[str], at_most: int | None = None
    ) -> tuple[str, ...]:
        """A list of different texts, each one of `choices`; an empty list is a mistake."""
        values = self._get(key, list)
        if values is None:
            return default
        allowed = tuple(choices)
        for value in values:
            reason = one_of(value, allowed)
            if reason:
                self.wrong(key, reason)
        if not values:
            self.wrong(key, f"must name at least one of {', '.join(allowed)}")
        elif len({repr(value) for value in values}) < len(values):
            self.wrong(key, "names one of them twice")
        elif at_most is not None and len(values) > at_most:
            self.wrong(key, f"must name {at_most} of them at the most")
        return tuple(map(str, values))

    def texts(
        self, key: str, default: tuple[str, ...], check: Callable[[str], str | None]
    ) -> tuple[str, ...]:
        """A list of texts, each of which the check has nothing against; it may be empty."""
        values = self._get(key, list)
        if values is None:
            return default
        for value in values:
            reason = check(value) if isinstance(value, str) else "must hold texts only"
            if reason:
                self.wrong(key, reason)
        return tuple(map(str, values))

    def switch(self, key: str, *, default: bool) -> bool:
        """A true or false."""
        value = self._get(key, bool)
        return default if value is None else value

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        value = self._get(key, float)
        if value is None:
            return default
        if not low <= value <= high:
            self.wrong(key, f"is {value:g}, but must lie between {low:g} and {high:g}")
        return value

    def whole_number(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        value = self._get(key, int)
        if value is None:
            return default
        if not low <= value <= high:
            self.wrong(key, f"is {value}, but must lie between {low} and {high}")
        return value

    def path(self, key: str, folder: Path, default: str) -> Path:
        """A path; a relative one counts from `folder`."""
        return folder / self._expanded(key, self.text(key, default))

    def optional_path(self, key: str, folder: Path) -> Path | None:
        """A path as in `path`; None where the file names none."""
        value = self.text(key, "")
        return folder / self._expanded(key, value) if value else None

    def must_be_file(self, key: str, path: Path | None) -> None:
        """Notes it if the path of this key is that of no file, or of one that nobody may see."""
        if path is None:
            return
        try:
            is_file = stat.S_ISREG(path.stat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            is_file = False
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            self.wrong(key, f"names {path}, which cannot be looked at: {reason}")
            return
        if not is_file:
            self.wrong(key, f"names {path}, where there is no file")

    def tables(self, key: str) -> list["Table"]:
        """The tables of the array `[[key]]`."""
        self._known.add(key)
        found = self._values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            self.wrong(key, f"must be written with double brackets: [[{key}]]")
            return []
        return [
            Table(each, (*self._path, key, position), self._problems)
            for position, each in enumerate(found)
        ]

    def table(self, key: str) -> "Table":
        """The table `[key]`; an empty one if it is missing."""
        return Table(self._get(key, dict) or {}, (*self._path, key), self._problems)

    def has(self, key: str) -> bool:
        """Whether the file says anything under this key."""
        self._known.add(key)
        return key in self._values

    def wrong(self, key: str, message: str) -> None:
        """Notes that this key's value will not do."""
        self._problems.add((*self._path, key), message)

    def close(self) -> None:
        """Notes every key that nothing has asked for, with the one that was probably meant."""
        for key in self._values:
            if key not in self._known:
                self.wrong(key, _unknown(key, sorted(self._known)))

    def _expanded(self, key: str, value: str) -> Path:
        try:
            return Path(value).expanduser()
        except RuntimeError:
            self.wrong(key, f'is "{value}", but nobody here has such a home: write the whole path')
            return Path(value)

    def _get(self, key: str, kind: type[_T], *, required: bool = False) -> _T | None:
        """The value if it stands there and is of that kind."""
        self._known.add(key)
        if key not in self._values:
            if required:
                self.wrong(key, f"is missing; it must be {_KINDS[kind]}")
            return None
        value = self._values[key]
        if kind is float and type(value) is int:
            value = float(value) if value.bit_length() < _FLOAT_BITS else math.inf
        # By type() and not isinstance(): true is no number here. The value itself is not
        # told, for it may be a password.
        if type(value) is kind:
            return value
        found = _KINDS.get(type(value), "a date or time")
        self.wrong(key, f"is {found}, but must be {_KINDS[kind]}")
        return None


def name_of(path: KeyPath) -> str:
    """The name by which a sentence calls a key: `account[2].uri`, counted from 1."""
    name = ""
    for part in path:
        name += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if name else part
    return name


def one_of(value: object, allowed: tuple[str, ...]) -> str | None:
    """Says what is wrong with a value that is none of `allowed`; None if it is one."""
    if value in allowed:
        return None
    return f'is "{value}", but must be one of {", ".join(allowed)}'


def _unknown(key: str, known: list[str]) -> str:
    close = late("close-matches")(key.lower(), known, n=1, cutoff=0.6)
    if close:
        return f'is not known; did you mean "{close[0]}"?'
    return f"is not known; what can stand here: {', '.join(known)}"


def _printable(text: str) -> str:
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )
