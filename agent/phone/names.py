"""What the network calls somebody, made fit for a screen that people trust."""

import unicodedata
from typing import Final

NAME_LIMIT: Final = 32
"""Characters of a name: more than two lines of the panel hold."""
SENTENCE_LIMIT: Final = 120
"""Characters of a reason that the network gave."""
_ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"


def clean(text: str, limit: int = NAME_LIMIT) -> str:
    """Makes a foreign text safe to show: one line, bounded, nothing invisible.

    Control, format (among them those that reverse the direction of writing), surrogate,
    private and unassigned characters go; all kinds of space become one blank.

    Args:
        text: What somebody else wrote.
        limit: Characters that may remain; a longer text ends in an ellipsis.
    """
    kept: list[str] = []
    # Whatever follows cannot be shown; a header of a megabyte costs no more than this.
    for character in text[: 8 * limit]:
        category = unicodedata.category(character)
        if character.isspace() or category.startswith("Z"):
            kept.append(" ")
        elif not category.startswith("C"):
            kept.append(character)
    line = " ".join("".join(kept).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + _ELLIPSIS


def address_of(uri: str) -> str:
    """The part of a SIP URI that people know: without scheme, parameters and headers.

    Args:
        uri: For example "sip:bob@example.org;transport=tls".
    """
    scheme, colon, rest = uri.partition(":")
    address = rest if colon and scheme.lower() in {"sip", "sips"} else uri
    return clean(address.partition(";")[0].partition("?")[0])
