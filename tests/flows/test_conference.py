"""Three people on one phone: each leg its own keys, and as secure as the worse of them."""

from agent.phone.actions import (
    ConnectAudio,
    DisconnectAudio,
    HangUp,
    Hold,
    JoinAudio,
    MuteMicrophone,
    PartAudio,
    PlayTone,
    Resume,
    SendDtmf,
    Tone,
)
from agent.phone.call_views import CallMenu, Choice, Conference, Leg
from agent.phone.events import (
    Answered,
    Cache,
    CallEnded,
    CallId,
    Encrypted,
    EncryptionFailed,
    EncryptionFault,
    EncryptionMissing,
    EndReason,
    RemoteHeld,
)
from agent.phone.events import Securing as SecuringBegan
from agent.phone.security import SecurityState
from agent.phone.views import Alarm, CallOver, CompareSas, Idle, InCall, Insecure, OffHook
from hw.types import (
    Device,
    DeviceBack,
    DeviceMissing,
    HeadsetPlugged,
    HeadsetUnplugged,
    HookReplaced,
    Key,
    Leds,
)
from support.phone_driver import OUT, PhoneDriver, association, incoming
from support.several_calls import CAROL, CAROL_SAS, choose, with_bob_held


def conferring(*, carol_verified: bool = False) -> PhoneDriver:
    """Carol and Bob; Bob is verified."""
    driver = with_bob_held(carol_verified=carol_verified)
    choose(driver, Choice.CONFERENCE)
    return driver


def test_all_three_hear_each_other_and_the_worse_state_is_the_large_one() -> None:
    driver = conferring()
    assert driver.actions() == (
        DisconnectAudio(CAROL),
        Resume(OUT),
        JoinAudio((CAROL, OUT)),
    )
    view = driver.view
    assert isinstance(view, Conference)
    assert view.legs == (
        Leg("Carol", SecurityState.NOT_VERIFIED, heard=True),
        Leg("Bob", SecurityState.GREEN_SECURE, heard=True),
    )
    assert driver.leds == Leds(red=True)
    driver.wait(1)
    later = driver.view
    assert isinstance(later, Conference)
    assert later.duration_s == view.duration_s + 1


def test_green_only_where_both_are() -> None:
    assert conferring(carol_verified=True).leds == Leds(green=True)


def test_the_words_of_the_worse_one_are_one_key_away() -> None:
    driver = conferring()
    driver.press(Key.CONFIRM)
    view = driver.view
    assert isinstance(view, CompareSas)
    assert view.sas == CAROL_SAS
    driver.wait(2)
    driver.press(Key.CONFIRM, held_s=0.5)
    driver.press(Key.CONFIRM)
    driver.sees(Conference)
    assert driver.leds == Leds(green=True)


def test_the_words_of_each_by_the_menu() -> None:
    driver = conferring(carol_verified=True)
    for choice, name in ((Choice.WORDS, "Carol"), (Choice.WORDS_OF_SECOND, "Bob")):
        choose(driver, choice)
        view = driver.view
        assert isinstance(view, CompareSas)
        assert view.name == name
        driver.press(Key.MENU)
    driver.press(Key.MENU)
    view_ = driver.view
    assert isinstance(view_, CallMenu)
    assert view_.other == "Bob"


def test_an_alarm_of_one_takes_only_that_one_out() -> None:
    driver = conferring(carol_verified=True)
    driver.actions()
    driver.happens(SecuringBegan(OUT))
    assert driver.actions() == (PartAudio((CAROL, OUT)), ConnectAudio(CAROL))
    driver.sees(Conference)
    driver.happens(Encrypted(OUT, association("ee" * 12, cache=Cache.MISMATCHED)))
    driver.sees(Alarm(SecurityState.CACHE_MISMATCH, "Bob"))
    assert driver.heard == (CAROL,)
    assert driver.tone is Tone.ALARM
    driver.wait(2)
    driver.press(Key.CONFIRM)
    driver.sees(CompareSas)
    driver.press(Key.MENU)
    driver.sees(Conference)
    assert set(driver.heard) == {CAROL, OUT}
    assert driver.leds == Leds(red=True)


def test_one_hangs_up_and_the_other_goes_on() -> None:
    for gone, left in ((OUT, CAROL), (CAROL, OUT)):
        driver = conferring(carol_verified=True)
        driver.actions()
        driver.happens(CallEnded(gone, EndReason.REMOTE_HUNG_UP))
        driver.sees(CallOver)
        assert driver.audio == left
        driver.wait(4)
        driver.sees(InCall)


def test_nobody_goes_on_talking_unasked_where_one_was_attacked() -> None:
    driver = conferring(carol_verified=True)
    driver.happens(EncryptionFailed(OUT, EncryptionFault.ATTACK))
    driver.sees(Insecure("Bob", EncryptionFault.ATTACK))
    assert driver.heard == ()
    assert driver.on_hold == {CAROL}
    driver.press(Key.HANG_UP)
    view = driver.view
    assert isinstance(view, InCall)
    assert (view.name, view.on_hold) == ("Carol", True)


def test_parting_holds_the_second() -> None:
    driver = conferring()
    driver.actions()
    choose(driver, Choice.PART)
    assert driver.actions() == (PartAudio((CAROL, OUT)), Hold(OUT), ConnectAudio(CAROL))
    view = driver.view
    assert isinstance(view, InCall)
    assert (view.name, view.others) == ("Carol", ("Bob",))


def test_a_headset_that_is_pulled_out_mutes_the_conference() -> None:
    driver = conferring()
    # The hook switch forgets that the handset was up.
    driver.happens(HeadsetPlugged(), DeviceMissing(Device.HOOK, "no line"), DeviceBack(Device.HOOK))
    driver.actions()
    driver.happens(HeadsetUnplugged())
    assert MuteMicrophone(muted=True) in driver.actions()
    view = driver.view
    assert isinstance(view, Conference)
    assert view.muted


def test_mute_and_digits_concern_both() -> None:
    driver = conferring()
    driver.actions()
    driver.press(Key.CALL)
    choose(driver, Choice.UNMUTE)
    choose(driver, Choice.MUTE)
    assert driver.actions() == (
        MuteMicrophone(muted=True),
        MuteMicrophone(muted=False),
        MuteMicrophone(muted=True),
    )
    view = driver.view
    assert isinstance(view, Conference)
    assert view.muted
    driver.press(Key.DIGIT_4)
    assert driver.actions() == (SendDtmf(CAROL, "4"), SendDtmf(OUT, "4"))


def test_hanging_up_ends_both() -> None:
    driver = conferring()
    driver.actions()
    driver.press(Key.HANG_UP)
    assert driver.actions() == (
        PartAudio((CAROL, OUT)),
        HangUp(CAROL),
        HangUp(OUT),
        PlayTone(Tone.DIAL),
    )
    driver.sees(OffHook())
    driver = conferring()
    driver.happens(HookReplaced())
    driver.sees(Idle)


def test_whoever_is_put_on_hold_there_is_told_apart() -> None:
    driver = conferring()
    driver.happens(RemoteHeld(OUT, held=True))
    view = driver.view
    assert isinstance(view, Conference)
    assert view.legs[1].held_there


def test_a_third_caller_hears_busy_in_a_conference() -> None:
    driver = conferring()
    driver.actions()
    third = CallId("in-3")
    driver.happens(incoming("Dan", call=third))
    assert [type(each) for each in driver.actions()] == [HangUp]


def test_one_of_whom_no_words_are_known_yet_shows_none() -> None:
    driver = conferring()
    driver.happens(SecuringBegan(CAROL))
    driver.press(Key.CONFIRM)
    driver.sees(Conference)


def test_a_call_that_is_aside_fails_and_the_conference_goes_on() -> None:
    driver = with_bob_held()
    third = CallId("in-3")
    driver.happens(incoming("Dan", call=third))
    driver.press(Key.CALL)
    driver.happens(Answered(third), Encrypted(third, association("da" * 12, verified=True)))
    choose(driver, Choice.CONFERENCE)
    assert driver.heard == (third, CAROL)
    driver.happens(EncryptionMissing(OUT))
    driver.sees(Conference)
    assert driver.heard == (third, CAROL)
