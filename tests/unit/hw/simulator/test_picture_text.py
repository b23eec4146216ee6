from hypothesis import given
from hypothesis import strategies as st

from hw.simulator.picture_text import picture_to_braille, picture_to_text
from hw.types import Picture


def with_pixels(*pixels: tuple[int, int]) -> Picture:
    bits = bytearray(1024)
    for x, y in pixels:
        bits[16 * y + x // 8] |= 0x80 >> x % 8
    return Picture(bytes(bits))


def test_half_blocks_hold_two_pixels_each() -> None:
    text = picture_to_text(with_pixels((0, 0), (1, 1), (2, 0), (2, 1), (127, 63)))
    lines = text.split("\n")
    assert len(lines) == 32
    assert {len(line) for line in lines} == {128}
    assert lines[0].rstrip() == "▀▄█"
    assert lines[-1][-1] == "▄"


def test_braille_holds_eight_pixels_each() -> None:
    lines = picture_to_braille(with_pixels((0, 0), (1, 3), (2, 1), (127, 63))).split("\n")
    assert len(lines) == 16
    assert {len(line) for line in lines} == {64}
    assert lines[0][:3] == "\u2881\u2802\u2800"
    assert lines[-1][-1] == "\u2880"


@given(st.binary(min_size=1024, max_size=1024))
def test_no_pixel_is_lost(bits: bytes) -> None:
    picture = Picture(bits)
    lit = sum(byte.bit_count() for byte in bits)
    halves = {" ": 0, "▄": 1, "▀": 1, "█": 2}
    assert sum(halves[c] for c in picture_to_text(picture) if c != "\n") == lit
    braille = (ord(c) - 0x2800 for c in picture_to_braille(picture) if c != "\n")
    assert sum(cell.bit_count() for cell in braille) == lit
