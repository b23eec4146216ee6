"""The menu of a call: volume, mute, words, and trust that is taken back."""

from agent.phone.actions import (
    MuteMicrophone,
    Unverify,
)
from agent.phone.call_views import CallMenu, Choice
from agent.phone.events import (
    CallEnded,
    Encrypted,
    EndReason,
    SettingsChanged,
)
from agent.phone.events import Securing as SecuringBegan
from agent.phone.menu.orders import SavePreferences
from agent.phone.preferences import Preferences
from agent.phone.security import SecurityState
from agent.phone.views import (
    CompareSas,
    InCall,
    Securing,
)
from hw.types import Key, Leds
from support.phone_driver import OUT, PhoneDriver, association
from support.several_calls import CAROL, choose, talking, with_bob_held


def test_call_key_mutes_where_there_is_one_call() -> None:
    driver = talking()
    driver.press(Key.CALL)
    assert driver.actions() == (MuteMicrophone(muted=True),)
    choose(driver, Choice.UNMUTE)
    choose(driver, Choice.MUTE)
    assert driver.muted


def test_nothing_is_muted_before_there_are_keys() -> None:
    driver = PhoneDriver()
    driver.call_bob()
    driver.press(Key.CALL)
    driver.press(Key.DIGIT_1)
    driver.sees(Securing)
    assert not driver.muted


def test_the_menu_moves_and_goes_away() -> None:
    driver = talking()
    driver.press(Key.MENU)
    view = driver.view
    assert isinstance(view, CallMenu)
    assert view.choices[0] is Choice.HOLD
    assert view.selected == 0
    driver.press(Key.DIGIT_2)
    driver.press(Key.DIGIT_8)
    driver.press(Key.DIGIT_5)
    view = driver.view
    assert isinstance(view, CallMenu)
    assert view.selected == 1
    for _ in range(20):
        driver.press(Key.DIGIT_8)
    view = driver.view
    assert isinstance(view, CallMenu)
    assert view.choices[view.selected] is Choice.UNVERIFY
    driver.press(Key.MENU)
    driver.sees(InCall)
    driver.press(Key.MENU)
    driver.wait(15)
    driver.sees(InCall)


def test_the_menu_offers_only_what_can_be_done_now() -> None:
    driver = with_bob_held()
    driver.press(Key.MENU)
    while (
        isinstance(view := driver.view, CallMenu) and view.choices[view.selected] is not Choice.SWAP
    ):
        driver.press(Key.DIGIT_8)
    driver.happens(CallEnded(OUT, EndReason.REMOTE_HUNG_UP))
    view = driver.view
    assert isinstance(view, CallMenu)
    assert view.selected == 0
    driver.actions()
    driver.press(Key.CONFIRM)
    assert driver.actions() == ()
    assert driver.audio == CAROL


def test_the_volume_is_changed_as_often_as_the_person_likes() -> None:
    driver = talking()
    choose(driver, Choice.LOUDER)
    assert driver.orders() == (SavePreferences(Preferences(earpiece_volume=90)),)
    driver.sees(CallMenu)
    driver.happens(SettingsChanged(Preferences(earpiece_volume=95)))
    driver.press(Key.CONFIRM)
    assert driver.orders() == (SavePreferences(Preferences(earpiece_volume=100)),)
    driver.press(Key.DIGIT_8)
    driver.press(Key.CONFIRM)
    assert driver.orders() == (SavePreferences(Preferences(earpiece_volume=85)),)
    driver.press(Key.MENU)
    driver.sees(InCall)


def test_words_by_the_menu() -> None:
    driver = talking()
    choose(driver, Choice.WORDS)
    driver.sees(CompareSas)


def test_a_peer_is_verified_no_longer() -> None:
    driver = talking()
    choose(driver, Choice.UNVERIFY)
    assert driver.actions() == (Unverify(OUT),)
    view = driver.view
    assert isinstance(view, CompareSas)
    assert view.asked
    assert view.state is SecurityState.NOT_VERIFIED
    assert driver.leds == Leds(red=True)
    driver.wait(2)
    driver.press(Key.CONFIRM, held_s=0.5)
    view = driver.view
    assert isinstance(view, InCall)
    assert view.state is SecurityState.GREEN_SECURE


def test_trust_that_was_taken_back_does_not_return_with_new_keys_of_the_same_phone() -> None:
    driver = talking()
    choose(driver, Choice.UNVERIFY)
    driver.press(Key.MENU)
    again = association(sas=("adult", "amulet"), verified=True, cache_name="Bob")
    driver.happens(SecuringBegan(OUT), Encrypted(OUT, again))
    view = driver.view
    assert isinstance(view, CompareSas)
    assert view.state is SecurityState.NOT_VERIFIED
    driver.wait(2)
    driver.press(Key.CONFIRM, held_s=0.5)
    driver.happens(SecuringBegan(OUT), Encrypted(OUT, association(verified=True, cache_name="Bob")))
    assert driver.leds == Leds(green=True)
