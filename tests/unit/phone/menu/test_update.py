"""Newer software: asked about when nobody uses the phone, and answered with one key."""

import pytest

from agent.phone.machine import UpdateChanged, UpdateProblem
from agent.phone.menu import answers, orders
from support.station_driver import StationDriver

OFFER = answers.UpdateOffered("1.2.0")


@pytest.fixture
def person() -> StationDriver:
    person = StationDriver()
    person.orders()
    return person


def answered(person: StationDriver) -> list[bool]:
    return [each.wanted for each in person.orders() if isinstance(each, orders.AnswerUpdate)]


@pytest.mark.parametrize(("key", "wanted"), [("!", True), ("m", False), ("5", False)])
def test_confirm_installs_it_and_any_other_key_puts_it_off(
    person: StationDriver, key: str, *, wanted: bool
) -> None:
    person.told(OFFER)
    assert "New software 1.2.0: install it now?" in person.text
    person.keys(key)
    assert answered(person) == [wanted]
    assert "New software" not in person.text


def test_nobody_is_asked_in_the_middle_of_something_else(person: StationDriver) -> None:
    person.keys("m")
    before = person.text
    person.told(OFFER)
    assert person.text == before


def test_how_far_it_is_and_what_went_wrong_stands_on_the_idle_screen(
    person: StationDriver,
) -> None:
    person.happens(UpdateChanged(40))
    assert "Installing new software: 40 %" in person.text
    person.happens(UpdateChanged(None, UpdateProblem.NOT_TRUSTED))
    assert "Update damaged or not signed for this phone" in person.text
    person.happens(UpdateChanged())
    assert "Update" not in person.text
