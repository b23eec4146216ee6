"""After the call, or instead of it."""

from typing import Final

from agent.phone.views import CallOver, Unknown
from agent.screens.fonts import BOLD_18, NAMES, SENTENCES, SMALL, writable
from agent.screens.in_call import duration
from agent.screens.layout import BAR, FIRST, Align, Canvas, paragraph_rows, wrap
from agent.screens.words import Words
from hw.types import HEIGHT, WIDTH, Picture

_HEAD: Final = BAR + SMALL.above
_DETAIL_LINES: Final = 2
_MOST_LINES: Final = 3
"""Lines of what the network said, where nothing stands below it."""
_TALKED_ROWS: Final = SMALL.rows + 1


def draw_call_over(view: CallOver, words: Words) -> Picture:
    """Why it is over, large; who it was, what the network said, and how long both talked."""
    canvas = Canvas()
    canvas.line(words.called(view.name), SMALL, FIRST, align=Align.CENTRE)
    ending = words.endings[view.reason]
    said = words.sentence(view.detail)
    detail = "" if said.casefold() == ending.casefold() else said
    foot = HEIGHT - _TALKED_ROWS if view.duration_s else HEIGHT
    bottom = foot - _detail_rows(detail, alone=not view.duration_s) if detail else foot
    canvas.paragraph(ending, (BOLD_18, *SENTENCES), _HEAD, bottom - 1)
    canvas.paragraph(detail, (SMALL,), bottom, foot)
    if view.duration_s:
        canvas.foot(words.talked_for.format(duration=duration(view.duration_s)))
    return canvas.picture()


def _detail_rows(detail: str, *, alone: bool) -> int:
    needed = len(wrap(writable(detail), SMALL, WIDTH))
    most = _MOST_LINES if alone else _DETAIL_LINES
    return paragraph_rows(max(_DETAIL_LINES, min(needed, most)), SMALL)


def draw_unknown(view: Unknown, words: Words) -> Picture:
    """What was dialled, and that nobody has it, or why it cannot be called."""
    canvas = Canvas()
    if view.needs_account:
        canvas.line(view.digits, SMALL, FIRST, align=Align.CENTRE)
        canvas.paragraph(words.emergency_needs_account, SENTENCES, _HEAD, HEIGHT)
    else:
        canvas.paragraph(view.digits, NAMES, _HEAD, 36)
        canvas.paragraph(words.unknown, SENTENCES, 40, HEIGHT - SMALL.rows)
    return canvas.picture()
