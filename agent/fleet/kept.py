"""The last good configuration from the net, as it lies in the phone's memory. Pure.

One file holds the text, its signature and what the server said of it, so that a pulled plug cannot
leave one without the others. Passwords may stand in it: it lies in the state folder, for the phone's
eyes only.
"""

import json
from dataclasses import asdict, field
from typing import Any, Final

from agent.frozen import frozen

FILE: Final = "fleet.json"
"""Its name in the state folder; an emergency erase takes it away with the rest."""
STARTS: Final = 3
"""So many times it is tried; a plug that was pulled in the middle of one is not its fault."""
LIMIT: Final = 1024 * 1024
"""Octets of the longest one."""


@frozen
class Kept:
    """A configuration that was fetched and taken.

    Attributes:
        url: From where.
        text: TOML.
        signature: The file of minisign; empty: it is not signed.
        version: The highest that was ever taken with a signature; 0: none was.
        etag: What the server said of it; empty: nothing.
        modified: The same.
        starts: How many starts with it have not ended in a phone that was ready.
        proven: Whether one has.
        fetched_at: When, in seconds since 1970; a phone without a clock may be wrong.
    """

    url: str
    text: str = field(repr=False)
    signature: str = ""
    version: int = 0
    etag: str = ""
    modified: str = ""
    fetched_at: float = 0.0
    starts: int = 0
    proven: bool = False

    @property
    def has_failed(self) -> bool:
        """Whether the phone does not start with it, for all that can be known."""
        return not self.proven and self.starts >= STARTS

    def encode(self) -> bytes:
        """As it is written down."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def decode(cls, content: bytes | None) -> "Kept | None":
        """Reads it; None where there is none.

        Raises:
            ValueError: It was damaged.
        """
        if content is None:
            return None
        found: Any = json.loads(content)
        if not isinstance(found, dict):
            raise ValueError("no object")  # noqa: TRY004 - as json's own
        try:
            kept = cls(**found)
        except TypeError as error:
            raise ValueError("other fields") from error
        texts = (kept.url, kept.text, kept.signature, kept.etag, kept.modified)
        numbers = (kept.version, kept.starts)
        if not all(isinstance(each, str) for each in texts) or {*map(type, numbers)} != {int}:
            raise ValueError("other kinds of values")
        return kept
