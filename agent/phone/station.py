"""The whole phone: the line and its calls, and what a person does with it at rest.

While the line shows its idle screen, keys go to `agent.phone.menu` first. Lifting the handset or
a call closes every page at once. A locked phone rings and can be answered like any other; its
dial plan knows emergency numbers only.
"""

from dataclasses import replace
from typing import Final

from agent.phone import views
from agent.phone.actions import Action, StartRinging
from agent.phone.dial_plan import Contact
from agent.phone.events import (
    AccountChanged,
    AccountCondition,
    CallEnded,
    CallId,
    ClockTicked,
    ContactsChanged,
    IncomingCall,
    LockChanged,
    PhoneEvent,
    SettingsChanged,
)
from agent.phone.menu.answers import MenuAnswer
from agent.phone.menu.care import Glow, shift_at
from agent.phone.menu.menu import Outcome
from agent.phone.menu.orders import MenuOrder
from agent.phone.menu.page import Choices, Known
from agent.phone.menu.rest import Rest
from agent.phone.menu.values import Sentence
from agent.phone.menu.views import Fact, Locked, LockedLine
from agent.phone.phone import Phone
from agent.phone.preferences import Language
from agent.phone.remote import Objection
from agent.phone.remote_events import DialledRemotely, RemoteEvent
from agent.phone.report import Doing, Report
from agent.phone.settings import PhoneSettings
from hw.types import HookLifted, HookReplaced, KeyPressed, KeyReleased, Leds

BUILD_YEAR: Final = 2026
"""A wall clock before this year is wrong: the phone's software is not older."""

Order = Action | MenuOrder


class Station:
    """A phone with everything that belongs to it; time as for `Phone`."""

    def __init__(self, settings: PhoneSettings, choices: Choices | None = None) -> None:
        """A phone on-hook.

        Args:
            settings: What it is told once.
            choices: What there is to choose from in its menu.
        """
        self._phone = Phone(settings)
        known = Known(settings.preferences, choices or Choices())
        known.multi_tap_s = settings.timings.multi_tap_s
        known.emergency = settings.dial_plan.emergency
        starting = AccountCondition.STARTING
        known.accounts = tuple(Fact(each.name, starting) for each in settings.dial_plan.accounts)
        self._rest = Rest(known)
        self._contacts = settings.dial_plan.contacts
        self._callers: dict[CallId, str] = {}
        self._clock: ClockTicked | None = None
        self._now = 0.0
        self._begun = False

    def handle(self, event: PhoneEvent | MenuAnswer, now: float) -> tuple[Order, ...]:
        """Something happened; returns what is to be done, in this order."""
        if not self._begun:
            self._begun = True
            self._rest.touch(now)
        due = self.handle_timer(now) if self._is_due(now) else ()
        self._now = now
        was_locked = self._rest.locked
        orders = (*due, *self._take(event))
        return (*orders, *self._lock_changed(was_locked))

    def handle_timer(self, now: float) -> tuple[Order, ...]:
        """Time has passed; returns what is to be done, in this order."""
        self._now = now
        was_locked = self._rest.locked
        orders = self._to_line(self._phone.handle_timer(now))
        if self._at_rest:
            orders += self._follow(self._rest.elapse(now))
        return (*orders, *self._lock_changed(was_locked))

    def next_timer(self) -> float | None:
        """When `handle_timer` wants to be called; None if time alone changes nothing."""
        rest = self._rest.next_timer(self._now) if self._at_rest else None
        times = [self._phone.next_timer(), rest]
        return min((time for time in times if time is not None), default=None)

    def view(self) -> views.View:
        """What is to be shown, as of the last event or timer."""
        view = self._phone.view()
        match view:
            case views.Idle():
                return self._rest.view(self._now) or self._idle(view)
            case views.OffHook() | views.Unknown() if self._rest.locked:
                # What is unknown may have been dialled by a key that stands for a number:
                # nobody is told that number here.
                return LockedLine()
            case views.Dialling(digits) if self._rest.locked:
                return LockedLine(digits)
            case _:
                return view

    def glow(self) -> Glow:
        """How the panel shows it, as of the last event or timer."""
        preferences = self._rest.known.preferences
        if not self._at_rest:
            return Glow(preferences.brightness)
        clock = self._clock
        moves = clock is not None and not self._rest.is_open
        shift = shift_at(60 * clock.hour + clock.minute) if clock and moves else (0, 0)
        return Glow(self._rest.brightness(self._now), shift)

    @property
    def language(self) -> Language:
        """What the display speaks."""
        return self._phone.language

    def leds(self) -> Leds:
        """The lamps, as of the last event or timer."""
        return self._phone.leds()

    def report(self, now: float) -> Report:
        """What there is to tell at the machine's shell."""
        return replace(self._phone.report(now), missed=self._rest.missed)

    def objection(self, event: RemoteEvent, now: float) -> Objection | None:
        """Why the phone would not do what the shell asks for; None: it would."""
        return self._phone.objection(event, now)

    @property
    def _at_rest(self) -> bool:
        return isinstance(self._phone.view(), views.Idle)

    def _is_due(self, now: float) -> bool:
        due = self.next_timer()
        return due is not None and due <= now

    def _take(self, event: PhoneEvent | MenuAnswer) -> tuple[Order, ...]:
        now = self._now
        if isinstance(event, MenuAnswer):
            return self._follow(self._rest.take(event, now))
        self._note(event)
        match event:
            case KeyPressed(key) if self._at_rest:
                outcome = self._rest.pressed(key, now)
                return self._follow(outcome) if outcome.taken else self._pass_on(event)
            case KeyReleased(key):
                self._rest.released(key)
            case HookLifted() | HookReplaced():
                self._rest.touch(now)
            case _:
                pass
        return self._pass_on(event)

    def _note(self, event: PhoneEvent) -> None:
        """What the pages show or choose from, and who calls."""
        known = self._rest.known
        match event:
            case SettingsChanged(preferences):
                known.preferences = preferences
            case AccountChanged(account, _, reason):
                others = tuple(each for each in known.accounts if each.label != account)
                known.accounts = (
                    *others,
                    Fact(account, Sentence(reason) if reason else event.condition),
                )
            case ContactsChanged(contacts):
                self._contacts = contacts
            case ClockTicked():
                self._clock = event
            case IncomingCall():
                self._callers[event.call] = event.sip_uri
            case CallEnded():
                self._callers.pop(event.call, None)
            case _:
                pass

    def _pass_on(self, event: PhoneEvent) -> tuple[Order, ...]:
        return self._to_line(self._phone.handle(event, self._now))

    def _to_line(self, actions: tuple[Action, ...]) -> tuple[Order, ...]:
        """What the line wants; whatever it is busy with closes every page first."""
        undone = () if self._at_rest else self._rest.interrupt(self._now)
        return (*undone, *(self._in_tone(action) for action in actions))

    def _in_tone(self, action: Action) -> Action:
        """Rings as this caller's contact says, or as the person chose."""
        if not isinstance(action, StartRinging):
            return action
        calls = self._phone.report(self._now).calls
        ringing = (each.id for each in calls if each.doing is Doing.RINGING_HERE)
        caller = self._callers.get(next(ringing, CallId("")), "")
        of_caller = ring_tone_of(self._contacts, caller)
        return StartRinging(of_caller or self._rest.known.preferences.ring_tone)

    def _follow(self, outcome: Outcome) -> tuple[Order, ...]:
        if not outcome.dial:
            return outcome.orders
        return (*outcome.orders, *self._pass_on(DialledRemotely(outcome.dial)))

    def _lock_changed(self, was_locked: bool) -> tuple[Order, ...]:  # noqa: FBT001 - as it was
        if self._rest.locked is was_locked:
            return ()
        return self._pass_on(LockChanged(self._rest.locked))

    def _idle(self, view: views.Idle) -> views.View:
        clock = self._clock
        is_set = clock is None or clock.today.year >= BUILD_YEAR
        today = clock.today if clock and is_set else None
        if self._rest.locked:
            hour = view.hour if is_set else None
            return Locked(hour, view.minute, today, self._rest.missed)
        return replace(view, missed=self._rest.missed, today=today, clock_set=is_set)


def ring_tone_of(contacts: tuple[Contact, ...], uri: str) -> str:
    """The ring tone of whoever has this address; empty: none of their own."""
    bare = uri.partition(";")[0].partition("?")[0].lower()
    found = (each.ring_tone for each in contacts if each.uri.partition(";")[0].lower() == bare)
    return next(found, "")
