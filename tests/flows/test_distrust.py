"""Taken back in a call that the phone was verified: the words are asked for again."""

from dataclasses import replace

import pytest

from agent.phone.actions import ConfirmSas, DenySas, Unverify
from agent.phone.call_views import Choice
from agent.phone.events import Answered, Association, Encrypted, Securing
from agent.phone.security import SecurityState
from agent.phone.views import ChooseSas, CompareSas, InCall
from hw.types import Key, Leds
from support.phone_driver import OUT, PhoneDriver, association
from support.several_calls import CAROL, carol, choose, talking

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


def two_calls_with_bobs_phone() -> PhoneDriver:
    """The second one, from another account of his, is on the line; the words of both are known."""
    driver = talking()
    driver.happens(carol())
    driver.press(Key.CALL)
    again = association(sas=("adult", "amulet"), verified=True, cache_name="Bob")
    driver.happens(Answered(CAROL), Encrypted(CAROL, again))
    driver.wait(2)
    driver.actions()
    return driver


def deny(driver: PhoneDriver) -> None:
    driver.press(Key.CONFIRM)
    driver.wait(1.5)
    driver.press(Key.STAR, held_s=0.5)
    assert DenySas(CAROL) in driver.actions()
    driver.wait(3)
    driver.press(Key.CALL)


@pytest.mark.parametrize("how", ["denied", "unverified"])
def test_a_phone_that_lost_its_trust_lost_it_in_its_other_calls_too(how: str) -> None:
    driver = two_calls_with_bobs_phone()
    if how == "denied":
        deny(driver)
    else:
        choose(driver, Choice.UNVERIFY)
        driver.press(Key.MENU)
    choose(driver, Choice.SWAP)
    assert isinstance(driver.view, CompareSas)
    assert driver.view.asked
    assert state(driver) is SecurityState.NOT_VERIFIED
    assert driver.leds == Leds(red=True)


def test_words_that_were_compared_in_another_call_were_the_same_there() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(association())
    driver.wait(1.5)
    driver.press(Key.CONFIRM, held_s=0.5)
    driver.press(Key.CONFIRM)
    driver.wait(2)
    driver.happens(carol())
    driver.press(Key.CALL)
    driver.happens(Answered(CAROL), Encrypted(CAROL, association(sas=("adult", "amulet"))))
    driver.wait(1.5)
    driver.press(Key.STAR, held_s=0.5)
    driver.wait(3)
    driver.press(Key.CALL)
    choose(driver, Choice.SWAP)
    assert isinstance(driver.view, InCall)
    assert state(driver) is SecurityState.GREEN_SECURE


def test_another_phone_keeps_its_trust() -> None:
    driver = talking()
    driver.happens(carol())
    driver.press(Key.CALL)
    hers = association("ca801" * 4 + "ca80", ("adult", "amulet"), verified=True, cache_name="Carol")
    driver.happens(Answered(CAROL), Encrypted(CAROL, hers))
    driver.wait(2)
    choose(driver, Choice.UNVERIFY)
    driver.press(Key.MENU)
    choose(driver, Choice.SWAP)
    assert isinstance(driver.view, InCall)
    assert state(driver) is SecurityState.GREEN_SECURE
