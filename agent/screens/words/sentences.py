"""What servers and the network say reaches the screens in English; here it gets another language.

The tables go by the English sentences, with `{host}` and its like where a name or a number
stands. A sentence that no table knows is shown as it came: it was written by somebody else.
"""

import re
from collections.abc import Mapping
from functools import cache
from string import Formatter
from typing import Final

_LIST: Final = "faults"
"""The place of several further sentences, with commas between them."""
_NAMES: Final = "names"
"""The place of one name, or of two with "and" between them."""


def in_other_words(sentence: str, table: Mapping[str, str]) -> str:
    """The sentence as the table has it; itself, if the table does not have it.

    Args:
        sentence: What somebody else said, in English.
        table: English patterns, and what they are in another language.
    """
    # The tables have no full stop at the end, and a place there must not take one.
    bare = sentence.removesuffix(".")
    for pattern, said in table.items():
        if found := _regular(pattern).fullmatch(bare):
            return said.format_map(_filled(found.groupdict(), table)) + sentence[len(bare) :]
    return sentence


def _filled(values: dict[str, str], table: Mapping[str, str]) -> dict[str, str]:
    if _LIST in values:
        parts = values[_LIST].split(", ")
        values[_LIST] = ", ".join(in_other_words(part, table) for part in parts)
    if _NAMES in values:
        values[_NAMES] = values[_NAMES].replace(" and ", ", ")
    return values


@cache
def _regular(pattern: str) -> re.Pattern[str]:
    parts = [
        re.escape(literal) + (f"(?P<{place}>.+)" if place else "")
        for literal, place, *_ in Formatter().parse(pattern)
    ]
    return re.compile("".join(parts))
