"""Two calls that hear each other: it is as secure as the worse one of them."""

from typing import Final

from agent.phone.call_views import Conference, Leg
from agent.screens.fonts import BOLD_12, MEDIUM, SMALL
from agent.screens.icons import LOCK, WARNING
from agent.screens.in_call import STATUS, put_status
from agent.screens.layout import PAD, Align, Canvas, largest
from agent.screens.words import Words
from hw.types import WIDTH, Picture

_LEG_ROWS: Final = 24
_NAMES: Final = (BOLD_12, MEDIUM, SMALL)


def draw_conference(view: Conference, words: Words) -> Picture:
    """The worse state above, then both: the name, and below it how secure that call is."""
    canvas = Canvas()
    worse = view.legs[0].state
    unheard = words.muted if view.muted else ""
    put_status(canvas, words.states[worse], worse, unheard, view.duration_s)
    for place, leg in enumerate(view.legs):
        _put_leg(canvas, leg, STATUS + 3 + place * _LEG_ROWS, words)
    return canvas.picture()


def _put_leg(canvas: Canvas, leg: Leg, top: int, words: Words) -> None:
    name = words.called(leg.name)
    apart = words.calls.on_hold if leg.held_there else "" if leg.heard else words.calls.not_heard
    right = WIDTH - PAD - (SMALL.width(apart) + 2 * PAD if apart else 0)
    canvas.line(name, largest(name, _NAMES, right - PAD), top, left=PAD, right=right)
    canvas.line(apart, SMALL, top + 1, right=WIDTH - PAD, align=Align.RIGHT)
    icon = LOCK if leg.state.is_secure else WARNING
    canvas.marked(icon, words.states[leg.state], SMALL, top + 13, left=2 * PAD)
