"""What time alone brings about: when, and what then."""

from collections.abc import Callable, Iterator
from functools import partial

from agent.frozen import frozen
from agent.phone import arrivals, dialling, switching
from agent.phone.actions import Action
from agent.phone.desk import Desk
from agent.phone.line import Dialling, DialTone, Over, Ringing


@frozen
class Appointment:
    """Something is due; keeping it makes that it is due no longer."""

    due: float
    keep: Callable[[], tuple[Action, ...]]


def appointments(desk: Desk) -> Iterator[Appointment]:
    """Everything that is due some time, in no order."""
    timings = desk.settings.timings
    yield from _of_the_line(desk)
    for ringing in _unanswered(desk):
        if desk.plan.find(desk.preferences.forward_no_answer) is not None:
            due = ringing.since + desk.preferences.forward_after_s
            yield Appointment(due, partial(_nobody_answers, desk, ringing))
    for talk in desk.conversations:
        due_ = talk.next_timer(desk.now) if talk in desk.talks else talk.chord_until
        if due_ is not None:
            yield Appointment(due_, partial(talk.elapse, desk.now))
        if talk.call.offer is not None:
            due = talk.call.offer.since + timings.offer_s
            yield Appointment(due, partial(switching.decline_offer, talk.call))
    if desk.held_key is not None:
        due = desk.held_key.since + timings.speed_dial_s
        yield Appointment(due, partial(dialling.held_long, desk, desk.held_key))
    if desk.menu is not None:
        yield Appointment(desk.menu.until, partial(_close_menu, desk))
    if desk.news is not None:
        yield Appointment(desk.news.until, partial(_forget_news, desk))


def _of_the_line(desk: Desk) -> Iterator[Appointment]:
    match desk.line:
        case DialTone() as tone:
            due = dialling.hot_line_at(desk, tone)
            if due is not None:
                yield Appointment(due, partial(dialling.dial, desk, desk.preferences.hot_line))
        case Dialling(digits, since):
            due = since + desk.settings.timings.dial_timeout_s
            yield Appointment(due, partial(dialling.dial, desk, digits))
        case Over(_, _, since) if not desk.lifted or desk.waiting is not None or desk.held:
            due = since + desk.settings.timings.call_over_s
            yield Appointment(due, partial(_clear, desk))
        case _:
            pass


def _unanswered(desk: Desk) -> Iterator[Ringing]:
    if isinstance(desk.line, Ringing):
        yield desk.line
    if desk.waiting is not None:
        yield desk.waiting


def _nobody_answers(desk: Desk, ringing: Ringing) -> tuple[Action, ...]:
    if desk.waiting is ringing:
        desk.waiting = None
    else:
        desk.clear()
    return arrivals.forward(desk, ringing.call, desk.preferences.forward_no_answer)


def _clear(desk: Desk) -> tuple[Action, ...]:
    desk.clear()
    return ()


def _close_menu(desk: Desk) -> tuple[Action, ...]:
    desk.menu = None
    return ()


def _forget_news(desk: Desk) -> tuple[Action, ...]:
    desk.news = None
    return ()
