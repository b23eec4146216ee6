"""Talking: with whom, how safely, how long."""

from typing import Final

from agent.phone.views import InCall, Notice
from agent.screens.fonts import BOLD_10, MEDIUM, NAMES, SMALL
from agent.screens.icons import LOCK, WARNING
from agent.screens.layout import FIRST, LAST, PAD, PITCH, Canvas, fold, largest
from agent.screens.words import Words
from hw.types import WIDTH, Picture

_STATUS: Final = FIRST + BOLD_10.rows + 1
"""Rows of the line that tells the state."""
_MOST: Final = 3
"""Lines below the name that leave it large."""
_ROOM: Final = 4
"""Lines below the name that leave it readable; further notices take turns with the first."""
_TURN_S: Final = 4
"""How long each of these stands."""


def draw_in_call(view: InCall, words: Words) -> Picture:
    """The state and the time above, the name large, and every notice that holds below."""
    canvas = Canvas()
    _put_status(canvas, view, words)
    blocks = _notices(view, words)
    if view.sip_name and len(blocks) <= _MOST:
        blocks.insert(0, [words.calls_itself.format(name=view.sip_name)])
    foot = LAST + PITCH - PITCH * sum(len(block) for block in blocks)
    canvas.paragraph(words.called(view.name), NAMES, _STATUS + PAD, foot - 2)
    canvas.blocks(blocks)
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
    aside = words.muted if view.muted else duration(view.duration_s)
    left = WIDTH - SMALL.width(aside) - PAD
    state = words.states[view.state]
    font = largest(state, (BOLD_10, MEDIUM, SMALL), left - icon.width - 3 * PAD)
    top = FIRST + BOLD_10.capitals - font.capitals
    canvas.marked(icon, state, font, top, left=PAD, right=left - PAD, lit=lit)
    if view.muted and lit:
        canvas.put_block(left - PAD, 0, WIDTH, _STATUS)
    canvas.line(aside, SMALL, FIRST + 1, left=left, lit=lit and not view.muted)


def _notices(view: InCall, words: Words) -> list[list[str]]:
    """Every notice in full, or in brief where they are too many."""
    notices = list(view.notices)
    if Notice.SIGNALLING_NOT_VERIFIED in notices and Notice.HASH_MISSING in notices:
        # What unverified signalling announces means nothing: that it is missing, neither.
        notices.remove(Notice.HASH_MISSING)
    exchange = words.called(view.exchange)
    blocks = [
        fold(words.notices[notice].format(exchange=exchange), SMALL, WIDTH, 2) for notice in notices
    ]
    if sum(len(block) for block in blocks) <= _MOST:
        return blocks
    turn = view.duration_s // _TURN_S % -(-len(notices) // _ROOM)
    shown = notices[turn * _ROOM : (turn + 1) * _ROOM]
    return [[words.notices_short[notice].format(exchange=exchange)] for notice in shown]
