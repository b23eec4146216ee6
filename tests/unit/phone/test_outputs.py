"""From what sounded to what must sound."""

from hypothesis import given
from hypothesis import strategies as st

from agent.phone.actions import (
    ConnectAudio,
    DisconnectAudio,
    MuteMicrophone,
    PlayTone,
    StartRinging,
    StopRinging,
    StopTone,
    Tone,
)
from agent.phone.outputs import Outputs, beginning, ceasing
from support.phone_driver import IN, OUT

SILENT = Outputs()
LOUD = Outputs(Tone.ALARM, ringing=True, audio=OUT, muted=True)
ANY = st.builds(
    Outputs,
    tone=st.none() | st.sampled_from(Tone),
    ringing=st.booleans(),
    audio=st.none() | st.sampled_from([IN, OUT]),
    muted=st.booleans(),
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


def test_one_tone_replaces_another() -> None:
    before, after = Outputs(Tone.DIAL), Outputs(Tone.BUSY)
    assert ceasing(before, after) == ()
    assert beginning(before, after) == (PlayTone(Tone.BUSY),)


def test_the_handset_goes_from_one_call_to_another() -> None:
    before, after = Outputs(audio=OUT), Outputs(audio=IN)
    assert ceasing(before, after) == (DisconnectAudio(OUT),)
    assert beginning(before, after) == (ConnectAudio(IN),)


@given(ANY)
def test_nothing_is_ordered_twice(outputs: Outputs) -> None:
    assert ceasing(outputs, outputs) == ()
    assert beginning(outputs, outputs) == ()
