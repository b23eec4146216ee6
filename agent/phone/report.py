"""What there is to tell of a phone beyond its screen: all at once, and without a pixel."""

from collections.abc import Iterator
from enum import Enum, auto

from agent.frozen import frozen
from agent.phone.call import Call
from agent.phone.desk import Desk
from agent.phone.events import CallId
from agent.phone.line import (
    Conference,
    Dialling,
    DialTone,
    InCall,
    LineState,
    OnHook,
    Over,
    Placed,
    PuttingThrough,
    Ringing,
    call_of,
)
from agent.phone.security import Keys, SecurityState
from agent.phone.views import AccountLine, Fault, Notice


class Doing(Enum):
    """What the line is doing."""

    ON_HOOK = auto()
    DIAL_TONE = auto()
    DIALLING = auto()
    CALLING = auto()
    RINGING_THERE = auto()
    RINGING_HERE = auto()
    TALKING = auto()
    CONFERENCE = auto()
    """Two calls hear each other and the handset."""
    PUTTING_THROUGH = auto()
    """The person dials whom a call is put through to."""
    ON_HOLD = auto()
    """A call is aside, or on the line and held."""
    WAITING = auto()
    """A call rings while another one has the line."""
    OVER = auto()
    """A call is over or was not to be, and the screen says why."""


@frozen
class CallReport:
    """One call.

    Attributes:
        id: Its name.
        incoming: Whether the other side called.
        name: Who it is, as the screen says it.
        sip_name: What the signalling claims, where that is something else.
        doing: How far it has come.
        awaits_handset: It began without the handset, which was not lifted yet.
        security: How secure it is.
        notices: The further facts that stand on the screen.
        sas: The words, once there are keys and nothing of them is to be guessed; else empty.
        duration_s: Whole seconds since the answer.
    """

    id: CallId
    incoming: bool
    name: str
    sip_name: str
    doing: Doing
    awaits_handset: bool
    security: SecurityState
    notices: tuple[Notice, ...]
    sas: tuple[str, ...]
    duration_s: int


@frozen
class Report:
    """The whole phone.

    Attributes:
        doing: What the line is doing.
        lifted: Whether the handset is up.
        calls: The calls that there are.
        accounts: How each account stands.
        faults: Parts of the phone that are missing.
        restored: The phone's memory is not the one that was left in it.
        refused: Why a new configuration will not do; empty: none came that would not.
        missed: Missed calls that nobody has looked at, which the phone's memory counts.
    """

    doing: Doing
    lifted: bool
    calls: tuple[CallReport, ...]
    accounts: tuple[AccountLine, ...]
    faults: tuple[Fault, ...]
    restored: bool
    missed: int = 0
    refused: str = ""


def report_of(desk: Desk, now: float) -> Report:
    """What there is to tell.

    Args:
        desk: The line and all calls.
        now: The time.
    """
    idle = desk.status.view()
    return Report(
        doing=_doing(desk.line),
        lifted=desk.lifted,
        calls=tuple(_calls(desk, now)),
        accounts=idle.accounts,
        faults=idle.faults,
        restored=idle.restored,
        refused=idle.refused,
    )


def _doing(line: LineState) -> Doing:
    if isinstance(line, Placed):
        return Doing.RINGING_THERE if line.ringing else Doing.CALLING
    return _STATES[type(line)]


_STATES: dict[type[LineState], Doing] = {
    OnHook: Doing.ON_HOOK,
    DialTone: Doing.DIAL_TONE,
    Dialling: Doing.DIALLING,
    Ringing: Doing.RINGING_HERE,
    InCall: Doing.TALKING,
    Conference: Doing.CONFERENCE,
    PuttingThrough: Doing.PUTTING_THROUGH,
    Over: Doing.OVER,
}


def _calls(desk: Desk, now: float) -> Iterator[CallReport]:
    """That on the line comes first."""
    for talk in desk.talks:
        on_hold = talk.on_hold or isinstance(desk.line, PuttingThrough)
        yield _told(talk.call, Doing.ON_HOLD if on_hold else _doing(desk.line), now)
    if (unanswered := call_of(desk.line)) is not None:
        yield _told(unanswered, _doing(desk.line), now)
    for talk in desk.held:
        yield _told(talk.call, Doing.ON_HOLD, now)
    if desk.waiting is not None:
        yield _told(desk.waiting.call, Doing.WAITING, now)


def _told(call: Call, doing: Doing, now: float) -> CallReport:
    found = call.association if call.keys is Keys.ZRTP else None
    return CallReport(
        id=call.id,
        incoming=call.incoming,
        name=call.name,
        sip_name=call.sip_name,
        doing=doing,
        awaits_handset=call.awaits_handset,
        security=call.state,
        notices=call.notices(),
        sas=found.sas if found and not call.must_choose else (),
        duration_s=call.duration_s(now),
    )
