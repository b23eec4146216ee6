"""Talking: with whom, how safely, how long."""

from typing import Final

from agent.phone.events import Quality, TransferOutcome
from agent.phone.security import SecurityState
from agent.phone.views import InCall, Notice
from agent.screens.fonts import BOLD_10, MEDIUM, NAMES, SMALL, writable
from agent.screens.icons import LOCK, WARNING
from agent.screens.layout import FIRST, LAST, PAD, PITCH, Canvas, fold, largest, shorten
from agent.screens.words import Words
from hw.types import WIDTH, Picture

STATUS: Final = FIRST + BOLD_10.rows + 1
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
    blocks = _blocks(view, words)
    if view.sip_name and len(blocks) <= _MOST:
        blocks.insert(0, [words.calls_itself.format(name=view.sip_name)])
    foot = LAST + PITCH - PITCH * sum(len(block) for block in blocks)
    canvas.paragraph(words.called(view.name), NAMES, STATUS + PAD, foot - 2)
    canvas.blocks(blocks)
    return canvas.picture()


def duration(seconds: int) -> str:
    """How long, as clocks say it: 0:05, 12:34, 1:02:03."""
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


def _put_status(canvas: Canvas, view: InCall, words: Words) -> None:
    """The state, and at the right the time; or that nobody hears us, which matters more."""
    unheard = words.calls.on_hold if view.on_hold else words.muted if view.muted else ""
    put_status(canvas, words.states[view.state], view.state, unheard, view.duration_s)


def put_status(
    canvas: Canvas, said: str, state: SecurityState, unheard: str, duration_s: int
) -> None:
    """Draws and says along the upper edge how secure it is, and the time.

    Args:
        canvas: Where.
        said: The state in words.
        state: The state.
        unheard: Why we are not heard; it stands in place of the time. Empty: we are.
        duration_s: The time, in seconds.
    """
    lit = not state.is_alarm
    if not lit:
        canvas.put_block(0, 0, WIDTH, STATUS)
    icon = LOCK if state.is_secure else WARNING
    aside = unheard or duration(duration_s)
    left = WIDTH - SMALL.width(aside) - PAD
    font = largest(said, (BOLD_10, MEDIUM, SMALL), left - icon.width - 3 * PAD)
    top = FIRST + BOLD_10.capitals - font.capitals
    canvas.marked(icon, said, font, top, left=PAD, right=left - PAD, lit=lit)
    if unheard and lit:
        canvas.put_block(left - PAD, 0, WIDTH, STATUS)
    canvas.line(aside, SMALL, FIRST + 1, left=left, lit=lit and not unheard)


def _blocks(view: InCall, words: Words) -> list[list[str]]:
    """Every notice in full, or in brief where they are too many, and then how the call goes."""
    notices = list(view.notices)
    if Notice.SIGNALLING_NOT_VERIFIED in notices and Notice.HASH_MISSING in notices:
        # What unverified signalling announces means nothing: that it is missing, neither.
        notices.remove(Notice.HASH_MISSING)
    exchange = words.called(view.exchange)
    course = [[shorten(writable(line), SMALL, WIDTH)] for line in _course(view, words)]
    blocks = [
        *(
            fold(words.notices[notice].format(exchange=exchange), SMALL, WIDTH, 2)
            for notice in notices
        ),
        *course,
    ]
    if sum(len(block) for block in blocks) <= _MOST:
        return blocks
    brief = [[words.notices_short[notice].format(exchange=exchange)] for notice in notices]
    lines = brief + course
    turn = view.duration_s // _TURN_S % -(-len(lines) // _ROOM)
    return lines[turn * _ROOM : (turn + 1) * _ROOM]


def _course(view: InCall, words: Words) -> list[str]:
    """What else there is to say: who holds whom, who is put through, how well it is heard."""
    said = []
    if view.on_hold and view.transfer is not TransferOutcome.TRYING:
        said.append(words.calls.go_on)
    if view.held_there:
        said.append(words.calls.held_there)
    if view.transfer is not None:
        outcome = words.calls.transfers[view.transfer]
        detail = words.because.format(what=outcome, reason=view.transfer_detail)
        said.append(detail if view.transfer_detail else outcome)
    if view.cut:
        said.append(words.calls.cut)
    elif view.quality is Quality.SILENT and not view.held_there:
        said.append(words.calls.silent)
    elif view.quality is Quality.POOR:
        said.append(words.calls.poor)
    if view.others:
        names = ", ".join(words.called(name) for name in view.others)
        said.append(words.calls.on_hold_too.format(name=names))
    return said
