"""The phone: events in, actions out.

Whatever happens becomes a step of the line (`agent.phone.line`) or a change of one of the
calls on the desk (`agent.phone.desk`); everything that is shown, heard or lit, and who is on
hold, follows from the state after it.
"""

from dataclasses import replace

from agent.phone import hands, shell, views
from agent.phone.actions import Action, DenySas, Unverify
from agent.phone.appointments import appointments
from agent.phone.arrivals import called, turned_away
from agent.phone.configuration import ConfigurationRefused
from agent.phone.desk import Desk
from agent.phone.events import (
    AccountChanged,
    ClockTicked,
    ContactsChanged,
    IncomingCall,
    LockChanged,
    MessagesWaiting,
    NetworkChanged,
    PhoneEvent,
    SettingsChanged,
    TurnedAway,
)
from agent.phone.machine import MachineChanged, UpdateChanged
from agent.phone.outputs import Outputs, beginning, ceasing, outputs_of
from agent.phone.preferences import Language
from agent.phone.remote import Objection, objection_to
from agent.phone.remote_events import (
    AnsweredRemotely,
    ConfirmedRemotely,
    DeniedRemotely,
    DialledRemotely,
    HeldRemotely,
    HungUpRemotely,
    RemoteEvent,
    ResumedRemotely,
)
from agent.phone.report import Report, report_of
from agent.phone.settings import PhoneSettings
from agent.phone.showing import leds_of, view_of
from agent.phone.signals import hear
from agent.phone.status import StatusEvent
from hw.types import (
    Device,
    DeviceBack,
    DeviceMissing,
    HeadsetPlugged,
    HeadsetUnplugged,
    HookLifted,
    HookReplaced,
    KeyPressed,
    KeyReleased,
    Leds,
)

_Noted = KeyReleased | SettingsChanged | ContactsChanged | LockChanged | StatusEvent


class Phone:
    """One desk phone.

    Time is passed in, in seconds of any clock that only goes forward. Between two events
    `handle_timer` is called when `next_timer` is due; being late or early does no harm.
    """

    def __init__(self, settings: PhoneSettings) -> None:
        """A phone on-hook.

        Args:
            settings: What it is told once.
        """
        self._desk = Desk(settings)
        self._outputs = Outputs()

    def handle(self, event: PhoneEvent, now: float) -> tuple[Action, ...]:
        """Something happened; returns what is to be done, in this order."""
        self._desk.now = now
        # What was due before the event counts first, however late the timer is served.
        due = self._elapse()
        actions = due + self._take(event)
        # Another preference can make something due at once.
        return self._settle(actions + self._elapse())

    def handle_timer(self, now: float) -> tuple[Action, ...]:
        """Time has passed; returns what is to be done, in this order."""
        self._desk.now = now
        return self._settle(self._elapse())

    def next_timer(self) -> float | None:
        """When `handle_timer` wants to be called; None if time alone changes nothing."""
        return min((each.due for each in appointments(self._desk)), default=None)

    def view(self) -> views.View:
        """What is to be shown, as of the last event or timer."""
        return view_of(self._desk)

    def leds(self) -> Leds:
        """The lamps, as of the last event or timer."""
        return leds_of(self._desk)

    @property
    def language(self) -> Language:
        """What it speaks."""
        return self._desk.preferences.language

    def report(self, now: float) -> Report:
        """What there is to tell at the machine's shell."""
        return report_of(self._desk, now)

    def objection(self, event: RemoteEvent, now: float) -> Objection | None:
        """Why the phone would not do what the shell asks for; None: it would."""
        return objection_to(event, self._desk, now)

    def _take(self, event: PhoneEvent) -> tuple[Action, ...]:
        desk = self._desk
        actions: tuple[Action, ...] = ()
        match event:
            case HookLifted():
                desk.lifted = True
                actions = hands.seize(desk)
            case HookReplaced():
                actions = hands.replaced(desk)
            case KeyPressed(key):
                actions = hands.pressed(desk, key)
            case IncomingCall():
                actions = called(desk, event)
            case TurnedAway():
                turned_away(desk, event)
            case (
                DialledRemotely()
                | AnsweredRemotely()
                | HungUpRemotely()
                | HeldRemotely()
                | ResumedRemotely()
                | ConfirmedRemotely()
                | DeniedRemotely()
            ):
                actions = shell.obey(desk, event)
            case (
                KeyReleased()
                | AccountChanged()
                | NetworkChanged()
                | ClockTicked()
                | MessagesWaiting()
                | ConfigurationRefused()
                | MachineChanged()
                | UpdateChanged()
                | SettingsChanged()
                | ContactsChanged()
                | LockChanged()
                | DeviceBack()
                | DeviceMissing()
                | HeadsetPlugged()
                | HeadsetUnplugged()
            ):
                self._note(event)
            case _:
                actions = hear(desk, event)
        return actions

    def _note(self, event: _Noted) -> None:
        """Takes what changes something, and asks for nothing."""
        desk = self._desk
        match event:
            case KeyReleased(key):
                hands.released(desk, key)
            case SettingsChanged(preferences):
                desk.preferences = preferences
            case ContactsChanged(contacts):
                desk.plan = replace(desk.plan, contacts=contacts)
            case LockChanged(locked):
                desk.plan = replace(desk.plan, emergency_only=locked)
            case DeviceMissing(Device.HOOK):
                desk.status.take(event)
                # A hook switch that is gone will never say that the handset is down.
                desk.lifted = False
            case HeadsetUnplugged():
                desk.status.take(event)
                hands.unplugged(desk)
            case _:
                desk.status.take(event)

    def _elapse(self) -> tuple[Action, ...]:
        """Keeps every appointment that is due, the earliest first."""
        actions: tuple[Action, ...] = ()
        while True:
            due = [each for each in appointments(self._desk) if each.due <= self._desk.now]
            if not due:
                return actions
            actions += min(due, key=lambda each: each.due).keep()

    def _settle(self, actions: tuple[Action, ...]) -> tuple[Action, ...]:
        for each in actions:
            if isinstance(each, DenySas | Unverify):
                self._desk.doubt(each.call, denied=isinstance(each, DenySas))
        legible = not self._desk.status.lacks(Device.DISPLAY)
        for talk in self._desk.conversations:
            talk.see(legible=legible, now=self._desk.now)
        before, self._outputs = self._outputs, outputs_of(self._desk)
        return (
            *ceasing(before, self._outputs),
            *actions,
            *beginning(before, self._outputs),
        )
