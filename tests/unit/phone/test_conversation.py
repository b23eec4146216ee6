"""A call that was answered: what stands before the talk, and what may be heard meanwhile."""

from dataclasses import replace

import pytest

from agent.phone.actions import ConfirmSas, DenySas, NamePeer, Tone
from agent.phone.call import Call
from agent.phone.conversation import Conversation
from agent.phone.events import Association, Cache
from agent.phone.security import Keys, SecurityState
from agent.phone.settings import Timings
from agent.phone.views import Alarm, CompareSas, EnterName, InCall, Securing
from hw.types import Key
from support.phone_driver import OUT, association

MISMATCHED = association(cache=Cache.MISMATCHED)


def talk(found: Association | None = None, claimed: str = "Bob") -> Conversation:
    """A conversation that began at 100 s and, if so told, has keys since then."""
    call = Call(OUT, incoming=False, claimed=claimed, signalling_verified=True)
    conversation = Conversation(call, Timings(), 100.0)
    if found:
        conversation.secure(found, 100.0)
    return conversation


def hold(conversation: Conversation, key: Key, now: float) -> object:
    conversation.pressed(key, now)
    actions = conversation.elapse(now + 0.5)
    conversation.released(key)
    return actions


def test_without_keys_there_is_nothing_to_hear_or_to_press() -> None:
    conversation = talk()
    assert conversation.view(100.0) == Securing("Bob", signalling_verified=True)
    assert not conversation.has_audio
    assert conversation.tone is None
    assert conversation.next_timer(100.0) is None
    for key in Key:
        assert conversation.pressed(key, 110.0) == ()
    assert isinstance(conversation.view(110.0), Securing)


def test_keys_that_came_before_the_answer() -> None:
    call = Call(OUT, incoming=False, claimed="Bob")
    call.agree(association())
    conversation = Conversation(call, Timings(), 100.0)
    assert isinstance(conversation.view(100.0), CompareSas)
    assert conversation.has_audio


def test_an_alarm_agreed_before_the_answer_is_not_lost_when_keys_are_agreed_again() -> None:
    call = Call(OUT, incoming=False, claimed="Bob")
    call.agree(MISMATCHED)
    call.keys = Keys.PENDING
    conversation = Conversation(call, Timings(), 100.0)
    conversation.secure(MISMATCHED, 101.0)
    assert conversation.view(101.0) == Alarm(SecurityState.CACHE_MISMATCH, "Bob")
    assert conversation.tone is Tone.ALARM


def test_an_alarm_is_silent_while_keys_are_agreed_again() -> None:
    conversation = talk(MISMATCHED)
    conversation.call.keys = Keys.PENDING
    before = conversation.tone
    conversation.secure(MISMATCHED, 105.0)
    assert (before, conversation.tone) == (None, Tone.ALARM)
    assert not conversation.has_audio


def test_a_key_already_on_its_way_does_not_take_an_alarm_away() -> None:
    conversation = talk(MISMATCHED)
    conversation.pressed(Key.DIGIT_5, 100.9)
    assert isinstance(conversation.view(100.9), Alarm)
    conversation.pressed(Key.DIGIT_5, 101.0)
    assert isinstance(conversation.view(101.0), CompareSas)


def test_a_hold_does_not_outlast_the_words() -> None:
    conversation = talk(association())
    conversation.pressed(Key.CONFIRM, 102.0)
    conversation.call.keys = Keys.PENDING
    assert conversation.elapse(103.0) == ()
    conversation.secure(association(), 104.0)
    assert conversation.elapse(105.0) == ()
    view = conversation.view(105.0)
    assert isinstance(view, CompareSas)
    assert not view.holding
    assert not view.confirmable


def test_a_second_stream_does_not_disturb() -> None:
    conversation = talk(association())
    hold(conversation, Key.CONFIRM, 102.0)
    conversation.secure(replace(association(), verified_here=True), 103.0)
    assert conversation.view(103.0) == EnterName("Bob")


def test_other_words_with_the_same_phone_are_asked_without_a_sound() -> None:
    conversation = talk(association(verified=True))
    assert isinstance(conversation.view(100.0), InCall)
    conversation.secure(association(sas=("adult", "amulet")), 101.0)
    assert isinstance(conversation.view(101.0), CompareSas)
    assert conversation.tone is None


@pytest.mark.parametrize(
    ("claimed", "keys", "names"),
    [
        ("Bob", "#", ["Bob"]),
        ("Bob", "<<<#", ["Bob"]),
        ("Bob", "<<<0#", ["Bob"]),
        ("Bob", "8#", ["Bob", "Bobt"]),
        ("An unreasonably long display name", "#", ["An unreasonably long dis"]),
    ],
)
def test_naming(claimed: str, keys: str, names: list[str]) -> None:
    conversation = talk(association(), claimed)
    conversation.pressed(Key.CONFIRM, 102.0)
    actions = list(conversation.elapse(102.5))
    for key in keys:
        actions += conversation.pressed(Key.MENU if key == "<" else Key(key), 103.0)
    assert actions == [ConfirmSas(OUT), *(NamePeer(OUT, name) for name in names)]
    view = conversation.view(103.0)
    assert isinstance(view, InCall)
    assert view.name == names[-1]


def test_a_letter_settles_by_itself() -> None:
    conversation = talk(association())
    hold(conversation, Key.CONFIRM, 102.0)
    assert conversation.elapse(103.5) == ()
    conversation.pressed(Key.DIGIT_8, 103.5)
    assert conversation.next_timer(103.5) == 104.5
    assert conversation.elapse(104.5) == ()
    assert conversation.view(104.5) == EnterName("Bobt")


def test_words_found_to_differ_late() -> None:
    conversation = talk(association(verified=True, cache_name="Bobby"))
    conversation.pressed(Key.CONFIRM, 200.0)
    assert hold(conversation, Key.STAR, 201.5) == (DenySas(OUT),)
    assert conversation.view(202.0) == Alarm(SecurityState.SAS_MISMATCH, "Bob")
    assert not conversation.has_audio


def test_who_heard_that_the_words_differ_is_warned_of_every_other_phone_too() -> None:
    conversation = talk(association())
    hold(conversation, Key.STAR, 102.0)
    conversation.pressed(Key.CALL, 104.0)
    assert isinstance(conversation.view(104.0), InCall)
    conversation.secure(association(zid="c" * 24, verified=True), 105.0)
    assert conversation.view(105.0) == Alarm(SecurityState.SAS_MISMATCH, "Bob")


def test_the_seconds_are_counted_from_the_answer() -> None:
    conversation = talk(association(verified=True))
    assert conversation.next_timer(100.0) is None
    conversation.call.answered_at = 100.25
    assert conversation.next_timer(100.5) == 101.25
    assert conversation.next_timer(101.25) == 102.25
