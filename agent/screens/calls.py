"""Where there is more than one call, or more than talking to do with one."""

from typing import Final

from agent.phone.call_views import CallMenu, PuttingThrough, TransferOffer
from agent.phone.security import SecurityState
from agent.phone.views import CallWaiting
from agent.screens.dialling import KNOWN, met_before
from agent.screens.fonts import BOLD_10, BOLD_14, NAMES, SENTENCES, SMALL, writable
from agent.screens.icons import LOCK, WARNING
from agent.screens.layout import BAR, FIRST, FOOT, PAD, PITCH, Align, Canvas, ending, largest
from agent.screens.words import Words
from hw.types import HEIGHT, WIDTH, Key, Picture

_ROWS: Final = 4
"""Lines of a menu that the panel has room for."""
_KEY_WIDTH: Final = 8
"""Columns at the right edge of a menu for the digits that move in it."""
_DIGITS: Final = NAMES[: NAMES.index(BOLD_14) + 1]


def draw_call_waiting(view: CallWaiting, words: Words) -> Picture:
    """Who else calls; above it how secure the present call is, which goes on."""
    canvas = Canvas()
    _put_present(canvas, view.name, view.state, words)
    unsigned = not view.caller.signalling_verified
    if unsigned:
        canvas.marked(WARNING, words.signalling_not_verified, SMALL, BAR + 3, left=PAD)
    else:
        canvas.line(words.calls.another_call, SMALL, BAR + 3, align=Align.CENTRE)
    canvas.paragraph(words.called(view.caller.name), NAMES, BAR + 14, 40)
    known = met_before(view.caller, words)
    canvas.line(known, largest(known, KNOWN, WIDTH), 43, align=Align.CENTRE)
    canvas.keys((Key.CALL, words.calls.answer), (Key.MENU, words.calls.turn_away))
    return canvas.picture()


def draw_call_menu(view: CallMenu, words: Words) -> Picture:
    """As many choices as there is room for, the selected one in reverse."""
    canvas = Canvas()
    _put_present(canvas, view.name, view.state, words)
    first = max(0, min(view.selected - 1, len(view.choices) - _ROWS))
    shown = view.choices[first : first + _ROWS]
    for row, choice in enumerate(shown):
        top = BAR + FIRST + 1 + row * (PITCH + 1)
        selected = first + row == view.selected
        if selected:
            canvas.put_block(0, top - 2, WIDTH - _KEY_WIDTH, top + SMALL.rows)
        text = words.calls.choices[choice].format(name=words.called(view.other))
        canvas.line(text, SMALL, top, left=PAD, right=WIDTH - _KEY_WIDTH - 1, lit=not selected)
    _put_moves(canvas, up=view.selected > 0, down=view.selected < len(view.choices) - 1)
    canvas.keys((Key.CONFIRM, words.calls.choose), (Key.MENU, words.back))
    return canvas.picture()


def draw_putting_through(view: PuttingThrough, words: Words) -> Picture:
    """Who is put through, and the digits so far."""
    canvas = Canvas()
    title = words.calls.put_through_to.format(name=words.called(view.name))
    canvas.line(title, SMALL, FIRST, align=Align.CENTRE)
    font = largest(view.digits, _DIGITS, WIDTH)
    canvas.line(ending(writable(view.digits), font, WIDTH), font, 16, align=Align.CENTRE)
    below = words.unknown if view.unknown else view.to
    canvas.line(below, largest(below, (BOLD_10, SMALL), WIDTH), 38, align=Align.CENTRE)
    canvas.foot(words.calls.transfer_keys)
    return canvas.picture()


def draw_transfer_offer(view: TransferOffer, words: Words) -> Picture:
    """The other side wants to put us through."""
    canvas = Canvas()
    _put_present(canvas, view.name, view.state, words)
    sentence = words.calls.wants_to_transfer.format(
        name=words.called(view.name), to=words.called(view.to)
    )
    canvas.paragraph(sentence, SENTENCES, BAR + 2, FOOT - 1)
    canvas.keys((Key.CALL, words.calls.yes), (Key.STAR, words.calls.no))
    return canvas.picture()


def _put_present(canvas: Canvas, name: str, state: SecurityState, words: Words) -> None:
    """Who is on the line and how secure that is, in reverse where it is not."""
    said = words.calls.present.format(name=words.called(name), state=words.states[state])
    room = WIDTH - WARNING.width - 3 * PAD
    if SMALL.width(writable(said)) > room:
        # The state is never cut off; of a name it does not matter.
        said = words.states[state]
    if state.is_secure:
        canvas.marked(LOCK, said, SMALL, FIRST, left=PAD)
    else:
        canvas.bar(WARNING, said)


def _put_moves(canvas: Canvas, *, up: bool, down: bool) -> None:
    """The digits that move, at the edge where they lead."""
    left = WIDTH - _KEY_WIDTH + 1
    if up:
        canvas.line(Key.DIGIT_2.value, SMALL, BAR + FIRST + 1, left=left)
    if down:
        canvas.line(Key.DIGIT_8.value, SMALL, HEIGHT - 20, left=left)
