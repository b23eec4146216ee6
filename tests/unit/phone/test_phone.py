"""What the flows do not tell: late timers, odd orders, foreign calls, missing parts."""

from dataclasses import replace
from datetime import date

import pytest

from agent.phone.actions import Dial, HangUp, PlayTone, Refusal, StopTone, Tone
from agent.phone.events import (
    AccountChanged,
    AccountCondition,
    Answered,
    CallEnded,
    CallId,
    ClockTicked,
    Encrypted,
    EncryptionMissing,
    EndReason,
    RemoteRinging,
    SettingsChanged,
)
from agent.phone.events import Securing as SecuringBegan
from agent.phone.preferences import Language, Preferences
from agent.phone.views import (
    Calling,
    CallOver,
    CompareSas,
    Dialling,
    EnterName,
    Fault,
    Idle,
    InCall,
    LiftHandset,
    NotEncrypted,
    OffHook,
    Ringing,
    Securing,
)
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
from support.phone_driver import IN, OUT, SETTINGS, PhoneDriver, association, incoming


def test_the_language_can_change_at_any_time() -> None:
    driver = PhoneDriver()
    driver.call_bob()
    for language in Language:
        driver.happens(SettingsChanged(Preferences(language=language)))
        assert driver.phone.language is language
        driver.sees(Securing)


def test_what_was_due_counts_before_what_happens() -> None:
    driver = PhoneDriver()
    driver.happens(HookLifted())
    driver.dial("1002")
    driver.now += 5  # nobody served the timer
    driver.happens(KeyPressed(Key.DIGIT_3))
    driver.sees(Calling("Bob"))


def test_a_hold_counts_even_if_its_timer_came_late() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(association())
    driver.wait(2)
    driver.happens(KeyPressed(Key.CONFIRM))
    driver.now += 0.6
    driver.happens(KeyReleased(Key.CONFIRM))
    driver.sees(EnterName("Bob"))


def test_a_timer_that_comes_early_does_nothing() -> None:
    driver = PhoneDriver()
    driver.happens(HookLifted())
    driver.dial("1002")
    assert driver.phone.handle_timer(driver.now + 3.9) == ()
    assert driver.phone.handle_timer(driver.now + 4.0) == (
        Dial(OUT, "sip:bob@example.org", "home"),
    )


def test_the_next_digit_starts_the_wait_again() -> None:
    driver = PhoneDriver()
    driver.happens(HookLifted())
    driver.dial("1")
    driver.wait(3.9)
    driver.dial("0")
    driver.wait(3.9)
    driver.sees(Dialling("10"))


def test_digits_are_bounded() -> None:
    driver = PhoneDriver()
    driver.happens(HookLifted())
    driver.dial("1" * 40)
    driver.sees(Dialling("1" * 32))


def test_keys_without_meaning_while_dialling() -> None:
    driver = PhoneDriver()
    driver.happens(HookLifted())
    driver.press(Key.MENU)
    driver.dial("1")
    driver.press(Key.CONFIRM)
    driver.sees(Dialling("1"))
    driver.press(Key.HANG_UP)
    driver.sees(OffHook())
    driver.press(Key.HANG_UP)
    driver.sees(OffHook())
    assert driver.tone is Tone.DIAL


def test_a_call_given_up_before_the_answer() -> None:
    driver = PhoneDriver()
    driver.happens(HookLifted())
    driver.dial("7#")
    driver.press(Key.DIGIT_1)
    driver.actions()
    driver.press(Key.HANG_UP)
    assert driver.actions() == (HangUp(OUT), PlayTone(Tone.DIAL))
    driver.dial("7#")
    driver.actions()
    driver.happens(Answered(OUT), HookReplaced())
    assert driver.actions() == (HangUp(CallId("out-2")),)


def test_a_direct_call_by_address() -> None:
    driver = PhoneDriver()
    driver.happens(HookLifted())
    driver.dial("192*0*2*7#")
    driver.sees(Calling("192.0.2.7"))
    assert driver.actions()[-1] == Dial(OUT, "sip:192.0.2.7", "")


def test_keys_before_the_answer() -> None:
    driver = PhoneDriver()
    driver.happens(HookLifted())
    driver.dial("1002#")
    driver.happens(SecuringBegan(OUT), Encrypted(OUT, association()))
    driver.sees(Calling("Bob"))
    assert driver.audio is None
    driver.happens(Answered(OUT))
    driver.sees(CompareSas)
    assert driver.audio == OUT


def test_a_second_answer_does_not_begin_anew() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(association(verified=True))
    driver.wait(5)
    driver.happens(Answered(OUT), RemoteRinging(OUT))
    view = driver.view
    assert isinstance(view, InCall)
    assert view.duration_s == 5


def test_events_of_foreign_calls_change_nothing() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(association())
    before = driver.view
    other = CallId("in-9")
    driver.actions()
    driver.happens(
        Encrypted(other, association(verified=True)),
        EncryptionMissing(other),
        CallEnded(other, EndReason.FAILED),
    )
    driver.sees(before)
    assert driver.actions() == ()


def test_the_same_call_announced_twice_is_one() -> None:
    driver = PhoneDriver()
    driver.happens(incoming())
    driver.actions()
    driver.happens(incoming())
    assert driver.actions() == ()


@pytest.mark.parametrize(
    ("sip_name", "sip_uri", "name"),
    [
        ("Mallory", "sip:bob@example.org", "Bob"),
        ("Bob\x1b[2J", "sip:x@example.net", "Bob[2J"),
        ("\x07", "sip:x@example.net;transport=tls", "x@example.net"),
        ("", "", "?"),
    ],
)
def test_how_a_caller_is_called(sip_name: str, sip_uri: str, name: str) -> None:
    driver = PhoneDriver()
    driver.happens(incoming(sip_name, sip_uri=sip_uri))
    driver.sees(Ringing(name, "home", signalling_verified=True))


def test_off_hook_without_a_call_is_busy() -> None:
    driver = PhoneDriver()
    driver.happens(HookLifted())
    driver.actions()
    driver.happens(incoming())
    assert driver.actions() == (HangUp(IN, Refusal.BUSY),)
    driver.sees(OffHook())


def test_no_encryption_while_it_rings() -> None:
    driver = PhoneDriver()
    driver.happens(incoming(), EncryptionMissing(IN))
    driver.sees(NotEncrypted("Bob B."))
    assert not driver.ringing
    assert driver.tone is None
    driver.wait(4)
    driver.sees(Idle)


def test_somebody_else_may_call_while_the_last_call_is_shown() -> None:
    driver = PhoneDriver()
    driver.happens(incoming(), EncryptionMissing(IN), incoming(call=CallId("in-2")))
    driver.sees(Ringing)


def test_the_handset_lifted_while_the_last_call_is_shown() -> None:
    driver = PhoneDriver()
    driver.happens(incoming(), EncryptionMissing(IN), HookLifted())
    driver.sees(OffHook())


def test_faults_are_told_on_and_off_hook() -> None:
    driver = PhoneDriver(replace(SETTINGS, dial_plan=replace(SETTINGS.dial_plan, accounts=())))
    fault = Fault(Device.HANDSET, "no card called Handset")
    driver.happens(
        DeviceMissing(fault.device, fault.reason),
        ClockTicked(date(2026, 5, 3), 12, 5),
        AccountChanged("home", AccountCondition.READY),
        AccountChanged("home", AccountCondition.UNREACHABLE, "no network"),
    )
    view = driver.view
    assert isinstance(view, Idle)
    assert (view.hour, view.minute, view.faults) == (12, 5, (fault,))
    assert [line.reason for line in view.accounts] == ["no network"]
    driver.happens(HookLifted())
    driver.sees(OffHook((fault,)))
    driver.happens(DeviceBack(Device.HANDSET))
    driver.sees(OffHook())


def test_a_hook_switch_that_breaks_in_a_call_leaves_the_hang_up_key() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(association(verified=True))
    driver.happens(DeviceMissing(Device.HOOK, "not wired"))
    driver.press(Key.HANG_UP)
    driver.sees(Idle)


def test_a_hook_switch_that_breaks_after_a_call_ends_the_busy_tone() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(association(verified=True))
    driver.happens(CallEnded(OUT, EndReason.REMOTE_HUNG_UP))
    driver.sees(CallOver)
    driver.actions()
    driver.happens(DeviceMissing(Device.HOOK, "not wired"))
    assert driver.actions() == (StopTone(),)
    driver.wait(4)
    driver.sees(Idle)


def test_answered_by_the_call_key_and_ended_by_the_handset() -> None:
    driver = PhoneDriver()
    driver.happens(incoming())
    driver.press(Key.CALL)
    driver.sees(LiftHandset)
    driver.happens(HookLifted())
    driver.sees(Securing)
    driver.happens(HookReplaced())
    assert driver.actions()[-1] == HangUp(IN)
    driver.sees(Idle)
