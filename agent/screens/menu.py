"""The pages of the menu: one way to draw for each kind of page."""

from datetime import date
from typing import Final, assert_never

from agent.phone.events import AccountCondition
from agent.phone.menu import views
from agent.phone.menu.labels import Label
from agent.phone.menu.values import Caption, Moment, Sentence, Span, Value
from agent.screens.fonts import (
    BOLD_10,
    BOLD_14,
    BOLD_18,
    BOLD_24,
    BOLD_34,
    ELLIPSIS,
    NAMES,
    SENTENCES,
    SMALL,
    writable,
)
from agent.screens.icons import ARROWS, LOCK, WARNING
from agent.screens.in_call import duration
from agent.screens.layout import (
    BAR,
    FIRST,
    FOOT,
    PAD,
    PITCH,
    Align,
    Canvas,
    ending,
    largest,
    shorten,
    wrap,
)
from agent.screens.words import Words
from hw.types import HEIGHT, WIDTH, Key, Picture

_ROW: Final = 10
"""Rows of a line of a list."""
_LINES: Final = BAR + FIRST
"""Top of its first line."""
_EDGE: Final = 2
"""Columns between the text of a line and the edge of the panel."""
_GAP: Final = 6
"""Columns between what a line is about and its value, at the least."""
_SEARCH: Final = WIDTH // 2 - 16
"""Columns of what is sought, beside the title."""
_ARROWS_AT: Final = WIDTH // 2 + 30
"""Where the arrows stand that say that there is more, if nothing else stands there."""
_NEXT_ARROW: Final = 8
_ARROWS: Final = _NEXT_ARROW + 5
"""Columns of both of them."""
_TEXT: Final = 26
"""Top of a text that is typed."""
_CURSOR: Final = 4
_SCALE: Final = (44, 50)
"""Rows of the bar that shows where a number stands."""


def draw_menu(view: views.MenuView, words: Words) -> Picture:  # noqa: PLR0911 - each kind once
    """Draws a page."""
    match view:
        case views.MenuList():
            return _list(view, words)
        case views.MenuDetail():
            return _detail(view, words)
        case views.MenuText():
            return _text(view, words)
        case views.MenuQuestion():
            return _question(view, words)
        case views.MenuNumber():
            return _number(view, words)
        case views.MenuPin():
            return _pin(view, words)
        case views.MenuNotice():
            return _notice(view, words)
        case views.MenuErase():
            return _erase(view, words)
        case views.Locked():
            return _locked(view, words)
        case views.LockedLine():
            return _locked_line(view, words)
        case _:
            assert_never(view)


def said(value: Value, words: Words) -> str:  # noqa: PLR0911 - one for each
    """A value in words."""
    match value:
        case Label():
            return words.menu[value]
        case AccountCondition():
            return words.accounts[value]
        case str():
            return value
        case Sentence(text):
            return words.finding(text)
        case Span(seconds):
            return duration(seconds)
        case Moment(day, hour, minute):
            return f"{words.date(day)}, {hour}:{minute:02}"
        case date():
            return f"{words.date(value)} {value.year}"
        case _:
            assert_never(value)


def _in_brief(value: Value, words: Words) -> str:
    """The same beside something else: of a moment the day and the month alone in digits."""
    if isinstance(value, Moment):
        return f"{value.day.day}.{value.day.month}. {value.hour}:{value.minute:02}"
    return said(value, words)


def _titled(title: Caption, words: Words, aside: str = "", room: int = 0) -> Canvas:
    """A page with its title in reverse, and at the right something else.

    Args:
        title: The title.
        words: In which language.
        aside: What stands at the right.
        room: Columns that something between the two takes.
    """
    canvas = Canvas()
    canvas.put_block(0, 0, WIDTH, BAR)
    right = _before(aside) - room
    title = said(title, words)
    canvas.line(title, SMALL, FIRST, left=_EDGE, right=right, lit=False)
    canvas.line(aside, SMALL, FIRST, left=_GAP, right=WIDTH - _EDGE, align=Align.RIGHT, lit=False)
    return canvas


def _before(aside: str) -> int:
    """Where the room ends that something at the right of the title leaves."""
    return WIDTH - _EDGE - (SMALL.width(aside) + _GAP if aside else 0)


def _list(view: views.MenuList, words: Words) -> Picture:
    typed = view.typed + ("_" if view.pending else "|") if view.typed else ""
    aside = ending(writable(typed), SMALL, _SEARCH)
    left = min(_ARROWS_AT, _before(aside) - _ARROWS)
    scrolls = view.above or view.below
    canvas = _titled(view.title, words, aside, _before(aside) - left + _GAP if scrolls else 0)
    for index, line in enumerate(view.lines):
        _line(canvas, line, _LINES + index * _ROW, words, chosen=index == view.chosen)
    if view.above:
        canvas.put_icon(ARROWS[0], left, 3, lit=False)
    if view.below:
        canvas.put_icon(ARROWS[1], left + _NEXT_ARROW, 3, lit=False)
    return canvas.picture()


def _line(canvas: Canvas, line: views.Line, top: int, words: Words, *, chosen: bool) -> None:
    """A line, in reverse if the cursor is on it; of a long one its value is the shorter part."""
    if chosen:
        canvas.put_block(0, top - 2, WIDTH, top + _ROW - 2)
    caption = writable(said(line.caption, words))
    value = writable(_in_brief(line.value, words))
    room = WIDTH - 2 * _EDGE
    if value:
        least = min(SMALL.width(caption), room // 2)
        value = shorten(value, SMALL, room - least - _GAP)
        room -= SMALL.width(value) + _GAP
    shown = canvas.put_line(caption, SMALL, top, left=_EDGE, right=_EDGE + room, lit=not chosen)
    mark = "> " if chosen else ""
    canvas.say(f"{mark}{shown}: {value}" if value else f"{mark}{shown}")
    if value:
        canvas.put_line(value, SMALL, top, right=WIDTH - _EDGE, align=Align.RIGHT, lit=not chosen)


def _detail(view: views.MenuDetail, words: Words) -> Picture:
    """Facts, each on as many lines as it takes; what has no room is a key press away."""
    canvas = _titled(view.title, words)
    bottom = FOOT if view.offer else HEIGHT
    top = _LINES
    shown = 0
    for fact in view.facts:
        told = f"{said(fact.label, words)}: {said(fact.value, words)}"
        lines = wrap(writable(told), SMALL, WIDTH - 2 * _EDGE)
        room = (bottom - top + SMALL.above) // PITCH
        if room < min(len(lines), 1 if not shown else len(lines)):
            break
        if len(lines) > room:
            lines = [*lines[: room - 1], lines[room - 1] + ELLIPSIS]
        for index, line in enumerate(lines):
            canvas.put_line(line, SMALL, top + index * PITCH, left=_EDGE)
        canvas.say(" ".join(lines))
        top += len(lines) * PITCH
        shown += 1
    if view.above:
        canvas.put_icon(ARROWS[0], WIDTH - 16, 3, lit=False)
    if shown < len(view.facts):
        canvas.put_icon(ARROWS[1], WIDTH - 8, 3, lit=False)
    if view.offer:
        canvas.keys((Key.CONFIRM, words.menu[view.offer]), (Key.MENU, words.back))
    return canvas.picture()


def _text(view: views.MenuText, words: Words) -> Picture:
    mode = words.digits if view.digits else words.capitals if view.upper else words.small_letters
    canvas = _titled(view.title, words, mode)
    # A space at either end is a step of the cursor: it must not be tidied away.
    before = _written(view.text[: view.cursor])
    after = _written(view.text[view.cursor :])
    font = largest(before + after, (BOLD_14, BOLD_10, SMALL), WIDTH - _CURSOR)
    seen = ending(before, font, WIDTH - _CURSOR - min(font.width(after), WIDTH // 3))
    rest = shorten(after, font, WIDTH - _CURSOR - font.width(seen))
    left = (WIDTH - _CURSOR - font.width(seen + rest)) // 2
    place = left + font.width(seen)
    if seen:
        canvas.put_line(seen, font, _TEXT, left=left)
    if rest:
        canvas.put_line(rest, font, _TEXT, left=place + _CURSOR)
    canvas.say(seen + rest)
    if view.pending and seen:
        start = left + font.width(seen[:-1])
        canvas.put_block(start, _TEXT + font.rows, place, _TEXT + font.rows + 2)
    else:
        canvas.put_block(place + 1, _TEXT - 1, place + 3, _TEXT + font.capitals + 1)
    offers = [(Key.STAR, words.mode), (Key.MENU, words.delete), (Key.CONFIRM, words.done)]
    canvas.keys(*offers[1 if view.number else 0 :])
    return canvas.picture()


def _written(text: str) -> str:
    """What the fonts can write of it, with the spaces at its ends."""
    inner = writable(text)
    if not inner:
        return " " * len(text)
    lead = len(text) - len(text.lstrip(" "))
    return " " * lead + inner + " " * (len(text) - len(text.rstrip(" ")))


def _question(view: views.MenuQuestion, words: Words) -> Picture:
    canvas = Canvas()
    canvas.paragraph(_filled(view.question, view.name, words), SENTENCES, FIRST, FOOT - 1)
    canvas.keys((Key.CONFIRM, words.menu[Label.YES]), (Key.MENU, words.menu[view.no]))
    return canvas.picture()


def _filled(label: Label, name: str, words: Words) -> str:
    return words.menu[label].format(name=words.called(name))


def _number(view: views.MenuNumber, words: Words) -> Picture:
    canvas = _titled(view.title, words)
    canvas.line(f"{view.value}{view.unit}", BOLD_18, 20, align=Align.CENTRE)
    top, bottom = _SCALE
    canvas.put_block(0, bottom, WIDTH, bottom + 1)
    part = (view.value - view.low) * WIDTH // (view.high - view.low)
    if part:
        canvas.put_block(0, top, part, bottom)
    canvas.keys((Key.CONFIRM, words.menu[Label.SAVE]), (Key.MENU, words.back))
    return canvas.picture()


def _pin(view: views.MenuPin, words: Words) -> Picture:
    canvas = _titled(view.title, words)
    dots = "*" * view.digits
    canvas.line(dots, BOLD_24, 24, align=Align.CENTRE)
    if view.wait_s:
        canvas.line(_filled(Label.WAIT, str(view.wait_s), words), BOLD_14, 24, align=Align.CENTRE)
    if view.wrong:
        canvas.line(words.menu[Label.WRONG_PIN], BOLD_10, 40, align=Align.CENTRE)
    canvas.keys((Key.MENU, words.delete), (Key.CONFIRM, words.done))
    return canvas.picture()


def _notice(view: views.MenuNotice, words: Words) -> Picture:
    canvas = Canvas()
    canvas.paragraph(_filled(view.sentence, view.name, words), SENTENCES, FIRST, HEIGHT)
    return canvas.picture()


def _erase(view: views.MenuErase, words: Words) -> Picture:
    canvas = Canvas()
    if view.erasing:
        canvas.paragraph(words.menu[Label.ERASING], NAMES, FIRST, HEIGHT)
        return canvas.picture()
    title, what = Label.ERASE, Label.ERASE_WHAT
    if view.reset:
        title, what = Label.RESET, Label.RESET_WHAT
    canvas.bar(WARNING, words.menu[title])
    canvas.paragraph(words.menu[what], (BOLD_10, SMALL), BAR + FIRST, FOOT - 1)
    if view.holding:
        canvas.foot_bar(words.menu[Label.KEEP_HOLDING])
    else:
        canvas.keys((Key.CONFIRM, words.menu[Label.ERASE_HOLD]), (Key.MENU, words.back))
    return canvas.picture()


def _locked(view: views.Locked, words: Words) -> Picture:
    canvas = Canvas()
    canvas.marked(LOCK, words.menu[Label.LOCKED], SMALL, FIRST, left=PAD)
    if view.today is not None:
        canvas.line(words.date(view.today), SMALL, FIRST, right=WIDTH - PAD, align=Align.RIGHT)
    if view.hour is None:
        canvas.paragraph(words.menu[Label.CLOCK_NOT_SET], SENTENCES, 14, FOOT)
    else:
        clock = f"{view.hour}:{view.minute:02}"
        canvas.line(clock, BOLD_34, 19, align=Align.CENTRE)
    if view.missed:
        missed = words.missed_one if view.missed == 1 else words.missed_many
        canvas.foot(missed.format(count=view.missed))
    return canvas.picture()


def _locked_line(view: views.LockedLine, words: Words) -> Picture:
    canvas = Canvas()
    canvas.bar(LOCK, words.menu[Label.LOCKED])
    digits = ending(writable(view.digits), BOLD_18, WIDTH)
    canvas.line(digits, BOLD_18, 18, align=Align.CENTRE)
    canvas.paragraph(words.menu[Label.EMERGENCY_ONLY], (BOLD_10, SMALL), 38, HEIGHT)
    return canvas.picture()
