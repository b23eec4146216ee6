"""The menu of a call: what is offered in which situation, and the keys that move in it."""

from dataclasses import replace
from typing import Final

from agent.frozen import frozen
from agent.phone.call_views import Choice
from agent.phone.conversation import Conversation
from agent.phone.security import Keys
from hw.types import Key

_STEPS: Final = {Key.DIGIT_2: -1, Key.STAR: -1, Key.DIGIT_8: 1, Key.HASH: 1}


@frozen
class OpenMenu:
    """A menu on the screen; `selected` is what confirm would do."""

    selected: Choice
    until: float

    def moved(self, key: Key, choices: tuple[Choice, ...]) -> "OpenMenu":
        """2 or star goes up, 8 or hash down; at either end it goes no further."""
        step = _STEPS.get(key, 0)
        place = position(self.selected, choices) + step
        return replace(self, selected=choices[max(0, min(place, len(choices) - 1))])


def position(selected: Choice, choices: tuple[Choice, ...]) -> int:
    """Where the selected one stands; the first, if it is offered no longer."""
    return choices.index(selected) if selected in choices else 0


def choices_in_call(
    call: Conversation, held: tuple[Conversation, ...], *, has_room: bool, waiting: bool
) -> tuple[Choice, ...]:
    """What is offered for the one call on the line.

    Args:
        call: That one.
        held: Those that are aside.
        has_room: Whether there can be one more call.
        waiting: Whether somebody waits to be answered: then nothing is dialled.
    """
    keyed = call.call.keys is Keys.ZRTP
    both_keyed = keyed and bool(held) and held[0].call.keys is Keys.ZRTP
    lines = (
        (call.on_hold, Choice.RESUME),
        (not call.on_hold, Choice.HOLD),
        (bool(held), Choice.SWAP),
        (has_room and not waiting, Choice.NEW_CALL),
        (bool(held), Choice.PUT_THROUGH),
        (not waiting, Choice.TRANSFER),
        (both_keyed and not waiting, Choice.CONFERENCE),
        (not call.muted, Choice.MUTE),
        (call.muted, Choice.UNMUTE),
        (True, Choice.LOUDER),
        (True, Choice.SOFTER),
        (keyed, Choice.WORDS),
        (keyed and call.call.state.is_secure, Choice.UNVERIFY),
    )
    return tuple(choice for offered, choice in lines if offered)


def choices_in_conference(*, muted: bool) -> tuple[Choice, ...]:
    """What is offered for two calls that hear each other."""
    return (
        Choice.PART,
        Choice.UNMUTE if muted else Choice.MUTE,
        Choice.WORDS,
        Choice.WORDS_OF_SECOND,
        Choice.LOUDER,
        Choice.SOFTER,
    )
