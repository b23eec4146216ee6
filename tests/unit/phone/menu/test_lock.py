"""The lock, and the PIN that opens it."""

from datetime import date

import pytest

from agent.phone.actions import Tone
from agent.phone.events import (
    Answered,
)
from agent.phone.menu.answers import PinChecked, PinKnown
from agent.phone.menu.asking import CheckPinPage
from agent.phone.menu.page import LONGEST_WAIT_S, Known, Step
from agent.phone.menu.views import Locked, LockedLine, MenuList, MenuPin
from agent.phone.preferences import Preferences
from agent.phone.remote import Objection
from agent.phone.remote_events import DialledRemotely
from agent.phone.views import Idle, InCall, LiftHandset, Ringing, Securing
from hw.types import HookLifted, HookReplaced, Key, KeyPressed
from support.locked_phone import dialled, locked, with_pin
from support.phone_driver import IN, incoming
from support.station_driver import StationDriver

# The lock


def test_a_phone_with_a_pin_begins_locked_and_tells_little() -> None:
    driver = locked()
    assert driver.view == Locked(9, 5, date(2026, 11, 28), 1)
    assert "alice" not in driver.text


def test_a_phone_without_a_pin_does_not() -> None:
    assert isinstance(StationDriver().view, Idle)


def test_the_pin_opens_it() -> None:
    driver = locked()
    driver.keys("12")
    assert driver.text == "Locked. PIN? / ** / menu: delete / confirm: done"
    driver.keys("34")
    driver.keys("!")
    driver.sees(Idle)
    driver.keys("m")
    driver.sees(MenuList)


@pytest.mark.parametrize("key", [Key.MENU, Key.CONFIRM])
def test_other_keys_ask_for_it(key: Key) -> None:
    driver = locked()
    driver.press(key)
    assert driver.text == "Locked. PIN? / menu: delete / confirm: done"


@pytest.mark.parametrize("keys", ["h", "*", "#"])
def test_others_do_nothing(keys: str) -> None:
    driver = locked()
    driver.keys(keys)
    driver.sees(Locked)


def test_a_pin_is_corrected_or_given_up() -> None:
    driver = locked()
    driver.keys("129m34!")
    driver.sees(Idle)
    driver = locked()
    driver.keys("1m")
    driver.sees(MenuPin)
    driver.keys("m")
    driver.sees(Locked)


def test_a_pin_has_twelve_digits_at_the_most() -> None:
    driver = locked()
    driver.keys("1" * 20)
    assert driver.shown(MenuPin).digits == 12


def test_a_pin_that_is_too_short_is_not_looked_at() -> None:
    driver = locked()
    driver.keys("123!")
    driver.sees(MenuPin)
    assert driver.memory.failures == 0


def test_wrong_pins_take_longer_and_longer() -> None:
    driver = locked()
    waited = []
    for _ in range(12):
        driver.keys("9999!")
        assert driver.shown(MenuPin).wrong
        waited.append(driver.shown(MenuPin).wait_s)
        driver.wait(waited[-1])
    assert waited == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 512, LONGEST_WAIT_S]


def test_no_pin_is_taken_before_its_time() -> None:
    driver = locked()
    driver.keys("9999!")
    driver.keys("1234!")
    assert driver.memory.failures == 1
    assert driver.text.startswith("Locked. PIN? / Wait 1 s / Wrong PIN")
    driver.wait(1.0)
    assert driver.text.startswith("Locked. PIN? / Wrong PIN")
    driver.keys("1234!")
    driver.sees(Idle)


def test_wrong_pins_count_on_after_a_restart() -> None:
    driver = locked(failures=4)
    driver.keys("1")
    assert driver.shown(MenuPin).wait_s == 8


def test_a_locked_phone_dials_emergency_numbers_and_nobody_else() -> None:
    driver = locked()
    driver.happens(HookLifted())
    assert driver.view == LockedLine()
    heard = [driver.tone]
    driver.dial("1002")
    assert driver.view == LockedLine("1002")
    driver.press(Key.HASH)
    assert driver.view == LockedLine()
    assert [*heard, driver.tone] == [Tone.DIAL, Tone.ERROR]
    driver.press(Key.HANG_UP)
    driver.dial("112#")
    assert dialled(driver) == ["sip:112@example.org"]


def test_nor_does_a_locked_phone_tell_whom_it_called_last() -> None:
    driver = with_pin()
    driver.happens(HookLifted())
    driver.dial("1002#")
    driver.happens(HookReplaced())
    driver.press(Key.STAR, held_s=1.0)
    driver.happens(HookLifted())
    driver.press(Key.CALL)
    assert dialled(driver) == ["sip:bob@example.org"]
    assert "1002" not in driver.text


def test_a_digit_held_on_a_locked_phone_is_a_digit_and_no_speed_dial() -> None:
    driver = with_pin(Preferences(speed_dial=(("1", "1002"),)))
    driver.press(Key.STAR, held_s=1.0)
    driver.sees(Locked)
    driver.happens(HookLifted())
    driver.press(Key.DIGIT_1, held_s=3.0)
    driver.sees(LockedLine("1"))
    driver.dial("12#")
    assert dialled(driver) == ["sip:112@example.org"]


def test_the_call_key_stands_in_for_the_handset_there_too() -> None:
    driver = locked()
    driver.keys("c112c")
    assert dialled(driver) == ["sip:112@example.org"]


def test_an_emergency_number_typed_where_the_pin_belongs_is_called() -> None:
    driver = locked()
    driver.keys("112c")
    assert dialled(driver) == ["sip:112@example.org"]
    driver.sees(LiftHandset)
    driver.happens(HookReplaced())
    driver.keys("h")
    driver.sees(Locked)


def test_any_other_number_there_is_a_wrong_pin() -> None:
    driver = locked()
    driver.keys("1002c")
    assert dialled(driver) == []
    assert driver.shown(MenuPin).wrong


def test_an_unlocked_phone_dials_everybody_again() -> None:
    driver = with_pin()
    driver.happens(HookLifted())
    driver.dial("1002#")
    assert dialled(driver) == ["sip:bob@example.org"]


def test_nor_does_the_shell_call_anybody_from_a_locked_phone() -> None:
    driver = locked()
    event = DialledRemotely("1002")
    assert driver.station.objection(event, driver.now) is Objection.LOCKED


def test_a_locked_phone_is_answered_like_any_other() -> None:
    driver = locked()
    driver.keys("12")
    driver.happens(incoming())
    driver.sees(Ringing)
    driver.happens(HookLifted(), Answered(IN))
    assert isinstance(driver.view, Securing | InCall)
    driver.happens(HookReplaced())
    driver.sees(Locked)


def test_it_locks_itself_after_a_while_at_rest() -> None:
    driver = with_pin(Preferences(lock_after_s=60))
    driver.wait(59.0)
    driver.sees(Idle)
    driver.wait(1.0)
    driver.sees(Locked)
    driver.happens(HookLifted())
    assert driver.view == LockedLine()


def test_a_call_or_an_open_menu_puts_that_off() -> None:
    driver = with_pin(Preferences(lock_after_s=60))
    driver.wait(50.0)
    driver.happens(incoming(), HookLifted(), Answered(IN))
    driver.wait(500.0)
    driver.happens(HookReplaced())
    driver.sees(Idle)
    driver.wait(50.0)
    driver.keys("m")
    driver.wait(59.0)
    driver.sees(MenuList)
    driver.wait(2.0)
    driver.sees(Locked)


def test_it_never_locks_itself_if_that_was_chosen() -> None:
    driver = with_pin(Preferences(lock_after_s=0))
    driver.wait(1e6)
    driver.sees(Idle)


def test_the_menu_opened_while_star_is_held_goes_when_it_locks() -> None:
    driver = with_pin()
    driver.happens(KeyPressed(Key.STAR), KeyPressed(Key.MENU))
    driver.wait(1.0)
    driver.sees(Locked)


def test_star_held_for_a_second_locks_it() -> None:
    driver = with_pin()
    driver.press(Key.STAR, held_s=0.9)
    driver.sees(Idle)
    driver.press(Key.STAR, held_s=1.0)
    driver.sees(Locked)


def test_without_a_pin_it_locks_nothing() -> None:
    driver = StationDriver()
    driver.press(Key.STAR, held_s=2.0)
    driver.sees(Idle)


@pytest.mark.parametrize("keys", ["m*!", "m888!***!!"])
def test_the_menu_locks_it_at_once(keys: str) -> None:
    driver = with_pin()
    driver.keys(keys)
    driver.sees(Locked)


# The PIN in the menu


def test_a_pin_is_set_and_does_not_lock_at_once() -> None:
    driver = StationDriver()
    driver.keys("m888!***!!2580!2580!")
    assert driver.memory.pin == "2580"
    assert driver.text.startswith("The PIN is set.")
    driver.keys("!")
    assert driver.text.startswith("PIN / > Lock now / Lock after: 5 minutes / Change the PIN")


def test_two_different_pins_set_nothing() -> None:
    driver = StationDriver()
    driver.keys("m888!***!!2580!2581!")
    assert driver.text.startswith("These were two different PINs.")
    driver.keys("!")
    assert driver.text == "PIN / > Set a PIN"
    assert not driver.memory.pin


def test_a_pin_has_four_digits_at_least() -> None:
    driver = StationDriver()
    driver.keys("m888!***!!258!")
    assert driver.text == "A PIN has 4 to 12 digits."
    driver.keys("!0!2580!")
    assert driver.memory.pin == "2580"


def test_whoever_changes_the_pin_must_know_it() -> None:
    driver = with_pin()
    driver.keys("m888!***!88!9999!")
    assert driver.text.startswith("The present PIN / Wait 1 s / Wrong PIN")
    driver.wait(1.0)
    driver.keys("1234!2580!2580!")
    assert driver.memory.pin == "2580"


def test_whoever_removes_it_too() -> None:
    driver = with_pin()
    driver.keys("m888!***!888!1234!")
    assert driver.text == "PIN / > Set a PIN"
    assert not driver.memory.pin


@pytest.mark.parametrize(("keys", "seconds"), [("*!", 60), ("8!", 600), ("888!", 0)])
def test_when_it_locks_itself_is_chosen(keys: str, seconds: int) -> None:
    driver = with_pin()
    driver.keys("m888!***!8!" + keys)
    assert driver.memory.preferences.lock_after_s == seconds


def test_an_odd_time_counts_as_never() -> None:
    driver = with_pin(Preferences(lock_after_s=7))
    driver.keys("m888!***!8!")
    assert driver.text.endswith("> never: chosen")


def test_an_answer_to_a_pin_that_nobody_waits_for_opens_nothing() -> None:
    driver = locked()
    driver.told(PinChecked(correct=True, failures=0))
    driver.sees(Locked)


def test_a_pin_page_hears_of_other_things_too() -> None:
    page = CheckPinPage(Known(), Step)
    assert page.take(PinKnown(is_set=True), 0.0) == Step()


def test_a_pin_that_is_gone_locks_nothing_any_more() -> None:
    driver = locked()
    driver.told(PinKnown(is_set=False))
    driver.sees(Idle)
