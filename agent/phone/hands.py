"""What the person does: keys, and the handset up and down."""

from typing import assert_never

from agent.phone import dialling, switching
from agent.phone.actions import Action, Answer, HangUp, Refusal, SendDtmf
from agent.phone.call import TransferOffer
from agent.phone.conversation import Conversation
from agent.phone.desk import Desk, HeldKey
from agent.phone.line import (
    Conference,
    Dialling,
    DialTone,
    InCall,
    LineInput,
    OnHook,
    Over,
    Placed,
    PuttingThrough,
    Ringing,
    call_of,
)
from agent.phone.views import CallOver
from hw.types import Key


def pressed(desk: Desk, key: Key) -> tuple[Action, ...]:
    """A key went down."""
    desk.held_key = None
    actions: tuple[Action, ...] = ()
    match desk.line:
        case _ if key is Key.HANG_UP:
            actions = hang_up(desk)
        case _ if key is Key.CALL and _picks_up(desk):
            pass
        case OnHook():
            actions = _at_rest(desk, key)
        case DialTone():
            actions = dialling.press(desk, key, "")
        case Dialling(digits, _):
            actions = dialling.press(desk, key, digits)
        case InCall(talk):
            actions = _in_call(desk, talk, key)
        case Conference() as conference:
            actions = _in_conference(desk, conference, key)
        case PuttingThrough() as through:
            actions = _putting_through(desk, through, key)
        case Ringing() | Over() if key is Key.CALL and _is_called(desk):
            # Where there is no hook switch, the call key stands in for the handset.
            actions = seize(desk)
        case Ringing() | Over() | Placed():
            pass
        case _ as never:
            assert_never(never)
    return actions


def _is_called(desk: Desk) -> bool:
    return isinstance(desk.line, Ringing) or desk.waiting is not None


def released(desk: Desk, key: Key) -> None:
    """A key came up."""
    desk.held_key = None
    if desk.in_front is not None:
        desk.in_front.released(key)


def seize(desk: Desk) -> tuple[Action, ...]:
    """The handset is lifted, or the call key stands in for that."""
    line = desk.line
    match line:
        case OnHook():
            desk.move(LineInput.SEIZED, DialTone(desk.now))
        case Over() if desk.waiting is not None or desk.held:
            desk.clear()
            return seize(desk) if isinstance(desk.line, Ringing) else ()
        case Over():
            desk.move(LineInput.SEIZED, DialTone(desk.now))
        case Ringing(call, _):
            call.awaits_handset = call.awaits_handset or desk.ear_rests
            desk.talk(call)
            return (Answer(call.id),)
        case _:
            _picks_up(desk)  # or the call key seized the line before
    return ()


def _picks_up(desk: Desk) -> bool:
    """Somebody comes to a call that waits for the handset; returns whether there was one.

    The call key does it, too: a hook switch may be broken.
    """
    match desk.line:
        case InCall(talk) if talk.call.awaits_handset:
            talk.picked_up(desk.now)
        case Placed(call, _) if call.awaits_handset:
            call.awaits_handset = False
        case _:
            return False
    return True


def unplugged(desk: Desk) -> None:
    """The headset is gone: a call waits for the handset, if that lies in its cradle.

    A conference goes on without our microphone, and says so.
    """
    match desk.line:
        case _ if not desk.ear_rests:
            pass
        case InCall(talk):
            talk.call.awaits_handset = True
        case Placed(call, _):
            call.awaits_handset = True
        case Conference(first, second):
            first.muted = second.muted = True
        case _:
            pass


def replaced(desk: Desk) -> tuple[Action, ...]:
    """The handset is put down: every call ends, but one that was not answered yet rings on."""
    desk.lifted = False
    ended = [each.call.id for each in desk.conversations]
    if isinstance(desk.line, Placed):
        ended.append(desk.line.call.id)
    desk.held = ()
    # A handset that was never up cannot decline a call by lying there.
    if not isinstance(desk.line, Ringing | OnHook):
        desk.clear()
    return tuple(HangUp(call) for call in ended)


def hang_up(desk: Desk) -> tuple[Action, ...]:
    """Ends what is on the line; whatever waits or is held is next."""
    match desk.line:
        case InCall(Conversation(call=call)) if _is_asked(desk):
            return switching.decline_offer(call)
        case PuttingThrough(talk, _, _):
            desk.move(LineInput.RETURNED, InCall(talk))
            return ()
        case OnHook():
            return ()
        case _:
            pass
    ended = [each.call for each in desk.talks]
    if (unanswered := call_of(desk.line)) is not None:
        ended.append(unanswered)
    refusal = Refusal.DECLINED if isinstance(desk.line, Ringing) else Refusal.NORMAL
    desk.clear()
    return tuple(HangUp(each.id, refusal) for each in ended)


def _is_asked(desk: Desk) -> bool:
    """Whether the screen asks if we want to be put through."""
    front = desk.in_front
    return front is not None and front.is_calm and front.call.offer is not None


def _at_rest(desk: Desk, key: Key) -> tuple[Action, ...]:
    if key is Key.CALL:
        return seize(desk)
    if key.is_dialled:
        desk.held_key = HeldKey(key, desk.now)
    return ()


def _in_call(desk: Desk, talk: Conversation, key: Key) -> tuple[Action, ...]:
    """Keys are first about what stands on the screen in front of the talk."""
    if not talk.is_calm or talk.call.awaits_handset:
        return talk.pressed(key, desk.now)
    if talk.call.offer is not None:
        return _asked(talk.call.offer, desk, talk, key)
    if desk.menu is not None:
        return switching.in_menu(desk, desk.menu, key)
    if _reads_warning(desk):
        return ()
    return _while_talking(desk, talk, key)


def _reads_warning(desk: Desk) -> bool:
    """News goes away by any key; if it is a warning, the key does nothing else."""
    news, desk.news = desk.news, None
    return news is not None and not isinstance(news.view, CallOver)


def _while_talking(desk: Desk, talk: Conversation, key: Key) -> tuple[Action, ...]:
    waiting = desk.waiting
    actions: tuple[Action, ...] = ()
    if waiting is not None and key is Key.CALL:
        actions = switching.answer_waiting(desk, waiting)
    elif waiting is not None and key is Key.MENU:
        actions = switching.turn_away_waiting(desk, waiting)
    elif key is Key.MENU:
        switching.open_menu(desk)
    elif key is Key.CALL:
        _call_key(desk, talk)
    else:
        actions = talk.pressed(key, desk.now)
    return actions


def _asked(offer: TransferOffer, desk: Desk, talk: Conversation, key: Key) -> tuple[Action, ...]:
    if key is Key.CALL:
        return switching.accept_offer(desk, talk.call, offer)
    return switching.decline_offer(talk.call) if key is Key.STAR else ()


def _call_key(desk: Desk, talk: Conversation) -> None:
    """On hold: go on. With somebody else on hold: swap. Else: mute, and again."""
    if talk.on_hold:
        talk.on_hold = False
    elif desk.held:
        switching.swap(desk)
    elif talk.call.keys.are_there:
        talk.muted = not talk.muted


def _in_conference(desk: Desk, conference: Conference, key: Key) -> tuple[Action, ...]:
    front = desk.in_front
    if front is not None and not front.is_calm:
        return front.pressed(key, desk.now)
    if desk.menu is not None:
        return switching.in_menu(desk, desk.menu, key)
    legs = (conference.first, conference.second)
    if key is Key.MENU:
        switching.open_menu(desk)
    elif key is Key.CALL:
        muted = not conference.first.muted
        conference.first.muted = conference.second.muted = muted
    elif key is Key.CONFIRM:
        min(legs, key=lambda leg: leg.call.state).show_words(desk.now)
    else:
        return tuple(SendDtmf(leg.call.id, key.value) for leg in legs if leg.has_audio)
    return ()


def _putting_through(desk: Desk, through: PuttingThrough, key: Key) -> tuple[Action, ...]:
    if key in {Key.HASH, Key.CALL}:
        return switching.put_through_to(desk, through) if through.digits else ()
    digits = through.digits
    if key is Key.MENU:
        digits = digits[:-1]
    elif key.is_dialled:
        digits = (digits + key.value)[: dialling.DIGITS_LIMIT]
    desk.move(LineInput.DIGIT, PuttingThrough(through.conversation, digits))
    return ()
