"""A phone whose display is broken: how secure a call is, is heard, and nothing is confirmed."""

from dataclasses import replace

import pytest

from agent.phone.actions import ConfirmSas, DenySas, PlayTone, RefuseEnrolment, StopTone, Tone
from agent.phone.events import (
    Association,
    Cache,
    Encrypted,
    EnrolmentOffered,
    Securing,
    ZrtpHash,
)
from agent.phone.remote_events import ConfirmedRemotely
from agent.phone.views import AllowEnrolment, CompareSas, EnterName
from hw.types import Device, DeviceBack, DeviceMissing, HookLifted, Key, KeyPressed
from support.phone_driver import IN, OUT, SAS, PhoneDriver, association, incoming

GONE = DeviceMissing(Device.DISPLAY, "no answer at 0x3c")
BACK = DeviceBack(Device.DISPLAY)
VERIFIED = association(verified=True, cache_name="Bobby")


def without_display() -> PhoneDriver:
    driver = PhoneDriver()
    driver.happens(GONE)
    return driver


def heard(driver: PhoneDriver) -> Tone | None:
    return driver.tone


def judged(driver: PhoneDriver) -> list[ConfirmSas | DenySas]:
    return [each for each in driver.actions() if isinstance(each, ConfirmSas | DenySas)]


@pytest.mark.parametrize(
    ("found", "tone"),
    [
        (VERIFIED, Tone.SECURE),
        (replace(VERIFIED, zrtp_hash=ZrtpHash.MISSING), Tone.SECURE),
        (association(), Tone.COMPARE),
        (replace(VERIFIED, verified_there=False), Tone.COMPARE),
        (association(cache=Cache.MISMATCHED), Tone.ALARM),
        (association(zrtp_hash=ZrtpHash.DIFFERS), Tone.ALARM),
    ],
)
def test_how_secure_a_call_is_can_be_heard(found: Association, tone: Tone) -> None:
    driver = without_display()
    driver.talk_to_bob(found)
    assert heard(driver) is tone
    driver.wait(60)
    assert heard(driver) is tone


def test_with_a_display_nothing_sounds_in_a_talk() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(VERIFIED)
    assert heard(driver) is None
    driver.happens(GONE)
    assert heard(driver) is Tone.SECURE
    driver.happens(BACK)
    assert heard(driver) is None


def test_before_there_are_keys_and_on_hold_nothing_is_said() -> None:
    driver = without_display()
    driver.call_bob()
    assert heard(driver) is None
    driver.happens(Encrypted(OUT, VERIFIED))
    assert heard(driver) is Tone.SECURE
    driver.happens(Securing(OUT))
    assert heard(driver) is None


def test_nobody_confirms_words_that_nobody_can_read() -> None:
    driver = without_display()
    driver.talk_to_bob(association())
    driver.wait(10)
    driver.actions()
    driver.press(Key.CONFIRM, held_s=5)
    assert judged(driver) == []
    assert heard(driver) is Tone.COMPARE
    driver.press(Key.MENU)
    assert heard(driver) is Tone.COMPARE
    assert driver.leds.red


def test_a_choice_by_ear_wants_a_display_too() -> None:
    words = (("tempest", "adult", "atlas", "aztec"), ("amulet", "paragon", "Ohio", "visitor"))
    driver = without_display()
    driver.talk_to_bob(replace(association(), candidates=words))
    driver.wait(10)
    driver.actions()
    for key in (Key.DIGIT_1, Key.DIGIT_2, Key.DIGIT_3, Key.DIGIT_4):
        driver.press(key, held_s=1)
    assert judged(driver) == []


def test_that_the_words_differ_can_be_said_all_the_same() -> None:
    driver = without_display()
    driver.talk_to_bob(association())
    driver.wait(10)
    driver.actions()
    driver.press(Key.STAR, held_s=0.6)
    assert judged(driver) == [DenySas(OUT)]
    assert heard(driver) is Tone.ALARM


def test_a_display_that_goes_while_a_key_is_held_ends_the_hold() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(association())
    driver.wait(2)
    driver.actions()
    driver.happens(KeyPressed(Key.CONFIRM))
    driver.wait(0.3)
    driver.happens(GONE)
    driver.wait(5)
    assert judged(driver) == []


def test_a_display_that_comes_back_asks_anew() -> None:
    driver = without_display()
    driver.talk_to_bob(association())
    driver.wait(10)
    driver.happens(BACK)
    assert isinstance(driver.view, CompareSas)
    assert not driver.view.confirmable
    driver.wait(1.5)
    driver.actions()
    driver.press(Key.CONFIRM, held_s=0.5)
    assert ConfirmSas(OUT) in driver.actions()
    driver.sees(EnterName)


def test_who_repeats_the_words_at_the_shell_has_read_them_there() -> None:
    driver = without_display()
    driver.talk_to_bob(association())
    driver.wait(2)
    driver.actions()
    driver.happens(ConfirmedRemotely(SAS))
    assert judged(driver) == [ConfirmSas(OUT)]
    driver.wait(5)
    assert heard(driver) is Tone.SECURE


def test_a_question_that_nobody_can_read_is_never_answered_with_yes() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(association(verified=True, mitm=True, cache_name="Office"))
    driver.happens(EnrolmentOffered(OUT))
    driver.wait(2)
    driver.press(Key.CONFIRM, held_s=0.6)
    driver.sees(AllowEnrolment)
    driver.wait(2)
    driver.happens(GONE)
    driver.wait(2)
    driver.actions()
    driver.press(Key.CONFIRM, held_s=5)
    assert driver.actions() == ()
    driver.press(Key.STAR)
    assert RefuseEnrolment(OUT) in driver.actions()


def test_an_incoming_call_is_told_by_ear_from_the_answer_on() -> None:
    driver = without_display()
    driver.happens(incoming(), HookLifted(), Encrypted(IN, VERIFIED))
    assert heard(driver) is Tone.SECURE
    assert PlayTone(Tone.SECURE) in driver.actions()
    driver.press(Key.HANG_UP)
    assert PlayTone(Tone.DIAL) in driver.actions()
    assert StopTone() not in driver.actions()
