"""From the dial tone to a call: digits, the last number again, and numbers that dial themselves."""

from typing import Final

from agent.phone.actions import Action, Dial, Tone
from agent.phone.desk import Desk, HeldKey
from agent.phone.line import Dialling, DialTone, LineInput, OnHook, Over
from agent.phone.views import Unknown
from hw.types import Key

DIGITS_LIMIT: Final = 32
"""Digits that can be dialled; further ones are not taken."""

HOT_LINE_LEAST_S: Final = 2.0
"""The hot line leaves at least so long to press a key: an emergency number can be dialled."""

VOICE_MAIL: Final = Key.DIGIT_1
"""Held down, this key calls the voice mail, as on every mobile phone."""


def press(desk: Desk, key: Key, digits: str) -> tuple[Action, ...]:
    """A key went down at the dial tone or among digits."""
    if key in {Key.HASH, Key.CALL}:
        number = digits or (desk.last_dialled if key is Key.CALL else "")
        return dial(desk, number) if number else ()
    if key.is_dialled:
        longer = (digits + key.value)[:DIGITS_LIMIT]
        desk.move(LineInput.DIGIT, Dialling(longer, desk.now))
        desk.held_key = None if digits else HeldKey(key, desk.now)
    return ()


def dial(desk: Desk, number: str) -> tuple[Action, ...]:
    """Calls whoever has this number."""
    destination = desk.plan.resolve(number, ready=desk.status.is_ready)
    desk.last_dialled = number
    if destination is None:
        unknown = Unknown(number, needs_account=desk.plan.is_emergency(number))
        desk.move(LineInput.MISDIALLED, Over(unknown, Tone.ERROR, desk.now))
        return ()
    call = desk.place(destination)
    return (Dial(call.id, destination.uri, destination.account),)


def held_long(desk: Desk, held: HeldKey) -> tuple[Action, ...]:
    """A digit was held long enough to dial what it stands for, if that is anybody's number.

    Else it is a digit like any other: whoever presses slowly on a locked phone may dial 112.
    """
    desk.held_key = None
    number = speed_number(desk, held.key)
    if desk.plan.resolve(number) is None:
        return ()
    if isinstance(desk.line, OnHook):
        desk.move(LineInput.SEIZED, DialTone(desk.now))
    return dial(desk, number)


def speed_number(desk: Desk, key: Key) -> str:
    """What this digit stands for when it is held; empty: nothing."""
    number = desk.preferences.speed_number(key.value)
    if not number and key is VOICE_MAIL:
        return desk.status.voice_mail
    return number


def hot_line_at(desk: Desk, tone: DialTone) -> float | None:
    """When the dial tone dials by itself; None: never. Not while somebody is on hold."""
    if desk.held or desk.plan.resolve(desk.preferences.hot_line) is None:
        return None
    return tone.since + max(HOT_LINE_LEAST_S, desk.preferences.hot_line_after_s)
