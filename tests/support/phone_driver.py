"""A person, a network and a clock for one `Phone`: no waiting, everything in order."""

from dataclasses import dataclass
from datetime import date

from agent.phone.actions import (
    Action,
    ConnectAudio,
    DisconnectAudio,
    HangUp,
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
)
from agent.phone.dial_plan import Account, Contact, DialPlan
from agent.phone.events import (
    Answered,
    Association,
    Cache,
    CallEnded,
    CallId,
    Dialled,
    Encrypted,
    IncomingCall,
    PhoneEvent,
    Remembered,
    RemoteRinging,
    ZrtpHash,
)
from agent.phone.menu.orders import MenuOrder
from agent.phone.phone import Phone
from agent.phone.settings import PhoneSettings
from agent.phone.station import Order, Station
from agent.phone.views import View
from hw.types import HookLifted, Key, KeyPressed, KeyReleased, Leds

SAS = ("tempest", "paragon")
BOB_ZID = "b0b" * 8
THIRD_OF_MAY = date(2026, 5, 3)
OUT = CallId("out-1")
IN = CallId("in-1")

SETTINGS = PhoneSettings(
    name="alice",
    dial_plan=DialPlan(
        contacts=(
            Contact("Bob", "1002", "sip:bob@example.org", "home"),
            Contact("Workshop", "7", "sip:192.0.2.9"),
        ),
        accounts=(Account("home", "example.org"), Account("work", "example.com")),
    ),
)


def association(
    zid: str = BOB_ZID,
    sas: tuple[str, ...] = SAS,
    *,
    cache: Cache = Cache.NEW,
    zrtp_hash: ZrtpHash = ZrtpHash.MATCHED,
    verified: bool = False,
    cache_name: str = "",
    another_phone: Remembered | None = None,
    disclosure: bool = False,
    mitm: bool = False,
) -> Association:
    """What a key agreement tells; `verified` sets both flags and a match."""
    return Association(
        zid,
        sas,
        cache=Cache.MATCHED if verified else cache,
        zrtp_hash=zrtp_hash,
        verified_here=verified,
        verified_there=verified,
        cache_name=cache_name,
        verified_on=THIRD_OF_MAY if verified else None,
        another_phone=another_phone,
        disclosure=disclosure,
        mitm=mitm,
    )


def incoming(
    sip_name: str = "Bob B.",
    *,
    call: CallId = IN,
    sip_uri: str = "sip:bob@example.net",
    signalling_verified: bool = True,
    remembered: Remembered | None = None,
    from_known: bool = False,
) -> IncomingCall:
    return IncomingCall(
        call, sip_name, sip_uri, "home", signalling_verified, remembered, from_known
    )


class PhoneDriver:
    """Drives a phone and keeps track of what it sounds like.

    After every event it checks what must always hold: orders fit what they change, and no
    timer lies in the past.

    Attributes:
        now: The clock, in seconds.
        tone: What sounds in the earpiece.
        ringing: Whether it rings aloud.
        heard: The calls that have the handset, and hear each other.
        on_hold: The calls that were told to wait.
        muted: Whether the microphone is off.
    """

    def __init__(
        self, settings: PhoneSettings = SETTINGS, phone: Phone | Station | None = None
    ) -> None:
        self.phone = phone or Phone(settings)
        self.now = 1000.0
        self.tone: Tone | None = None
        self.ringing = False
        self.heard: tuple[CallId, ...] = ()
        self.on_hold: set[CallId] = set()
        self.muted = False
        self._actions: list[Action] = []
        self._orders: list[MenuOrder] = []

    @property
    def audio(self) -> CallId | None:
        """The one call that has the handset."""
        return self.heard[0] if len(self.heard) == 1 else None

    @property
    def view(self) -> View:
        return self.phone.view()

    def sees(self, expected: View | type[View], where: str = "") -> None:
        """The phone shows this view, or a view of this kind."""
        if isinstance(expected, type):
            assert isinstance(self.view, expected), where
        else:
            assert self.view == expected, where

    @property
    def leds(self) -> Leds:
        return self.phone.leds()

    def actions(self) -> tuple[Action, ...]:
        """What the phone asked for since the last time this was asked."""
        actions = tuple(self._actions)
        self._actions.clear()
        return actions

    def orders(self) -> tuple[MenuOrder, ...]:
        """What its menu asked for since then."""
        orders = tuple(self._orders)
        self._orders.clear()
        return orders

    def happens(self, *events: PhoneEvent) -> None:
        for event in events:
            if isinstance(event, CallEnded):
                self.on_hold.discard(event.call)
            self._carry_out(self.phone.handle(event, self.now))

    def press(self, key: Key, held_s: float = 0.0) -> None:
        self.happens(KeyPressed(key))
        self.wait(held_s)
        self.happens(KeyReleased(key))

    def dial(self, digits: str) -> None:
        for digit in digits:
            self.press(Key(digit))

    def wait(self, seconds: float) -> None:
        """Lets time pass, and serves each timer exactly when it is due."""
        end = self.now + seconds
        while (due := self.phone.next_timer()) is not None and due <= end:
            self.now = due
            self._carry_out(self.phone.handle_timer(due))
        self.now = end

    def call_bob(self, call: CallId = OUT, *, signalling_verified: bool = True) -> None:
        """Up to the answer."""
        self.happens(HookLifted())
        self.dial("1002#")
        self.happens(Dialled(call, signalling_verified), RemoteRinging(call), Answered(call))

    def talk_to_bob(self, found: Association, *, signalling_verified: bool = True) -> None:
        """Up to the keys."""
        self.call_bob(signalling_verified=signalling_verified)
        self.happens(Encrypted(OUT, found))

    def _carry_out(self, actions: tuple[Order, ...]) -> None:
        for action in actions:
            if isinstance(action, MenuOrder):
                self._orders.append(action)
            else:
                self._actions.append(action)
                self._obey(action)
        due = self.phone.next_timer()
        assert due is None or due > self.now

    def _obey(self, action: Action) -> None:
        match action:
            case PlayTone(tone):
                assert self.tone is not tone
                self.tone = tone
            case StopTone():
                assert self.tone is not None
                self.tone = None
            case StartRinging() | StopRinging():
                assert self.ringing is isinstance(action, StopRinging)
                self.ringing = not self.ringing
            case ConnectAudio() | DisconnectAudio() | JoinAudio() | PartAudio():
                self._route(action)
            case Hold(call):
                assert call not in self.on_hold
                assert call not in self.heard
                self.on_hold.add(call)
            case Resume(call):
                self.on_hold.remove(call)
            case HangUp(call):
                self.on_hold.discard(call)
            case MuteMicrophone(muted):
                assert self.muted is not muted
                self.muted = muted
            case _:
                pass

    def _route(self, action: ConnectAudio | DisconnectAudio | JoinAudio | PartAudio) -> None:
        match action:
            case ConnectAudio(call):
                assert self.heard == ()
                self.heard = (call,)
            case JoinAudio(calls):
                assert self.heard == ()
                assert len(set(calls)) > 1
                self.heard = calls
            case DisconnectAudio(call):
                assert self.heard == (call,)
                self.heard = ()
            case PartAudio(calls):
                assert self.heard == calls
                self.heard = ()


@dataclass(frozen=True, slots=True)
class Press:
    """A key goes down and, after some seconds, up."""

    key: Key
    held_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing happens for some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a flow: what happens or is pressed, what is shown then, what was asked for.

    `shows` is a view, or only its kind where the rest was said a step before.
    """

    what: PhoneEvent | Press | Wait
    shows: View | type[View]
    does: tuple[Action, ...] = ()


def run_flow(driver: PhoneDriver, steps: list[Step]) -> None:
    for number, step in enumerate(steps):
        match step.what:
            case Press(key, held_s):
                driver.press(key, held_s)
            case Wait(seconds):
                driver.wait(seconds)
            case event:
                driver.happens(event)
        where = f"step {number}: {step.what}"
        driver.sees(step.shows, where)
        assert driver.actions() == step.does, where
