"""Looking at everything from the menu: what is wrong, and what to do about it."""

import pytest

from agent.phone.menu import answers, orders
from support.station_driver import StationDriver


@pytest.fixture
def person() -> StationDriver:
    return StationDriver()


def test_a_look_at_everything_is_asked_for_once_and_told_when_it_comes(
    person: StationDriver,
) -> None:
    person.orders()
    person.keys("m88888!")
    assert [order for order in person.orders() if isinstance(order, orders.CheckPhone)] == [
        orders.CheckPhone()
    ]
    assert person.text == "Check the phone / Check the phone: looking ..."
    person.told(answers.PhoneChecked())
    assert "all that was looked at is well" in person.text


def test_what_is_wrong_is_told_with_what_to_do_and_pages_turn(person: StationDriver) -> None:
    person.keys("m88888!")
    person.told(
        answers.PhoneChecked(
            (
                answers.Trouble("No cable and no Wi-Fi (eth0).", "Plug the cable in."),
                answers.Trouble("The phone is hot: 72 °C.", "Let air get to it.", wrong=False),
            )
        )
    )
    assert "Wrong: No cable and no Wi-Fi (eth0)." in person.text
    assert "To do: Plug the cable in." in person.text
    person.keys("88")
    assert person.text.startswith("Check the phone / Watch: The phone is hot")
    person.keys("2")
    assert "Check the phone / To do: Plug the cable in." in person.text
    person.keys("!")
    assert person.text.startswith("Menu / ")


def test_a_look_that_failed_is_not_told_as_good_news(person: StationDriver) -> None:
    person.keys("m88888!")
    person.told(answers.PhoneChecked(failed=True))
    assert "nothing could be looked at" in person.text
    assert "well" not in person.text


def test_news_of_a_look_that_nobody_waits_for_any_more_changes_nothing(
    person: StationDriver,
) -> None:
    person.keys("m88888!h")
    before = person.text
    person.told(answers.PhoneChecked((answers.Trouble("The disk is full."),)))
    assert person.text == before
