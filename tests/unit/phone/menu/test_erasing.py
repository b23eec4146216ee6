"""The emergency erase: which keys, and how sure one must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.phone.menu import orders
from agent.phone.menu.answers import Erased, MemoryFailed
from agent.phone.menu.erasing import ErasePage, SequenceWatch
from agent.phone.menu.page import Step
from agent.phone.menu.views import Locked, MenuErase, MenuList, MenuNotice, MenuPin
from agent.phone.views import Idle, OffHook
from hw.types import HookLifted, Key, KeyPressed, KeyReleased
from support.locked_phone import ERASE, locked
from support.station_driver import StationDriver

# The emergency erase


@pytest.mark.parametrize("driver", [StationDriver(), locked()], ids=["open", "locked"])
def test_the_sequence_and_confirm_held_erase_everything(driver: StationDriver) -> None:
    driver.keys(ERASE)
    assert driver.text.startswith("ERASE ALL / Secrets, people, contacts")
    driver.press(Key.CONFIRM, held_s=2.9)
    driver.happens(KeyPressed(Key.CONFIRM))
    assert driver.view == MenuErase(holding=True)
    assert driver.orders() == ()
    driver.wait(3.0)
    assert driver.orders() == (orders.EraseEverything(),)
    assert driver.view == MenuErase(erasing=True)
    driver.happens(KeyReleased(Key.CONFIRM), KeyPressed(Key.DIGIT_1))
    driver.wait(40.0)
    assert driver.view == MenuErase(erasing=True)


@pytest.mark.parametrize("key", [Key.DIGIT_1, Key.HANG_UP, Key.MENU, Key.STAR])
def test_any_other_key_leaves_it(key: Key) -> None:
    driver = StationDriver()
    driver.keys(ERASE)
    driver.press(key)
    driver.sees(Idle)


def test_nobody_there_leaves_it_too() -> None:
    driver = locked()
    driver.keys(ERASE)
    driver.press(Key.HANG_UP)
    driver.keys(ERASE)
    driver.wait(30.0)
    driver.sees(Locked)


def test_a_confirm_key_that_is_held_outlasts_the_page() -> None:
    page = ErasePage(0.0)
    page.pressed(Key.CONFIRM, 29.0)
    page.released(Key.STAR)
    assert page.elapse(30.5) == Step()
    assert page.next_timer(30.5) == 32.0
    assert page.elapse(32.0).orders == (orders.EraseEverything(),)
    assert page.elapse(60.0) == Step()


def test_lifting_the_handset_leaves_it() -> None:
    driver = StationDriver()
    driver.keys(ERASE)
    driver.happens(HookLifted())
    driver.sees(OffHook)


def test_the_sequence_must_be_whole_and_swift() -> None:
    for typed in ("*#*3727 #*#", "*#*37273#*", "*#*37274#*#"):
        driver = StationDriver()
        for symbol in typed:
            if symbol == " ":
                driver.wait(6.0)
            else:
                driver.press(Key(symbol))
        driver.sees(Idle, typed)


def test_a_false_start_does_not_matter() -> None:
    driver = StationDriver()
    driver.keys("**#" + ERASE)
    driver.sees(MenuErase)


def test_while_it_is_typed_its_digits_are_no_pin() -> None:
    driver = locked()
    driver.keys("*#*3727")
    driver.sees(Locked)
    assert driver.memory.failures == 0


def test_in_the_menu_it_is_only_text() -> None:
    driver = StationDriver()
    driver.keys("m!!8!" + ERASE)
    assert "*#*37273#*#" in driver.text


@given(st.lists(st.sampled_from([Key.STAR, Key.HASH, Key.DIGIT_3, Key.DIGIT_7]), max_size=40))
def test_no_other_keys_pass_for_the_sequence(keys: list[Key]) -> None:
    watch = SequenceWatch()
    typed = ""
    for key in keys:
        typed += key.value
        assert watch.pressed(key, 0.0) is False or typed.endswith(ERASE)


@pytest.mark.parametrize(
    ("complete", "trimmed", "says"),
    [
        (True, False, "All is erased: a new phone. The card may still hold old cells"),
        (True, True, "All is erased: a new phone. The disk was told to drop old cells."),
        (False, True, "Not everything could be overwritten."),
    ],
)
def test_a_phone_that_was_just_erased_says_how_well(
    says: str, *, complete: bool, trimmed: bool
) -> None:
    driver = StationDriver()
    driver.told(Erased(complete, trimmed))
    assert driver.text.startswith(says)
    driver.keys("5")
    driver.sees(Idle)


# The factory reset

RESET = "m888!*!"


def with_pin() -> StationDriver:
    driver = StationDriver()
    driver.keys("m888!***!!2580!2580!!mmm")
    return driver


def test_confirm_held_in_the_settings_resets_the_phone() -> None:
    driver = StationDriver()
    driver.keys(RESET)
    assert driver.text.startswith("FACTORY RESET / People you verified, contacts, calls, PIN")
    driver.press(Key.CONFIRM, held_s=2.9)
    assert driver.orders() == ()
    driver.happens(KeyPressed(Key.CONFIRM))
    driver.wait(3.0)
    assert driver.orders() == (orders.ResetPhone(),)
    assert driver.view == MenuErase(erasing=True, reset=True)


@pytest.mark.parametrize("key", [Key.DIGIT_1, Key.HANG_UP, Key.MENU, Key.STAR, Key.CALL])
def test_any_other_key_leaves_the_reset(key: Key) -> None:
    driver = StationDriver()
    driver.keys(RESET)
    driver.press(key)
    assert not isinstance(driver.view, MenuErase)
    driver.wait(3.0)
    assert driver.orders() == ()


def test_the_confirm_that_opened_the_page_does_not_count_as_held() -> None:
    driver = StationDriver()
    driver.keys(RESET[:-1])
    driver.happens(KeyPressed(Key.CONFIRM))
    driver.wait(5.0)
    assert driver.view == MenuErase(reset=True)
    assert driver.orders() == ()


def test_nobody_there_leaves_the_reset() -> None:
    driver = StationDriver()
    driver.keys(RESET)
    driver.wait(60.0)
    driver.sees(Idle)


def test_where_there_is_a_pin_it_is_asked_for() -> None:
    driver = with_pin()
    driver.keys(RESET)
    driver.sees(MenuPin)
    driver.keys("1111!")
    driver.sees(MenuPin)
    driver.wait(2.0)
    driver.keys("2580!")
    assert driver.view == MenuErase(reset=True)


def test_a_reset_that_cannot_begin_is_told() -> None:
    driver = StationDriver()
    driver.keys(RESET)
    driver.happens(KeyPressed(Key.CONFIRM))
    driver.wait(3.0)
    driver.told(MemoryFailed())
    driver.sees(MenuNotice)
    driver.keys("5")
    driver.sees(MenuList)


def test_a_configuration_that_is_still_there_is_told() -> None:
    driver = StationDriver()
    driver.told(Erased(complete=True, trimmed=True, configured=True))
    assert driver.text.startswith("The memory is erased. The configuration is still there")
