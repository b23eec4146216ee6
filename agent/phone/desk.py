"""What lies on the desk: the line, and the calls besides the one that it is with.

Besides it, calls are held (answered, and aside) or wait to be answered; there are three at
most in all. Nothing here decides what a key or an event means; it only keeps together what
belongs together: whoever ends a call takes it away here, and whatever is then next in turn
comes to the line (`clear`).
"""

from collections.abc import Iterator
from typing import Final

from agent.frozen import frozen
from agent.phone import views
from agent.phone.call import Call
from agent.phone.call_menu import OpenMenu
from agent.phone.conversation import Conversation
from agent.phone.dial_plan import Destination
from agent.phone.events import CallId
from agent.phone.line import (
    Conference,
    DialTone,
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
from agent.phone.names import clean
from agent.phone.settings import PhoneSettings
from agent.phone.status import Status
from hw.types import Device, Key

MOST_CALLS: Final = 3
"""Calls at once: one on the line, one held, one that waits or is held, too."""


@frozen
class HeldKey:
    """A digit that may be held long enough to dial what it stands for."""

    key: Key
    since: float


@frozen
class News:
    """A call that was aside is over: the person ought to know."""

    view: views.CallOver | views.NotEncrypted | views.Insecure
    until: float


class Desk:
    """The line and all calls, as of now.

    Attributes:
        settings: What the phone was told once.
        preferences: What the person chose.
        plan: Who can be dialled.
        status: What the phone knows besides calls.
        line: What the person is doing.
        held: Calls that are aside and answered, the next in turn first.
        waiting: The call that waits to be answered while another one has the line.
        menu: The menu of the call, if it is open.
        news: What became of a call that was aside.
        held_key: A digit that is held down.
        lifted: Whether the handset is up.
        now: The time of the last event or timer.
        last_dialled: What was dialled last; empty: nothing yet.
    """

    def __init__(self, settings: PhoneSettings) -> None:
        """A phone on-hook."""
        self.settings = settings
        self.preferences = settings.preferences
        self.plan = settings.dial_plan
        self.status = Status(settings.name, settings.dial_plan.accounts, restored=settings.restored)
        self.line: LineState = OnHook()
        self.held: tuple[Conversation, ...] = ()
        self.waiting: Ringing | None = None
        self.menu: OpenMenu | None = None
        self.news: News | None = None
        self.held_key: HeldKey | None = None
        self.lifted = False
        self.now = 0.0
        self.last_dialled = ""
        self._calls_placed = 0

    def move(self, what: LineInput, after: LineState) -> None:
        """One step of the line; see `agent.phone.line`."""
        self.line = move(self.line, what, after)
        self.menu = None

    # Who is there

    @property
    def talks(self) -> tuple[Conversation, ...]:
        """The answered calls that the line is with."""
        return talks_of(self.line)

    @property
    def conversations(self) -> tuple[Conversation, ...]:
        """Every answered call."""
        return self.talks + self.held

    def calls(self) -> Iterator[Call]:
        """Every call."""
        yield from (each.call for each in self.conversations)
        if (call := call_of(self.line)) is not None:
            yield call
        if self.waiting is not None:
            yield self.waiting.call

    def call(self, name: CallId) -> Call | None:
        """The call of that name."""
        return next((each for each in self.calls() if each.id == name), None)

    def conversation(self, name: CallId | None) -> Conversation | None:
        """The answered call of that name."""
        return next((each for each in self.conversations if each.call.id == name), None)

    def doubt(self, name: CallId, *, denied: bool) -> None:
        """The person trusts the phone in this call no longer: nor in its other calls.

        Args:
            name: The call.
            denied: The words differed there; those that were compared in another call did not.
        """
        judged = self.call(name)
        found = judged.association if judged else None
        for each in tuple(self.calls()):
            other = each.association
            if each is judged or found is None or other is None or other.zid != found.zid:
                continue
            if denied and each.confirmed:
                continue
            each.distrust()
            if (conversation := self.conversation(each.id)) is not None:
                conversation.doubted(self.now)

    @property
    def has_room(self) -> bool:
        """Whether there can be one more call; one that we are offered counts already."""
        return sum(2 if each.offer else 1 for each in self.calls()) < MOST_CALLS

    @property
    def stranger(self) -> Call | None:
        """The call that rings or waits and came from nobody whom the phone knows."""
        ringing = self.line if isinstance(self.line, Ringing) else self.waiting
        return None if ringing is None or ringing.call.from_known else ringing.call

    @property
    def is_free(self) -> bool:
        """Whether it can ring: on-hook, and no call."""
        at_rest = isinstance(self.line, Over) and not self.lifted
        return isinstance(self.line, OnHook) or (at_rest and next(self.calls(), None) is None)

    @property
    def ear_rests(self) -> bool:
        """Whether nobody can be at the phone's ear: the handset lies in its cradle.

        A headset is at somebody's ear, and a hook switch that is gone says nothing.
        """
        status = self.status
        return not (self.lifted or status.headset or status.lacks(Device.HOOK))

    @property
    def in_front(self) -> Conversation | None:
        """The answered call that keys and screen are about: in a conference the one that asks."""
        talks = self.talks
        if not talks or isinstance(self.line, PuttingThrough):
            return None
        return next((each for each in talks if not each.is_calm), talks[0])

    # What becomes of the line

    def next_call(self) -> CallId:
        """A name for a call that we place."""
        self._calls_placed += 1
        return CallId(f"out-{self._calls_placed}")

    def place(self, destination: Destination) -> Call:
        """The line is with a call that we place; its INVITE is up to the caller of this."""
        call = Call(self.next_call(), incoming=False, claimed=clean(destination.name))
        call.awaits_handset = self.ear_rests
        self.move(LineInput.PLACED, Placed(call))
        return call

    def talk(self, call: Call) -> None:
        """The line is with a call that was answered, here or there."""
        conversation = Conversation(call, self.settings.timings, self.now)
        self.move(LineInput.ANSWERED, InCall(conversation))

    def put_aside(self) -> None:
        """The call on the line is held from now on; a step of the line must follow."""
        for each in self.talks:
            each.go_aside()
        self.held = self.talks + self.held

    def take_back(self, what: LineInput) -> None:
        """The next held call comes to the line."""
        first, *others = self.held
        self.held = tuple(others)
        first.come_back(self.now)
        self.move(what, InCall(first))

    def clear(self) -> None:
        """The line is free: for what waits, else for what is held, else for another call.

        A held call comes back on hold: nobody is heard again without the person's doing.
        """
        if not self.lifted and not isinstance(self.line, OnHook):
            self.move(LineInput.FREED, OnHook())
        elif not isinstance(self.line, DialTone):
            self.move(LineInput.CLEARED, DialTone(self.now))
        if self.waiting is not None:
            waiting, self.waiting = self.waiting, None
            self.move(LineInput.CALLED, waiting)
        elif self.held:
            self.held[0].on_hold = True
            self.take_back(LineInput.RETURNED)

    def drop(self, conversation: Conversation) -> None:
        """A call is gone that was held, or was one of a conference."""
        if isinstance(self.line, Conference) and conversation in self.talks:
            self.move(LineInput.PARTED, InCall(self.line.other(conversation)))
        self.held = tuple(each for each in self.held if each is not conversation)

    def tell(self, view: views.CallOver | views.NotEncrypted | views.Insecure) -> None:
        """The person ought to know of this; what is worse is not covered by what is not."""
        if self.news is None or isinstance(self.news.view, views.CallOver):
            self.news = News(view, self.now + self.settings.timings.call_over_s)
