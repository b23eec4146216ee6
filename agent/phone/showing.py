"""What the line shows: its view and its lamps, derived and never kept."""

from typing import assert_never

from agent.phone import views
from agent.phone.dial_plan import DialPlan
from agent.phone.line import (
    Dialling,
    DialTone,
    InCall,
    LineState,
    OnHook,
    Over,
    Placed,
    Ringing,
)
from agent.phone.security import SecurityState
from agent.phone.status import Status
from hw.types import Leds


def view_of(line: LineState, status: Status, plan: DialPlan, now: float) -> views.View:
    """What is to be shown.

    Args:
        line: What the phone is doing.
        status: What stands on the idle screen.
        plan: Whose number the digits are.
        now: The time, for what changes with it.
    """
    view: views.View
    match line:
        case OnHook():
            view = status.view()
        case DialTone():
            view = views.OffHook(status.faults)
        case Dialling(digits, _):
            view = views.Dialling(digits, plan.name_of(digits))
        case Placed(call, ringing) if call.awaits_handset:
            stage = views.Stage.RINGING if ringing else views.Stage.CALLING
            view = views.LiftHandset(call.claimed, stage)
        case Placed(call, ringing):
            view = views.Calling(call.claimed, ringing)
        case Ringing(call):
            known = call.remembered
            view = views.Ringing(
                name=call.claimed,
                account=call.account,
                signalling_verified=call.signalling_verified,
                remembered_as=known.name if known else "",
                verified_on=known.verified_on if known else None,
            )
        case InCall(conversation) if conversation.call.awaits_handset:
            view = views.LiftHandset(conversation.call.name, views.Stage.ANSWERED)
        case InCall(conversation):
            view = conversation.view(now)
        case Over():
            view = line.view
        case _ as never:
            assert_never(never)
    return view


def leds_of(line: LineState) -> Leds:
    """The lamps: red while a call is up, or was given up, that is not secure."""
    match line:
        case InCall(conversation):
            state = conversation.call.state
            green = state is SecurityState.GREEN_SECURE and not conversation.call.awaits_handset
            return Leds(red=not state.is_secure, green=green)
        case Over(views.NotEncrypted() | views.Insecure(), _, _):
            return Leds(red=True)
        case _:
            return Leds()
