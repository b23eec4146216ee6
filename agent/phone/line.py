"""The line: what the person does with the handset and the keys, as a table.

A state carries what is known in it and nowhere else, so that nothing of a call can outlive
it. The table says which input leads from which state to which; whoever wants another step
has found a bug, and `move` says so. Which input a key, the hook or the network amounts to
is decided in `agent.phone.hands` and `agent.phone.signals`; what happens within a call is
the business of `agent.phone.conversation`, and the line stays `InCall` meanwhile.

There is one line and there can be several calls. The line is with one of them, or with the
two of a `Conference`; the others are aside (`agent.phone.desk`): held, or waiting to be
answered. A held call comes back to the line as RETURNED, a waiting one as CALLED, once the
line is clear; ANSWERED and SWAPPED put one call aside and take another in one step.

`Over` is what a person sees after a call or an attempt: until the handset is down, or, where
it is down already or another call waits for the line, for some seconds.
"""

from enum import Enum, auto
from typing import Final

from agent.frozen import frozen
from agent.phone.actions import Tone
from agent.phone.call import Call
from agent.phone.conversation import Conversation
from agent.phone.views import CallOver, Insecure, NotEncrypted, Unknown


@frozen
class OnHook:
    """Nothing happens."""


@frozen
class DialTone:
    """The line is seized, since then, and no digit yet."""

    since: float


@frozen
class Dialling:
    """Digits and stars so far; `since` is when the last of them came."""

    digits: str
    since: float


@frozen
class Placed:
    """An INVITE is out; `ringing` once the other phone says that it rings (ringback)."""

    call: Call
    ringing: bool = False


@frozen
class Ringing:
    """Somebody calls, since then."""

    call: Call
    since: float


@frozen
class InCall:
    """Answered, there or here."""

    conversation: Conversation


@frozen
class Conference:
    """Two calls that hear each other and the handset."""

    first: Conversation
    second: Conversation

    def other(self, one: Conversation) -> Conversation:
        """The leg that this one is not."""
        return self.second if one is self.first else self.first


@frozen
class PuttingThrough:
    """The person dials whom a call is to be put through to; the call is on hold meanwhile.

    `unknown`: these digits are nobody's number.
    """

    conversation: Conversation
    digits: str = ""
    unknown: bool = False


@frozen
class Over:
    """It is over, or was not to be; `tone` sounds while the handset is up."""

    view: CallOver | NotEncrypted | Insecure | Unknown
    tone: Tone
    since: float


LineState = (
    OnHook | DialTone | Dialling | Placed | Ringing | InCall | Conference | PuttingThrough | Over
)


class LineInput(Enum):
    """What can happen to the line."""

    SEIZED = auto()
    """The handset was lifted, or the call key pressed where there is no hook switch."""
    DIGIT = auto()
    PLACED = auto()
    """Dialling is complete and somebody's number."""
    MISDIALLED = auto()
    """Dialling is complete and nobody's number."""
    CALLED = auto()
    REMOTE_RANG = auto()
    ANSWERED = auto()
    ENDED = auto()
    """The other side, the network or the lack of keys ended it: the person must be told."""
    CLEARED = auto()
    """The hang-up key, the handset being up: the line is free for another call."""
    FREED = auto()
    """On-hook again."""
    SET_ASIDE = auto()
    """The call is held so that another one can be dialled."""
    RETURNED = auto()
    """A call comes back to the line that was held."""
    SWAPPED = auto()
    JOINED = auto()
    PARTED = auto()
    """Of a conference one call is left on the line."""
    TRANSFERRING = auto()
    """The person wants to put the call through, and has to say to whom."""


TRANSITIONS: Final[dict[tuple[type[LineState], LineInput], type[LineState]]] = {
    (OnHook, LineInput.SEIZED): DialTone,
    (OnHook, LineInput.CALLED): Ringing,
    (OnHook, LineInput.RETURNED): InCall,
    (OnHook, LineInput.ENDED): Over,
    (DialTone, LineInput.DIGIT): Dialling,
    (DialTone, LineInput.PLACED): Placed,
    (DialTone, LineInput.MISDIALLED): Over,
    (DialTone, LineInput.CALLED): Ringing,
    (DialTone, LineInput.RETURNED): InCall,
    (DialTone, LineInput.FREED): OnHook,
    (Dialling, LineInput.DIGIT): Dialling,
    (Dialling, LineInput.PLACED): Placed,
    (Dialling, LineInput.MISDIALLED): Over,
    (Dialling, LineInput.CLEARED): DialTone,
    (Dialling, LineInput.FREED): OnHook,
    (Placed, LineInput.REMOTE_RANG): Placed,
    (Placed, LineInput.ANSWERED): InCall,
    (Placed, LineInput.ENDED): Over,
    (Placed, LineInput.CLEARED): DialTone,
    (Placed, LineInput.FREED): OnHook,
    (Ringing, LineInput.CALLED): Ringing,  # a stranger gives way
    (Ringing, LineInput.ANSWERED): InCall,
    (Ringing, LineInput.ENDED): Over,
    (Ringing, LineInput.CLEARED): DialTone,
    (Ringing, LineInput.FREED): OnHook,
    (InCall, LineInput.ENDED): Over,
    (InCall, LineInput.CLEARED): DialTone,
    (InCall, LineInput.FREED): OnHook,
    (InCall, LineInput.SET_ASIDE): DialTone,
    (InCall, LineInput.PLACED): Placed,
    (InCall, LineInput.ANSWERED): InCall,
    (InCall, LineInput.SWAPPED): InCall,
    (InCall, LineInput.JOINED): Conference,
    (InCall, LineInput.TRANSFERRING): PuttingThrough,
    (Conference, LineInput.ANSWERED): Conference,
    (Conference, LineInput.PARTED): InCall,
    (Conference, LineInput.ENDED): Over,
    (Conference, LineInput.CLEARED): DialTone,
    (Conference, LineInput.FREED): OnHook,
    (PuttingThrough, LineInput.DIGIT): PuttingThrough,
    (PuttingThrough, LineInput.ANSWERED): PuttingThrough,
    (PuttingThrough, LineInput.RETURNED): InCall,
    (PuttingThrough, LineInput.ENDED): Over,
    (PuttingThrough, LineInput.FREED): OnHook,
    (Over, LineInput.SEIZED): DialTone,
    (Over, LineInput.CALLED): Ringing,
    (Over, LineInput.ENDED): Over,
    (Over, LineInput.CLEARED): DialTone,
    (Over, LineInput.FREED): OnHook,
}


def talks_of(line: LineState) -> tuple[Conversation, ...]:
    """The answered calls that the line is with."""
    match line:
        case InCall(conversation) | PuttingThrough(conversation, _, _):
            return (conversation,)
        case Conference(first, second):
            return (first, second)
        case _:
            return ()


def call_of(line: LineState) -> Call | None:
    """The call that is placed or rings, if there is one."""
    return line.call if isinstance(line, Placed | Ringing) else None


class ImpossibleStepError(Exception):
    """The phone asked its line for a step that the table does not know: a bug in the phone."""


def move(before: LineState, what: LineInput, after: LineState) -> LineState:
    """The state after a step.

    Args:
        before: Where the line is.
        what: What happened.
        after: Where that leads, with what is known there.

    Raises:
        ImpossibleStepError: The table has no such step.
    """
    if TRANSITIONS.get((type(before), what)) is not type(after):
        message = f"no step from {type(before).__name__} by {what.name} to {type(after).__name__}"
        raise ImpossibleStepError(message)
    return after
