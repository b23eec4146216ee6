"""Putting somebody through, being put through, and somebody who comes in another one's place."""

from dataclasses import replace

from agent.phone.actions import (
    AcceptTransfer,
    Answer,
    AttendedTransfer,
    BlindTransfer,
    ConnectAudio,
    DeclineTransfer,
    DisconnectAudio,
    HangUp,
    Hold,
    PlayTone,
    Resume,
    StopTone,
    Tone,
)
from agent.phone.call_views import Choice, Conference, PuttingThrough, TransferOffer
from agent.phone.events import (
    Answered,
    Cache,
    CallEnded,
    CallId,
    Encrypted,
    EndReason,
    TransferOutcome,
    TransferProgress,
    TransferRequested,
)
from agent.phone.events import Securing as SecuringBegan
from agent.phone.security import SecurityState
from agent.phone.views import (
    Alarm,
    Calling,
    CallOver,
    CompareSas,
    Idle,
    InCall,
    OffHook,
    Securing,
    View,
)
from hw.types import HookReplaced, Key, Leds
from support.phone_driver import OUT, SETTINGS, PhoneDriver, association, incoming
from support.several_calls import CAROL, carol, choose, talking, with_bob_held

CAROLS_URI = "sip:carol@example.org"
NEW = CallId("out-2")
WITHOUT_ACCOUNTS = replace(SETTINGS, dial_plan=replace(SETTINGS.dial_plan, accounts=()))
OFFER = TransferRequested(OUT, CAROLS_URI, "Carol", attended=False)


def in_call(view: View) -> InCall:
    assert isinstance(view, InCall)
    return view


# Putting somebody through


def test_put_through_to_a_number() -> None:
    driver = talking()
    choose(driver, Choice.TRANSFER)
    driver.sees(PuttingThrough("Bob", ""))
    assert driver.actions() == (DisconnectAudio(OUT), Hold(OUT), PlayTone(Tone.DIAL))
    assert driver.leds == Leds(green=True)
    driver.dial("7")
    driver.sees(PuttingThrough("Bob", "7", "Workshop"))
    assert driver.actions() == (StopTone(),)
    driver.press(Key.CALL)
    assert driver.actions() == (BlindTransfer(OUT, "sip:192.0.2.9"),)
    view = in_call(driver.view)
    assert view.on_hold
    assert view.transfer is TransferOutcome.TRYING
    driver.happens(TransferProgress(OUT, TransferOutcome.TRYING))
    driver.happens(TransferProgress(OUT, TransferOutcome.DONE))
    driver.sees(CallOver("Bob", EndReason.TRANSFERRED))
    assert driver.actions() == (HangUp(OUT), PlayTone(Tone.BUSY))
    driver.happens(CallEnded(OUT, EndReason.LOCAL_HUNG_UP), HookReplaced())
    driver.sees(Idle)


def test_nobody_there_and_the_call_goes_on() -> None:
    driver = talking()
    choose(driver, Choice.TRANSFER)
    driver.dial("7#")
    driver.happens(TransferProgress(OUT, TransferOutcome.FAILED, "Busy\x00 here"))
    view = in_call(driver.view)
    assert view.transfer is TransferOutcome.FAILED
    assert view.transfer_detail == "Busy here"
    driver.actions()
    driver.press(Key.CALL)
    assert driver.actions() == (Resume(OUT), ConnectAudio(OUT))


def test_a_number_that_nobody_has() -> None:
    driver = PhoneDriver(WITHOUT_ACCOUNTS)
    driver.talk_to_bob(association(verified=True))
    choose(driver, Choice.TRANSFER)
    driver.press(Key.HASH)
    driver.dial("99")
    driver.press(Key.MENU)
    driver.sees(PuttingThrough("Bob", "9"))
    driver.press(Key.CONFIRM)
    driver.press(Key.HASH)
    driver.sees(PuttingThrough("Bob", "9", unknown=True))
    assert driver.tone is Tone.ERROR
    driver.press(Key.DIGIT_9)
    driver.sees(PuttingThrough("Bob", "99"))


def test_hanging_up_goes_back_to_the_call() -> None:
    driver = talking()
    choose(driver, Choice.TRANSFER)
    driver.dial("7")
    driver.actions()
    driver.press(Key.HANG_UP)
    assert driver.actions() == (Resume(OUT), ConnectAudio(OUT))
    assert not in_call(driver.view).on_hold


def test_they_hang_up_while_the_number_is_dialled() -> None:
    driver = talking()
    choose(driver, Choice.TRANSFER)
    driver.happens(CallEnded(OUT, EndReason.REMOTE_HUNG_UP))
    driver.sees(CallOver)
    driver.press(Key.HANG_UP)
    driver.sees(OffHook())


def test_the_handset_is_put_down_while_the_number_is_dialled() -> None:
    driver = talking()
    choose(driver, Choice.TRANSFER)
    driver.happens(HookReplaced())
    driver.sees(Idle)
    assert HangUp(OUT) in driver.actions()


def test_an_alarm_comes_before_the_number() -> None:
    driver = talking()
    choose(driver, Choice.TRANSFER)
    driver.happens(SecuringBegan(OUT))
    driver.sees(PuttingThrough)
    driver.happens(Encrypted(OUT, association("ee" * 12, cache=Cache.MISMATCHED)))
    driver.sees(Alarm)
    assert driver.tone is Tone.ALARM


def test_keys_that_are_as_before_do_not_disturb_the_number() -> None:
    driver = talking()
    choose(driver, Choice.TRANSFER)
    driver.happens(Encrypted(OUT, association(verified=True, cache_name="Bob")))
    driver.sees(PuttingThrough)


def test_whoever_is_held_is_put_through_to_whoever_is_on_the_line() -> None:
    driver = with_bob_held()
    choose(driver, Choice.PUT_THROUGH)
    assert driver.actions() == (
        DisconnectAudio(CAROL),
        Hold(CAROL),
        AttendedTransfer(OUT, CAROL),
    )
    view = in_call(driver.view)
    assert view.transfer is TransferOutcome.TRYING
    driver.happens(TransferProgress(OUT, TransferOutcome.DONE))
    driver.sees(CallOver("Bob", EndReason.TRANSFERRED))
    assert driver.actions() == (HangUp(OUT), HangUp(CAROL), PlayTone(Tone.BUSY))
    driver.press(Key.HANG_UP)
    driver.sees(OffHook())


def test_she_who_was_on_the_line_hangs_up_first() -> None:
    driver = with_bob_held()
    choose(driver, Choice.PUT_THROUGH)
    driver.happens(CallEnded(CAROL, EndReason.REMOTE_HUNG_UP))
    driver.sees(CallOver("Carol", EndReason.REMOTE_HUNG_UP, duration_s=2))
    driver.happens(TransferProgress(OUT, TransferOutcome.DONE))
    driver.sees(CallOver("Bob", EndReason.TRANSFERRED))


def test_both_stay_where_they_cannot_be_joined() -> None:
    driver = with_bob_held()
    choose(driver, Choice.PUT_THROUGH)
    driver.happens(TransferProgress(OUT, TransferOutcome.FAILED, "Declined"))
    assert in_call(driver.view).transfer is TransferOutcome.FAILED
    driver.actions()
    driver.press(Key.CALL)
    assert driver.actions() == (Resume(CAROL), ConnectAudio(CAROL))
    driver.press(Key.CALL)
    assert in_call(driver.view).name == "Bob"


def test_a_blind_transfer_of_a_call_that_was_put_aside_meanwhile() -> None:
    driver = talking()
    choose(driver, Choice.TRANSFER)
    driver.dial("7#")
    driver.happens(carol())
    driver.press(Key.CALL)
    driver.happens(TransferProgress(OUT, TransferOutcome.DONE))
    driver.happens(Answered(CAROL), Encrypted(CAROL, association("ca" * 12, verified=True)))
    driver.sees(CallOver("Bob", EndReason.TRANSFERRED, duration_s=2))


def test_progress_of_what_nobody_asked_for_means_nothing() -> None:
    driver = talking()
    driver.happens(TransferProgress(OUT, TransferOutcome.DONE))
    driver.sees(InCall)
    assert driver.actions() == ()


# Being put through


def test_the_person_is_asked_and_meets_a_stranger() -> None:
    driver = talking()
    driver.happens(OFFER)
    driver.sees(TransferOffer("Bob", SecurityState.GREEN_SECURE, "Carol"))
    driver.press(Key.DIGIT_5)
    driver.sees(TransferOffer)
    driver.press(Key.CALL)
    assert driver.actions() == (
        DisconnectAudio(OUT),
        Hold(OUT),
        AcceptTransfer(OUT, NEW, CAROLS_URI),
    )
    driver.sees(Calling("Carol"))
    assert driver.leds == Leds()
    driver.happens(Answered(NEW))
    driver.sees(Securing)
    assert driver.actions() == (PlayTone(Tone.ALARM),)
    driver.happens(Encrypted(NEW, association("ca" * 12, ("adult", "amulet"))))
    view = driver.view
    assert isinstance(view, CompareSas)
    assert (view.name, view.asked) == ("Carol", True)
    assert driver.leds == Leds(red=True)
    driver.happens(CallEnded(OUT, EndReason.REMOTE_HUNG_UP))
    driver.press(Key.MENU)
    assert in_call(driver.view).others == ()


def test_hanging_up_or_star_means_no() -> None:
    for key in (Key.STAR, Key.HANG_UP):
        driver = talking()
        driver.happens(OFFER)
        driver.press(key)
        assert driver.actions() == (DeclineTransfer(OUT),)
        driver.sees(InCall)


def test_no_answer_means_no() -> None:
    driver = talking()
    driver.happens(OFFER)
    driver.wait(30)
    assert driver.actions() == (DeclineTransfer(OUT),)
    driver.sees(InCall)


def test_words_come_before_the_question() -> None:
    driver = talking(verified=False)
    driver.happens(OFFER)
    driver.sees(CompareSas)
    driver.press(Key.MENU)
    driver.sees(TransferOffer("Bob", SecurityState.NOT_VERIFIED, "Carol"))


def test_one_question_at_a_time_and_none_of_a_call_that_is_aside() -> None:
    driver = talking()
    driver.happens(OFFER, OFFER)
    assert driver.actions() == (DeclineTransfer(OUT),)
    driver = with_bob_held()
    driver.happens(OFFER)
    assert driver.actions() == (DeclineTransfer(OUT),)
    driver.sees(InCall)


def test_whom_it_goes_to_has_our_own_name_for_them_or_at_least_an_address() -> None:
    for uri, name, shown in (
        ("sip:bob@example.org", "Robert", "Bob"),
        (CAROLS_URI, "", "carol@example.org"),
        ("", "", "?"),
    ):
        driver = talking()
        driver.happens(TransferRequested(OUT, uri, name, attended=True))
        driver.sees(TransferOffer("Bob", SecurityState.GREEN_SECURE, shown))


def test_the_one_we_were_put_through_to_does_not_answer() -> None:
    driver = talking()
    driver.happens(OFFER)
    driver.press(Key.CALL)
    driver.happens(CallEnded(NEW, EndReason.BUSY))
    driver.wait(4)
    view = in_call(driver.view)
    assert (view.name, view.on_hold) == ("Bob", True)


# Somebody in another one's place


def test_she_who_comes_in_his_place_proves_herself_from_the_beginning() -> None:
    driver = talking()
    driver.happens(replace(carol(), replaces=OUT))
    assert driver.actions() == (
        DisconnectAudio(OUT),
        Answer(CAROL),
        HangUp(OUT),
        PlayTone(Tone.ALARM),
    )
    driver.sees(Securing("Carol", signalling_verified=True))
    assert driver.leds == Leds(red=True)
    driver.happens(CallEnded(OUT, EndReason.REMOTE_HUNG_UP))
    driver.happens(Answered(CAROL), Encrypted(CAROL, association("ca" * 12)))
    view = driver.view
    assert isinstance(view, CompareSas)
    assert view.asked


def test_in_the_place_of_a_held_call() -> None:
    driver = with_bob_held()
    third = CallId("in-3")
    driver.happens(replace(incoming("Dan", call=third), replaces=OUT))
    assert driver.actions() == (Answer(third), HangUp(OUT), PlayTone(Tone.ALARM))
    driver.happens(Answered(third))
    assert driver.actions() == (Hold(third),)
    assert in_call(driver.view).others == ("Dan",)


def test_in_the_place_of_either_of_a_conference() -> None:
    for place in (OUT, CAROL):
        driver = with_bob_held(carol_verified=True)
        choose(driver, Choice.CONFERENCE)
        third = CallId("in-3")
        driver.happens(replace(incoming("Dan", call=third), replaces=place))
        view = driver.view
        assert isinstance(view, Conference)
        assert view.legs[0].name == "Dan"
        assert not view.legs[0].heard


def test_in_the_place_of_a_call_that_is_being_put_through() -> None:
    driver = talking()
    choose(driver, Choice.TRANSFER)
    driver.happens(replace(carol(), replaces=OUT))
    driver.sees(PuttingThrough("Carol", ""))


def test_in_the_place_of_nobody_it_is_a_call_like_any_other() -> None:
    driver = PhoneDriver()
    driver.happens(replace(carol(), replaces=CallId("x")))
    assert driver.ringing
