"""After the call, or instead of it."""

from agent.phone.views import CallOver, Unknown
from agent.screens.fonts import NAMES, SENTENCES, SMALL, SMALL_BOLD
from agent.screens.in_call import duration
from agent.screens.layout import FIRST, LAST, Align, Canvas
from agent.screens.words import Words
from hw.types import HEIGHT, Picture


def draw_call_over(view: CallOver, words: Words) -> Picture:
    """Why it is over, large; who it was, what the network said, and how long both talked."""
    canvas = Canvas()
    canvas.line(view.name, SMALL_BOLD, FIRST, align=Align.CENTRE)
    bottom = HEIGHT - 20 if view.detail or view.duration_s else HEIGHT
    canvas.paragraph(words.endings[view.reason], SENTENCES, 14, bottom - 2)
    if view.detail:
        canvas.paragraph(view.detail, (SMALL,), bottom, HEIGHT)
    elif view.duration_s:
        canvas.foot(words.talked_for.format(duration=duration(view.duration_s)))
    return canvas.picture()


def draw_unknown(view: Unknown, words: Words) -> Picture:
    """What was dialled, and that nobody has it."""
    canvas = Canvas()
    canvas.paragraph(view.digits, NAMES, 12, 34)
    canvas.paragraph(words.unknown, SENTENCES, 36, LAST)
    return canvas.picture()
