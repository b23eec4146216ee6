"""What the machine's shell asks of the phone, and what stands against it.

Whoever sits there is trusted as far as whoever stands at the keys, and no further: nothing that
the keys could not do is done, and a script must not confirm what no person has read.
"""

from enum import Enum, auto
from typing import assert_never

from agent.phone.call import Call
from agent.phone.desk import Desk
from agent.phone.line import Dialling, DialTone, InCall, LineState, OnHook, Over, Ringing
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
from agent.phone.security import Keys


class Objection(Enum):
    """Why it is not done."""

    BUSY = auto()
    """There is a call already."""
    UNKNOWN_NUMBER = auto()
    NO_ACCOUNT = auto()
    """It is an emergency number, and there is no account to call it by."""
    LOCKED = auto()
    """Nobody but emergency numbers can be called before somebody types the PIN."""
    NOTHING_RINGS = auto()
    NOTHING_TO_END = auto()
    NOTHING_TO_HOLD = auto()
    """No single call is up."""
    ON_HOLD = auto()
    """It is on hold already."""
    NOT_ON_HOLD = auto()
    NO_WORDS = auto()
    """No call has keys whose words could be compared."""
    HANDSET_DOWN = auto()
    """Nobody can have read the words aloud."""
    ALREADY_DENIED = auto()
    """The person said that they differ, and nothing takes that back."""
    NOT_ASKED = auto()
    """The words are not on the screen as a question, or not long enough."""
    OTHER_WORDS = auto()
    """Those are not the words of this call."""
    TO_BE_CHOSEN = auto()
    """The configuration wants the person to choose at the keys what was heard."""


def objection_to(event: RemoteEvent, desk: Desk, now: float) -> Objection | None:
    """What stands against it now; None: nothing.

    Args:
        event: What is asked for.
        desk: The line and all calls.
        now: The time; words must have been on the screen for a while.
    """
    line = desk.line
    match event:
        case DialledRemotely(number):
            return _objection_to_number(number, desk)
        case AnsweredRemotely():
            waits = isinstance(line, InCall) and desk.waiting is not None
            return None if waits or isinstance(line, Ringing) else Objection.NOTHING_RINGS
        case HeldRemotely() | ResumedRemotely():
            return _objection_to_hold(line, held=isinstance(event, ResumedRemotely))
        case HungUpRemotely():
            return Objection.NOTHING_TO_END if isinstance(line, OnHook) else None
        case ConfirmedRemotely(words):
            return _objection_to_match(words, line, now)
        case DeniedRemotely():
            return _objection_to_verdict(line)
        case _ as never:
            assert_never(never)


def _objection_to_number(number: str, desk: Desk) -> Objection | None:
    if not isinstance(desk.line, OnHook | DialTone | Dialling | Over):
        return Objection.BUSY
    if desk.plan.resolve(number) is not None:
        return None
    if desk.plan.is_emergency(number):
        return Objection.NO_ACCOUNT
    return Objection.LOCKED if desk.plan.emergency_only else Objection.UNKNOWN_NUMBER


def _objection_to_hold(line: LineState, *, held: bool) -> Objection | None:
    if not isinstance(line, InCall):
        return Objection.NOTHING_TO_HOLD
    if line.conversation.on_hold is held:
        return None
    return Objection.NOT_ON_HOLD if held else Objection.ON_HOLD


def _objection_to_verdict(line: LineState) -> Objection | None:
    if not isinstance(line, InCall) or not _has_words(line.conversation.call):
        return Objection.NO_WORDS
    call = line.conversation.call
    if call.awaits_handset:
        return Objection.HANDSET_DOWN
    return Objection.ALREADY_DENIED if call.denied else None


def _objection_to_match(words: tuple[str, ...], line: LineState, now: float) -> Objection | None:
    if (objection := _objection_to_verdict(line)) or not isinstance(line, InCall):
        return objection
    conversation = line.conversation
    if not conversation.awaits_verdict(now):
        return Objection.NOT_ASKED
    if conversation.call.must_choose:
        return Objection.TO_BE_CHOSEN
    found = conversation.call.association
    same = found is not None and _plain(words) == _plain(found.sas)
    return None if same else Objection.OTHER_WORDS


def _has_words(call: Call) -> bool:
    return call.keys is Keys.ZRTP and call.association is not None


def _plain(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words)
