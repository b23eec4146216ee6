"""Choosing by ear: our half of the SAS, and four of which the other person reads one aloud."""

from typing import Final

from agent.phone.security import SecurityState
from agent.phone.views import ChooseSas
from agent.screens.fonts import BOLD_10, BOLD_12, BOLD_14, MEDIUM, SMALL, Font, writable
from agent.screens.layout import FOOT, PAD, PITCH, Align, Canvas
from agent.screens.reason import put_reason
from agent.screens.words import Words
from hw.types import WIDTH, Key, Picture

_COLUMNS: Final = 2
_COLUMN: Final = WIDTH // _COLUMNS
_CAP: Final = 8
"""Columns of the key before a candidate."""
_FONTS: Final = (BOLD_14, BOLD_12, BOLD_10, MEDIUM, SMALL)
_LEAST: Final = BOLD_10.rows
"""Rows of our half, at the least."""
_PAIR: Final = 2
"""Characters of half a B32 SAS; a word has more."""
_ASKS: Final = frozenset({SecurityState.HASH_MISSING, SecurityState.NOT_VERIFIED})
"""Where nothing else has to be said above, the question is."""


def draw_choose(view: ChooseSas, words: Words) -> Picture:
    """Our half above, the candidates in two columns below, each beside its key."""
    canvas = Canvas()
    asked_above = _is_asked_above(view, words)
    usual = words.what_they_read if asked_above else words.compare[view.state]
    top = put_reason(canvas, view, usual, words)
    room = FOOT - top - _LEAST - 1
    question = 0 if asked_above or room < PITCH + _rows(SMALL) else PITCH
    font = _font(view, room - question)
    grid = FOOT - _rows(font)
    _put_ours(canvas, writable(view.half), top, grid - question - 1, words)
    if question:
        canvas.line(words.which_do_they_read, SMALL, grid - PITCH, align=Align.CENTRE)
    for index, candidate in enumerate(view.candidates):
        row = grid + index // _COLUMNS * _pitch(font)
        column = index % _COLUMNS * _COLUMN
        _put_candidate(canvas, index, candidate, font, (column, row), held=index == view.held)
    _foot(canvas, view, words)
    return canvas.picture()


def _is_asked_above(view: ChooseSas, words: Words) -> bool:
    """Whether the line at the top is the question, with the name in it."""
    question = writable(words.what_they_read.format(name=view.name))
    fits = view.name and SMALL.width(question) <= WIDTH
    return bool(fits) and view.state in _ASKS and not view.weaker


def _pitch(font: Font) -> int:
    """Rows from one candidate to the next one below it."""
    return font.rows + 1


def _rows(font: Font) -> int:
    return 2 * _pitch(font)


def _font(view: ChooseSas, rows: int) -> Font:
    """The largest font for all candidates alike."""
    columns = _COLUMN - _CAP - 2 * PAD
    widest = [writable(each) for each in view.candidates]
    return next(
        (
            font
            for font in _FONTS
            if _rows(font) <= rows and all(font.width(each) <= columns for each in widest)
        ),
        SMALL,
    )


def _put_ours(canvas: Canvas, half: str, top: int, bottom: int, words: Words) -> None:
    """What our person reads aloud: the word with a tag, or the characters with their spelling."""
    if len(half) > _PAIR:
        tag, told = " ".join(words.you_read), half
        canvas.say(f"{tag}: {half}")
    else:
        tag, told = half, " ".join(words.spelling.get(each, "?") for each in half)
        canvas.say(words.you_spell.format(spelling=told))
    tagged = SMALL if len(half) > _PAIR else _fitting(tag, WIDTH // _COLUMNS, bottom - top)
    width = tagged.width(tag) + 2 * PAD
    font = _fitting(told, WIDTH - width - PAD, bottom - top)
    row = top + (bottom - top - font.rows) // 2
    beside = row + (font.capitals - tagged.capitals) // 2
    canvas.put_block(0, beside - PAD, width, beside + tagged.capitals + PAD)
    canvas.put_line(tag, tagged, beside, left=PAD, lit=False)
    canvas.put_line(told, font, row, left=width + PAD)


def _fitting(text: str, columns: int, rows: int) -> Font:
    return next(
        (font for font in _FONTS if font.rows <= rows and font.width(text) <= columns), SMALL
    )


def _put_candidate(
    canvas: Canvas, index: int, candidate: str, font: Font, place: tuple[int, int], *, held: bool
) -> None:
    """The key as it is printed, and what it stands for; all in reverse while it is held."""
    left, top = place
    digit = str(index + 1)
    right = left + (_COLUMN - PAD if held else _CAP)
    canvas.put_block(left, top - 1, right, top + font.capitals + 1)
    canvas.put_line(
        digit, SMALL, top + (font.capitals - SMALL.capitals) // 2, left=left + PAD, lit=False
    )
    after = left + _CAP + PAD
    shown = canvas.put_line(candidate, font, top, left=after, right=left + _COLUMN, lit=not held)
    canvas.say(f"{digit}: {shown}")


def _foot(canvas: Canvas, view: ChooseSas, words: Words) -> None:
    if view.held is not None:
        canvas.foot_bar(words.keep_holding.format(what=view.candidates[view.held]))
    elif view.differing:
        canvas.foot_bar(words.keep_holding_differ)
    elif not view.asked:
        canvas.keys((Key.CONFIRM, words.back), (Key.STAR, words.none_of_them))
    elif view.choosable:
        canvas.keys((Key.STAR, words.none_of_them), (Key.MENU, words.later))
    else:
        canvas.foot(words.hold_what_you_hear)
