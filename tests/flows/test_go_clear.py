"""The other phone asks to go on without encryption (GoClear): refused, and the person hears of it."""

from agent.phone.events import CallId, ClearRefused, Encrypted, Securing
from agent.phone.security import SecurityState
from agent.phone.views import InCall, Notice
from hw.types import Leds
from support.phone_driver import OUT, PhoneDriver, association

VERIFIED = association(verified=True, cache_name="Bobby")


def notices(driver: PhoneDriver) -> tuple[Notice, ...]:
    assert isinstance(driver.view, InCall)
    return driver.view.notices


def test_the_call_goes_on_as_it_was_and_says_what_was_asked() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(VERIFIED)
    driver.actions()
    driver.happens(ClearRefused(OUT))
    assert driver.actions() == ()
    driver.sees(
        InCall(
            "Bobby", SecurityState.GREEN_SECURE, 0, sip_name="Bob", notices=(Notice.CLEAR_REFUSED,)
        )
    )
    assert driver.leds == Leds(green=True)


def test_it_is_said_to_the_end_of_the_call_and_of_no_other() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(VERIFIED)
    driver.happens(ClearRefused(CallId("out-9")))
    assert notices(driver) == ()
    driver.happens(ClearRefused(OUT), ClearRefused(OUT))
    driver.happens(Securing(OUT), Encrypted(OUT, VERIFIED))
    assert notices(driver) == (Notice.CLEAR_REFUSED,)
