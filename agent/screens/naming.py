"""Just confirmed: the name of the person at the other end."""

from typing import Final

from agent.phone.views import EnterName
from agent.screens.fonts import BOLD_14, SMALL, writable
from agent.screens.icons import LOCK
from agent.screens.layout import FIRST, PAD, Align, Canvas, ending
from agent.screens.words import Words
from hw.types import WIDTH, Key, Picture

_TOP: Final = 26
"""Top of the name."""
_CURSOR: Final = 4
"""Columns for the cursor."""


def draw_enter_name(view: EnterName, words: Words) -> Picture:
    """The name with its cursor: a bar after it, or under the letter that can still change."""
    canvas = Canvas()
    canvas.marked(LOCK, words.who_is_it, SMALL, FIRST, left=PAD)
    mode = words.digits if view.digits else words.capitals if view.upper else words.small_letters
    canvas.line(mode, SMALL, FIRST, right=WIDTH - PAD, align=Align.RIGHT)
    # A space at the end is a step of the cursor: it must not be tidied away.
    typed = writable(view.text) + " " * view.text.endswith(" ")
    text = ending(typed, BOLD_14, WIDTH - _CURSOR)
    left = (WIDTH - _CURSOR - BOLD_14.width(text)) // 2
    canvas.line(text, BOLD_14, _TOP, left=left)
    end = left + BOLD_14.width(text)
    if view.pending and text:
        start = left + BOLD_14.width(text[:-1])
        canvas.put_block(start, _TOP + BOLD_14.rows, end, _TOP + BOLD_14.rows + 2)
    else:
        canvas.put_block(end + 1, _TOP - 1, end + 3, _TOP + BOLD_14.capitals + 1)
    canvas.keys((Key.STAR, words.mode), (Key.MENU, words.delete), (Key.CONFIRM, words.done))
    return canvas.picture()
