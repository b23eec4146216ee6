"""What the phone does because the machine's shell asked for it.

A call that begins there waits for the handset: no sound passes until somebody lifts it.
"""

from typing import assert_never

from agent.phone import dialling, hands
from agent.phone.actions import Action
from agent.phone.desk import Desk
from agent.phone.line import Dialling, DialTone, LineInput, OnHook, Over, call_of
from agent.phone.remote import objection_to
from agent.phone.remote_events import (
    AnsweredRemotely,
    ConfirmedRemotely,
    DeniedRemotely,
    DialledRemotely,
    HeldRemotely,
    HungUpRemotely,
    RemoteEvent,
    ResumedRemotely,
)
from agent.phone.switching import answer_waiting


def obey(desk: Desk, event: RemoteEvent) -> tuple[Action, ...]:  # noqa: PLR0911 - one for each
    """Does it, if nothing stands against it."""
    if objection_to(event, desk, desk.now) is not None:
        return ()
    match event:
        case DialledRemotely(number):
            return _dial(desk, number)
        case AnsweredRemotely():
            return _answer(desk)
        case HungUpRemotely():
            return hands.hang_up(desk)
        case HeldRemotely() | ResumedRemotely():
            desk.talks[0].on_hold = isinstance(event, HeldRemotely)
            return ()
        case ConfirmedRemotely():
            return desk.talks[0].confirm(desk.now)
        case DeniedRemotely():
            return desk.talks[0].deny(desk.now)
        case _ as never:
            assert_never(never)


def _answer(desk: Desk) -> tuple[Action, ...]:
    if (waiting := desk.waiting) is not None:
        waiting.call.awaits_handset = not desk.lifted
        return answer_waiting(desk, waiting)
    _await_handset(desk)
    return hands.seize(desk)


def _dial(desk: Desk, number: str) -> tuple[Action, ...]:
    if isinstance(desk.line, OnHook | Over):
        desk.move(LineInput.SEIZED, DialTone(desk.now))
    desk.move(LineInput.DIGIT, Dialling(number, desk.now))
    actions = dialling.dial(desk, number)
    _await_handset(desk)
    return actions


def _await_handset(desk: Desk) -> None:
    """Nothing is heard of the call that is placed or rings, before somebody lifts it."""
    for call in desk.calls():
        if call is call_of(desk.line):
            call.awaits_handset = not desk.lifted
