"""Parts a configuration that came on a card into what may stay there, and its secrets. Pure.

A card's boot partition is FAT: everybody who puts it into a computer reads it. So a secret that
stands in the text, and a file on the card that the text names, become files among the phone's own,
and the text names those. The rest of it stays as the person wrote it, line for line; only comments
in which a password may stand are emptied.

What is a secret is told by the name of its key, so that no section has to be told of here: a key
`password`, or one that ends so, has a `password_file` beside it that takes its place.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from agent.config import ConfigError, Problem, parse_document
from agent.config.locate import KeyPath, Lines, Statement, without_comments
from agent.config.reader import name_of
from agent.frozen import frozen

_SECRET: Final = re.compile(r"(?:.*_)?(?:password|secret|token|passphrase)")
"""Keys whose value is a secret."""
_FILE: Final = re.compile(r".*_file|(?:client_)?certificate|private_key|client_key")
"""Keys whose value names a file."""
_PUBLIC: Final = frozenset(
    {"ca_file", "crl_file", "certificate", "client_certificate", "microphone_file"}
)
"""Those whose file is no secret."""
_WRITTEN: Final = frozenset({"earpiece_file"})
"""Those whose file the phone writes."""
_DOUBTFUL: Final = re.compile(r"(?i)pass|secret|token|\bpin\b|key\s*=")
"""A comment with this in it may be a secret that is switched off for now."""
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_NOT_IN_A_NAME: Final = re.compile(r"[^a-z0-9]+")


@frozen
class Wanted:
    """A file that is to be among the phone's own.

    Attributes:
        name: What it is called there, without its number.
        content: What is in it; None: that of `source`.
        source: Where it lies on the card, as the text names it; empty: it stands in the text.
        secret: Whether nobody else may read it, and nothing of it may stay on the card.
    """

    name: str
    content: bytes | None
    source: str
    secret: bool

    def __repr__(self) -> str:
        return f"Wanted({self.name!r})"


@frozen
class _Place:
    path: KeyPath
    value: str
    wanted: Wanted


def wanted_files(text: str, file: Path, is_on_card: Callable[[str], bool]) -> list[Wanted]:
    """The files that this text needs beside itself, in the order of `part`.

    Args:
        text: TOML.
        file: What it is called in an error.
        is_on_card: Whether a file of this name lies beside it.

    Raises:
        ConfigError: It is no TOML.
    """
    return [each.wanted for each in _places(parse_document(text, file), is_on_card)]


def part(
    text: str, file: Path, is_on_card: Callable[[str], bool], names: Mapping[Wanted, Path]
) -> str:
    """The text without secrets, which names the phone's own files instead.

    Args:
        text: TOML.
        file: What it is called in an error.
        is_on_card: As for `wanted_files`.
        names: Where each of those files is.

    Raises:
        ConfigError: It is no TOML, or a secret has no line of its own.
    """
    document = parse_document(text, file)
    lines = Lines(text)
    rows = text.replace("\r\n", "\n").split("\n")
    secrets = []
    for place in list(_places(document, is_on_card)):
        key = place.path[-1]
        new = str(key) if place.wanted.source else f"{key}_file"
        _put(document, place.path, new, str(names[place.wanted]))
        statement = lines.statement_of(place.path)
        if statement is None:
            sentence = f"{name_of(place.path)} must stand on a line of its own, to be taken away"
            raise ConfigError(file, (Problem(sentence, lines.line_of(place.path)),))
        _replace(rows, statement, new, str(names[place.wanted]))
        if not place.wanted.source:
            secrets.append(place.value)
    parted = _without_doubtful("\n".join(rows), secrets)
    if parse_document(parted, file) != document:
        raise ConfigError(file, (Problem("is written in a way that its secrets cannot leave"),))
    return parted


def relative_names(text: str, file: Path) -> list[str]:
    """The files that the text names without saying in which folder they are."""
    texts = _texts(parse_document(text, file), ())
    names = [value for path, value in texts if _FILE.fullmatch(str(path[-1]))]
    return [name for name in names if not name.startswith(("/", "~"))]


def _places(document: Mapping[str, Any], is_on_card: Callable[[str], bool]) -> Iterator[_Place]:
    for path, value in _texts(document, ()):
        key = str(path[-1])
        name = _NOT_IN_A_NAME.sub("-", name_of(path).lower()).strip("-")
        if _SECRET.fullmatch(key):
            content = value.encode() + b"\n"
            yield _Place(path, value, Wanted(name, content, "", secret=True))
        elif _FILE.fullmatch(key) and key not in _WRITTEN and is_on_card(value):
            yield _Place(path, value, Wanted(name, None, value, secret=key not in _PUBLIC))


def _texts(value: object, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Every text of a document, with the way to it."""
    if isinstance(value, str) and path:
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            if isinstance(inner, dict):
                yield from _texts(inner, (*path, position))


def _put(document: dict[str, Any], path: KeyPath, new: str, value: str) -> None:
    table: Any = document
    for step in path[:-1]:
        table = table[step]
    del table[path[-1]]
    table[new] = value


def _replace(rows: list[str], statement: Statement, new: str, value: str) -> None:
    """Other lines keep their numbers: the ones that are not needed any more are empty."""
    key = ".".join(map(_key, (*statement.key[:-1], new)))
    rows[statement.first - 1] = f"{key} = {json.dumps(value, ensure_ascii=False)}"
    for line in range(statement.first, statement.last):
        rows[line] = ""


def _key(part: str) -> str:
    return part if _BARE.fullmatch(part) else json.dumps(part, ensure_ascii=False)


def _without_doubtful(text: str, secrets: list[str]) -> str:
    return without_comments(
        text,
        lambda comment: (
            bool(_DOUBTFUL.search(comment)) or any(secret in comment for secret in secrets)
        ),
    )
