"""Numbers that dial themselves, and those that nothing may stop."""

from dataclasses import replace

from agent.phone.actions import Dial, HangUp, PlayTone, Redirect, Refusal, Ring, Tone
from agent.phone.call_views import Choice
from agent.phone.dial_plan import Account, Rule
from agent.phone.events import (
    AccountChanged,
    AccountCondition,
    Answered,
    CallEnded,
    CallId,
    Dialled,
    EarlyMedia,
    Encrypted,
    EncryptionMissing,
    EndReason,
    LockChanged,
    MessagesWaiting,
    RemoteRinging,
    SettingsChanged,
    ZrtpHash,
)
from agent.phone.preferences import Preferences
from agent.phone.security import SecurityState
from agent.phone.settings import PhoneSettings
from agent.phone.views import (
    Calling,
    CallOver,
    CompareSas,
    Dialling,
    Idle,
    InCall,
    LiftHandset,
    NotEncrypted,
    OffHook,
    Stage,
    Unknown,
)
from hw.types import HookLifted, HookReplaced, Key, KeyPressed, KeyReleased, Leds
from support.phone_driver import IN, OUT, SETTINGS, PhoneDriver, association, incoming
from support.several_calls import CAROL, carol, choose, talking

BOB = "sip:bob@example.org"
HOME = Account("home", "example.org", voice_mail="*86")
WORK = Account("work", "example.com")
PLAN = replace(
    SETTINGS.dial_plan,
    accounts=(HOME, WORK),
    rules=(Rule("0.", "work", strip=1, prefix="+49"), Rule("2xx", "home")),
    emergency=("112",),
)


def driver_with(preferences: Preferences | None = None) -> PhoneDriver:
    chosen = preferences or Preferences()
    return PhoneDriver(PhoneSettings("alice", PLAN, preferences=chosen))


def dials(driver: PhoneDriver) -> list[Dial]:
    return [each for each in driver.actions() if isinstance(each, Dial)]


# Redial, speed dial, hot line, voice mail


def test_call_key_at_the_dial_tone_calls_the_last_number_again() -> None:
    driver = PhoneDriver()
    driver.happens(HookLifted())
    driver.press(Key.CALL)
    driver.press(Key.HASH)
    driver.sees(OffHook())
    driver.dial("1002#")
    driver.press(Key.HANG_UP)
    driver.actions()
    driver.press(Key.CALL)
    assert dials(driver) == [Dial(CallId("out-2"), BOB, "home")]


def test_a_digit_held_down_dials_what_it_stands_for() -> None:
    for lifted in (True, False):
        driver = driver_with(Preferences(speed_dial=(("5", "1002"),)))
        if lifted:
            driver.happens(HookLifted())
        driver.press(Key.DIGIT_5, held_s=1.0)
        driver.sees(Calling("Bob") if lifted else LiftHandset("Bob", Stage.CALLING))
        assert dials(driver) == [Dial(OUT, BOB, "home")]


def test_a_digit_that_stands_for_nothing_is_a_digit() -> None:
    driver = driver_with(Preferences(speed_dial=(("5", "1002"),)))
    driver.happens(HookLifted())
    driver.press(Key.DIGIT_6, held_s=2.0)
    driver.sees(Dialling("6"))
    driver.press(Key.DIGIT_5, held_s=2.0)
    driver.sees(Dialling("65"))
    driver = driver_with(Preferences(speed_dial=(("5", "1002"),)))
    driver.press(Key.DIGIT_6, held_s=2.0)
    driver.press(Key.DIGIT_5, held_s=0.9)
    driver.wait(5)
    driver.sees(Idle)


def test_another_key_breaks_it_off() -> None:
    driver = driver_with(Preferences(speed_dial=(("5", "1002"),)))
    driver.happens(KeyPressed(Key.DIGIT_5), KeyPressed(Key.CONFIRM))
    driver.wait(2)
    driver.sees(Idle)
    driver.happens(KeyReleased(Key.DIGIT_5))


def test_one_held_down_calls_the_voice_mail() -> None:
    driver = driver_with()
    driver.happens(AccountChanged("home", AccountCondition.READY))
    driver.happens(MessagesWaiting("home", waiting=True, new=2))
    idle = driver.view
    assert isinstance(idle, Idle)
    assert (idle.messages, idle.messages_waiting) == (2, True)
    driver.happens(HookLifted())
    assert driver.tone is Tone.MESSAGE_WAITING
    driver.press(Key.DIGIT_1, held_s=1.0)
    assert dials(driver) == [Dial(OUT, "sip:*86@example.org", "home")]
    driver.happens(HookReplaced(), MessagesWaiting("home", waiting=False, new=0))
    idle = driver.view
    assert isinstance(idle, Idle)
    assert not idle.messages_waiting


def test_the_hot_line_dials_by_itself_and_leaves_time_for_a_key() -> None:
    driver = driver_with(Preferences(hot_line="1002", hot_line_after_s=0.0))
    driver.happens(HookLifted())
    driver.wait(1.9)
    driver.sees(OffHook())
    driver.wait(0.1)
    assert dials(driver) == [Dial(OUT, BOB, "home")]
    driver = driver_with(Preferences(hot_line="1002", hot_line_after_s=0.0))
    driver.happens(HookLifted())
    driver.dial("112#")
    assert dials(driver) == [Dial(OUT, "sip:112@example.org", "home")]


def test_the_hot_line_waits_for_nobody_while_somebody_is_on_hold() -> None:
    driver = driver_with(Preferences(hot_line="1002"))
    driver.happens(HookLifted())
    driver.dial("1002#")
    driver.happens(Dialled(OUT, signalling_verified=True), Answered(OUT))
    choose(driver, Choice.NEW_CALL)
    driver.wait(60)
    driver.sees(OffHook)


def test_a_hot_line_that_is_chosen_late_is_dialled_at_once() -> None:
    driver = driver_with()
    driver.happens(HookLifted())
    driver.wait(60)
    driver.happens(SettingsChanged(Preferences(hot_line="1002")))
    driver.sees(Calling("Bob"))


# The dial plan


def test_numbers_are_rewritten_for_their_account() -> None:
    driver = driver_with()
    driver.happens(HookLifted())
    driver.dial("0301234#")
    driver.sees(Calling("0301234"))
    assert dials(driver) == [Dial(OUT, "sip:+49301234@example.com", "work")]


def test_an_emergency_call_takes_an_account_that_works() -> None:
    driver = driver_with()
    driver.happens(AccountChanged("home", AccountCondition.UNREACHABLE))
    driver.happens(AccountChanged("work", AccountCondition.READY))
    driver.happens(LockChanged(locked=True), HookLifted())
    driver.dial("1002#")
    driver.sees(Unknown("1002"))
    driver.press(Key.HANG_UP)
    driver.dial("112#")
    assert dials(driver) == [Dial(OUT, "sip:112@example.com", "work")]


# Forwarding and do not disturb


def test_every_call_goes_elsewhere_even_from_a_locked_phone() -> None:
    driver = driver_with(Preferences(forward_always="1002", do_not_disturb=True))
    driver.happens(LockChanged(locked=True), incoming())
    assert driver.actions() == (Redirect(IN, BOB),)
    driver.sees(Idle)


def test_forwarding_to_a_number_that_nobody_has_does_not_lose_calls() -> None:
    plan = replace(SETTINGS.dial_plan, accounts=())
    preferences = Preferences(forward_always="99", forward_busy="99", forward_no_answer="99")
    driver = PhoneDriver(PhoneSettings("alice", plan, preferences=preferences))
    driver.happens(incoming())
    assert driver.ringing
    driver.wait(300)
    assert driver.ringing


def test_a_call_that_would_get_busy_goes_elsewhere() -> None:
    driver = driver_with(Preferences(forward_busy="1002", call_waiting=False))
    driver.happens(HookLifted(), incoming())
    assert driver.actions()[-1] == Redirect(IN, BOB)


def test_who_sends_every_call_elsewhere_reads_so_on_the_phone() -> None:
    driver = driver_with(Preferences(forward_always="1002", do_not_disturb=True))
    idle = driver.view
    assert isinstance(idle, Idle)
    assert idle.forwarded_to == "Bob"


def test_a_call_that_nobody_answers_goes_elsewhere() -> None:
    driver = driver_with(Preferences(forward_no_answer="1002", forward_after_s=10.0))
    driver.happens(incoming())
    driver.wait(9.9)
    assert driver.actions()[0] == Ring(IN)
    driver.wait(0.1)
    assert Redirect(IN, BOB) in driver.actions()
    driver.sees(Idle)
    driver.happens(CallEnded(IN, EndReason.CANCELLED))


def test_a_waiting_call_that_nobody_answers_goes_elsewhere() -> None:
    driver = talking()
    driver.happens(SettingsChanged(Preferences(forward_no_answer="1002", forward_after_s=10.0)))
    driver.happens(carol())
    driver.actions()
    driver.wait(10)
    assert Redirect(CAROL, BOB) in driver.actions()
    driver.sees(InCall)


def test_do_not_disturb_turns_away_all_but_some() -> None:
    for through in ("sip:bob@example.org", "1002"):
        driver = driver_with(Preferences(do_not_disturb=True, ring_through=(through,)))
        idle = driver.view
        assert isinstance(idle, Idle)
        assert idle.do_not_disturb
        driver.happens(incoming())
        assert driver.actions() == (HangUp(IN, Refusal.BUSY),)
        other = CallId("in-2")
        driver.happens(incoming(call=other, sip_uri="sip:bob@example.org;transport=tls"))
        assert driver.ringing


def test_somebody_who_calls_twice_under_one_name_is_one_call() -> None:
    driver = PhoneDriver()
    driver.happens(incoming(), incoming())
    assert driver.actions().count(Ring(IN)) == 1


# Early media


def early() -> PhoneDriver:
    driver = PhoneDriver()
    driver.happens(HookLifted())
    driver.dial("1002#")
    driver.happens(Dialled(OUT, signalling_verified=True), EarlyMedia(OUT))
    driver.actions()
    return driver


def test_what_is_not_encrypted_is_not_played_but_it_rings() -> None:
    driver = early()
    assert driver.tone is Tone.RINGBACK
    assert driver.heard == ()
    driver.happens(RemoteRinging(OUT))
    driver.sees(Calling("Bob", ringing=True))


def test_what_is_encrypted_is_heard_instead_of_the_ringing() -> None:
    driver = early()
    driver.happens(Encrypted(OUT, association()))
    assert driver.tone is None
    assert (driver.heard, driver.muted) == ((OUT,), True)
    driver.sees(Calling("Bob", hears=SecurityState.NOT_VERIFIED))
    assert driver.leds == Leds(red=True)
    driver.happens(Answered(OUT))
    driver.sees(CompareSas)
    assert (driver.heard, driver.muted) == ((OUT,), False)


def test_a_machine_on_the_way_without_encryption_does_not_end_the_call() -> None:
    driver = early()
    driver.happens(EncryptionMissing(OUT))
    driver.sees(Calling)
    assert driver.tone is Tone.RINGBACK
    driver.happens(Encrypted(OUT, association()))
    assert driver.audio == OUT


def test_whoever_answers_without_encryption_is_not_connected() -> None:
    driver = early()
    driver.happens(EncryptionMissing(OUT), Answered(OUT))
    driver.sees(NotEncrypted("Bob"))
    assert HangUp(OUT, Refusal.NOT_ENCRYPTED) in driver.actions()
    driver.press(Key.HANG_UP)
    assert driver.actions() == (PlayTone(Tone.DIAL),)


def test_an_alarm_keeps_early_media_silent() -> None:
    driver = early()
    found = replace(association(), zrtp_hash=ZrtpHash.DIFFERS)
    driver.happens(Encrypted(OUT, found))
    assert driver.heard == ()
    assert driver.tone is Tone.RINGBACK
    driver.happens(CallEnded(OUT, EndReason.BUSY))
    driver.sees(CallOver)
