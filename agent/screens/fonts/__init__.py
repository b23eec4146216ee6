"""The panel's fonts: Adobe's Helvetica as X11 has it, drawn for pixels. See README.md beside this.

They are bitmaps in Pillow's own format, so that no version of FreeType has a say in what a
person sees, and a golden picture is the same on every machine.
"""

import unicodedata
from pathlib import Path
from typing import Final

from PIL import ImageFont

from agent.frozen import frozen

ELLIPSIS: Final = "…"
_CODE_PAGE: Final = "cp1252"
"""What the 256 places of a font file hold: Latin-1 and a few signs more, such as "…" and "€"."""
_LONGEST: Final = 300
"""Characters of a text that are looked at; the panel cannot show more."""
_BARRED: Final = str.maketrans("ŁłĐđĦħŦŧı", "LlDdHhTti")
"""Letters that Unicode does not take apart into a base letter and a mark."""


def writable(text: str) -> str:
    """The text in letters that the fonts have, all on one line.

    A letter that they lack stands as its base letter ("č" as "c"), or as "?": a name can
    neither vanish nor bring control characters onto the panel.
    """
    composed = unicodedata.normalize("NFC", " ".join(text[:_LONGEST].split())).translate(_BARRED)
    return "".join(_writable_character(character) for character in composed)


def _writable_character(character: str) -> str:
    for candidate in (character, unicodedata.normalize("NFKD", character)[0]):
        if candidate.isprintable() and candidate.encode(_CODE_PAGE, "ignore"):
            return candidate
    return "" if unicodedata.combining(character) else "?"


@frozen
class Font:
    """One font in one size.

    Attributes:
        above: Rows that accents take above the capital letters.
        capitals: Rows of a capital letter.
        below: Rows under the baseline, for "g" and its like.
    """

    face: ImageFont.ImageFont
    above: int
    capitals: int
    below: int

    @property
    def rows(self) -> int:
        """From the top of the capitals to the lowest row of a "g"."""
        return self.capitals + self.below

    def width(self, text: str) -> int:
        """How many columns the text takes."""
        return int(self.face.getlength(encode(text)))

    def descends(self, text: str) -> bool:
        """Whether any letter of the text reaches under the baseline."""
        ink = self.face.getmask(encode(text)).getbbox()
        return ink is not None and int(ink[3]) > self.above + self.capitals


def encode(text: str) -> bytes:
    """The places in the font of a text that `writable` gave."""
    return text.encode(_CODE_PAGE)


def _load(name: str) -> Font:
    face = ImageFont.load(str(Path(__file__).with_name(f"{name}.pil")))
    _, top, _, baseline = face.getmask(b"H").getbbox()
    _, _, _, bottom = face.getbbox(b"H")
    return Font(face, above=top, capitals=baseline - top, below=int(bottom) - baseline)


SMALL: Final = _load("helvR08")
MEDIUM: Final = _load("helvR10")
BOLD_10: Final = _load("helvB10")
BOLD_12: Final = _load("helvB12")
BOLD_14: Final = _load("helvB14")
BOLD_17: Final = _load("helvB17")
BOLD_18: Final = _load("helvB18")
BOLD_24: Final = _load("helvB24")
BOLD_34: Final = _load("helvB34")

NAMES: Final = (BOLD_18, BOLD_17, BOLD_14, BOLD_12, BOLD_10, MEDIUM, SMALL)
"""For the one thing that matters, largest first."""
SENTENCES: Final = (BOLD_14, BOLD_12, BOLD_10, MEDIUM, SMALL)
"""For sentences that may take several lines, largest first."""
