"""Putting words onto the panel: what does not fit is made smaller, then wrapped, then shortened.

All positions are in pixels from the top left corner. `top` is always the row of the top of the
capital letters; accents stand above it.
"""

import re
from enum import Enum, auto
from typing import Final

from PIL import Image, ImageDraw

from agent.screens.fonts import ELLIPSIS, SMALL, Font, encode, writable
from agent.screens.icons import KEYS, Icon
from hw.types import HEIGHT, WIDTH, Key, Picture

LEADING: Final = 1
"""Empty rows between the lines of one sentence."""
BAR: Final = 11
"""Rows of a bar in reverse at the top of the panel."""
FIRST: Final = 3
"""Top of a line in a small font that stands at the upper edge: accents need the rest."""
LAST: Final = HEIGHT - SMALL.rows
"""Top of a line in a small font that stands at the lower edge."""
FOOT: Final = HEIGHT - 10
"""First row of what stands at the lower edge."""
PITCH: Final = SMALL.rows + LEADING
"""Rows from one line of the small font to the next."""
PAD: Final = 2
"""Columns between an icon and its word."""

_BREAK: Final = re.compile(r" (?![:;!?](?: |$))")
"""Where a line may end: not before the signs that French sets apart by a space."""


class Align(Enum):
    """Where a line stands between its two edges."""

    LEFT = auto()
    CENTRE = auto()
    RIGHT = auto()


def shorten(text: str, font: Font, width: int) -> str:
    """The text, or as much of its beginning as fits with an ellipsis."""
    if font.width(text) <= width:
        return text
    while text and font.width(text + ELLIPSIS) > width:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


def share(texts: list[str], font: Font, width: int) -> list[str]:
    """Texts that stand in one line: where they do not fit, those above their share are cut."""
    if sum(map(font.width, texts)) <= width:
        return texts
    return [shorten(text, font, width // len(texts)) for text in texts]


def ending(text: str, font: Font, width: int) -> str:
    """The text, or as much of its end as fits behind an ellipsis."""
    if font.width(text) <= width:
        return text
    while text and font.width(ELLIPSIS + text) > width:
        text = text[1:]
    return ELLIPSIS + text.lstrip()


def wrap(text: str, font: Font, width: int) -> list[str]:
    """Breaks a text into lines between its words; a word that is too long is broken itself."""
    lines = [""]
    for word in _BREAK.split(text):
        joined = f"{lines[-1]} {word}".lstrip()
        if font.width(joined) <= width:
            lines[-1] = joined
            continue
        pieces = _broken(word, font, width)
        lines = [*lines, *pieces] if lines[-1] else pieces
    return lines


def _broken(word: str, font: Font, width: int) -> list[str]:
    pieces = [""]
    for character in word:
        if font.width(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def largest(text: str, fonts: tuple[Font, ...], width: int) -> Font:
    """The first of the fonts in which the text fits the width, else the last one."""
    shown = writable(text)
    return next((font for font in fonts if font.width(shown) <= width), fonts[-1])


def paragraph_rows(lines: int, font: Font) -> int:
    """Rows of so many lines, from the top of the capitals to the lowest "g"."""
    return lines * (font.rows + LEADING) - LEADING


def fold(text: str, font: Font, width: int, most: int) -> list[str]:
    """Wraps a text to `most` lines at most; the last one ends in an ellipsis if that is too few."""
    lines = wrap(text, font, width)
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], shorten(" ".join(lines[most - 1 :]), font, width)]


def _composed(sentence: str, fonts: tuple[Font, ...], rows: int) -> tuple[Font, list[str]]:
    """The largest font in which the sentence fits so many rows, and its lines in that font.

    A smaller font is better than a word that is broken in two.
    """
    for whole in (True, False):
        for font in fonts:
            lines = wrap(sentence, font, WIDTH)
            broken = " ".join(lines) != sentence
            if paragraph_rows(len(lines), font) <= rows and not (whole and broken):
                return font, lines
    smallest = fonts[-1]
    most = (rows + LEADING) // (smallest.rows + LEADING)
    return smallest, fold(sentence, smallest, WIDTH, most)


class Canvas:
    """A picture being drawn, and what it says.

    `put_*` draws only; the others also add what they draw to the picture's text.
    """

    def __init__(self) -> None:
        """Starts dark and silent."""
        self._image = Image.new("1", (WIDTH, HEIGHT))
        self._draw = ImageDraw.Draw(self._image)
        self._said: list[str] = []

    def say(self, sentence: str) -> None:
        """Adds a line to the text of the picture."""
        self._said.append(sentence)

    def put_line(
        self,
        text: str,
        font: Font,
        top: int,
        *,
        left: int = 0,
        right: int = WIDTH,
        align: Align = Align.LEFT,
        lit: bool = True,
    ) -> str:
        """Draws one line between two columns and returns it as drawn.

        Raises:
            ValueError: The line would reach over the upper or lower edge of the panel.
        """
        if top < font.above or top + font.rows > HEIGHT:
            message = f"a line of this font cannot stand at row {top}"
            raise ValueError(message)
        shown = shorten(writable(text), font, right - left)
        spare = right - left - font.width(shown)
        shift = {Align.LEFT: 0, Align.CENTRE: spare // 2, Align.RIGHT: spare}[align]
        place = (left + shift, top - font.above)
        # Pillow cuts off what the last letter draws beyond its own width: hence the space.
        self._draw.text(place, encode(shown + " "), font=font.face, fill=int(lit))
        return shown

    def line(
        self,
        text: str,
        font: Font,
        top: int,
        *,
        left: int = 0,
        right: int = WIDTH,
        align: Align = Align.LEFT,
        lit: bool = True,
    ) -> None:
        """Draws and says one line."""
        if text:
            self.say(self.put_line(text, font, top, left=left, right=right, align=align, lit=lit))

    def put_block(self, left: int, top: int, right: int, bottom: int) -> None:
        """Lights a rectangle, its right column and bottom row excluded."""
        self._draw.rectangle((left, top, right - 1, bottom - 1), fill=1)

    def put_icon(self, icon: Icon, left: int, top: int, *, lit: bool = True) -> None:
        """Draws an icon."""
        self._draw.bitmap((left, top), icon.mask, fill=int(lit))

    def marked(
        self,
        icon: Icon,
        text: str,
        font: Font,
        top: int,
        *,
        left: int = 0,
        right: int = WIDTH,
        lit: bool = True,
    ) -> None:
        """Draws and says an icon and a line beside it."""
        self.put_icon(icon, left, top + (font.capitals - icon.height) // 2, lit=lit)
        self.line(text, font, top, left=left + icon.width + PAD, right=right, lit=lit)

    def bar(self, icon: Icon, text: str) -> None:
        """Draws and says an icon and a line in reverse along the upper edge."""
        self.put_block(0, 0, WIDTH, BAR)
        self.marked(icon, text, SMALL, FIRST, left=PAD, right=WIDTH - PAD, lit=False)

    def foot(self, text: str) -> None:
        """Draws and says a line along the lower edge."""
        self.line(text, SMALL, LAST, align=Align.CENTRE)

    def foot_bar(self, text: str) -> None:
        """Draws and says a line in reverse along the lower edge."""
        self.put_block(0, FOOT, WIDTH, HEIGHT)
        self.line(text, SMALL, LAST, align=Align.CENTRE, lit=False)

    def keys(self, *offers: tuple[Key, str]) -> None:
        """Draws and says along the lower edge what some keys do now."""
        icons = sum(KEYS[key].width + PAD for key, _ in offers)
        labels = share([what for _, what in offers], SMALL, WIDTH - icons - len(offers) - 1)
        spare = (WIDTH - icons - sum(map(SMALL.width, labels))) // (len(offers) + 1)
        left = spare
        for (key, _), label in zip(offers, labels, strict=True):
            self.put_icon(KEYS[key], left, HEIGHT - KEYS[key].height)
            left += KEYS[key].width + PAD
            self.put_line(label, SMALL, LAST, left=left)
            self.say(f"{key.value}: {label}")
            left += SMALL.width(label) + spare

    def block(self, lines: list[str], font: Font, top: int) -> None:
        """Draws lines below each other, each in the middle, and says them as one sentence."""
        shown = [
            self.put_line(line, font, top + index * (font.rows + LEADING), align=Align.CENTRE)
            for index, line in enumerate(lines)
        ]
        self.say(" ".join(shown))

    def blocks(self, blocks: list[list[str]]) -> None:
        """Draws and says sentences in the small font, the last one along the lower edge."""
        top = LAST + PITCH - PITCH * sum(len(lines) for lines in blocks)
        for lines in blocks:
            self.block(lines, SMALL, top)
            top += PITCH * len(lines)

    def paragraph(
        self,
        text: str,
        fonts: tuple[Font, ...],
        top: int,
        bottom: int,
    ) -> None:
        """Draws and says a text as one sentence, wrapped, in the largest font that fits.

        It stands in the middle between the rows `top` and `bottom`. What does not fit even in
        the last font is cut, with an ellipsis.
        """
        if not text:
            return
        font, lines = _composed(writable(text), fonts, bottom - top)
        row = top + (bottom - top - paragraph_rows(len(lines), font)) // 2
        self.block(lines, font, row)

    def picture(self, invert_every_ms: int = 0) -> Picture:
        """What was drawn so far."""
        return Picture(self._image.tobytes(), tuple(self._said), invert_every_ms)
