"""The phone: events in, actions out.

`Phone` decides which step of the line (`agent.phone.line`) an event is; everything that is
shown, heard or lit follows from the state after it.
"""

from dataclasses import replace
from typing import assert_never

from agent.phone import views
from agent.phone.actions import Action, Answer, Dial, HangUp, Refusal, Ring, Tone
from agent.phone.call import Call
from agent.phone.conversation import Conversation
from agent.phone.events import (
    AccountChanged,
    Answered,
    AnsweredRemotely,
    Association,
    CallEnded,
    CallEvent,
    CallId,
    ClockTicked,
    ConfirmedRemotely,
    ContactsChanged,
    DeniedRemotely,
    Dialled,
    DialledRemotely,
    DialogEvent,
    EarlyMedia,
    Encrypted,
    EncryptionFailed,
    EncryptionFault,
    EncryptionMissing,
    EndReason,
    EnrolmentOffered,
    HungUpRemotely,
    IncomingCall,
    KeyingEvent,
    LineQuality,
    LockChanged,
    MessagesWaiting,
    PhoneEvent,
    ReencryptionRefused,
    RemoteEvent,
    RemoteHeld,
    RemoteRinging,
    SasRelayed,
    Securing,
    SettingsChanged,
    TransferProgress,
    TransferRequested,
)
from agent.phone.line import (
    Dialling,
    DialTone,
    InCall,
    LineInput,
    LineState,
    OnHook,
    Over,
    Placed,
    Ringing,
    call_of,
    move,
)
from agent.phone.names import SENTENCE_LIMIT, address_of, clean
from agent.phone.outputs import Outputs, beginning, ceasing, outputs_of
from agent.phone.preferences import Language
from agent.phone.remote import Objection, objection_to
from agent.phone.report import Report, report_of
from agent.phone.security import Keys
from agent.phone.settings import PhoneSettings
from agent.phone.showing import leds_of, view_of
from agent.phone.status import Status
from hw.types import (
    Device,
    DeviceBack,
    DeviceMissing,
    HookLifted,
    HookReplaced,
    Key,
    KeyPressed,
    KeyReleased,
    Leds,
)

DIGITS_LIMIT = 32
"""Digits that can be dialled; further ones are not taken."""

_BUSY_ENDS = frozenset(
    {
        EndReason.REMOTE_HUNG_UP,
        EndReason.LOCAL_HUNG_UP,
        EndReason.CANCELLED,
        EndReason.BUSY,
        EndReason.DECLINED,
        EndReason.NO_ANSWER,
    }
)
"""Ends that are nobody's fault: busy tone. All others have the error tone."""

_ATTACKS = frozenset({EncryptionFault.ATTACK, EncryptionFault.HASH_DIFFERS})


class Phone:
    """One desk phone with one line.

    Time is passed in, in seconds of any clock that only goes forward. Between two events
    `handle_timer` is called when `next_timer` is due; being late or early does no harm.
    """

    def __init__(self, settings: PhoneSettings) -> None:
        """A phone on-hook.

        Args:
            settings: What it is told once.
        """
        self._settings = settings
        self._plan = settings.dial_plan
        self._status = Status(
            settings.name, settings.dial_plan.accounts, restored=settings.restored
        )
        self._preferences = settings.preferences
        self._line: LineState = OnHook()
        self._outputs = Outputs()
        self._lifted = False
        self._calls_placed = 0
        self._now = 0.0

    def handle(self, event: PhoneEvent, now: float) -> tuple[Action, ...]:
        """Something happened; returns what is to be done, in this order."""
        self._now = now
        # What was due before the event counts first, however late the timer is served.
        due = self._elapse()
        return self._settle(due + self._take(event))

    def handle_timer(self, now: float) -> tuple[Action, ...]:
        """Time has passed; returns what is to be done, in this order."""
        self._now = now
        return self._settle(self._elapse())

    def next_timer(self) -> float | None:
        """When `handle_timer` wants to be called; None if time alone changes nothing."""
        match self._line:
            case Dialling(_, since):
                return since + self._settings.timings.dial_timeout_s
            case InCall(conversation):
                return conversation.next_timer(self._now)
            case Over(_, _, since) if not self._lifted:
                return since + self._settings.timings.call_over_s
            case _:
                return None

    def view(self) -> views.View:
        """What is to be shown, as of the last event or timer."""
        return view_of(self._line, self._status, self._plan, self._now)

    @property
    def language(self) -> Language:
        """What the display speaks."""
        return self._preferences.language

    def leds(self) -> Leds:
        """The lamps, as of the last event or timer."""
        return leds_of(self._line)

    def report(self, now: float) -> Report:
        """What there is to tell at the machine's shell."""
        return report_of(self._line, self._status, now, lifted=self._lifted)

    def objection(self, event: RemoteEvent, now: float) -> Objection | None:
        """Why the phone would not do what the shell asks for; None: it would."""
        return objection_to(event, self._line, self._plan, now)

    # What comes in

    def _take(self, event: PhoneEvent) -> tuple[Action, ...]:
        actions: tuple[Action, ...] = ()
        match event:
            case KeyPressed(key):
                actions = self._pressed(key)
            case KeyReleased(key):
                if isinstance(self._line, InCall):
                    self._line.conversation.released(key)
            case HookLifted():
                self._lifted = True
                actions = self._seize()
            case HookReplaced():
                actions = self._replaced()
            case DeviceMissing(Device.HOOK):
                self._status.take(event)
                # A hook switch that is gone will never say that the handset is down.
                self._lifted = False
            case AccountChanged() | ClockTicked() | DeviceBack() | DeviceMissing():
                self._status.take(event)
            case SettingsChanged() | ContactsChanged() | LockChanged():
                self._choose(event)
            case MessagesWaiting():
                pass
            case IncomingCall():
                actions = self._called(event)
            case (
                DialledRemotely()
                | AnsweredRemotely()
                | HungUpRemotely()
                | ConfirmedRemotely()
                | DeniedRemotely()
            ):
                actions = self._remotely(event)
            case _:
                actions = self._take_call_event(event)
        return actions

    def _choose(self, event: SettingsChanged | ContactsChanged | LockChanged) -> None:
        match event:
            case SettingsChanged(preferences):
                self._preferences = preferences
            case ContactsChanged(contacts):
                self._plan = replace(self._plan, contacts=contacts)
            case LockChanged(locked):
                self._plan = replace(self._plan, emergency_only=locked)

    def _take_call_event(self, event: CallEvent) -> tuple[Action, ...]:
        call = call_of(self._line)
        if call is None or call.id != event.call:
            return ()  # it is over here: whatever comes of it comes too late
        match event:
            case Dialled() | RemoteRinging() | Answered() | CallEnded():
                self._of_dialog(call, event)
                return ()
            case (
                EarlyMedia()
                | RemoteHeld()
                | TransferRequested()
                | TransferProgress()
                | LineQuality()
                | ReencryptionRefused()
            ):
                return ()
            case _:
                return self._of_keys(call, event)

    def _of_dialog(self, call: Call, event: DialogEvent) -> None:
        match event:
            case Dialled(_, verified):
                call.signalling_verified = verified
            case RemoteRinging():
                if isinstance(self._line, Placed):
                    self._move(LineInput.REMOTE_RANG, Placed(call, ringing=True))
            case Answered():
                self._answered(call)
            case CallEnded(_, reason, detail):
                self._ended(call, reason, detail)
            case _ as never:
                assert_never(never)

    def _of_keys(self, call: Call, event: KeyingEvent) -> tuple[Action, ...]:
        match event:
            case Securing():
                call.keys = Keys.PENDING
            case Encrypted(_, association):
                self._agreed(call, association)
            case SasRelayed():
                if (relayed := call.relayed(event)) is not None:
                    self._agreed(call, relayed)
            case EnrolmentOffered():
                call.offered = call.association is not None
                if isinstance(self._line, InCall):
                    self._line.conversation.enrolment_offered(self._now)
            case EncryptionMissing():
                return self._give_up(call, views.NotEncrypted(call.claimed), Tone.ERROR)
            case EncryptionFailed(_, fault):
                tone = Tone.ALARM if fault in _ATTACKS else Tone.ERROR
                return self._give_up(call, views.Insecure(call.claimed, fault), tone)
            case _ as never:
                assert_never(never)
        return ()

    def _agreed(self, call: Call, association: Association) -> None:
        if isinstance(self._line, InCall):
            self._line.conversation.secure(association, self._now)
        else:
            call.agree(association)

    def _give_up(
        self, call: Call, view: views.NotEncrypted | views.Insecure, tone: Tone
    ) -> tuple[Action, ...]:
        self._end(view, tone)
        return (HangUp(call.id, Refusal.NOT_ENCRYPTED),)

    def _answered(self, call: Call) -> None:
        if call.answered_at is None:
            call.answered_at = self._now
        if isinstance(self._line, Placed):
            self._talk(call)

    def _ended(self, call: Call, reason: EndReason, detail: str) -> None:
        if isinstance(self._line, Ringing):
            self._status.missed += 1
            self._move(LineInput.FREED, OnHook())
            return
        sentence = clean(detail, SENTENCE_LIMIT)
        tone = Tone.BUSY if reason in _BUSY_ENDS else Tone.ERROR
        over = views.CallOver(call.name, reason, sentence, call.duration_s(self._now))
        self._end(over, tone)

    def _called(self, event: IncomingCall) -> tuple[Action, ...]:
        current = call_of(self._line)
        if current and current.id == event.call:
            return ()
        if not self._is_free():
            self._status.missed += 1
            return (HangUp(event.call, Refusal.BUSY),)
        name = self._plan.name_at(event.sip_uri) or event.sip_name
        call = Call(
            event.call,
            incoming=True,
            claimed=clean(name) or address_of(event.sip_uri) or "?",
            account=event.account,
            remembered=event.remembered,
            signalling_verified=event.signalling_verified,
        )
        self._move(LineInput.CALLED, Ringing(call))
        return (Ring(call.id),)

    # What the person does

    def _pressed(self, key: Key) -> tuple[Action, ...]:
        if key is Key.HANG_UP:
            return self._hang_up()
        if key is Key.CALL and self._pick_up():
            return ()
        actions: tuple[Action, ...] = ()
        match self._line:
            case OnHook() | Ringing():
                # Where there is no hook switch, the call key stands in for the handset.
                actions = self._seize() if key is Key.CALL else ()
            case DialTone():
                self._dial_key(key, "")
            case Dialling(digits, _):
                actions = self._dial_key(key, digits)
            case InCall(conversation):
                actions = conversation.pressed(key, self._now)
            case Placed() | Over():
                pass
            case _ as never:
                assert_never(never)
        return actions

    def _seize(self) -> tuple[Action, ...]:
        """The handset is lifted, or the call key stands in for that."""
        match self._line:
            case OnHook():
                self._status.missed = 0
                self._move(LineInput.SEIZED, DialTone())
            case Over():
                self._move(LineInput.SEIZED, DialTone())
            case Ringing(call):
                self._talk(call)
                return (Answer(call.id),)
            case _:
                self._pick_up()  # or the call key seized the line before
        return ()

    def _pick_up(self) -> bool:
        """Somebody comes to a call that the shell began; returns whether there was one."""
        call = call_of(self._line)
        if call is None or not call.awaits_handset:
            return False
        call.awaits_handset = False
        if isinstance(self._line, InCall):
            self._line.conversation.picked_up(self._now)
        return True

    def _remotely(self, event: RemoteEvent) -> tuple[Action, ...]:
        actions: tuple[Action, ...] = ()
        if self.objection(event, self._now) is not None:
            return actions
        match event, self._line:
            case DialledRemotely(number), _:
                actions = self._dial_remotely(number)
            case AnsweredRemotely(), Ringing(call):
                call.awaits_handset = not self._lifted
                actions = self._seize()
            case HungUpRemotely(), _:
                actions = self._hang_up()
            case ConfirmedRemotely(), InCall(conversation):
                actions = conversation.confirm(self._now)
            case DeniedRemotely(), InCall(conversation):
                actions = conversation.deny(self._now)
            case _:
                pass
        return actions

    def _dial_remotely(self, number: str) -> tuple[Action, ...]:
        if isinstance(self._line, OnHook | Over):
            self._move(LineInput.SEIZED, DialTone())
        self._move(LineInput.DIGIT, Dialling(number, self._now))
        actions = self._dial(number)
        if (call := call_of(self._line)) is not None:
            call.awaits_handset = not self._lifted
        return actions

    def _replaced(self) -> tuple[Action, ...]:
        self._lifted = False
        # A handset that was never up cannot decline a call by lying there.
        return () if isinstance(self._line, Ringing) else self._hang_up()

    def _hang_up(self) -> tuple[Action, ...]:
        """Ends whatever there is; dial tone again while the handset is up."""
        call = call_of(self._line)
        refusal = Refusal.DECLINED if isinstance(self._line, Ringing) else Refusal.NORMAL
        if self._lifted:
            if not isinstance(self._line, DialTone):
                self._move(LineInput.CLEARED, DialTone())
        elif not isinstance(self._line, OnHook):
            self._move(LineInput.FREED, OnHook())
        return (HangUp(call.id, refusal),) if call else ()

    def _dial_key(self, key: Key, digits: str) -> tuple[Action, ...]:
        if key in {Key.HASH, Key.CALL}:
            return self._dial(digits) if digits else ()
        if key.is_dialled:
            longer = (digits + key.value)[:DIGITS_LIMIT]
            self._move(LineInput.DIGIT, Dialling(longer, self._now))
        return ()

    def _dial(self, digits: str) -> tuple[Action, ...]:
        destination = self._plan.resolve(digits)
        if destination is None:
            over = Over(views.Unknown(digits), Tone.ERROR, self._now)
            self._move(LineInput.MISDIALLED, over)
            return ()
        self._calls_placed += 1
        call = Call(
            CallId(f"out-{self._calls_placed}"), incoming=False, claimed=clean(destination.name)
        )
        self._move(LineInput.PLACED, Placed(call))
        return (Dial(call.id, destination.uri, destination.account),)

    # What follows

    def _elapse(self) -> tuple[Action, ...]:
        due = self.next_timer()
        if due is None or self._now < due:
            return ()
        match self._line:
            case Dialling(digits, _):
                return self._dial(digits)
            case InCall(conversation):
                return conversation.elapse(self._now)
            case _:
                self._move(LineInput.FREED, OnHook())
                return ()

    def _talk(self, call: Call) -> None:
        conversation = Conversation(call, self._settings.timings, self._now)
        self._move(LineInput.ANSWERED, InCall(conversation))

    def _end(self, view: views.CallOver | views.NotEncrypted | views.Insecure, tone: Tone) -> None:
        self._move(LineInput.ENDED, Over(view, tone, self._now))

    def _move(self, what: LineInput, after: LineState) -> None:
        self._line = move(self._line, what, after)

    def _is_free(self) -> bool:
        """Whether it can ring: on-hook, and no call."""
        return isinstance(self._line, OnHook) or (isinstance(self._line, Over) and not self._lifted)

    def _settle(self, actions: tuple[Action, ...]) -> tuple[Action, ...]:
        before, self._outputs = self._outputs, outputs_of(self._line, lifted=self._lifted)
        return (
            *ceasing(before, self._outputs),
            *actions,
            *beginning(before, self._outputs),
        )
