import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.screens import fonts
from agent.screens.fonts import Font, encode, writable

_ALL = [font for font in vars(fonts).values() if isinstance(font, Font)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bob", "Bob"),
        ("Jürgen Müßig, Ève Çağla", "Jürgen Müßig, Ève Çagla"),
        ("Łukasz Dvořák", "Lukasz Dvorák"),
        ("e\u0301", "é"),
        ("x\u0323\u0324", "x"),
        ("Дима", "????"),
        ("“…” €", "“…” €"),
        ("  two\n\twords\u00a0here ", "two words here"),
        ("\x00\x7f\u202e", "???"),
        ("", ""),
        ("x" * 1000, "x" * 300),
    ],
)
def test_what_the_fonts_can_write(text: str, shown: str) -> None:
    assert writable(text) == shown


@given(st.text())
def test_whatever_is_writable_can_be_drawn(text: str) -> None:
    shown = writable(text)
    assert shown.isprintable()
    assert writable(shown) == shown
    for font in _ALL:
        assert font.width(shown) == int(font.face.getlength(encode(shown)))


@pytest.mark.parametrize("font", _ALL)
def test_every_font_has_the_letters_of_western_europe(font: Font) -> None:
    letters = [chr(code) for code in [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]]
    for letter in [*letters, *"œŒŠšŽžŸ…“”„€•"]:
        assert font.width(letter) > 0
        assert font.face.getmask(encode(letter)).getbbox() is not None, letter


@pytest.mark.parametrize("font", _ALL)
def test_no_letter_of_latin_1_reaches_over_its_line(font: Font) -> None:
    for code in [*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xC0, 0x100)]:
        _, top, _, bottom = font.face.getmask(encode(chr(code))).getbbox() or (0, 0, 0, 0)
        assert 0 <= top < bottom <= font.above + font.rows


@pytest.mark.parametrize("font", _ALL)
def test_which_words_descend(font: Font) -> None:
    assert font.descends("typewriter")
    assert not font.descends("Istanbul")
    assert not font.descends("")


@pytest.mark.parametrize("font", [fonts.SMALL, fonts.BOLD_10, fonts.BOLD_12])
def test_small_letters_do_not_touch(font: Font) -> None:
    for pair in ["ft", "ff", "tt", "ri", "rt", "fi", "tv", "ka"]:
        mask = font.face.getmask(encode(pair + " "))
        width, height = mask.size
        columns = [
            any(mask.getpixel((x, y)) for y in range(font.above, height)) for x in range(width)
        ]
        runs = "".join("#" if lit else "." for lit in columns).strip(".").split(".")
        assert len([run for run in runs if run]) >= 2, pair
