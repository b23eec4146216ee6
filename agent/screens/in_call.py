"""Talking: with whom, how safely, how long."""

from typing import Final

from agent.phone.views import InCall
from agent.screens.fonts import NAMES, SMALL, SMALL_BOLD
from agent.screens.icons import LOCK, MUTED, WARNING
from agent.screens.layout import BAR, FIRST, PAD, Align, Canvas, fold
from agent.screens.words import Words
from hw.types import HEIGHT, WIDTH, Picture

_PITCH: Final = 9
"""Rows from one notice to the next."""
_MOST: Final = 3
"""Lines of notices that leave room for the name."""


def draw_in_call(view: InCall, words: Words) -> Picture:
    """The state and the time above, the name large, and every notice that holds below."""
    canvas = Canvas()
    _put_status(canvas, view, words)
    lines = _notice_lines(view, words)
    if view.sip_name:
        lines.insert(0, words.calls_itself.format(name=view.sip_name))
    foot = HEIGHT - len(lines) * _PITCH
    canvas.paragraph(view.name, NAMES, BAR + PAD, foot - 1)
    for index, line in enumerate(lines):
        canvas.line(line, SMALL, foot + index * _PITCH, align=Align.CENTRE)
    return canvas.picture()


def duration(seconds: int) -> str:
    """How long, as clocks say it: 0:05, 12:34, 1:02:03."""
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


def _put_status(canvas: Canvas, view: InCall, words: Words) -> None:
    lit = not view.state.is_alarm
    if not lit:
        canvas.put_block(0, 0, WIDTH, BAR)
    icon = LOCK if view.state.is_secure else WARNING
    canvas.marked(icon, words.states[view.state], SMALL_BOLD, FIRST, left=PAD, lit=lit)
    time = duration(view.duration_s)
    canvas.line(time, SMALL, FIRST, right=WIDTH - PAD, align=Align.RIGHT, lit=lit)
    if view.muted:
        left = WIDTH - 3 * PAD - SMALL.width(time) - SMALL.width(words.muted) - MUTED.width - PAD
        canvas.marked(MUTED, words.muted, SMALL, FIRST, left=left, lit=lit)


def _notice_lines(view: InCall, words: Words) -> list[str]:
    """Every notice in full, or in brief where they are too many."""
    full = [line for notice in view.notices for line in _folded(words.notices[notice])]
    if len(full) <= _MOST:
        return full
    return _folded(" ".join(words.notices_short[notice] for notice in view.notices))


def _folded(text: str) -> list[str]:
    return fold(text, SMALL, WIDTH, _MOST)
