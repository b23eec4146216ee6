"""Whatever comes in whatever order: what must hold of the phone all the same.

A second, much simpler phone (`Witness`) only writes down the facts of each call; what the
real one claims is checked against that. `make soak-phone` does so with 100,000 events.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agent.phone.call_views import CallMenu, Conference, TransferOffer
from agent.phone.events import (
    Answered,
    Association,
    CallEvent,
    CallId,
    Encrypted,
    EnrolmentOffered,
    IncomingCall,
    PhoneEvent,
    SasRelayed,
    SettingsChanged,
)
from agent.phone.preferences import Preferences
from agent.phone.report import CallReport, Doing, Report
from agent.phone.sas_check import CHOICES
from agent.phone.security import SecurityState
from agent.phone.views import (
    Alarm,
    AllowEnrolment,
    Calling,
    CallOver,
    CallWaiting,
    ChooseSas,
    CompareSas,
    EnterName,
    Idle,
    InCall,
    Insecure,
    LiftHandset,
    NotEncrypted,
    OffHook,
    Ringing,
    Securing,
    Unknown,
)
from hw.types import HookLifted, HookReplaced, Key, KeyPressed, KeyReleased
from support.any_events import (
    ANY_ASSOCIATION,
    CALLS,
    IN_MID_CALL,
    NAMES,
    OF_CALLS,
    OF_THE_PHONE,
    OF_THE_SHELL,
    PLACES,
)
from support.phone_driver import PhoneDriver
from support.phone_witness import Witness

EVENTS: Final = int(os.environ.get("SOAK_EVENTS", "6000"))
"""At least so many happen in all."""
STEPS: Final = 50
"""In each life of a phone."""
EVENTS_A_LIFE: Final = 110
"""What so many steps amount to, a little under the mean."""
ON_THE_LINE: Final = {
    Doing.TALKING: 1,
    Doing.PUTTING_THROUGH: 1,
    Doing.CONFERENCE: 2,
}
"""How many answered calls the line is with."""


class AnyEvents(RuleBasedStateMachine):
    """Keys, hook, SIP and ZRTP of several calls in any order.

    The driver checks the orders' own logic: what begins has not begun, what ends was there.
    """

    happened = 0
    """Events so far, of all phones."""

    def __init__(self) -> None:
        super().__init__()
        self.driver = PhoneDriver()
        self.witness = Witness()

    @property
    def report(self) -> Report:
        return self.driver.phone.report(self.driver.now)

    @property
    def on_the_line(self) -> tuple[CallReport, ...]:
        return self.report.calls[: ON_THE_LINE.get(self.report.doing, 0)]

    def feed(self, *events: PhoneEvent) -> None:
        for drawn in events:
            event = self.of_now(drawn)
            self.witness.happened(event)
            self.driver.happens(event)
            self.listen()
            AnyEvents.happened += 1

    def of_now(self, event: PhoneEvent) -> PhoneEvent:
        """The event, of the call that stands at the drawn place now."""
        if not isinstance(event, CallEvent) or event.call not in PLACES:
            return event
        return replace(event, call=self.at(event.call))

    def at(self, place: CallId) -> CallId:
        calls = self.report.calls
        index = PLACES.index(place) if place in PLACES else len(calls)
        return calls[index].id if index < len(calls) else CallId("nobody")

    def listen(self) -> None:
        for action in self.driver.actions():
            self.witness.asked(action)

    def next_call(self) -> CallId:
        return CallId(f"in-{len(self.witness.came)}")

    # What happens

    @rule(event=OF_CALLS | OF_THE_PHONE | IN_MID_CALL | IN_MID_CALL)
    def anything(self, event: PhoneEvent) -> None:
        self.feed(event)

    @rule(call=CALLS, association=ANY_ASSOCIATION)
    def keys_are_agreed(self, call: CallId, association: Association) -> None:
        self.feed(Encrypted(call, association))

    @rule(name=NAMES, verified=st.booleans(), known=st.booleans(), replaces=st.none() | CALLS)
    def somebody_calls(
        self, name: str, replaces: CallId | None, *, verified: bool, known: bool
    ) -> None:
        takes = None if replaces is None else self.at(replaces)
        uri = "sip:x@example.net"
        self.feed(IncomingCall(self.next_call(), name, uri, "", verified, None, known, takes))

    @rule(key=st.sampled_from(Key), held_s=st.sampled_from([0.0, 0.4, 0.6, 1.1]))
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
        """Nothing goes on; what was not answered yet rings."""
        self.feed(HookReplaced())
        assert isinstance(self.driver.view, Idle | Ringing)
        assert self.driver.tone is None
        assert self.driver.heard == ()

    @rule()
    def the_person_hangs_up_until_nothing_is_left(self) -> None:
        for _ in range(6):
            self.a_key_is_pressed(Key.HANG_UP, 0.0)
        assert isinstance(self.driver.view, Idle | OffHook)
        assert not self.witness.calls

    @rule(verified=st.booleans(), association=ANY_ASSOCIATION)
    def a_call_comes_to_keys(self, association: Association, *, verified: bool) -> None:
        """Gets deep quickly: an incoming call answered, with keys, the words long shown."""
        self.feed(SettingsChanged(Preferences()), HookReplaced())
        call = self.next_call()
        self.feed(IncomingCall(call, "Bob", "", "", verified, None), HookLifted())
        self.feed(Answered(call), Encrypted(call, association))
        self.time_passes(2.0)

    @rule(verified=st.booleans(), association=ANY_ASSOCIATION, key=st.sampled_from(Key))
    def another_call_comes(self, association: Association, key: Key, *, verified: bool) -> None:
        call = self.next_call()
        self.feed(IncomingCall(call, "Carol", "", "", verified, None))
        self.a_key_is_pressed(Key.CALL, 0.0)
        self.feed(Answered(call), Encrypted(call, association))
        self.time_passes(2.0)
        self.a_key_is_pressed(key, 0.6)

    @rule(downwards=st.integers(0, 10))
    def the_person_chooses_from_the_menu(self, downwards: int) -> None:
        self.a_key_is_pressed(Key.MENU, 0.0)
        if isinstance(self.driver.view, CallMenu):
            for _ in range(downwards):
                self.a_key_is_pressed(Key.DIGIT_8, 0.0)
            self.a_key_is_pressed(Key.CONFIRM, 0.0)

    @rule(event=st.just(EnrolmentOffered(PLACES[0])) | st.just(SasRelayed(PLACES[0], ("q7zn",))))
    def a_pbx_speaks(self, event: PhoneEvent) -> None:
        self.feed(event)

    @rule(event=OF_THE_SHELL)
    def the_shell_asks(self, event: PhoneEvent) -> None:
        self.feed(event)

    @rule(key=st.sampled_from([Key.CONFIRM, Key.STAR, Key.MENU, Key.CALL, *CHOICES]))
    def the_person_judges(self, key: Key) -> None:
        self.time_passes(1.6)
        self.a_key_is_pressed(key, 0.6)

    # What must hold

    @invariant()
    def no_call_is_forgotten(self) -> None:
        """Neither one that the network thinks is up, nor one that it knows nothing of."""
        assert {each.id for each in self.report.calls} == set(self.witness.calls)
        assert len(self.report.calls) <= 3

    @invariant()
    def secure_only_with_the_facts(self) -> None:
        for call in self.report.calls:
            known = self.witness.calls[call.id]
            if call.security.is_secure:
                assert known.may_be_secure()
            if known.denied:
                assert call.security is SecurityState.SAS_MISMATCH

    @invariant()
    def the_screen_says_how_secure_the_line_is(self) -> None:
        states = [each.security for each in self.on_the_line]
        match self.driver.view:
            case InCall(state=state) | CallWaiting(state=state) | TransferOffer(state=state):
                assert [state] == states
            case Conference(legs):
                assert [leg.state for leg in legs] == sorted(states)
            case CallMenu(state=state):
                assert state == min(states)
            case CompareSas(state=state) | ChooseSas(state=state) | Alarm(state=state):
                assert state in states
            case Calling(hears=state) if state is not None:
                assert state == self.report.calls[0].security
            case EnterName() | AllowEnrolment():
                assert any(state.is_secure for state in states)
            case Securing():
                assert SecurityState.SECURING in states or SecurityState.SAS_MISMATCH in states
            case _:
                pass

    @invariant()
    def what_is_to_be_chosen_is_not_shown(self) -> None:
        known = [self.witness.calls[each.id] for each in self.on_the_line]
        match self.driver.view:
            case CompareSas(sas=sas):
                shown = [each for each in known if each.association and each.association.sas == sas]
                assert any(each.may_be_seen() for each in shown)
            case ChooseSas(half=half, candidates=candidates):
                assert half not in candidates
            case _:
                pass

    @invariant()
    def green_only_with_all_facts(self) -> None:
        leds = self.driver.leds
        assert not (leds.red and leds.green)
        states = [each.security for each in self.on_the_line]
        if states and not min(states).is_secure:
            assert leds.red
        match self.driver.view:
            case NotEncrypted() | Insecure():
                assert leds.red
            case Calling():
                lit = self.report.calls[:1]
            case _:
                lit = self.on_the_line
        if leds.green:
            assert lit
            assert all(self.witness.calls[each.id].may_be_green() for each in lit)

    @invariant()
    def audio_only_with_keys_and_nobody_on_hold(self) -> None:
        for call in self.driver.heard:
            known = self.witness.calls[call]
            assert known.keyed
            assert known.answered or known.early or call.startswith("in")
            assert call not in self.driver.on_hold
        if len(self.driver.heard) > 1:
            assert self.report.doing is Doing.CONFERENCE
            assert {each.id for each in self.on_the_line} == set(self.driver.heard)

    @invariant()
    def whoever_is_not_on_the_line_is_on_hold(self) -> None:
        line = {each.id for each in self.on_the_line}
        aside = {
            each.id
            for each in self.report.calls
            if each.doing is Doing.ON_HOLD and self.witness.calls[each.id].answered
        }
        assert self.driver.on_hold == aside
        assert set(self.driver.heard) <= line or self.report.doing in {
            Doing.CALLING,
            Doing.RINGING_THERE,
        }

    @invariant()
    def no_sound_before_somebody_comes(self) -> None:
        if isinstance(self.driver.view, LiftHandset):
            assert self.driver.heard == ()
        elif isinstance(self.driver.view, InCall):
            assert not self.on_the_line[0].awaits_handset

    @invariant()
    def an_alarm_is_heard(self) -> None:
        if isinstance(self.driver.view, Alarm):
            assert self.driver.tone is not None
            if self.report.doing is not Doing.CONFERENCE:
                assert self.driver.heard == ()

    @invariant()
    def what_the_network_said_can_be_shown(self) -> None:
        match self.driver.view:
            case CallOver(detail=detail):
                assert detail.isprintable()
            case Unknown(digits):
                assert digits
            case _:
                pass


TestAnyEvents = AnyEvents.TestCase
TestAnyEvents.settings = settings(
    max_examples=-(-EVENTS // EVENTS_A_LIFE),
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module", autouse=True)
def _told() -> Iterator[None]:
    """How many events it were; seen with `-s`."""
    yield
    print(f"{AnyEvents.happened} events")  # noqa: T201 - for whoever runs it by hand
