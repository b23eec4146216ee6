"""From the first digit to the ringing, on either side."""

from typing import Final

from agent.phone.views import Calling, Dialling, LiftHandset, Ringing, Stage
from agent.screens.fonts import BOLD_10, BOLD_14, MEDIUM, NAMES, SMALL, writable
from agent.screens.icons import LOCK, WARNING
from agent.screens.layout import FIRST, LAST, PAD, Align, Canvas, ending, largest
from agent.screens.words import Words
from hw.types import WIDTH, Picture

_DIGITS: Final = NAMES[: NAMES.index(BOLD_14) + 1]
_CONTACT: Final = NAMES[NAMES.index(BOLD_14) :]
_NAME: Final = (14, 38)
"""Rows of the name that matters."""
KNOWN: Final = (BOLD_10, MEDIUM, SMALL)
_BELOW: Final = 42
"""Top of the line under it."""


def draw_dialling(view: Dialling, words: Words) -> Picture:
    """The digits, large; of a long number the end, which the person has just dialled."""
    canvas = Canvas()
    font = largest(view.digits, _DIGITS, WIDTH)
    digits = ending(writable(view.digits), font, WIDTH)
    canvas.line(digits, font, 14, align=Align.CENTRE)
    canvas.line(view.name, largest(view.name, _CONTACT, WIDTH), 38, align=Align.CENTRE)
    canvas.foot(words.dialling_keys)
    return canvas.picture()


def draw_calling(view: Calling, words: Words) -> Picture:
    """Whom we call, and whether it rings there."""
    canvas = Canvas()
    canvas.line(words.calling, SMALL, FIRST, align=Align.CENTRE)
    canvas.paragraph(words.called(view.name), NAMES, *_NAME)
    if view.hears is not None:
        # What is heard before the answer is encrypted, or it would not be heard.
        state = words.states[view.hears]
        canvas.line(words.calls.hears_already, BOLD_10, _BELOW, align=Align.CENTRE)
        canvas.marked(LOCK if view.hears.is_secure else WARNING, state, SMALL, LAST, left=PAD)
    elif view.ringing:
        canvas.line(words.ringing_there, BOLD_10, _BELOW, align=Align.CENTRE)
    return canvas.picture()


def draw_lift_handset(view: LiftHandset, words: Words) -> Picture:
    """Whom the shell called or answered, and how far that has come without the handset."""
    canvas = Canvas()
    canvas.line(words.lift_handset, SMALL, FIRST, align=Align.CENTRE)
    canvas.paragraph(words.called(view.name), NAMES, *_NAME)
    stages = {
        Stage.CALLING: words.calling,
        Stage.RINGING: words.ringing_there,
        Stage.ANSWERED: words.they_wait,
    }
    canvas.line(stages[view.stage], BOLD_10, _BELOW, align=Align.CENTRE)
    return canvas.picture()


def draw_ringing(view: Ringing, words: Words) -> Picture:
    """Who it is said to be, and whether a phone under this address was verified before.

    No lock stands here: before the keys are agreed on nothing is proven.
    """
    canvas = Canvas()
    canvas.line(words.call_from, SMALL, FIRST, align=Align.CENTRE)
    canvas.paragraph(words.called(view.name), NAMES, *_NAME)
    known = met_before(view, words)
    canvas.line(known, largest(known, KNOWN, WIDTH), _BELOW, align=Align.CENTRE)
    if not view.signalling_verified:
        taken = WARNING.width + PAD + SMALL.width(words.signalling_not_verified)
        left = (WIDTH - taken) // 2
        canvas.marked(WARNING, words.signalling_not_verified, SMALL, LAST, left=left)
    elif view.account:
        canvas.foot(words.call_for.format(account=view.account))
    return canvas.picture()


def met_before(view: Ringing, words: Words) -> str:
    """Whether a phone under the caller's address was verified before, and as whose."""
    if view.verified_on is None:
        return words.new_here
    day = words.date(view.verified_on)
    if view.remembered_as in ("", view.name):
        return words.verified_on.format(date=day)
    return words.verified_on_as.format(name=view.remembered_as, date=day)
