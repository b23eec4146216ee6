"""The half of the SAS that our person hears, among three that are not it. Pure.

For `sas_check = "choose"`: a key pressed without listening is wrong three times in four, and the
phone says then what it would say of any words that differ.
"""

from collections.abc import Callable
from itertools import product
from typing import Final

from agent.zrtp.pgp_words import EVEN_WORDS, ODD_WORDS
from agent.zrtp.sas import BASE32, Sas

CANDIDATES: Final = 4
_PAIRS: Final = tuple(map("".join, product(BASE32, repeat=2)))
_DRAWN: Final = 8
"""Octets for each draw: the draws are even but for one part in 2 to the 54th."""

Candidates = tuple[tuple[str, ...], tuple[str, ...]]
"""For the first half of a SAS and for the second: what stands to choose, in order."""


def candidates(sas: Sas, randbytes: Callable[[int], bytes]) -> Candidates:
    """For each half of a SAS that half and three others of its kind, none twice.

    Args:
        sas: Two words of the PGP list, or four characters of B32.
        randbytes: So many octets that nobody can foresee.
    """
    if sas.rendering == "B256":
        first, second = sas.words
        return _among(first, EVEN_WORDS, randbytes), _among(second, ODD_WORDS, randbytes)
    characters = sas.words[0]
    return _among(characters[:2], _PAIRS, randbytes), _among(characters[2:], _PAIRS, randbytes)


def _among(right: str, kind: tuple[str, ...], randbytes: Callable[[int], bytes]) -> tuple[str, ...]:
    others = [each for each in kind if each != right]
    chosen = [others.pop(_draw(len(others), randbytes)) for _ in range(CANDIDATES - 1)]
    chosen.insert(_draw(CANDIDATES, randbytes), right)
    return tuple(chosen)


def _draw(below: int, randbytes: Callable[[int], bytes]) -> int:
    return int.from_bytes(randbytes(_DRAWN)) % below
