"""From what sounded to what must sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.phone.actions import (
    ConnectAudio,
    DisconnectAudio,
    Hold,
    JoinAudio,
    MuteMicrophone,
    PartAudio,
    PlayTone,
    Resume,
    StartRinging,
    StopRinging,
    StopTone,
    Tone,
    UseHeadset,
)
from agent.phone.desk import Desk
from agent.phone.outputs import Outputs, beginning, ceasing, outputs_of
from agent.phone.settings import PhoneSettings
from support.phone_driver import IN, OUT

SILENT = Outputs()
LOUD = Outputs(Tone.ALARM, ringing=True, audio=(OUT,), muted=True)
ANY = st.builds(
    Outputs,
    tone=st.none() | st.sampled_from(Tone),
    ringing=st.booleans(),
    audio=st.sampled_from([(), (IN,), (OUT,), (IN, OUT)]),
    muted=st.booleans(),
    up=st.just(frozenset({IN, OUT})),
    on_hold=st.frozensets(st.sampled_from([IN, OUT])),
    headset=st.booleans(),
)


def test_all_begins() -> None:
    assert ceasing(SILENT, LOUD) == ()
    assert beginning(SILENT, LOUD) == (
        MuteMicrophone(muted=True),
        ConnectAudio(OUT),
        StartRinging(),
        PlayTone(Tone.ALARM),
    )


def test_all_ends() -> None:
    assert ceasing(LOUD, SILENT) == (DisconnectAudio(OUT), StopRinging(), StopTone())
    assert beginning(LOUD, SILENT) == (MuteMicrophone(muted=False),)


def test_the_headset_is_chosen_before_anybody_is_heard_on_it() -> None:
    call = Outputs(audio=(OUT,), headset=True)
    assert beginning(Outputs(), call) == (UseHeadset(headset=True), ConnectAudio(OUT))
    assert beginning(call, Outputs(audio=(OUT,))) == (UseHeadset(headset=False),)


@pytest.mark.parametrize(
    ("lifted", "headset", "used"),
    [(False, True, True), (True, True, False), (False, False, False), (True, False, False)],
)
def test_who_lifts_the_handset_wants_the_handset(
    *, lifted: bool, headset: bool, used: bool
) -> None:
    desk = Desk(PhoneSettings("Alice"))
    desk.lifted, desk.status.headset = lifted, headset
    assert outputs_of(desk).headset is used


def test_one_tone_replaces_another() -> None:
    before, after = Outputs(Tone.DIAL), Outputs(Tone.BUSY)
    assert ceasing(before, after) == ()
    assert beginning(before, after) == (PlayTone(Tone.BUSY),)


def test_the_handset_goes_from_one_call_to_another() -> None:
    before, after = Outputs(audio=(OUT,)), Outputs(audio=(IN,))
    assert ceasing(before, after) == (DisconnectAudio(OUT),)
    assert beginning(before, after) == (ConnectAudio(IN),)


def test_two_calls_are_joined_and_parted() -> None:
    alone, both = Outputs(audio=(OUT,)), Outputs(audio=(OUT, IN))
    assert ceasing(alone, both) == (DisconnectAudio(OUT),)
    assert beginning(alone, both) == (JoinAudio((OUT, IN)),)
    assert ceasing(both, alone) == (PartAudio((OUT, IN)),)
    assert beginning(both, alone) == (ConnectAudio(OUT),)


def test_a_call_is_put_on_hold_before_another_one_has_the_handset() -> None:
    before = Outputs(audio=(OUT,), up=frozenset({OUT}))
    after = Outputs(audio=(IN,), up=frozenset({IN, OUT}), on_hold=frozenset({OUT}))
    assert ceasing(before, after) == (DisconnectAudio(OUT), Hold(OUT))
    assert beginning(before, after) == (ConnectAudio(IN),)
    assert ceasing(after, before) == (DisconnectAudio(IN),)
    assert beginning(after, before) == (Resume(OUT), ConnectAudio(OUT))


def test_a_held_call_that_is_over_is_not_resumed() -> None:
    before = Outputs(up=frozenset({OUT}), on_hold=frozenset({OUT}))
    assert beginning(before, Outputs()) == ()


@given(ANY)
def test_nothing_is_ordered_twice(outputs: Outputs) -> None:
    assert ceasing(outputs, outputs) == ()
    assert beginning(outputs, outputs) == ()
