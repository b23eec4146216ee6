"""The signature that a Confirm may carry over the SAS (RFC 6189 sections 5.1.7, 5.7 and 7.2).

It is read so that what stands behind it is found, and so that the host can say that there is one.
Nobody here verifies it: our S flag is 0, and the signature means nothing for the trust in a peer.
"""

from typing import Self

from agent.frozen import frozen
from agent.zrtp.wire import WORD, Reader

__all__ = ["Signature"]


@frozen
class Signature:
    """A signature that was not verified.

    Attributes:
        kind: the signature type block, 4 octets: "PGP " or "X509", or anything else.
        block: signature and key, or a link to it, padded to whole words.
    """

    kind: bytes
    block: bytes

    @classmethod
    def read(cls, reader: Reader, words: int) -> Self | None:
        """Read so many words, of which the type block is the first; None for no words at all.

        Raises:
            NotUsedError: there are fewer.
        """
        if words == 0:
            return None
        inside = Reader(reader.take(words * WORD))
        kind = inside.take(WORD)
        return cls(kind, inside.take(inside.remaining))

    @property
    def name(self) -> str:
        """The type as it can be shown."""
        text = self.kind.decode("latin-1")
        return "".join(c if c.isascii() and c.isprintable() else "?" for c in text).strip()
