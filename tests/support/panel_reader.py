"""Reads a panel from its pixels alone, as a person does who knows the letters.

A text is there if it stands somewhere in one of the phone's fonts, lit or in reverse, pixel for
pixel, with nothing close before and behind it.
"""

from collections.abc import Iterable
from functools import cache
from typing import Final

from PIL import Image, ImageDraw

from agent.screens import fonts
from agent.screens.fonts import Font, encode
from hw.types import HEIGHT, WIDTH

_FONTS: Final = (fonts.BOLD_34, fonts.BOLD_24, *fonts.NAMES)
_APART: Final = 2
"""Dark columns before and behind a text; letters of one word may stand closer."""
_EDGE: Final = "0" * _APART

Rows = tuple[str, ...]
"""Rows of pixels, "1" for a lit one."""


def stands(text: str, bits: bytes) -> bool:
    """Tells whether a panel shows this text on one line.

    Args:
        text: One line.
        bits: The panel, as in `Picture.bits`.
    """
    return any(_is_in(_ink(text, font), rows) for rows in _both(bits) for font in _FONTS)


def longest(words: Iterable[str], bits: bytes) -> str:
    """The longest of these words that a panel shows; empty if it shows none of them."""
    there = (word for word in sorted(words, key=len, reverse=True) if stands(word, bits))
    return next(there, "")


def _both(bits: bytes) -> tuple[Rows, Rows]:
    """The panel as it is, and in reverse."""
    octets = WIDTH // 8
    lines = [bits[row * octets : (row + 1) * octets] for row in range(HEIGHT)]
    rows = [f"{int.from_bytes(line):0{WIDTH}b}" for line in lines]
    reverse = [row.translate({48: "1", 49: "0"}) for row in rows]
    return tuple(_EDGE + row + _EDGE for row in rows), tuple(reverse)


@cache
def _ink(text: str, font: Font) -> Rows:
    """The text's own pixels, with the dark columns that it has around it."""
    size = (font.width(text + " ") + 2 * WIDTH, font.above + font.rows + HEIGHT)
    image = Image.new("1", size)
    ImageDraw.Draw(image).text((WIDTH, 0), encode(text + " "), font=font.face, fill=1)
    box = image.getbbox()
    assert box is not None, text
    left, top, right, bottom = box
    octets = image.crop((left - _APART, top, right + _APART, bottom))
    pixels = octets.point(lambda value: 49 if value else 48, "L").tobytes().decode()
    return tuple(pixels[at : at + octets.width] for at in range(0, len(pixels), octets.width))


def _is_in(ink: Rows, rows: Rows) -> bool:
    """Whether these pixels are somewhere among those."""
    guide = max(range(len(ink)), key=lambda row: ink[row].count("1"))
    for top in range(len(rows) - len(ink) + 1):
        at = rows[top + guide].find(ink[guide])
        while at >= 0:
            if all(rows[top + row].startswith(line, at) for row, line in enumerate(ink)):
                return True
            at = rows[top + guide].find(ink[guide], at + 1)
    return False
