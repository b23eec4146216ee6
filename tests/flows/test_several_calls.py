"""Two calls and a third: a tone in the ear, hold, swap, and what is left when one of them ends."""

import pytest

from agent.phone.actions import (
    Answer,
    ConnectAudio,
    Dial,
    DisconnectAudio,
    HangUp,
    Hold,
    PlayTone,
    Refusal,
    Resume,
    Ring,
    SendDtmf,
    StartRinging,
    StopTone,
    Tone,
)
from agent.phone.call_views import Choice
from agent.phone.events import (
    Answered,
    Cache,
    CallEnded,
    CallId,
    Dialled,
    Encrypted,
    EncryptionFailed,
    EncryptionFault,
    EncryptionMissing,
    EndReason,
    LineQuality,
    Quality,
    ReencryptionRefused,
    RemoteHeld,
    RemoteRinging,
)
from agent.phone.events import Securing as SecuringBegan
from agent.phone.remote_events import DialledRemotely
from agent.phone.report import Doing
from agent.phone.security import SecurityState
from agent.phone.views import (
    Alarm,
    Calling,
    CallOver,
    CallWaiting,
    CompareSas,
    Idle,
    InCall,
    Insecure,
    LiftHandset,
    NotEncrypted,
    Notice,
    OffHook,
    Ringing,
    Securing,
)
from hw.types import Device, DeviceMissing, HookLifted, HookReplaced, Key, Leds
from support.phone_driver import IN, OUT, PhoneDriver, association, incoming
from support.several_calls import CAROL, carol, carol_too, choose, talking, with_bob_held

SECOND = CallId("out-2")


def test_another_call_waits_with_a_tone_and_the_screen_says_who() -> None:
    driver = talking()
    driver.happens(incoming("Carol"))
    assert driver.actions() == (Ring(IN), PlayTone(Tone.CALL_WAITING))
    caller = Ringing("Carol", "home", signalling_verified=True)
    driver.sees(CallWaiting(caller, "Bob", SecurityState.GREEN_SECURE))
    assert driver.leds == Leds(green=True)
    assert driver.audio == OUT
    driver.press(Key.DIGIT_5)
    assert driver.actions() == (SendDtmf(OUT, "5"),)
    driver.press(Key.CONFIRM)
    driver.sees(CompareSas)
    driver.press(Key.CONFIRM)
    driver.sees(CallWaiting)
    driver.happens(CallEnded(IN, EndReason.CANCELLED))
    driver.sees(InCall)
    assert driver.actions() == (StopTone(),)


def test_answering_holds_the_present_call_first() -> None:
    driver = talking()
    driver.happens(carol())
    driver.actions()
    driver.press(Key.CALL)
    assert driver.actions() == (DisconnectAudio(OUT), Hold(OUT), StopTone(), Answer(CAROL))
    driver.sees(Securing("Carol", signalling_verified=True))
    driver.happens(Answered(CAROL), Encrypted(CAROL, association("ca" * 12)))
    driver.sees(CompareSas)
    assert driver.audio == CAROL
    assert driver.leds == Leds(red=True)


def test_the_waiting_call_is_turned_away_by_the_menu_key() -> None:
    driver = talking()
    driver.happens(carol())
    driver.actions()
    driver.press(Key.MENU)
    assert driver.actions() == (StopTone(), HangUp(CAROL, Refusal.DECLINED))
    driver.sees(InCall)


def test_hanging_up_lets_the_waiting_call_ring() -> None:
    driver = talking()
    driver.happens(carol())
    driver.actions()
    driver.press(Key.HANG_UP)
    # The handset is up: it rings in the ear.
    assert driver.actions() == (DisconnectAudio(OUT), HangUp(OUT))
    driver.sees(Ringing)
    assert driver.tone is Tone.CALL_WAITING
    driver.happens(HookReplaced())
    assert driver.actions() == (StopTone(), StartRinging())
    driver.happens(HookLifted())
    assert Answer(CAROL) in driver.actions()


def test_a_waiting_call_can_be_turned_away_when_it_rings_in_the_ear() -> None:
    driver = talking()
    driver.happens(carol())
    driver.press(Key.HANG_UP)
    driver.actions()
    driver.press(Key.HANG_UP)
    assert driver.actions() == (HangUp(CAROL, Refusal.DECLINED), PlayTone(Tone.DIAL))
    driver.sees(OffHook())


def test_the_waiting_call_rings_on_when_the_handset_is_put_down() -> None:
    driver = talking()
    driver.happens(carol(), HookReplaced())
    driver.sees(Ringing)
    assert driver.ringing
    driver.happens(CallEnded(CAROL, EndReason.CANCELLED))
    driver.sees(Idle)


def test_a_third_caller_hears_busy() -> None:
    driver = talking()
    driver.happens(carol())
    driver.actions()
    third = CallId("in-3")
    driver.happens(incoming("Dan", call=third))
    assert driver.actions() == (HangUp(third, Refusal.BUSY),)


def test_a_third_call_can_be_answered_and_all_three_come_back_in_turn() -> None:
    driver = with_bob_held()
    third, fourth = CallId("in-3"), CallId("in-4")
    driver.happens(incoming("Dan", call=third))
    driver.press(Key.CALL)
    driver.happens(Answered(third), Encrypted(third, association("da" * 12, verified=True)))
    view = driver.view
    assert isinstance(view, InCall)
    assert (view.name, view.others) == ("Dan", ("Carol", "Bob"))
    driver.actions()
    driver.happens(incoming("Eve", call=fourth))
    assert driver.actions() == (HangUp(fourth, Refusal.BUSY),)
    for name in ("Carol", "Bob", "Dan"):
        driver.press(Key.CALL)
        view = driver.view
        assert isinstance(view, InCall)
        assert view.name == name
    driver.happens(HookReplaced())
    assert {HangUp(OUT), HangUp(CAROL), HangUp(third)} < set(driver.actions())


def test_swap_takes_nothing_of_one_call_to_the_other() -> None:
    driver = with_bob_held()
    view = driver.view
    assert isinstance(view, InCall)
    assert (view.name, view.others, view.state) == (
        "Carol",
        ("Bob",),
        SecurityState.NOT_VERIFIED,
    )
    assert driver.leds == Leds(red=True)
    driver.actions()
    driver.press(Key.CALL)
    assert driver.actions() == (
        DisconnectAudio(CAROL),
        Hold(CAROL),
        Resume(OUT),
        ConnectAudio(OUT),
    )
    view = driver.view
    assert isinstance(view, InCall)
    assert (view.name, view.others, view.state) == (
        "Bob",
        ("Carol",),
        SecurityState.GREEN_SECURE,
    )
    assert driver.leds == Leds(green=True)


def test_swap_by_the_menu() -> None:
    driver = with_bob_held()
    choose(driver, Choice.SWAP)
    assert driver.audio == OUT


def test_the_shell_hears_of_every_call() -> None:
    driver = with_bob_held()
    driver.happens(incoming("Dan", call=CallId("in-3")))
    told = driver.phone.report(driver.now)
    assert told.doing is Doing.TALKING
    assert [(each.name, each.doing) for each in told.calls] == [
        ("Carol", Doing.TALKING),
        ("Bob", Doing.ON_HOLD),
        ("Dan", Doing.WAITING),
    ]


def test_the_shell_dials_while_somebody_is_on_hold() -> None:
    driver = talking()
    choose(driver, Choice.NEW_CALL)
    driver.happens(DialledRemotely("7"))
    driver.sees(Calling("Workshop"))
    assert driver.on_hold == {OUT}


def test_the_handset_is_lifted_before_there_are_keys() -> None:
    driver = PhoneDriver()
    driver.happens(DialledRemotely("1002"), Answered(OUT))
    driver.sees(LiftHandset)
    driver.happens(HookLifted())
    driver.sees(Securing)


def test_hold_asks_nothing_again() -> None:
    driver = talking()
    choose(driver, Choice.HOLD)
    assert driver.actions() == (DisconnectAudio(OUT), Hold(OUT))
    view = driver.view
    assert isinstance(view, InCall)
    assert view.on_hold
    assert view.state is SecurityState.GREEN_SECURE
    driver.wait(60)
    driver.press(Key.CALL)
    assert driver.actions() == (Resume(OUT), ConnectAudio(OUT))
    view = driver.view
    assert isinstance(view, InCall)
    assert not view.on_hold
    assert view.state is SecurityState.GREEN_SECURE


def test_hold_and_go_on_by_the_menu() -> None:
    driver = talking()
    choose(driver, Choice.HOLD)
    choose(driver, Choice.RESUME)
    assert driver.actions() == (DisconnectAudio(OUT), Hold(OUT), Resume(OUT), ConnectAudio(OUT))


def test_they_put_us_on_hold() -> None:
    driver = talking()
    driver.happens(RemoteHeld(OUT, held=True))
    view = driver.view
    assert isinstance(view, InCall)
    assert view.held_there
    driver.happens(RemoteHeld(OUT, held=False))
    view = driver.view
    assert isinstance(view, InCall)
    assert not view.held_there


def test_how_well_they_are_heard() -> None:
    driver = talking()
    driver.happens(LineQuality(OUT, Quality.SILENT))
    view = driver.view
    assert isinstance(view, InCall)
    assert view.quality is Quality.SILENT


def test_who_tried_to_turn_the_encryption_off_is_told_to_the_end() -> None:
    driver = talking()
    driver.happens(ReencryptionRefused(OUT))
    driver.wait(100)
    view = driver.view
    assert isinstance(view, InCall)
    assert view.notices == (Notice.REENCRYPTION_REFUSED,)


def test_a_new_call_holds_the_present_one_and_hanging_up_brings_it_back_on_hold() -> None:
    driver = talking()
    choose(driver, Choice.NEW_CALL)
    driver.sees(OffHook(held=("Bob",)))
    assert driver.actions() == (DisconnectAudio(OUT), Hold(OUT), PlayTone(Tone.DIAL))
    driver.dial("7#")
    driver.sees(Calling("Workshop"))
    assert driver.actions() == (StopTone(), Dial(SECOND, "sip:192.0.2.9", ""))
    driver.press(Key.HANG_UP)
    assert driver.actions() == (HangUp(SECOND),)
    view = driver.view
    assert isinstance(view, InCall)
    assert (view.name, view.on_hold) == ("Bob", True)
    driver.press(Key.CALL)
    assert driver.actions() == (Resume(OUT), ConnectAudio(OUT))


def test_no_new_call_after_all() -> None:
    driver = talking()
    choose(driver, Choice.NEW_CALL)
    driver.press(Key.HANG_UP)
    view = driver.view
    assert isinstance(view, InCall)
    assert view.on_hold


def test_the_other_call_ends_and_the_held_one_comes_back_after_a_while() -> None:
    driver = with_bob_held()
    driver.happens(CallEnded(CAROL, EndReason.REMOTE_HUNG_UP))
    driver.sees(CallOver("Carol", EndReason.REMOTE_HUNG_UP, duration_s=2))
    assert driver.tone is Tone.BUSY
    driver.wait(4)
    view = driver.view
    assert isinstance(view, InCall)
    assert (view.name, view.on_hold) == ("Bob", True)
    assert driver.tone is None


def test_a_held_call_that_ends_is_told_for_a_while() -> None:
    driver = with_bob_held()
    driver.happens(CallEnded(OUT, EndReason.REMOTE_HUNG_UP))
    driver.sees(CallOver("Bob", EndReason.REMOTE_HUNG_UP, duration_s=4))
    assert driver.audio == CAROL
    driver.press(Key.DIGIT_1)
    driver.sees(InCall)
    assert SendDtmf(CAROL, "1") in driver.actions()


def test_the_news_of_a_held_call_goes_away_by_itself() -> None:
    driver = with_bob_held()
    driver.happens(CallEnded(OUT, EndReason.REMOTE_HUNG_UP))
    driver.wait(4)
    driver.sees(InCall)


def test_an_attack_on_a_held_call_is_read_before_anything_else() -> None:
    driver = with_bob_held(carol_verified=True)
    assert driver.leds == Leds(green=True)
    driver.actions()
    driver.happens(EncryptionFailed(OUT, EncryptionFault.ATTACK))
    driver.sees(Insecure("Bob", EncryptionFault.ATTACK))
    assert driver.leds == Leds(red=True)
    assert driver.actions() == (HangUp(OUT, Refusal.NOT_ENCRYPTED),)
    driver.press(Key.DIGIT_1)
    driver.sees(InCall)
    assert driver.actions() == ()
    assert driver.leds == Leds(green=True)


def test_what_is_worse_is_not_covered_by_what_is_not() -> None:
    driver = with_bob_held()
    third = CallId("in-3")
    driver.happens(incoming("Dan", call=third))
    driver.happens(EncryptionMissing(OUT), EncryptionMissing(third))
    driver.sees(NotEncrypted("Bob"))


def test_a_waiting_call_without_encryption_is_told() -> None:
    driver = talking()
    driver.happens(carol(), EncryptionMissing(CAROL))
    driver.sees(NotEncrypted("Carol"))
    assert HangUp(CAROL, Refusal.NOT_ENCRYPTED) in driver.actions()


def test_another_phone_on_a_held_call_sounds_and_is_shown_when_it_comes_back() -> None:
    driver = with_bob_held(carol_verified=True)
    driver.actions()
    driver.happens(
        SecuringBegan(OUT), Encrypted(OUT, association("ee" * 12, cache=Cache.MISMATCHED))
    )
    assert driver.actions() == (PlayTone(Tone.ALARM),)
    driver.sees(InCall)
    driver.wait(0.6)
    assert driver.actions() == (StopTone(),)
    driver.press(Key.CALL)
    driver.sees(Alarm)
    assert driver.tone is Tone.ALARM
    assert driver.heard == ()


def test_words_that_were_being_read_are_shown_anew_after_a_swap() -> None:
    driver = talking(verified=False)
    driver.wait(2)
    driver.press(Key.MENU)
    carol_too(driver)
    driver.press(Key.CALL)
    driver.press(Key.CONFIRM)
    view = driver.view
    assert isinstance(view, CompareSas)
    assert not view.confirmable


def test_a_held_key_does_not_confirm_a_call_that_was_put_aside() -> None:
    driver = talking(verified=False)
    driver.wait(2)
    driver.happens(carol())
    driver.sees(CompareSas)
    driver.press(Key.MENU)
    driver.press(Key.CALL)
    driver.sees(Securing)
    driver.wait(5)
    driver.press(Key.CALL)
    driver.sees(InCall)


@pytest.mark.parametrize("waiting", [True, False])
def test_lifting_the_handset_after_the_end_takes_what_is_there(*, waiting: bool) -> None:
    driver = with_bob_held()
    if waiting:
        driver.press(Key.CALL)
        driver.happens(CallEnded(CAROL, EndReason.REMOTE_HUNG_UP))
        driver.wait(5)
        driver.happens(incoming("Dan", call=CallId("in-3")))
    driver.happens(CallEnded(OUT if waiting else CAROL, EndReason.REMOTE_HUNG_UP))
    driver.sees(CallOver)
    driver.actions()
    driver.press(Key.CALL)
    if waiting:
        assert Answer(CallId("in-3")) in driver.actions()
    else:
        driver.sees(CallOver)
        driver.happens(HookLifted())
        driver.sees(InCall)


def test_a_phone_without_a_hook_switch_swaps_and_ends_its_calls_by_keys() -> None:
    driver = PhoneDriver()
    driver.happens(DeviceMissing(Device.HOOK, "no such line"))
    driver.press(Key.CALL)
    driver.dial("1002#")
    driver.happens(Dialled(OUT, signalling_verified=True), RemoteRinging(OUT), Answered(OUT))
    driver.happens(Encrypted(OUT, association(verified=True)))
    carol_too(driver)
    driver.press(Key.HANG_UP)
    view = driver.view
    assert isinstance(view, InCall)
    assert view.on_hold
    driver.press(Key.HANG_UP)
    driver.sees(Idle)


def test_a_stranger_who_rings_gives_way_to_whom_the_phone_knows() -> None:
    driver = PhoneDriver()
    driver.happens(incoming("Mallory", call=IN))
    driver.actions()
    driver.happens(incoming("Carol", call=CAROL, from_known=True))
    assert driver.actions() == (HangUp(IN, Refusal.BUSY), Ring(CAROL))
    driver.sees(Ringing("Carol", "home", signalling_verified=True))
    driver.happens(CallEnded(IN, EndReason.LOCAL_HUNG_UP))
    driver.sees(Ringing("Carol", "home", signalling_verified=True))
    driver.happens(incoming("Bob", call=CallId("in-3"), from_known=True))
    assert driver.actions() == (HangUp(CallId("in-3"), Refusal.BUSY),)
    assert driver.ringing


def test_a_stranger_who_waits_gives_way_to_whom_the_phone_knows() -> None:
    driver = talking()
    driver.happens(incoming("Mallory", call=IN))
    driver.actions()
    driver.happens(incoming("Mallory again", call=CallId("in-3")))
    assert driver.actions() == (HangUp(CallId("in-3"), Refusal.BUSY),)
    driver.happens(incoming("Carol", call=CAROL, from_known=True))
    assert driver.actions() == (HangUp(IN, Refusal.BUSY), Ring(CAROL))
    caller = Ringing("Carol", "home", signalling_verified=True)
    driver.sees(CallWaiting(caller, "Bob", SecurityState.GREEN_SECURE))
    driver.press(Key.CALL)
    assert Answer(CAROL) in driver.actions()
