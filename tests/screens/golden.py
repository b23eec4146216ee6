"""The golden pictures: one PNG of one bit a pixel for each case."""

from pathlib import Path
from typing import Final

from PIL import Image

from hw.types import HEIGHT, WIDTH

FOLDER: Final = Path(__file__).with_name("golden")
SIZE: Final = (WIDTH, HEIGHT)


def names() -> set[str]:
    """The names of all golden pictures."""
    return {path.stem for path in FOLDER.glob("*.png")}


def path_of(name: str) -> Path:
    """Where the golden picture of a case lies."""
    return FOLDER / f"{name}.png"


def load(name: str) -> bytes:
    """The pixels of a golden picture, packed as in `Picture.bits`."""
    with Image.open(path_of(name)) as image:
        return image.convert("1").tobytes()


def save(name: str, bits: bytes) -> None:
    """Makes these pixels the golden picture of a case."""
    Image.frombytes("1", SIZE, bits).save(path_of(name), optimize=True)
