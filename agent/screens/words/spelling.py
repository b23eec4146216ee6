"""How the characters of a B32 SAS are read aloud.

The letters are those of the ICAO's alphabet in every language: the person at the other end may
have a phone in another one, and both displays show the same words. The digits are spoken in the
language of the phone, as people say numbers.
"""

from collections.abc import Mapping
from typing import Final

_LETTERS: Final = (
    "alfa bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november "
    "oscar papa quebec romeo sierra tango uniform victor whiskey x-ray yankee zulu"
)


def spelled(digits: str) -> Mapping[str, str]:
    """The whole alphabet.

    Args:
        digits: Zero to nine in the language, with blanks between them.
    """
    words = (*_LETTERS.split(" "), *digits.split(" "))
    return dict(zip("abcdefghijklmnopqrstuvwxyz0123456789", words, strict=True))
