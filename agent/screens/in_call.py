"""Talking: with whom, how safely, how long."""

from typing import Final

from agent.phone.views import InCall, Notice
from agent.screens.fonts import BOLD_10, NAMES, SMALL
from agent.screens.icons import LOCK, WARNING
from agent.screens.layout import FIRST, PAD, Align, Canvas, fold
from agent.screens.words import Words
from hw.types import HEIGHT, WIDTH, Picture

_STATUS: Final = FIRST + BOLD_10.rows + 1
"""Rows of the line that tells the state."""
_PITCH: Final = 9
"""Rows from one notice to the next."""
_MOST: Final = 3
"""Lines below the name that leave it large."""


def draw_in_call(view: InCall, words: Words) -> Picture:
    """The state and the time above, the name large, and every notice that holds below."""
    canvas = Canvas()
    _put_status(canvas, view, words)
    lines = _notice_lines(view, words)
    if view.sip_name and len(lines) <= _MOST:
        lines.insert(0, words.calls_itself.format(name=view.sip_name))
    foot = HEIGHT - len(lines) * _PITCH
    canvas.paragraph(words.called(view.name), NAMES, _STATUS + PAD, foot - 1)
    for index, line in enumerate(lines):
        canvas.line(line, SMALL, foot + index * _PITCH, align=Align.CENTRE)
    return canvas.picture()


def duration(seconds: int) -> str:
    """How long, as clocks say it: 0:05, 12:34, 1:02:03."""
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


def _put_status(canvas: Canvas, view: InCall, words: Words) -> None:
    """The state, and at the right the time; or that we are muted, which matters more."""
    lit = not view.state.is_alarm
    if not lit:
        canvas.put_block(0, 0, WIDTH, _STATUS)
    icon = LOCK if view.state.is_secure else WARNING
    canvas.marked(icon, words.states[view.state], BOLD_10, FIRST, left=PAD, lit=lit)
    aside = words.muted if view.muted else duration(view.duration_s)
    canvas.line(aside, SMALL, FIRST + 1, right=WIDTH - PAD, align=Align.RIGHT, lit=lit)


def _notice_lines(view: InCall, words: Words) -> list[str]:
    """Every notice in full, or in brief where they are too many."""
    notices = list(view.notices)
    if Notice.SIGNALLING_NOT_VERIFIED in notices and Notice.HASH_MISSING in notices:
        # What unverified signalling announces means nothing: that it is missing, neither.
        notices.remove(Notice.HASH_MISSING)
    full = [line for notice in notices for line in fold(words.notices[notice], SMALL, WIDTH, 2)]
    return full if len(full) <= _MOST else [words.notices_short[notice] for notice in notices]
