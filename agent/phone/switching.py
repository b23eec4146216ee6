"""What a person does with several calls: hold, swap, put through, confer.

Who is on hold and who hears whom follows from the state (`agent.phone.outputs`): nothing
here tells the other sides. No key, no word and no name moves from one call to another.
"""

from dataclasses import replace
from typing import Final

from agent.phone.actions import (
    AcceptTransfer,
    Action,
    Answer,
    AttendedTransfer,
    BlindTransfer,
    DeclineTransfer,
    HangUp,
    Refusal,
)
from agent.phone.call import Call, Transfer, TransferOffer
from agent.phone.call_menu import OpenMenu, choices_in_call, choices_in_conference
from agent.phone.call_views import Choice
from agent.phone.conversation import Conversation
from agent.phone.desk import Desk
from agent.phone.events import TransferOutcome
from agent.phone.line import (
    Conference,
    DialTone,
    InCall,
    LineInput,
    Placed,
    PuttingThrough,
    Ringing,
)
from agent.phone.menu.orders import SavePreferences
from hw.types import Key

VOLUME_OF_THE_CARD: Final = 80
"""Where a volume starts that nobody has chosen, in percent."""
_VOLUME_STEPS: Final = {Choice.LOUDER: 10, Choice.SOFTER: -10}
"""In percent."""


def swap(desk: Desk) -> None:
    """The next held call comes to the line, and the one that is there goes to the end."""
    present = desk.talks
    desk.held = desk.held + present
    for each in present:
        each.go_aside()
    desk.held[0].on_hold = False
    desk.take_back(LineInput.SWAPPED)


def answer_waiting(desk: Desk, waiting: Ringing) -> tuple[Action, ...]:
    """The call that waits comes to the line, and the one that is there is held."""
    desk.put_aside()
    desk.waiting = None
    desk.talk(waiting.call)
    return (Answer(waiting.call.id),)


def turn_away_waiting(desk: Desk, waiting: Ringing) -> tuple[Action, ...]:
    """The call that waits gets a no."""
    desk.waiting = None
    return (HangUp(waiting.call.id, Refusal.DECLINED),)


def new_call(desk: Desk) -> None:
    """The call on the line is held, and there is a dial tone."""
    desk.put_aside()
    desk.move(LineInput.SET_ASIDE, DialTone(desk.now))


def confer(desk: Desk, talk: Conversation) -> None:
    """The call on the line and the next held one hear each other."""
    other, *others = desk.held
    desk.held = tuple(others)
    other.come_back(desk.now)
    talk.on_hold = other.on_hold = False
    other.muted = talk.muted
    desk.move(LineInput.JOINED, Conference(talk, other))


def part(desk: Desk, conference: Conference) -> None:
    """The second call of a conference is held."""
    conference.second.go_aside()
    desk.held = (conference.second, *desk.held)
    desk.move(LineInput.PARTED, InCall(conference.first))


def put_through_to(desk: Desk, through: PuttingThrough) -> tuple[Action, ...]:
    """What was dialled is whom the call is put through to."""
    destination = desk.plan.resolve(through.digits)
    talk = through.conversation
    if destination is None:
        desk.move(LineInput.DIGIT, PuttingThrough(talk, through.digits, unknown=True))
        return ()
    talk.on_hold = True
    talk.call.transfer = Transfer(TransferOutcome.TRYING)
    desk.move(LineInput.RETURNED, InCall(talk))
    return (BlindTransfer(talk.call.id, destination.uri),)


def put_through(desk: Desk, talk: Conversation) -> tuple[Action, ...]:
    """Whoever is held is put through to the one on the line (RFC 5589 section 7)."""
    held = desk.held[0]
    talk.on_hold = True
    for each in (held, talk):
        each.call.transfer = Transfer(TransferOutcome.TRYING, to=talk.call.id)
    return (AttendedTransfer(held.call.id, talk.call.id),)


def accept_offer(desk: Desk, call: Call, offer: TransferOffer) -> tuple[Action, ...]:
    """We let the other side put us through: a new call, with somebody new."""
    call.offer, call.moved_on = None, True
    desk.put_aside()
    new = Call(desk.next_call(), incoming=False, claimed=offer.name, put_through=True)
    desk.move(LineInput.PLACED, Placed(new))
    return (AcceptTransfer(call.id, new.id, offer.uri),)


def decline_offer(call: Call) -> tuple[Action, ...]:
    """We do not."""
    call.offer = None
    return (DeclineTransfer(call.id),)


# The menu


def choices(desk: Desk) -> tuple[Choice, ...]:
    """What the menu of the call or the conference on the line offers now."""
    talk = desk.talks[0]
    if isinstance(desk.line, Conference):
        return choices_in_conference(muted=talk.muted)
    waiting = desk.waiting is not None
    return choices_in_call(talk, desk.held, has_room=desk.has_room, waiting=waiting)


def open_menu(desk: Desk) -> None:
    """The menu comes up, with the first choice selected."""
    desk.menu = OpenMenu(choices(desk)[0], desk.now + desk.settings.timings.menu_s)


def in_menu(desk: Desk, menu: OpenMenu, key: Key) -> tuple[Action, ...]:
    """A key went down while the menu is open."""
    offered = choices(desk)
    until = desk.now + desk.settings.timings.menu_s
    desk.menu = None
    if key not in {Key.CONFIRM, Key.CALL, Key.MENU}:
        desk.menu = OpenMenu(menu.moved(key, offered).selected, until)
    elif key is not Key.MENU and menu.selected in offered:
        if menu.selected in _VOLUME_STEPS:
            desk.menu = OpenMenu(menu.selected, until)  # it is pressed until it is loud enough
            return _adjust_volume(desk, _VOLUME_STEPS[menu.selected])
        return choose(desk, menu.selected)
    return ()


def _adjust_volume(desk: Desk, step: int) -> tuple[Action, ...]:
    """The earpiece; it stays as loud in later calls."""
    before = desk.preferences.earpiece_volume
    percent = (VOLUME_OF_THE_CARD if before is None else before) + step
    chosen = replace(desk.preferences, earpiece_volume=max(0, min(percent, 100)))
    return (SavePreferences(chosen),)


def choose(desk: Desk, choice: Choice) -> tuple[Action, ...]:
    """Does what the menu offered for the call or the conference on the line."""
    line = desk.line
    if isinstance(line, Conference):
        _choose_in_conference(desk, line, choice)
        return ()
    talk = desk.talks[0]
    match choice:
        case Choice.HOLD | Choice.RESUME:
            talk.on_hold = choice is Choice.HOLD
        case Choice.SWAP:
            swap(desk)
        case Choice.NEW_CALL:
            new_call(desk)
        case Choice.TRANSFER:
            talk.go_aside()
            desk.move(LineInput.TRANSFERRING, PuttingThrough(talk))
        case Choice.CONFERENCE:
            confer(desk, talk)
        case Choice.MUTE | Choice.UNMUTE:
            talk.muted = choice is Choice.MUTE
        case Choice.WORDS:
            talk.show_words(desk.now)
        case Choice.PUT_THROUGH:
            return put_through(desk, talk)
        case _:
            return talk.distrust(desk.now)
    return ()


def _choose_in_conference(desk: Desk, conference: Conference, choice: Choice) -> None:
    match choice:
        case Choice.PART:
            part(desk, conference)
        case Choice.MUTE | Choice.UNMUTE:
            conference.first.muted = conference.second.muted = choice is Choice.MUTE
        case Choice.WORDS_OF_SECOND:
            conference.second.show_words(desk.now)
        case _:
            conference.first.show_words(desk.now)
