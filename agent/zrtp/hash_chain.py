"""The hash chain H0..H3 and the message MACs that it keys (RFC 6189 sections 8.1.1 and 9).

Both use the implicit hash, SHA-256, whatever was negotiated (section 5.1.2.2). A check raises;
none returns a truth value that could be overlooked.
"""

import hmac
from dataclasses import field
from hashlib import sha256
from typing import Final, Self

from agent.frozen import frozen
from agent.zrtp.erasure import Octets
from agent.zrtp.errors import ErrorCode, Ignored, NotUsedError, RefusalError

__all__ = ["MAC_LENGTH", "HashChain", "append_mac", "check_image", "check_mac", "image", "mac64"]

MAC_LENGTH: Final = 8
"""Octets of every MAC on the wire: 64 bits."""


@frozen
class HashChain:
    """One side's chain: h0 is random, each next one the SHA-256 of the one before; 32 octets."""

    h0: bytes = field(repr=False)
    h1: bytes = field(repr=False)
    h2: bytes = field(repr=False)
    h3: bytes

    @classmethod
    def from_seed(cls, h0: bytes) -> Self:
        """Compute the chain from H0, 32 unpredictable octets."""
        h1 = image(h0)
        h2 = image(h1)
        return cls(h0, h1, h2, image(h2))


def image(preimage: bytes) -> bytes:
    """The next link of the chain: SHA-256."""
    return sha256(preimage).digest()


def mac64(key: Octets, data: bytes, digest: str = "sha256") -> bytes:
    """HMAC cut to the leftmost 64 bits; with SHA-256 it is the implicit MAC."""
    return hmac.digest(key, data, digest)[:MAC_LENGTH]


def append_mac(message: bytes, key: bytes) -> bytes:
    """A message body with its MAC at the end."""
    return message + mac64(key, message)


def check_image(preimage: bytes, expected: bytes) -> None:
    """Check that `preimage` comes before `expected` in the peer's chain.

    Raises:
        NotUsedError: it does not: the message comes from somebody else (section 9).
    """
    if not hmac.compare_digest(image(preimage), expected):
        raise NotUsedError(Ignored.BAD_HASH_IMAGE)


def check_mac(message: bytes, key: bytes, name: str) -> None:
    """Check the MAC at the end of an earlier message, now that its key is known.

    Args:
        message: the whole message as it came.
        key: the hash image that the peer has just revealed.
        name: what the message is called, for the reason.

    Raises:
        RefusalError: the message was altered on its way; the CRC has ruled out chance, so
            section 8.1.1 demands that it be treated as an attack.
    """
    body, tag = message[:-MAC_LENGTH], message[-MAC_LENGTH:]
    if not hmac.compare_digest(mac64(key, body), tag):
        raise RefusalError(
            ErrorCode.CRITICAL_SOFTWARE_ERROR,
            f"the {name} message was altered on its way: its MAC is wrong",
            attack=True,
        )
