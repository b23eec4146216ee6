"""Comparing the SAS: the words as large as the panel allows, and who reads which."""

from typing import Final

from agent.frozen import frozen
from agent.phone.views import CompareSas, Half
from agent.screens.fonts import BOLD_24, NAMES, SMALL, Font, writable
from agent.screens.layout import FOOT, PITCH, Align, Canvas
from agent.screens.reason import put_reason
from agent.screens.words import Words
from hw.types import WIDTH, Key, Picture

_FONTS: Final = (BOLD_24, *NAMES)
_TAG_EDGE: Final = 3
"""Columns that a tag ("You read", "They read") has beside its own."""
_TAG_ROWS: Final = 16
_AFTER_TAG: Final = 3
"""Columns between a tag and its word."""
_GAP: Final = 1
"""Empty rows between two words, at the least."""


@frozen
class _Reading:
    """One half of the SAS, and whether our person reads it aloud."""

    half: str
    ours: bool


def draw_compare(view: CompareSas, words: Words) -> Picture:
    """The SAS, large; above it why and with whom, below it the keys."""
    canvas = Canvas()
    top = put_reason(canvas, view, words.compare[view.state], words)
    halves = view.sas if len(view.sas) > 1 else _halved("".join(view.sas))
    readings = [
        _Reading(writable(half), ours=(view.reads is Half.FIRST) == (index == 0))
        for index, half in enumerate(halves)
    ]
    if len(view.sas) > 1:
        _put_words(canvas, readings, words, top)
    else:
        _put_characters(canvas, readings, words, top)
    _foot(canvas, view, words)
    return canvas.picture()


def _halved(sas: str) -> tuple[str, str]:
    middle = len(sas) // 2
    return sas[:middle], sas[middle:]


def _put_words(canvas: Canvas, readings: list[_Reading], words: Words, top: int) -> None:
    rows = FOOT - top
    tag = _tag_width(words)
    left = tag + _AFTER_TAG
    font = next((f for f in _FONTS if _fits(readings, f, rows, WIDTH - left)), _FONTS[-1])
    spare = rows - sum(_rows(reading, font) + _GAP for reading in readings) + _GAP
    row = top
    for reading in readings:
        row += spare // (len(readings) + 1)
        middle = row + (_rows(reading, font) - _TAG_ROWS) // 2
        _put_tag(canvas, middle, tag, words, ours=reading.ours)
        word = canvas.put_line(reading.half, font, row, left=left)
        canvas.say(f"{_reader(reading, words)}: {word}")
        row += _rows(reading, font) + _GAP


def _tag_width(words: Words) -> int:
    """Columns of the wider of the two tags."""
    return max(map(SMALL.width, (*words.you_read, *words.they_read))) + _TAG_EDGE


def _fits(readings: list[_Reading], font: Font, rows: int, columns: int) -> bool:
    needed = sum(_rows(reading, font) + _GAP for reading in readings) - _GAP
    widest = max(font.width(reading.half) for reading in readings)
    return needed <= rows and widest <= columns


def _rows(reading: _Reading, font: Font) -> int:
    return font.rows if font.descends(reading.half) else font.capitals


def _reader(reading: _Reading, words: Words) -> str:
    return " ".join(words.you_read if reading.ours else words.they_read)


def _put_tag(canvas: Canvas, top: int, width: int, words: Words, *, ours: bool) -> None:
    """Who reads this word, in reverse where it is our person."""
    if ours:
        canvas.put_block(0, top, width, top + _TAG_ROWS)
    for index, part in enumerate(words.you_read if ours else words.they_read):
        row = top + 1 + index * (SMALL.rows - 1)
        canvas.put_line(part, SMALL, row, right=width, align=Align.CENTRE, lit=not ours)


def _put_characters(canvas: Canvas, readings: list[_Reading], words: Words, top: int) -> None:
    spelled = len(readings) * PITCH
    rows = FOOT + 1 - top - spelled
    font = next(font for font in _FONTS if font.rows <= rows)
    row = top + (rows - font.rows) // 2
    left = (WIDTH - sum(font.width(reading.half) for reading in readings)) // 2 - 2
    for reading in readings:
        right = left + font.width(reading.half)
        if reading.ours:
            canvas.put_block(left - 2, row - 1, right + 2, row + font.rows)
        canvas.put_line(reading.half, font, row, left=left, right=right, lit=not reading.ours)
        left = right + 5
    canvas.say("".join(reading.half for reading in readings))
    for index, reading in enumerate(readings):
        spelling = " ".join(words.spelling.get(character, "?") for character in reading.half)
        line = (words.you_spell if reading.ours else words.they_spell).format(spelling=spelling)
        below = FOOT + 1 - spelled + index * PITCH
        canvas.line(line, SMALL, below, align=Align.CENTRE)


def _foot(canvas: Canvas, view: CompareSas, words: Words) -> None:
    if view.holding:
        canvas.foot_bar(words.keep_holding_match)
    elif view.differing:
        canvas.foot_bar(words.keep_holding_differ)
    elif not view.asked:
        canvas.keys((Key.CONFIRM, words.back), (Key.STAR, words.differ))
    elif view.confirmable:
        canvas.keys((Key.CONFIRM, words.match), (Key.STAR, words.differ), (Key.MENU, words.later))
    else:
        canvas.foot(words.read_aloud)
