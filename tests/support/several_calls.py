"""Bob and Carol on one phone."""

from agent.phone.call_views import CallMenu, Choice
from agent.phone.events import Answered, CallId, Encrypted, IncomingCall
from hw.types import Key
from support.phone_driver import PhoneDriver, association, incoming

CAROL = CallId("in-2")
CAROL_ZID = "ca801" * 4 + "ca80"
CAROL_SAS = ("adult", "amulet")


def carol() -> IncomingCall:
    return incoming("Carol", call=CAROL, sip_uri="sip:carol@example.org")


def talking(*, verified: bool = True) -> PhoneDriver:
    """A call with Bob, whose orders were carried out."""
    driver = PhoneDriver()
    driver.talk_to_bob(association(verified=verified, cache_name="Bob" if verified else ""))
    driver.wait(2)
    driver.actions()
    return driver


def carol_too(driver: PhoneDriver, *, verified: bool = False) -> None:
    """Carol calls and is answered; her words are put off, if they are asked for."""
    driver.happens(carol())
    driver.press(Key.CALL)
    found = association(CAROL_ZID, CAROL_SAS, verified=verified)
    driver.happens(Answered(CAROL), Encrypted(CAROL, found))
    if not verified:
        driver.press(Key.MENU)
    driver.wait(2)


def with_bob_held(*, carol_verified: bool = False) -> PhoneDriver:
    """Carol is on the line, and Bob, who is verified, on hold."""
    driver = talking()
    carol_too(driver, verified=carol_verified)
    driver.actions()
    return driver


def choose(driver: PhoneDriver, choice: Choice) -> None:
    """The person takes this from the menu of the call."""
    driver.press(Key.MENU)
    for _ in Choice:
        view = driver.view
        assert isinstance(view, CallMenu)
        if view.choices[view.selected] is choice:
            driver.press(Key.CONFIRM)
            return
        driver.press(Key.DIGIT_8)
    raise AssertionError(f"the menu does not offer {choice}")
