"""The table of the line: every state with every input."""

from typing import get_args

import pytest

from agent.phone.actions import Tone
from agent.phone.call import Call
from agent.phone.conversation import Conversation
from agent.phone.line import (
    TRANSITIONS,
    Conference,
    Dialling,
    DialTone,
    ImpossibleStepError,
    InCall,
    LineInput,
    LineState,
    OnHook,
    Over,
    Placed,
    PuttingThrough,
    Ringing,
    call_of,
    move,
    talks_of,
)
from agent.phone.settings import Timings
from agent.phone.views import Unknown
from support.phone_driver import IN, OUT

CALL = Call(OUT, incoming=False, claimed="Bob")
TALK = Conversation(CALL, Timings(), 0.0)
OTHER = Conversation(Call(IN, incoming=True, claimed="Carol"), Timings(), 0.0)
STATES: dict[type[LineState], LineState] = {
    OnHook: OnHook(),
    DialTone: DialTone(0.0),
    Dialling: Dialling("1", 0.0),
    Placed: Placed(CALL),
    Ringing: Ringing(CALL, 0.0),
    InCall: InCall(TALK),
    Conference: Conference(TALK, OTHER),
    PuttingThrough: PuttingThrough(TALK),
    Over: Over(Unknown("9"), Tone.ERROR, 0.0),
}


@pytest.mark.parametrize("what", LineInput)
@pytest.mark.parametrize("before", STATES)
def test_only_the_steps_of_the_table_are_made(before: type[LineState], what: LineInput) -> None:
    for kind, after in STATES.items():
        if TRANSITIONS.get((before, what)) is kind:
            assert move(STATES[before], what, after) is after
        else:
            with pytest.raises(ImpossibleStepError, match=f"by {what.name} to"):
                move(STATES[before], what, after)


def test_every_state_is_reached_and_left() -> None:
    assert set(STATES) == set(get_args(LineState))
    assert set(TRANSITIONS.values()) == set(STATES)
    assert {before for before, _ in TRANSITIONS} == set(STATES)
    assert {what for _, what in TRANSITIONS} == set(LineInput)


def test_the_handset_put_down_ends_every_state_but_ringing() -> None:
    for before in STATES:
        if before is not OnHook:
            assert TRANSITIONS[(before, LineInput.FREED)] is OnHook


def test_who_is_on_the_line() -> None:
    busy = {kind for kind, state in STATES.items() if call_of(state) is CALL}
    assert busy == {Placed, Ringing}
    talking = {kind: talks_of(state) for kind, state in STATES.items() if talks_of(state)}
    assert talking == {InCall: (TALK,), Conference: (TALK, OTHER), PuttingThrough: (TALK,)}


def test_each_leg_of_a_conference_knows_the_other() -> None:
    conference = Conference(TALK, OTHER)
    assert conference.other(TALK) is OTHER
    assert conference.other(OTHER) is TALK
