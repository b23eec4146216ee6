"""The golden pictures: one PNG of one bit a pixel for each case and language."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image
from screens.cases import CASES, IN_EVERY_LANGUAGE

from agent.phone.preferences import Language
from hw.types import HEIGHT, WIDTH

FOLDER: Final = Path(__file__).with_name("golden")
SIZE: Final = (WIDTH, HEIGHT)
FIRST: Final = Language.ENGLISH
"""The language in which every case has its picture; these lie in the folder itself."""


@dataclass(frozen=True, slots=True)
class Name:
    """Which picture it is."""

    case: str
    language: Language = FIRST

    def __str__(self) -> str:
        return self.case if self.language == FIRST else f"{self.language.value}/{self.case}"


def pictured() -> list[Name]:
    """All pictures that there must be."""
    others = [language for language in Language if language != FIRST]
    return [
        *(Name(case) for case in CASES),
        *(Name(case, each) for case in CASES if case in IN_EVERY_LANGUAGE for each in others),
    ]


def names() -> set[Name]:
    """All pictures that there are."""
    paths = [path.relative_to(FOLDER) for path in FOLDER.glob("**/*.png")]
    return {
        Name(path.stem, FIRST if path.parent == Path() else Language(str(path.parent)))
        for path in paths
    }


def path_of(name: Name) -> Path:
    """Where a picture lies."""
    return FOLDER / f"{name}.png"


def load(name: Name) -> bytes:
    """The pixels of a picture, packed as in `Picture.bits`."""
    with Image.open(path_of(name)) as image:
        return image.convert("1").tobytes()


def save(name: Name, bits: bytes) -> None:
    """Makes these pixels the accepted ones."""
    path_of(name).parent.mkdir(exist_ok=True)
    Image.frombytes("1", SIZE, bits).save(path_of(name), optimize=True)
