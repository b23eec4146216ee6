"""Icons of one bit a pixel. Each of them stands beside a word, never alone."""

from collections.abc import Mapping
from typing import Final

from PIL import Image

from agent.frozen import frozen
from hw.types import Key


@frozen
class Icon:
    """A small picture; `mask` is lit where the icon is."""

    mask: Image.Image

    @property
    def width(self) -> int:
        """Columns."""
        return self.mask.width

    @property
    def height(self) -> int:
        """Rows."""
        return self.mask.height


def _drawn(*rows: str) -> Icon:
    mask = Image.new("1", (len(rows[0]), len(rows)))
    mask.putdata([255 if pixel == "#" else 0 for row in rows for pixel in row])
    return Icon(mask)


LOCK: Final = _drawn(
    "..###..",
    ".#...#.",
    ".#...#.",
    "#######",
    "#######",
    "###.###",
    "###.###",
    "#######",
)

WARNING: Final = _drawn(
    "....#....",
    "...###...",
    "...#.#...",
    "..##.##..",
    "..##.##..",
    ".#######.",
    ".###.###.",
    "#########",
)

ARROWS: Final = (
    _drawn(
        "..#..",
        ".###.",
        "#####",
    ),
    _drawn(
        "#####",
        ".###.",
        "..#..",
    ),
)
"""There is more above, and below."""

_CONFIRM: Final = _drawn(
    ".#########.",
    "###########",
    "########.##",
    "#######.###",
    "##.###.####",
    "###.#.#####",
    "####.######",
    "###########",
    ".#########.",
)

_STAR: Final = _drawn(
    ".#########.",
    "###########",
    "#####.#####",
    "###.#.#.###",
    "####...####",
    "###.#.#.###",
    "#####.#####",
    "###########",
    ".#########.",
)

_MENU: Final = _drawn(
    ".#########.",
    "###########",
    "##.......##",
    "###########",
    "##.......##",
    "###########",
    "##.......##",
    "###########",
    ".#########.",
)

_CALL: Final = _drawn(
    ".#########.",
    "####...####",
    "##.......##",
    "##..###..##",
    "##..###..##",
    "###########",
    "###########",
    "###########",
    ".#########.",
)

KEYS: Final[Mapping[Key, Icon]] = {
    Key.CONFIRM: _CONFIRM,
    Key.STAR: _STAR,
    Key.MENU: _MENU,
    Key.CALL: _CALL,
}
"""The keys that a screen can offer, as they are printed."""
