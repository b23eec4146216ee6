"""Steps and views that many flows share."""

from dataclasses import replace

from agent.phone.actions import (
    Answer,
    Dial,
    PlayTone,
    Ring,
    StartRinging,
    StopRinging,
    StopTone,
    Tone,
)
from agent.phone.events import (
    AccountCondition,
    Answered,
    Dialled,
    RemoteRinging,
)
from agent.phone.security import SecurityState
from agent.phone.views import (
    AccountLine,
    Calling,
    CompareSas,
    Dialling,
    Half,
    Idle,
    OffHook,
    Ringing,
    Securing,
)
from hw.types import HookLifted, Key
from support.phone_driver import (
    IN,
    OUT,
    SAS,
    Press,
    Step,
    incoming,
)

ACCOUNTS = (
    AccountLine("home", AccountCondition.STARTING),
    AccountLine("work", AccountCondition.STARTING),
)
IDLE = Idle("alice", accounts=ACCOUNTS)
WORDS = CompareSas(
    name="Bob",
    sas=SAS,
    reads=Half.SECOND,
    state=SecurityState.NOT_VERIFIED,
    confirmable=False,
    holding=False,
    asked=True,
    signalling_verified=True,
)
READABLE = replace(WORDS, confirmable=True)
DIAL_BOB = Dial(OUT, "sip:bob@example.org", "home")

PLACED = [
    Step(HookLifted(), OffHook(), (PlayTone(Tone.DIAL),)),
    Step(Press(Key.DIGIT_1), Dialling("1"), (StopTone(),)),
    Step(Press(Key.DIGIT_0), Dialling("10")),
    Step(Press(Key.DIGIT_0), Dialling("100")),
    Step(Press(Key.DIGIT_2), Dialling("1002", "Bob")),
    Step(Press(Key.HASH), Calling("Bob"), (DIAL_BOB,)),
    Step(Dialled(OUT, signalling_verified=True), Calling("Bob")),
    Step(RemoteRinging(OUT), Calling("Bob", ringing=True), (PlayTone(Tone.RINGBACK),)),
    Step(Answered(OUT), Securing("Bob", signalling_verified=True), (StopTone(),)),
]
RUNG = [
    Step(
        incoming(),
        Ringing("Bob B.", "home", signalling_verified=True),
        (Ring(IN), StartRinging()),
    ),
    Step(
        HookLifted(),
        Securing("Bob B.", signalling_verified=True),
        (StopRinging(), Answer(IN)),
    ),
    Step(Answered(IN), Securing("Bob B.", signalling_verified=True)),
]
