"""All texts of a language, however deep they lie in its `Words`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from string import Formatter

from agent.screens.words import Words


@dataclass(frozen=True, slots=True)
class Text:
    """One text.

    Attributes:
        field: The field of `Words` under which it lies.
        path: Where exactly.
        words: The text; of a pair that stands on two lines, both.
    """

    field: str
    path: str
    words: str

    def parts(self) -> list[str]:
        """What is shown of it whatever is put into its places."""
        return [literal.strip() for literal, *_ in Formatter().parse(self.words)]

    def places(self) -> set[str]:
        """The names of what is put into it."""
        return {name for _, name, *_ in Formatter().parse(self.words) if name}


def texts_of(words: Words) -> Iterator[Text]:
    """Every text of a language, but for those that stand for somebody else's sentences."""
    for field in fields(words):
        if field.name in {"sentences", "findings"}:
            continue
        yield from _texts(field.name, field.name, getattr(words, field.name))


def _texts(field: str, path: str, value: object) -> Iterator[Text]:
    match value:
        case str():
            yield Text(field, path, value)
        case (str(), str()):
            yield Text(field, path, " ".join(value))
        case tuple():
            for index, each in enumerate(value):
                yield from _texts(field, f"{path}[{index}]", each)
        case Mapping():
            for key, each in value.items():
                name = key.name if isinstance(key, Enum) else key
                yield from _texts(field, f"{path}[{name}]", each)
        case _:
            assert is_dataclass(value), path
            for each in fields(value):
                yield from _texts(field, f"{path}.{each.name}", getattr(value, each.name))
