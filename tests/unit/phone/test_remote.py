"""What the machine's shell may do to the phone, and what it is told instead."""

from dataclasses import replace

import pytest

from agent.phone.actions import (
    Answer,
    ConfirmSas,
    DenySas,
    Dial,
    HangUp,
    Hold,
    NamePeer,
    Refusal,
    Resume,
    Tone,
)
from agent.phone.dial_plan import Contact, DialPlan
from agent.phone.events import (
    Answered,
    Cache,
    CallId,
    ContactsChanged,
    Dialled,
    Encrypted,
    RemoteRinging,
    Securing,
)
from agent.phone.remote import Objection
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
from agent.phone.report import Doing
from agent.phone.security import SecurityState
from agent.phone.views import (
    Alarm,
    CallOver,
    CompareSas,
    Dialling,
    EnterName,
    Idle,
    InCall,
    LiftHandset,
    OffHook,
    Stage,
    Unknown,
)
from hw.types import HookLifted, HookReplaced, Key, Leds
from support.phone_driver import IN, OUT, SAS, SETTINGS, PhoneDriver, association, incoming

CALL_BOB = DialledRemotely("1002")
MATCH = ConfirmedRemotely(SAS)
DIFFER = DeniedRemotely()


@pytest.fixture(name="driver")
def _driver() -> PhoneDriver:
    return PhoneDriver()


def objection(driver: PhoneDriver, event: RemoteEvent) -> Objection | None:
    return driver.phone.objection(event, driver.now)


def refused(driver: PhoneDriver, event: RemoteEvent, why: Objection) -> None:
    """The phone says why not, and if it is asked all the same, nothing happens."""
    view = driver.view
    assert objection(driver, event) is why
    driver.happens(event)
    assert driver.actions() == ()
    assert driver.view == view


def done(driver: PhoneDriver, event: RemoteEvent) -> None:
    assert objection(driver, event) is None
    driver.happens(event)


def sounds(driver: PhoneDriver, tone: Tone | None, audio: CallId | None) -> None:
    assert (driver.tone, driver.audio) == (tone, audio)


def test_a_number_is_called_as_if_it_were_dialled(driver: PhoneDriver) -> None:
    driver.happens(HookLifted())
    driver.actions()
    done(driver, CALL_BOB)
    assert Dial(OUT, "sip:bob@example.org", "home") in driver.actions()
    driver.happens(Dialled(OUT, signalling_verified=True), RemoteRinging(OUT), Answered(OUT))
    driver.happens(Encrypted(OUT, association()))
    assert driver.audio == OUT


def test_digits_on_the_screen_give_way_to_the_number(driver: PhoneDriver) -> None:
    driver.happens(HookLifted())
    driver.dial("77")
    driver.sees(Dialling)
    done(driver, DialledRemotely("7"))
    driver.wait(10)
    assert driver.phone.report(driver.now).calls[0].name == "Workshop"


def test_without_the_handset_no_sound_passes_until_it_is_lifted(driver: PhoneDriver) -> None:
    done(driver, CALL_BOB)
    driver.sees(LiftHandset("Bob", Stage.CALLING))
    driver.happens(Dialled(OUT, signalling_verified=True), RemoteRinging(OUT))
    driver.sees(LiftHandset("Bob", Stage.RINGING))
    sounds(driver, None, None)
    driver.happens(Answered(OUT), Encrypted(OUT, association(verified=True)))
    driver.sees(LiftHandset("Bob", Stage.ANSWERED))
    sounds(driver, None, None)
    assert driver.leds == Leds()
    driver.happens(HookLifted())
    driver.sees(InCall)
    sounds(driver, None, OUT)
    assert driver.leds == Leds(green=True)
    driver.happens(HookReplaced())
    driver.sees(Idle)


def test_the_ringback_is_heard_once_the_handset_is_up(driver: PhoneDriver) -> None:
    done(driver, CALL_BOB)
    driver.happens(RemoteRinging(OUT), HookLifted())
    assert driver.tone is Tone.RINGBACK
    driver.happens(Answered(OUT), Encrypted(OUT, association()))
    assert driver.audio == OUT


def test_the_call_key_stands_in_for_the_handset(driver: PhoneDriver) -> None:
    driver.happens(incoming())
    done(driver, AnsweredRemotely())
    driver.happens(Answered(IN), Encrypted(IN, association(verified=True)))
    for key in (Key.CONFIRM, Key.MENU, Key.DIGIT_1, Key.STAR):
        driver.press(key, held_s=2.0)
        driver.sees(LiftHandset)
    driver.actions()
    driver.press(Key.CALL)
    driver.sees(InCall)
    assert driver.audio == IN
    assert not driver.muted


def test_a_call_that_rings_is_answered(driver: PhoneDriver) -> None:
    driver.happens(incoming())
    driver.actions()
    done(driver, AnsweredRemotely())
    assert Answer(IN) in driver.actions()
    assert not driver.ringing
    driver.sees(LiftHandset("Bob B.", Stage.ANSWERED))


def test_an_alarm_is_shown_and_heard_when_somebody_comes(driver: PhoneDriver) -> None:
    driver.happens(incoming())
    done(driver, AnsweredRemotely())
    driver.happens(Answered(IN), Encrypted(IN, association(cache=Cache.MISMATCHED)))
    sounds(driver, None, None)
    assert driver.leds == Leds(red=True)
    driver.wait(60)
    driver.happens(HookLifted())
    driver.sees(Alarm)
    sounds(driver, Tone.ALARM, None)
    driver.actions()
    refused(driver, MATCH, Objection.NOT_ASKED)


@pytest.mark.parametrize("lifted", [True, False])
def test_a_call_is_hung_up(driver: PhoneDriver, *, lifted: bool) -> None:
    if lifted:
        driver.happens(HookLifted())
    done(driver, CALL_BOB)
    driver.actions()
    done(driver, HungUpRemotely())
    assert HangUp(OUT, Refusal.NORMAL) in driver.actions()
    driver.sees(OffHook if lifted else Idle)


def test_a_call_that_rings_is_declined(driver: PhoneDriver) -> None:
    driver.happens(incoming())
    driver.actions()
    done(driver, HungUpRemotely())
    assert HangUp(IN, Refusal.DECLINED) in driver.actions()


def test_what_cannot_be_done_now_is_refused(driver: PhoneDriver) -> None:
    refused(driver, HungUpRemotely(), Objection.NOTHING_TO_END)
    refused(driver, AnsweredRemotely(), Objection.NOTHING_RINGS)
    refused(driver, MATCH, Objection.NO_WORDS)
    refused(driver, DIFFER, Objection.NO_WORDS)
    refused(driver, DialledRemotely(""), Objection.UNKNOWN_NUMBER)


def test_an_emergency_number_without_an_account_is_refused_for_that_reason() -> None:
    driver = PhoneDriver(replace(SETTINGS, dial_plan=DialPlan(emergency=("112",))))
    refused(driver, DialledRemotely("112"), Objection.NO_ACCOUNT)
    driver.happens(HookLifted())
    driver.dial("112#")
    driver.sees(Unknown("112", needs_account=True))


def test_what_cannot_be_done_while_it_rings_is_refused(driver: PhoneDriver) -> None:
    driver.happens(incoming())
    driver.actions()
    refused(driver, CALL_BOB, Objection.BUSY)
    driver.happens(HookLifted())
    driver.actions()
    refused(driver, CALL_BOB, Objection.BUSY)


def test_the_words_are_confirmed_by_whoever_repeats_them(driver: PhoneDriver) -> None:
    driver.talk_to_bob(association())
    driver.wait(1.5)
    driver.actions()
    done(driver, ConfirmedRemotely(("Tempest", "PARAGON")))
    assert driver.actions()[:2] == (ConfirmSas(OUT), NamePeer(OUT, "Bob"))
    driver.sees(EnterName)


@pytest.mark.parametrize(
    "words", [(), ("",), ("tempest",), ("paragon", "tempest"), ("tempest", "paragon", "")]
)
def test_other_words_confirm_nothing_and_accuse_nobody(
    driver: PhoneDriver, words: tuple[str, ...]
) -> None:
    driver.talk_to_bob(association())
    driver.wait(1.5)
    driver.actions()
    refused(driver, ConfirmedRemotely(words), Objection.OTHER_WORDS)
    driver.sees(CompareSas)


def test_what_must_be_chosen_by_ear_is_neither_told_nor_confirmed(driver: PhoneDriver) -> None:
    words = (("tempest", "adult", "atlas", "aztec"), ("amulet", "paragon", "Ohio", "visitor"))
    driver.talk_to_bob(replace(association(), candidates=words))
    driver.wait(1.5)
    driver.actions()
    assert driver.phone.report(driver.now).calls[0].sas == ()
    refused(driver, MATCH, Objection.TO_BE_CHOSEN)
    driver.press(Key.DIGIT_1, held_s=0.5)
    assert driver.phone.report(driver.now).calls[0].sas == SAS


def test_words_that_nobody_could_have_read_are_not_confirmed(driver: PhoneDriver) -> None:
    driver.talk_to_bob(association())
    driver.wait(1.4)
    driver.actions()
    refused(driver, MATCH, Objection.NOT_ASKED)
    driver.press(Key.MENU)
    driver.wait(10)
    refused(driver, MATCH, Objection.NOT_ASKED)
    driver.happens(Securing(OUT))
    driver.actions()
    refused(driver, MATCH, Objection.NO_WORDS)


def test_words_are_not_confirmed_while_the_handset_lies_there(driver: PhoneDriver) -> None:
    done(driver, CALL_BOB)
    driver.happens(Answered(OUT), Encrypted(OUT, association()))
    driver.wait(60)
    driver.actions()
    refused(driver, MATCH, Objection.HANDSET_DOWN)
    refused(driver, DIFFER, Objection.HANDSET_DOWN)
    driver.happens(HookLifted())
    driver.sees(CompareSas)
    driver.actions()
    refused(driver, MATCH, Objection.NOT_ASKED)
    driver.wait(1.5)
    done(driver, MATCH)


def test_words_that_were_confirmed_are_not_asked_for_again(driver: PhoneDriver) -> None:
    driver.talk_to_bob(association(verified=True))
    driver.press(Key.CONFIRM)
    driver.wait(2)
    driver.sees(CompareSas)
    driver.actions()
    refused(driver, MATCH, Objection.NOT_ASKED)


def test_words_that_differ_raise_the_alarm_for_good(driver: PhoneDriver) -> None:
    driver.talk_to_bob(association(verified=True))
    driver.actions()
    done(driver, DIFFER)
    assert DenySas(OUT) in driver.actions()
    driver.sees(Alarm)
    assert driver.phone.report(driver.now).calls[0].security is SecurityState.SAS_MISMATCH
    driver.wait(60)
    refused(driver, MATCH, Objection.ALREADY_DENIED)
    refused(driver, DIFFER, Objection.ALREADY_DENIED)


def test_contacts_that_were_added_can_be_dialled_at_once(driver: PhoneDriver) -> None:
    assert objection(driver, DialledRemotely("*")) is None, "through the account"
    driver.happens(ContactsChanged((Contact("Carol", "55", "sip:carol@192.0.2.5"),)))
    driver.happens(HookLifted())
    driver.dial("55")
    driver.sees(Dialling("55", "Carol"))
    driver.press(Key.CALL)
    assert Dial(OUT, "sip:carol@192.0.2.5", "") in driver.actions()


def test_a_phone_at_rest_reports_so(driver: PhoneDriver) -> None:
    report = driver.phone.report(driver.now)
    assert (report.doing, report.calls, report.lifted) == (Doing.ON_HOOK, (), False)
    assert [line.account for line in report.accounts] == ["home", "work"]


def test_a_call_is_reported_with_its_words_once_there_are_any(driver: PhoneDriver) -> None:
    driver.happens(HookLifted())
    assert driver.phone.report(driver.now).doing is Doing.DIAL_TONE
    driver.dial("1002")
    assert driver.phone.report(driver.now).doing is Doing.DIALLING
    driver.press(Key.CALL)
    assert driver.phone.report(driver.now).doing is Doing.CALLING
    driver.happens(Dialled(OUT, signalling_verified=True), RemoteRinging(OUT))
    (call,) = driver.phone.report(driver.now).calls
    assert (call.id, call.doing, call.incoming, call.sas) == (OUT, Doing.RINGING_THERE, False, ())
    driver.happens(Answered(OUT))
    assert driver.phone.report(driver.now).calls[0].security is SecurityState.SECURING
    driver.happens(Encrypted(OUT, association()))
    driver.wait(3)
    (call,) = driver.phone.report(driver.now).calls
    assert (call.doing, call.name, call.sas, call.duration_s) == (Doing.TALKING, "Bob", SAS, 3)
    assert call.security is SecurityState.NOT_VERIFIED
    driver.happens(Securing(OUT))
    assert driver.phone.report(driver.now).calls[0].sas == (), "those of before count no more"
    driver.happens(HookReplaced(), incoming(call=CallId("in-9")))
    assert driver.phone.report(driver.now).doing is Doing.RINGING_HERE


def test_why_it_ended_is_reported_as_over(driver: PhoneDriver) -> None:
    driver.happens(HookLifted())
    driver.dial("1002#")
    driver.happens(HookReplaced(), HookLifted())
    driver.call_bob(CallId("out-2"))
    done(driver, HungUpRemotely())
    assert driver.phone.report(driver.now).doing is Doing.DIAL_TONE
    assert not isinstance(driver.view, CallOver)


def test_a_call_is_held_and_resumed(driver: PhoneDriver) -> None:
    refused(driver, HeldRemotely(), Objection.NOTHING_TO_HOLD)
    driver.talk_to_bob(association(verified=True))
    driver.actions()
    refused(driver, ResumedRemotely(), Objection.NOT_ON_HOLD)
    done(driver, HeldRemotely())
    assert Hold(OUT) in driver.actions()
    sounds(driver, None, None)
    refused(driver, HeldRemotely(), Objection.ON_HOLD)
    done(driver, ResumedRemotely())
    assert Resume(OUT) in driver.actions()
    sounds(driver, None, OUT)


def test_a_call_that_waits_is_answered_and_the_other_one_held(driver: PhoneDriver) -> None:
    driver.talk_to_bob(association(verified=True))
    driver.happens(incoming("Carol"))
    assert driver.phone.report(driver.now).calls[1].doing is Doing.WAITING
    driver.actions()
    done(driver, AnsweredRemotely())
    assert Answer(IN) in driver.actions()
    driver.happens(Answered(IN), Encrypted(IN, association("c" * 24, verified=True)))
    sounds(driver, None, IN)
    first, second = driver.phone.report(driver.now).calls
    assert (first.id, first.awaits_handset) == (IN, False)
    assert (second.id, second.doing) == (OUT, Doing.ON_HOLD)


def test_words_are_not_confirmed_while_the_call_is_on_hold(driver: PhoneDriver) -> None:
    driver.talk_to_bob(association())
    driver.wait(2)
    done(driver, HeldRemotely())
    driver.actions()
    refused(driver, MATCH, Objection.NOT_ASKED)
    done(driver, ResumedRemotely())
    done(driver, MATCH)
