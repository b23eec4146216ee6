"""What is to be shown of several calls, and of what can be done with one. Frozen.

They are views like those of `agent.phone.views`, which all of them are listed in.
"""

from enum import Enum, auto

from agent.frozen import frozen
from agent.phone.security import SecurityState


class Choice(Enum):
    """What the menu of a call offers."""

    RESUME = auto()
    HOLD = auto()
    NEW_CALL = auto()
    SWAP = auto()
    TRANSFER = auto()
    """Put through to a number that is dialled now."""
    PUT_THROUGH = auto()
    """Put through to the other call."""
    CONFERENCE = auto()
    PART = auto()
    """Of a conference, hold the second call."""
    MUTE = auto()
    UNMUTE = auto()
    LOUDER = auto()
    SOFTER = auto()
    WORDS = auto()
    WORDS_OF_SECOND = auto()
    UNVERIFY = auto()


@frozen
class CallMenu:
    """What can be done with a call.

    2 and 8 (or star and hash) move, confirm or call = do it, menu = back; hang-up ends the call as ever.

    Attributes:
        name: With whom the call is.
        state: How secure it is.
        choices: What is offered.
        selected: Which of them would be done, from 0 on.
        other: The other call, where there is one; else empty.
    """

    name: str
    state: SecurityState
    choices: tuple[Choice, ...]
    selected: int
    other: str = ""


@frozen
class Leg:
    """One call of a conference.

    Attributes:
        name: With whom it is.
        state: How secure it is.
        heard: Whether it takes part; not without keys, nor while an alarm is unheeded.
        held_there: They have put us on hold.
    """

    name: str
    state: SecurityState
    heard: bool
    held_there: bool = False


@frozen
class Conference:
    """Two calls that hear each other and us. It is as secure as the worse one of them.

    Digits, star and hash send DTMF to both; confirm = the words of the worse one; menu = the
    menu; call = mute, and again; hang-up = end both.

    Attributes:
        legs: Both, the worse one first.
        duration_s: Since the first was answered, in whole seconds.
        muted: The microphone is off.
    """

    legs: tuple[Leg, Leg]
    duration_s: int
    muted: bool = False


@frozen
class PuttingThrough:
    """To whom shall the call be put through? It is on hold meanwhile.

    Digits; call or hash = do it; menu = delete; hang-up = back to the call.

    Attributes:
        name: Who is put through.
        digits: So far.
        to: The contact whose number that is; else empty.
        unknown: The digits are nobody's number.
    """

    name: str
    digits: str
    to: str = ""
    unknown: bool = False


@frozen
class TransferOffer:
    """The other side wants to put us through to somebody else.

    Call = yes; star or hang-up = no. It becomes a new call, with words of its own.

    Attributes:
        name: Who asks.
        state: How secure the call with them is.
        to: To whom.
    """

    name: str
    state: SecurityState
    to: str
