"""The phone at rest: time, how its accounts stand, what is wrong with it."""

from typing import Final

from agent.phone.events import AccountCondition
from agent.phone.menu.labels import Label
from agent.phone.views import AccountLine, Fault, Idle, OffHook
from agent.screens.fonts import BOLD_12, BOLD_14, BOLD_18, BOLD_24, BOLD_34, SMALL, writable
from agent.screens.layout import FIRST, LAST, PAD, PITCH, Align, Canvas, fold
from agent.screens.words import CallsWords, Words
from hw.types import HEIGHT, WIDTH, Picture

NO_NETWORK: Final = "No network"
"""As `agent.sip.reasons` says it, and so it has its words in every language."""
_HEAD: Final = FIRST + SMALL.rows
"""First row below the name."""
_MOST: Final = 3
"""Lines below the clock."""
_BIG_CLOCK: Final = 2
"""Lines below the clock that leave room for the largest font."""


def draw_idle(view: Idle, words: Words) -> Picture:
    """The time, large; below it what a person ought to know, the worst first."""
    canvas = Canvas()
    _put_head(canvas, view, words)
    blocks = _blocks(_sentences(view, words), words)
    lines = sum(len(block) for block in blocks)
    foot = LAST - (lines - 1) * PITCH
    if not view.clock_set:
        _put_clock_fault(canvas, words, foot)
    elif view.hour is not None:
        clock = BOLD_34 if lines <= _BIG_CLOCK else BOLD_24
        top = _HEAD + (foot - SMALL.above - _HEAD - clock.capitals) // 2
        canvas.line(f"{view.hour}:{view.minute:02}", clock, top, align=Align.CENTRE)
    canvas.blocks(blocks)
    return canvas.picture()


def _put_head(canvas: Canvas, view: Idle, words: Words) -> None:
    """The name, and the day where it is known; of the two the name gives way."""
    if view.today is None:
        canvas.line(view.name, SMALL, FIRST, align=Align.CENTRE)
        return
    day = words.date(view.today)
    canvas.line(view.name, SMALL, FIRST, right=WIDTH - SMALL.width(day) - 2 * PAD)
    canvas.line(day, SMALL, FIRST, align=Align.RIGHT)


def _put_clock_fault(canvas: Canvas, words: Words, foot: int) -> None:
    """A time that must be wrong is worse than none."""
    bottom = foot - SMALL.above
    canvas.paragraph(words.menu[Label.CLOCK_NOT_SET], (BOLD_14, BOLD_12, SMALL), _HEAD, bottom)


def draw_off_hook(view: OffHook, words: Words) -> Picture:
    """Dial tone: an invitation, and what is wrong, since somebody is looking now."""
    canvas = Canvas()
    canvas.line(words.dial, BOLD_18, 16, align=Align.CENTRE)
    if view.held:
        held = ", ".join(words.called(name) for name in view.held)
        canvas.line(words.calls.on_hold_too.format(name=held), SMALL, FIRST, align=Align.CENTRE)
    faults = [] if view.network else [words.sentence(NO_NETWORK)]
    faults += _faults(view.faults, words)
    canvas.paragraph("; ".join(faults), (SMALL,), 38, HEIGHT)
    return canvas.picture()


def _blocks(sentences: list[str], words: Words) -> list[list[str]]:
    """The first sentence in full, if it can be; the others in a line each, while there is room."""
    first, *others = sentences
    block = fold(writable(first), SMALL, WIDTH, _MOST - bool(others))
    room = _MOST - len(block)
    if len(others) > room:
        others = [*others[: room - 1], words.and_more.format(count=len(others) - room + 1)]
    return [block, *([line] for line in others)]


def _sentences(view: Idle, words: Words) -> list[str]:
    troubled = [line for line in view.accounts if line.condition is not AccountCondition.READY]
    missed = words.missed_one if view.missed == 1 else words.missed_many
    sentences = [words.restored] if view.restored else []
    if view.refused:
        what = words.configuration_refused
        sentences.append(words.because.format(what=what, reason=view.refused))
    sentences += [words.low_voltage] if view.low_voltage else []
    sentences += [words.too_hot] if view.hot else []
    if view.installing is not None:
        sentences.append(words.installing.format(percent=view.installing))
    if view.update_problem is not None:
        sentences.append(words.update_problems[view.update_problem])
    sentences += _faults(view.faults, words)
    if view.network:
        sentences += [_account(line, words, alone=len(view.accounts) == 1) for line in troubled]
    else:
        sentences.append(words.sentence(NO_NETWORK))
    if view.forwarded_to:
        sentences.append(words.calls.forwarded_to.format(name=view.forwarded_to))
    elif view.do_not_disturb:
        sentences.append(words.calls.do_not_disturb)
    sentences += [missed.format(count=view.missed)] if view.missed else []
    sentences += [_messages(view, words.calls)] if view.messages_waiting else []
    if not view.network:
        pass
    elif not view.accounts:
        sentences.append(words.direct_calls_only)
    elif not troubled and not view.do_not_disturb and not view.forwarded_to:
        sentences.append(words.accounts[AccountCondition.READY])
    return sentences


def _messages(view: Idle, words: CallsWords) -> str:
    if not view.messages:
        return words.messages_some
    many = words.messages_one if view.messages == 1 else words.messages_many
    return many.format(count=view.messages)


def _account(line: AccountLine, words: Words, *, alone: bool) -> str:
    stands = words.sentence(line.reason) or words.accounts[line.condition]
    return stands if alone else words.because.format(what=line.account, reason=stands)


def _faults(faults: tuple[Fault, ...], words: Words) -> list[str]:
    return [
        words.because.format(what=words.devices[fault.device], reason=fault.reason)
        if fault.reason
        else words.devices[fault.device]
        for fault in faults
    ]
