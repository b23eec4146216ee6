"""Taken back in a call that the phone was verified: the words are asked for again."""

from dataclasses import replace

from agent.phone.actions import ConfirmSas, Unverify
from agent.phone.events import Association, Encrypted, Securing
from agent.phone.security import SecurityState
from agent.phone.views import ChooseSas, CompareSas, InCall
from hw.types import Key, Leds
from support.phone_driver import OUT, PhoneDriver, association

VERIFIED = association(verified=True, cache_name="Bobby")
CANDIDATES = (("adult", "atlas", "tempest", "aztec"), ("amulet", "paragon", "Ohio", "visitor"))


def distrusts(found: Association) -> PhoneDriver:
    """A talk with somebody verified, and the last line of the call's menu."""
    driver = PhoneDriver()
    driver.talk_to_bob(found)
    driver.press(Key.MENU)
    for _ in range(20):
        driver.press(Key.DIGIT_8)
    driver.actions()
    driver.press(Key.CONFIRM)
    assert Unverify(OUT) in driver.actions()
    return driver


def state(driver: PhoneDriver) -> SecurityState:
    assert isinstance(driver.view, CompareSas | ChooseSas | InCall)
    return driver.view.state


def test_the_words_come_at_once_and_the_lamp_is_red() -> None:
    driver = distrusts(VERIFIED)
    assert isinstance(driver.view, CompareSas)
    assert driver.view.asked
    assert driver.view.name == "Bob"
    assert state(driver) is SecurityState.NOT_VERIFIED
    assert driver.leds == Leds(red=True)


def test_put_off_it_stays_so_to_the_end_of_the_call() -> None:
    driver = distrusts(VERIFIED)
    driver.press(Key.MENU)
    assert isinstance(driver.view, InCall)
    assert state(driver) is SecurityState.NOT_VERIFIED
    driver.happens(Securing(OUT), Encrypted(OUT, VERIFIED))
    assert state(driver) is SecurityState.NOT_VERIFIED
    assert driver.leds == Leds(red=True)


def test_the_same_words_confirmed_make_it_secure_again() -> None:
    driver = distrusts(VERIFIED)
    driver.wait(1.5)
    driver.press(Key.CONFIRM, held_s=0.5)
    assert ConfirmSas(OUT) in driver.actions()
    assert driver.view == InCall("Bobby", SecurityState.GREEN_SECURE, 2, sip_name="Bob")


def test_where_the_person_listens_what_was_chosen_before_is_hidden_again() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(replace(association(), candidates=CANDIDATES))
    driver.wait(1.5)
    driver.press(Key.DIGIT_3, held_s=0.5)
    driver.press(Key.CONFIRM)
    driver.press(Key.CONFIRM)
    driver.sees(CompareSas)
    driver.press(Key.MENU)
    driver.press(Key.MENU)
    for _ in range(20):
        driver.press(Key.DIGIT_8)
    driver.press(Key.CONFIRM)
    assert Unverify(OUT) in driver.actions()
    assert isinstance(driver.view, ChooseSas)
    assert driver.view.candidates == CANDIDATES[0]
