"""Pictures of the panel as lines of text, for terminals and logs. Pure."""

from collections.abc import Iterator
from typing import Final

from hw.types import HEIGHT, WIDTH, Picture

_HALVES: Final = " ▄▀█"
_BRAILLE: Final = 0x2800
_DOTS: Final = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Bit of each dot in Unicode's Braille patterns: four rows of two."""


def picture_to_text(picture: Picture) -> str:
    """Draws the panel with half blocks: 32 lines of 128 characters, each two pixels."""
    rows = _rows(picture)
    return "\n".join(
        "".join(_HALVES[2 * top + bottom] for top, bottom in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )


def picture_to_braille(picture: Picture) -> str:
    """Draws the panel with Braille patterns: 16 lines of 64 characters, each 2 by 4 pixels."""
    rows = _rows(picture)
    return "\n".join(
        "".join(_cells(rows[top : top + len(_DOTS)])) for top in range(0, HEIGHT, len(_DOTS))
    )


def _rows(picture: Picture) -> list[list[int]]:
    """Returns 64 rows of 128 pixels, each 0 or 1."""
    row_bytes = WIDTH // 8
    return [
        [
            byte >> shift & 1
            for byte in picture.bits[start : start + row_bytes]
            for shift in range(7, -1, -1)
        ]
        for start in range(0, len(picture.bits), row_bytes)
    ]


def _cells(rows: list[list[int]]) -> Iterator[str]:
    for left in range(0, WIDTH, 2):
        dots = (
            bit
            for row, bits in zip(rows, _DOTS, strict=True)
            for pixel, bit in zip(row[left : left + 2], bits, strict=True)
            if pixel
        )
        yield chr(_BRAILLE + sum(dots))
