"""Moves a picture by a pixel or two, against burn-in. Pure."""

from dataclasses import replace

from PIL import Image, ImageChops

from hw.types import HEIGHT, WIDTH, Picture


def shifted(picture: Picture, columns: int, rows: int) -> Picture:
    """The picture moved to the right and down; nothing of it is lost, or it stays where it is.

    Args:
        picture: What is shown.
        columns: By how many; less than 0: to the left.
        rows: By how many; less than 0: up.
    """
    if not (columns or rows):
        return picture
    image = Image.frombytes("1", (WIDTH, HEIGHT), picture.bits)
    box = image.getbbox()
    if box is None:
        return picture
    left, top, right, bottom = box
    fits = left + columns >= 0 and right + columns <= WIDTH
    fits = fits and top + rows >= 0 and bottom + rows <= HEIGHT
    return (
        replace(picture, bits=ImageChops.offset(image, columns, rows).tobytes())
        if fits
        else picture
    )
