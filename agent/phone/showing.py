"""What the phone shows: its view and its lamps, derived and never kept."""

from dataclasses import replace
from typing import assert_never

from agent.phone import call_views, views
from agent.phone.call_menu import position
from agent.phone.conversation import Conversation
from agent.phone.desk import Desk
from agent.phone.line import (
    Conference,
    Dialling,
    DialTone,
    InCall,
    OnHook,
    Over,
    Placed,
    PuttingThrough,
    Ringing,
)
from agent.phone.names import clean
from agent.phone.outputs import plays_early
from agent.phone.security import SecurityState
from agent.phone.switching import choices
from hw.types import Leds


def view_of(desk: Desk) -> views.View:
    """What is to be shown."""
    view: views.View
    match desk.line:
        case OnHook():
            to = desk.plan.find(desk.preferences.forward_always)
            view = desk.status.view(
                do_not_disturb=desk.preferences.do_not_disturb,
                forwarded_to=clean(to.name) if to else "",
            )
        case DialTone():
            view = views.OffHook(desk.status.faults, _names(desk.held), desk.status.network)
        case Dialling(digits, _):
            view = views.Dialling(digits, desk.plan.name_of(digits))
        case Placed(call, ringing) if call.awaits_handset:
            stage = views.Stage.RINGING if ringing else views.Stage.CALLING
            view = views.LiftHandset(call.claimed, stage)
        case Placed(call, ringing):
            hears = call.state if plays_early(call) else None
            view = views.Calling(call.claimed, ringing, hears)
        case Ringing():
            view = _ringing(desk.line)
        case InCall(conversation) if conversation.call.awaits_handset:
            view = views.LiftHandset(conversation.call.name, views.Stage.ANSWERED)
        case InCall(conversation):
            view = _in_call(desk, conversation)
        case Conference():
            view = _in_conference(desk, desk.line)
        case PuttingThrough(conversation, digits, unknown):
            name = conversation.call.name
            view = call_views.PuttingThrough(name, digits, desk.plan.name_of(digits), unknown)
        case Over():
            view = desk.line.view
        case _ as never:
            assert_never(never)
    return view


def _in_call(desk: Desk, talk: Conversation) -> views.View:
    """What stands in front of the talk, if anything does; else the talk itself."""
    call = talk.call
    if not talk.is_calm:
        return talk.view(desk.now)
    if call.offer is not None:
        return call_views.TransferOffer(call.name, call.state, call.offer.name)
    if desk.menu is not None:
        return _menu(desk, talk, _names(desk.held))
    if desk.news is not None:
        return desk.news.view
    if desk.waiting is not None:
        return views.CallWaiting(_ringing(desk.waiting), call.name, call.state)
    view = talk.view(desk.now)
    return replace(view, others=_names(desk.held)) if isinstance(view, views.InCall) else view


def _in_conference(desk: Desk, conference: Conference) -> views.View:
    front = desk.in_front
    if front is not None and not front.is_calm:
        return front.view(desk.now)
    first, second = sorted((conference.first, conference.second), key=lambda leg: leg.call.state)
    if desk.menu is not None:
        return _menu(desk, conference.first, (conference.second.call.name,))
    return call_views.Conference(
        (_leg(first), _leg(second)),
        conference.first.call.duration_s(desk.now),
        conference.first.muted,
    )


def _leg(leg: Conversation) -> call_views.Leg:
    call = leg.call
    return call_views.Leg(call.name, call.state, leg.has_audio and not call.cut, call.held_there)


def _menu(desk: Desk, talk: Conversation, others: tuple[str, ...]) -> call_views.CallMenu:
    offered = choices(desk)
    selected = position(desk.menu.selected, offered) if desk.menu else 0
    other = others[0] if others else ""
    return call_views.CallMenu(talk.call.name, _worst(desk), offered, selected, other)


def _ringing(line: Ringing) -> views.Ringing:
    call = line.call
    known = call.remembered
    return views.Ringing(
        name=call.claimed,
        account=call.account,
        signalling_verified=call.signalling_verified,
        remembered_as=known.name if known else "",
        verified_on=known.verified_on if known else None,
    )


def _names(conversations: tuple[Conversation, ...]) -> tuple[str, ...]:
    return tuple(each.call.name for each in conversations)


def _worst(desk: Desk) -> SecurityState:
    return min(each.call.state for each in desk.talks)


def leds_of(desk: Desk) -> Leds:
    """The lamps: red while a call is up, or was given up, that is not secure.

    Of the calls that the handset is with, the worst counts; and no warning stands on the
    screen beside a green lamp.
    """
    if isinstance(view_of(desk), views.NotEncrypted | views.Insecure):
        return Leds(red=True)
    match desk.line:
        case InCall(Conversation(call=call)) if call.awaits_handset:
            return Leds(red=not call.state.is_secure)
        case InCall() | Conference() | PuttingThrough():
            return _lamps(_worst(desk))
        case Placed(call, _) if plays_early(call):
            return _lamps(call.state)
        case _:
            return Leds()


def _lamps(state: SecurityState) -> Leds:
    return Leds(red=not state.is_secure, green=state is SecurityState.GREEN_SECURE)
