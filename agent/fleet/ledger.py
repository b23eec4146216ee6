"""What was taken from a card, so that a pulled plug cannot make anybody forget it. Pure.

It lies beside the phone's configuration. No secret is in it.
"""

import hashlib
import json
from typing import Any

from agent.frozen import frozen

Files = tuple[tuple[str, str], ...]
"""Names of files on the card, and their hashes."""


@frozen
class Entry:
    """One taking over.

    Attributes:
        taken: Hash of the file that was taken.
        left: What is to stand in its place.
        files: Other files that must leave the card.
        cleared: Whether all of that is done.
    """

    taken: str
    left: str
    files: Files = ()
    cleared: bool = False

    def encode(self) -> bytes:
        """As it is written down."""
        fields = {"taken": self.taken, "left": self.left, "cleared": self.cleared}
        return json.dumps({**fields, "files": dict(self.files)}).encode()

    @classmethod
    def decode(cls, content: bytes | None) -> "Entry | None":
        """Reads it; None where there is none, or where it was damaged: then all is taken anew."""
        try:
            found: Any = json.loads(content or b"")
            taken, left, files = found["taken"], found["left"], found["files"].items()
            cleared = found["cleared"] is True
        except (ValueError, LookupError, TypeError, AttributeError):
            return None
        return cls(str(taken), str(left), tuple((str(a), str(b)) for a, b in files), cleared)


def digest(content: bytes) -> str:
    """The hash by which a file is known again."""
    return hashlib.sha256(content).hexdigest()
