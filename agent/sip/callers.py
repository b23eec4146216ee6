"""What a caller says about itself, made fit to be shown. Pure."""

import re
import unicodedata
from typing import Final

from agent.sip_uri import identity_of

LONGEST_NAME: Final = 64
"""Characters of a display name that are kept."""
LONGEST_URI: Final = 256
"""Characters of an address that are kept."""

_NAME_ADDR: Final = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*?))\s*<([^>]*)>')


def caller(remote: str, longest_uri: int = LONGEST_URI) -> tuple[str, str]:
    """Takes a From header apart.

    Args:
        remote: What the caller sent, e.g. `"Bob" <sip:bob@example.org>`; anything at all.
        longest_uri: Characters of the address that are kept.

    Returns:
        The display name (may be empty) and the URI, each one line of printable characters
        and of bounded length.
    """
    match = _NAME_ADDR.match(remote)
    if match is None:
        return "", printable(remote, longest_uri)
    quoted, plain, uri = match.groups()
    name = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain
    return printable(name, LONGEST_NAME), printable(uri, longest_uri)


def direct_address(contact: str, address: str) -> str:
    """Where a direct caller can be called back.

    RFC 3261 section 20 allows no port in From, so that a phone on another port than 5061
    would be somebody else; its Contact has it.

    Args:
        contact: What stands in its Contact header.
        address: What stands in its From header.
    """
    _, uri = caller(contact)
    known = identity_of(uri)
    return known if known.startswith(("sip:", "sips:")) else address


def printable(text: str, limit: int) -> str:
    """One line without control, invisible or direction-turning characters.

    A name that could turn the direction of text or hide letters could look like another one.
    """
    kept = (" " if each.isspace() else each for each in text if not _is_hidden(each))
    return " ".join("".join(kept).split())[:limit]


def quoted(name: str) -> str:
    """A display name as it stands before "<" in a header (RFC 3261 section 25.1)."""
    escaped = printable(name, LONGEST_NAME).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if escaped else ""


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character).startswith("C") and not character.isspace()
