"""The short authentication string, and how it is rendered (RFC 6189 sections 4.5.2 and 5.1.6)."""

from dataclasses import field
from typing import Final, Literal

from agent.frozen import frozen
from agent.zrtp.pgp_words import EVEN_WORDS, ODD_WORDS

__all__ = ["Rendering", "Sas", "render"]

Rendering = Literal["B32", "B256"]

# Section 5.1.6 gives the alphabet; it is not that of RFC 4648.
BASE32: Final = "ybndrfg8ejkmcpqxot1uwisza345h769"


@frozen
class Sas:
    """What both people read aloud.

    Attributes:
        rendering: the SAS type that was negotiated.
        words: two words of the PGP word list for B256, one string of four characters for B32.
        value: sasvalue, the leftmost 32 bits of sashash.
    """

    rendering: Rendering
    words: tuple[str, ...]
    value: int = field(repr=False)


def render(rendering: Rendering, value: int) -> Sas:
    """Render a sasvalue of 32 bits."""
    words = _base256(value) if rendering == "B256" else (_base32(value),)
    return Sas(rendering, words, value)


def _base32(value: int) -> str:
    """The leftmost 20 bits as four characters, most significant quintet first."""
    return "".join(BASE32[value >> shift & 31] for shift in (27, 22, 17, 12))


def _base256(value: int) -> tuple[str, str]:
    """The leftmost 16 bits as two words: two syllables for the first octet, three for the next."""
    return EVEN_WORDS[value >> 24], ODD_WORDS[value >> 16 & 255]
