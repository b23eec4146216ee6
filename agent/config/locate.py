"""Finds the line on which a key stands, which `tomllib` does not tell.

The text must be valid TOML already: the scan below only has to know where statements
begin and end, not whether they are right.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from agent.frozen import frozen

KeyPath = tuple[str | int, ...]
"""Keys from the outermost table inwards; a number counts the tables of an array from 0."""

# One token of a value: comment, string of four kinds, bracket, or a run of anything else.
_TOKEN: Final = re.compile(
    r"""
    (?P<comment> \#[^\n]* )
    | (?P<string> \"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5}
        | "(?:\\.|[^"\\\n])*" | '[^'\n]*' )
    | (?P<open> [\[{] )
    | (?P<close> [\]}] )
    | (?P<newline> \n )
    | (?P<other> [^\#"'\[\]{}\n]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_KEY: Final = re.compile(r"""((?:"(?:\\.|[^"\\])*"|'[^']*'|[^="'])+)=""")


@frozen
class Statement:
    """A key with its value, as it is written.

    Attributes:
        key: As many of the keys as stand in it, from the outermost on: more than one if it is
            dotted.
        first: The line on which it begins, counted from 1.
        last: The line on which it ends.
    """

    key: tuple[str, ...]
    first: int
    last: int


class Lines:
    """The line of every table and key of one TOML document."""

    def __init__(self, text: str) -> None:
        self._lines: dict[KeyPath, int] = {}
        self._statements: dict[KeyPath, Statement] = {}
        table: KeyPath = ()
        counts: dict[KeyPath, int] = {}
        for line, last, statement in _statements(text):
            if statement.startswith("["):
                table = _open_table(statement, counts)
                self._lines.setdefault(table, line)
            else:
                match = _KEY.match(statement)
                key = _dotted(match.group(1) if match else statement)
                self._lines.setdefault(table + key, line)
                self._statements.setdefault(table + key, Statement(key, line, last))

    def statement_of(self, path: KeyPath) -> Statement | None:
        """How the key is written; None where it has no line of its own: in an inline table."""
        return self._statements.get(path)

    def line_of(self, path: KeyPath) -> int | None:
        """The line of the key, or of the nearest table around it; None if neither stands there."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return None


def without_comments(text: str, unwanted: Callable[[str], bool]) -> str:
    """The text of a document with the unwanted comments emptied; no line moves."""

    def kept(match: re.Match[str]) -> str:
        token = match.group()
        return "#" if match.lastgroup == "comment" and unwanted(token) else token

    return _TOKEN.sub(kept, text)


def _statements(text: str) -> Iterator[tuple[int, int, str]]:
    """Each header or key/value pair with the lines on which it begins and ends."""
    line, depth, statement, first_line = 1, 0, "", 1
    for match in _TOKEN.finditer(text.replace("\r\n", "\n") + "\n"):
        token = match.group()
        if match.lastgroup == "newline" and depth == 0:
            if statement.strip():
                yield first_line, line, statement.strip()
            statement, first_line = "", line + 1
        elif match.lastgroup != "comment":
            depth += {"open": 1, "close": -1}.get(match.lastgroup or "", 0)
            statement += token
        line += token.count("\n")


def _open_table(header: str, counts: dict[KeyPath, int]) -> KeyPath:
    """The path of the table that a header begins; an array's newest table is meant."""
    is_array = header.startswith("[[")
    keys = _dotted(header[2:-2] if is_array else header[1:-1])
    path: KeyPath = ()
    for position, key in enumerate(keys):
        path += (key,)
        if is_array and position == len(keys) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path += (counts[path],)
    return path


def _dotted(key: str) -> tuple[str, ...]:
    """The parts of a dotted key, read by tomllib itself, so that quoted ones are right, too."""
    nested: object = tomllib.loads(f"{key} = 0")
    parts: list[str] = []
    while isinstance(nested, Mapping):
        part, nested = next(iter(nested.items()))
        parts.append(part)
    return tuple(parts)
