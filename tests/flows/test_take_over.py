"""Somebody is put through to this phone: what the person had turned off stays off."""

from dataclasses import replace

import pytest

from agent.phone.events import (
    Answered,
    CallId,
    Encrypted,
)
from agent.phone.remote_events import AnsweredRemotely, HeldRemotely, ResumedRemotely
from agent.phone.views import LiftHandset
from hw.types import HookLifted, Key
from support.phone_driver import IN, OUT, PhoneDriver, association, incoming

NEW = CallId("in-2")
KNOWN = association("c" * 24, verified=True, cache_name="Carol")


@pytest.fixture(name="driver")
def _driver() -> PhoneDriver:
    return PhoneDriver()


def heard(driver: PhoneDriver) -> tuple[CallId, ...]:
    return driver.heard


def carol_in_place_of(driver: PhoneDriver, call: CallId) -> None:
    driver.happens(replace(incoming("Carol", call=NEW), replaces=call))
    driver.happens(Answered(NEW), Encrypted(NEW, KNOWN))


def test_a_microphone_that_was_off_is_off_for_the_new_one_too(driver: PhoneDriver) -> None:
    driver.talk_to_bob(association(verified=True))
    driver.press(Key.CALL)
    assert driver.muted
    carol_in_place_of(driver, OUT)
    assert heard(driver) == (NEW,)
    assert driver.muted


def test_nobody_hears_the_room_before_somebody_lifts_the_handset(driver: PhoneDriver) -> None:
    driver.happens(incoming(), AnsweredRemotely(), Answered(IN))
    driver.happens(Encrypted(IN, association(verified=True)))
    carol_in_place_of(driver, IN)
    assert heard(driver) == ()
    driver.sees(LiftHandset)
    driver.happens(HookLifted())
    assert heard(driver) == (NEW,)


def test_a_call_on_hold_stays_on_hold_with_the_new_one(driver: PhoneDriver) -> None:
    driver.talk_to_bob(association(verified=True))
    driver.happens(HeldRemotely())
    carol_in_place_of(driver, OUT)
    assert heard(driver) == ()
    driver.happens(ResumedRemotely())
    assert heard(driver) == (NEW,)
