"""The one way from a view to a picture. Pure."""

from agent.phone import call_views, views
from agent.screens import (
    calls,
    choose,
    compare,
    conference,
    dialling,
    idle,
    in_call,
    menu,
    naming,
    over,
    security,
)
from agent.screens.words import ENGLISH, Words
from hw.types import Picture


def render(view: views.View, words: Words = ENGLISH) -> Picture:  # noqa: C901, PLR0911, PLR0912
    """Draws a view: one branch for each of them, so that mypy finds a forgotten one.

    Args:
        view: What is to be shown.
        words: The language.
    """
    match view:
        case views.Idle():
            return idle.draw_idle(view, words)
        case views.OffHook():
            return idle.draw_off_hook(view, words)
        case views.Dialling():
            return dialling.draw_dialling(view, words)
        case views.Calling():
            return dialling.draw_calling(view, words)
        case views.LiftHandset():
            return dialling.draw_lift_handset(view, words)
        case views.Ringing():
            return dialling.draw_ringing(view, words)
        case views.Securing():
            return security.draw_securing(view, words)
        case views.Alarm():
            return security.draw_alarm(view, words)
        case views.CompareSas():
            return compare.draw_compare(view, words)
        case views.ChooseSas():
            return choose.draw_choose(view, words)
        case views.AllowEnrolment():
            return security.draw_allow_enrolment(view, words)
        case views.EnterName():
            return naming.draw_enter_name(view, words)
        case views.InCall():
            return in_call.draw_in_call(view, words)
        case views.CallWaiting():
            return calls.draw_call_waiting(view, words)
        case call_views.CallMenu():
            return calls.draw_call_menu(view, words)
        case call_views.Conference():
            return conference.draw_conference(view, words)
        case call_views.PuttingThrough():
            return calls.draw_putting_through(view, words)
        case call_views.TransferOffer():
            return calls.draw_transfer_offer(view, words)
        case views.NotEncrypted():
            return security.draw_not_encrypted(view, words)
        case views.Insecure():
            return security.draw_insecure(view, words)
        case views.CallOver():
            return over.draw_call_over(view, words)
        case views.Unknown():
            return over.draw_unknown(view, words)
        case _:
            return menu.draw_menu(view, words)
