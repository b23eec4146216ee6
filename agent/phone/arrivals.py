"""Somebody calls: whether it rings, waits, is turned away or goes elsewhere."""

from enum import Enum, auto
from typing import assert_never

from agent.phone.actions import Action, Answer, HangUp, Redirect, Refusal, Ring, Tone
from agent.phone.call import Call
from agent.phone.conversation import Conversation
from agent.phone.desk import Desk
from agent.phone.dial_plan import DialPlan
from agent.phone.events import IncomingCall, TurnedAway
from agent.phone.line import Conference, InCall, LineInput, OnHook, Over, PuttingThrough, Ringing
from agent.phone.names import address_of, clean
from agent.phone.preferences import Preferences
from agent.phone.views import NotEncrypted


class Verdict(Enum):
    """What becomes of a call that comes in."""

    RINGS = auto()
    WAITS = auto()
    """The line is with another call: a tone in the earpiece, and the screen says who."""
    BUSY = auto()
    FORWARDED = auto()
    FORWARDED_BUSY = auto()


def judge(uri: str, preferences: Preferences, plan: DialPlan, *, free: bool, room: bool) -> Verdict:
    """What becomes of a call.

    Args:
        uri: The address that the signalling claims.
        preferences: What the person chose.
        plan: Who can be dialled, thus also to whom calls can go.
        free: Whether it can ring.
        room: Whether it can wait.
    """
    if plan.find(preferences.forward_always) is not None:
        return Verdict.FORWARDED
    if preferences.do_not_disturb and not rings_through(uri, preferences, plan):
        return Verdict.BUSY
    if free:
        return Verdict.RINGS
    if room and preferences.call_waiting:
        return Verdict.WAITS
    if plan.find(preferences.forward_busy) is not None:
        return Verdict.FORWARDED_BUSY
    return Verdict.BUSY


def rings_through(uri: str, preferences: Preferences, plan: DialPlan) -> bool:
    """Whether this address is one of those that may always ring."""
    return any(plan.is_at(each, uri) for each in preferences.ring_through)


def called(desk: Desk, event: IncomingCall) -> tuple[Action, ...]:
    """Somebody calls."""
    if desk.call(event.call) is not None:
        return ()
    call = _call(desk, event)
    replaced = desk.conversation(event.replaces)
    if replaced is not None:
        return _take_over(desk, call, replaced)
    # Whoever rings without end keeps nobody out whom the person knows.
    stranger = desk.stranger if call.from_known else None
    room = isinstance(desk.line, InCall) and (
        stranger is not None or (desk.waiting is None and desk.has_room)
    )
    free = desk.is_free or (stranger is not None and isinstance(desk.line, Ringing))
    verdict = judge(event.sip_uri, desk.preferences, desk.plan, free=free, room=room)
    gone = () if stranger is None else (HangUp(stranger.id, Refusal.BUSY),)
    actions: tuple[Action, ...] = (*gone, Ring(call.id))
    match verdict:
        case Verdict.RINGS:
            desk.move(LineInput.CALLED, Ringing(call, desk.now))
        case Verdict.WAITS:
            desk.waiting = Ringing(call, desk.now)
        case Verdict.BUSY:
            actions = (HangUp(call.id, Refusal.BUSY),)
        case Verdict.FORWARDED:
            actions = forward(desk, call, desk.preferences.forward_always)
        case Verdict.FORWARDED_BUSY:
            actions = forward(desk, call, desk.preferences.forward_busy)
        case _ as never:
            assert_never(never)
    return actions


def turned_away(desk: Desk, event: TurnedAway) -> None:
    """Somebody would have called, if their encryption did: the person ought to know."""
    view = NotEncrypted(_claimed(desk, event.sip_name, event.sip_uri))
    if isinstance(desk.line, OnHook):
        desk.move(LineInput.ENDED, Over(view, Tone.ERROR, desk.now))
    else:
        desk.tell(view)


def forward(desk: Desk, call: Call, number: str) -> tuple[Action, ...]:
    """Sends a call elsewhere that was not answered."""
    destination = desk.plan.find(number)
    return () if destination is None else (Redirect(call.id, destination.uri),)


def _call(desk: Desk, event: IncomingCall) -> Call:
    return Call(
        event.call,
        incoming=True,
        claimed=_claimed(desk, event.sip_name, event.sip_uri),
        account=event.account,
        remembered=event.remembered,
        from_known=event.from_known,
        signalling_verified=event.signalling_verified,
    )


def _claimed(desk: Desk, name: str, uri: str) -> str:
    return clean(desk.plan.name_at(uri) or name) or address_of(uri) or "?"


def _take_over(desk: Desk, call: Call, replaced: Conversation) -> tuple[Action, ...]:
    """Somebody was put through to us: a stranger takes the place of whom we talked to.

    It is answered at once, as RFC 3891 wants it. Nothing that was said of the other call
    holds for this one: neither keys nor words nor names. But whoever could not be heard there
    is not heard here either: a handset that nobody has lifted, and a microphone turned off.
    """
    call.put_through = True
    call.awaits_handset = replaced.call.awaits_handset
    new = Conversation(call, desk.settings.timings, desk.now)
    new.on_hold, new.muted = replaced.on_hold, replaced.muted
    match desk.line:
        case InCall(talk) if talk is replaced:
            desk.move(LineInput.ANSWERED, InCall(new))
        case PuttingThrough(talk, digits, unknown) if talk is replaced:
            desk.move(LineInput.ANSWERED, PuttingThrough(new, digits, unknown))
        case Conference(first, second) if replaced in (first, second):
            legs = (new, second) if replaced is first else (first, new)
            desk.move(LineInput.ANSWERED, Conference(*legs))
        case _:
            desk.held = tuple(new if each is replaced else each for each in desk.held)
    return (Answer(call.id), HangUp(replaced.call.id))
