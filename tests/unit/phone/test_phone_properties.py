"""Whatever comes in whatever order: what must hold of the phone all the same.

A second, much simpler phone (`Witness`) only writes down the facts of the call that the
real one is in; what the real one claims is checked against that.
"""

from dataclasses import replace
from datetime import date

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agent.phone.actions import Action, AllowEnrolment, ConfirmSas, DenySas, Dial, HangUp, Ring
from agent.phone.events import (
    AccountChanged,
    AccountCondition,
    Answered,
    AnsweredRemotely,
    Association,
    Cache,
    CallEnded,
    CallId,
    ClockTicked,
    ConfirmedRemotely,
    ContactsChanged,
    DeniedRemotely,
    Dialled,
    DialledRemotely,
    Encrypted,
    EncryptionFailed,
    EncryptionFault,
    EncryptionMissing,
    EndReason,
    EnrolmentOffered,
    HungUpRemotely,
    IncomingCall,
    PhoneEvent,
    Remembered,
    RemoteRinging,
    SasRelayed,
    Securing,
    ZrtpHash,
)
from agent.phone.security import SecurityState
from agent.phone.views import (
    Alarm,
    CallOver,
    CompareSas,
    EnterName,
    Idle,
    InCall,
    Insecure,
    LiftHandset,
    NotEncrypted,
    Ringing,
    Unknown,
)
from agent.phone.views import AllowEnrolment as AllowEnrolmentView
from hw.types import (
    Device,
    DeviceBack,
    DeviceMissing,
    HookLifted,
    HookReplaced,
    Key,
    KeyPressed,
    KeyReleased,
)
from support.phone_driver import SETTINGS, THIRD_OF_MAY, PhoneDriver, association

CURRENT = CallId("current")
"""Stands for the call that is up when the event happens."""
CALLS = st.just(CURRENT) | st.sampled_from([CallId(name) for name in ("out-1", "in-1", "x")])
NAMES = st.sampled_from(["", "Bob", "Bob\x00\u202e", "x" * 100])
ASSOCIATIONS = st.builds(
    Association,
    zid=st.sampled_from(["a" * 24, "b" * 24]),
    sas=st.sampled_from([("tempest", "paragon"), ("q7zn",)]),
    cache=st.sampled_from(Cache),
    zrtp_hash=st.sampled_from(ZrtpHash),
    verified_here=st.booleans(),
    verified_there=st.booleans(),
    cache_name=st.sampled_from(["", "Bobby"]),
    another_phone=st.none() | st.just(Remembered("Bobby", THIRD_OF_MAY)),
    disclosure=st.booleans(),
    mitm=st.booleans(),
    enrolled=st.booleans(),
    weaker_than_before=st.booleans(),
    hash_stripped=st.booleans(),
    aux_mismatch=st.booleans(),
)
PROVEN = association(verified=True, cache_name="Bobby")
NEARLY_PROVEN = st.one_of(
    st.just(PROVEN),
    st.builds(replace, st.just(PROVEN), mitm=st.booleans(), disclosure=st.booleans()),
    st.just(replace(PROVEN, mitm=True, enrolled=True)),
    st.builds(replace, st.just(PROVEN), weaker_than_before=st.just(value=True)),
    st.builds(replace, st.just(PROVEN), verified_there=st.just(value=False)),
    st.builds(replace, st.just(PROVEN), sas=st.just(("adult", "amulet"))),
)
OF_CALLS = st.one_of(
    st.builds(Dialled, CALLS, st.booleans()),
    st.builds(RemoteRinging, CALLS),
    st.builds(Answered, CALLS),
    st.builds(CallEnded, CALLS, st.sampled_from(EndReason), NAMES),
    st.builds(Securing, CALLS),
    st.builds(EncryptionMissing, CALLS),
    st.builds(EncryptionFailed, CALLS, st.sampled_from(EncryptionFault)),
    st.builds(EnrolmentOffered, CALLS),
    st.builds(SasRelayed, CALLS, st.sampled_from([("atlas", "amulet"), ("q7zn",)]), st.booleans()),
)
OF_THE_SHELL = st.one_of(
    st.builds(DialledRemotely, st.sampled_from(["1002", "7", "", "*", "0301234"])),
    st.just(AnsweredRemotely()),
    st.just(HungUpRemotely()),
    st.builds(ConfirmedRemotely, st.sampled_from([("tempest", "paragon"), ("q7zn",), ()])),
    st.just(DeniedRemotely()),
    st.just(ContactsChanged(SETTINGS.dial_plan.contacts[:1])),
)
OF_THE_PHONE = st.one_of(
    st.builds(AccountChanged, NAMES, st.sampled_from(AccountCondition), NAMES),
    st.builds(ClockTicked, st.just(date(2026, 5, 3)), st.integers(0, 23), st.integers(0, 59)),
    st.builds(DeviceMissing, st.sampled_from(Device), NAMES),
    st.builds(DeviceBack, st.sampled_from(Device)),
)


class Witness:
    """The facts of the call that is up, as they are seen from outside."""

    def __init__(self) -> None:
        self.call: CallId | None = None
        self.association: Association | None = None
        self.keyed = False
        self.confirmed = False
        self.denied = False
        self.vouched: dict[CallId, bool] = {}

    def asked(self, action: Action) -> None:
        match action:
            case Dial(call) | Ring(call):
                self.begin(call)
            case HangUp(call) if call == self.call:
                self.call = None
            case ConfirmSas(call):
                assert call == self.call
                self.confirmed = True
            case DenySas(call):
                assert call == self.call
                self.denied = True
            case AllowEnrolment(call):
                assert call == self.call
                assert self.confirmed
                assert self.keyed
                assert not self.denied
            case _:
                pass

    def begin(self, call: CallId) -> None:
        self.call, self.association = call, None
        self.keyed = self.confirmed = self.denied = False

    def happened(self, event: PhoneEvent) -> None:
        match event:
            case IncomingCall(call) if call not in self.vouched:
                self.vouched[call] = event.signalling_verified
            case Dialled(call, verified):
                self.vouched[call] = verified
            case CallEnded(call) if call == self.call:
                self.call = None
            case Securing(call) if call == self.call:
                self.keyed = False
            case Encrypted(call, association) if call == self.call:
                self.agreed(association)
            case SasRelayed(call, sas) if call == self.call and self.keyed:
                if self.association is not None and self.association.enrolled:
                    self.agreed(replace(self.association, sas=sas, verified_here=False))
            case _:
                pass

    def agreed(self, new: Association) -> None:
        old, self.association, self.keyed = self.association, new, True
        if old is None or (old.zid, old.sas) != (new.zid, new.sas):
            self.confirmed = False

    def may_be_secure(self) -> bool:
        found = self.association
        if found is None or not self.keyed or self.denied or self.call is None:
            return False
        proven = found.verified_here and found.verified_there and found.cache is Cache.MATCHED
        alarming = (
            found.cache is Cache.MISMATCHED
            or found.zrtp_hash is ZrtpHash.DIFFERS
            or found.another_phone is not None
            or found.weaker_than_before
        )
        return self.confirmed or (proven and not alarming)

    def may_be_green(self) -> bool:
        found = self.association
        return (
            found is not None
            and self.call is not None
            and self.may_be_secure()
            and self.vouched.get(self.call, False)
            and found.zrtp_hash is ZrtpHash.MATCHED
            and not found.mitm
            and not found.enrolled
            and not found.disclosure
        )


class AnyEvents(RuleBasedStateMachine):
    """Keys, hook, SIP and ZRTP in any order; the driver checks the orders' own logic."""

    def __init__(self) -> None:
        super().__init__()
        self.driver = PhoneDriver()
        self.witness = Witness()
        self.calls_seen: set[CallId] = set()

    def feed(self, *events: PhoneEvent) -> None:
        for drawn in events:
            event = self.of_now(drawn)
            self.witness.happened(event)
            self.driver.happens(event)
            self.listen()

    def of_now(self, event: PhoneEvent) -> PhoneEvent:
        match event:
            case (
                Dialled(call)
                | RemoteRinging(call)
                | Answered(call)
                | CallEnded(call)
                | Securing(call)
                | EncryptionMissing(call)
                | EncryptionFailed(call)
                | Encrypted(call)
                | EnrolmentOffered(call)
                | SasRelayed(call)
            ) if call == CURRENT:
                return replace(event, call=self.witness.call or CallId("none"))
            case _:
                return event

    def listen(self) -> None:
        for action in self.driver.actions():
            self.witness.asked(action)

    @rule(event=OF_CALLS | OF_THE_PHONE)
    def anything(self, event: PhoneEvent) -> None:
        self.feed(event)

    @rule(call=CALLS, association=ASSOCIATIONS | NEARLY_PROVEN)
    def keys_are_agreed(self, call: CallId, association: Association) -> None:
        self.feed(Encrypted(call, association))

    @rule(call=CALLS, name=NAMES, verified=st.booleans())
    def somebody_calls(self, call: CallId, name: str, *, verified: bool) -> None:
        if call not in self.calls_seen and call.startswith("in"):
            self.calls_seen.add(call)
            self.feed(IncomingCall(call, name, "sip:x@example.net", "", verified, None))

    @rule(key=st.sampled_from(Key), held_s=st.sampled_from([0.0, 0.4, 0.6]))
    def a_key_is_pressed(self, key: Key, held_s: float) -> None:
        self.feed(KeyPressed(key))
        self.time_passes(held_s)
        self.feed(KeyReleased(key))

    @rule(seconds=st.sampled_from([0.1, 0.5, 1.0, 1.6, 4.0, 30.0]))
    def time_passes(self, seconds: float) -> None:
        self.driver.wait(seconds)
        self.listen()

    @rule()
    def the_handset_is_lifted(self) -> None:
        self.feed(HookLifted())

    @rule()
    def the_handset_is_put_down(self) -> None:
        self.feed(HookReplaced())
        assert isinstance(self.driver.view, Idle | Ringing)
        assert self.driver.tone is None
        assert self.driver.audio is None

    @rule(verified=st.booleans(), association=ASSOCIATIONS | NEARLY_PROVEN)
    def a_call_comes_to_keys(self, association: Association, *, verified: bool) -> None:
        """Gets deep quickly: an incoming call answered, with keys, the words long shown."""
        call = CallId(f"in-{len(self.calls_seen) + 10}")
        self.calls_seen.add(call)
        self.feed(HookReplaced(), IncomingCall(call, "Bob", "", "", verified, None), HookLifted())
        self.feed(Answered(call), Encrypted(call, association))
        self.time_passes(2.0)

    @rule(event=st.just(EnrolmentOffered(CURRENT)) | st.just(SasRelayed(CURRENT, ("q7zn",))))
    def a_pbx_speaks(self, event: PhoneEvent) -> None:
        self.feed(event)

    @rule(event=OF_THE_SHELL)
    def the_shell_asks(self, event: PhoneEvent) -> None:
        self.feed(event)

    @rule(key=st.sampled_from([Key.CONFIRM, Key.STAR, Key.MENU, Key.CALL]))
    def the_person_judges(self, key: Key) -> None:
        self.time_passes(1.6)
        self.a_key_is_pressed(key, 0.6)

    @invariant()
    def green_only_with_all_facts(self) -> None:
        leds = self.driver.leds
        assert not (leds.red and leds.green)
        if leds.green:
            assert self.witness.may_be_green()

    @invariant()
    def secure_only_with_the_facts(self) -> None:
        match self.driver.view:
            case InCall(state=state) | CompareSas(state=state) | Alarm(state=state):
                if state.is_secure:
                    assert self.witness.may_be_secure()
                else:
                    assert self.driver.leds.red
            case NotEncrypted() | Insecure():
                assert self.driver.leds.red
            case EnterName() | AllowEnrolmentView():
                assert self.witness.may_be_secure()
            case _:
                assert not self.driver.leds.green

    @invariant()
    def audio_only_with_keys_and_no_alarm(self) -> None:
        if self.driver.audio is not None:
            assert self.driver.audio == self.witness.call
            assert self.witness.keyed
            assert not isinstance(self.driver.view, Alarm)

    @invariant()
    def no_audio_before_somebody_comes(self) -> None:
        if isinstance(self.driver.view, LiftHandset):
            assert self.driver.audio is None
            assert self.driver.tone is None
        elif (calls := self.driver.phone.report(self.driver.now).calls) and isinstance(
            self.driver.view, InCall
        ):
            assert not calls[0].awaits_handset

    @invariant()
    def an_alarm_is_heard(self) -> None:
        if isinstance(self.driver.view, Alarm):
            assert self.driver.tone is not None
            assert self.driver.audio is None

    @invariant()
    def who_denied_sees_nothing_better(self) -> None:
        match self.driver.view:
            case InCall(state=state) | CompareSas(state=state) if self.witness.denied:
                assert state is SecurityState.SAS_MISMATCH
            case CallOver(detail=detail):
                assert detail.isprintable()
            case Unknown(digits):
                assert digits
            case _:
                pass


TestAnyEvents = AnyEvents.TestCase
TestAnyEvents.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
