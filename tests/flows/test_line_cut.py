"""The phone's own network goes from under a call, and comes back."""

from agent.phone.actions import ConfirmSas, HangUp, Tone
from agent.phone.events import CallEnded, Encrypted, EndReason, LineCut, NetworkChanged
from agent.phone.events import Securing as SecuringBegan
from agent.phone.views import CallOver, CompareSas, Idle, InCall, OffHook, Securing
from hw.types import HookLifted, HookReplaced, Key, KeyPressed, KeyReleased
from support.phone_driver import IN, PhoneDriver, association, run_flow
from support.phone_flows import RUNG


def comparing() -> PhoneDriver:
    """The words are asked for, and stand there long enough."""
    driver = PhoneDriver()
    run_flow(driver, [*RUNG])
    driver.happens(Encrypted(IN, association()))
    driver.wait(2)
    assert isinstance(driver.view, CompareSas)
    return driver


def is_cut(driver: PhoneDriver) -> bool:
    view = driver.view
    return isinstance(view, InCall) and view.cut


def test_no_network_stands_on_the_idle_screen() -> None:
    driver = PhoneDriver()
    for up in (False, True):
        driver.happens(NetworkChanged(up))
        view = driver.view
        assert isinstance(view, Idle)
        assert view.network is up


def test_no_network_stands_beside_the_dial_tone() -> None:
    driver = PhoneDriver()
    driver.happens(NetworkChanged(up=False))
    driver.happens(HookLifted())
    view = driver.view
    assert isinstance(view, OffHook)
    assert not view.network


def test_nobody_says_yes_to_words_that_nobody_can_hear() -> None:
    driver = comparing()
    driver.happens(KeyPressed(Key.CONFIRM))
    driver.happens(LineCut(IN, cut=True))
    assert is_cut(driver)
    driver.wait(10)
    driver.happens(KeyReleased(Key.CONFIRM))
    driver.happens(KeyPressed(Key.CONFIRM))
    driver.wait(10)
    assert is_cut(driver)
    assert not any(isinstance(each, ConfirmSas) for each in driver.actions())


def test_the_question_is_asked_anew_when_they_are_heard_again() -> None:
    driver = comparing()
    driver.happens(LineCut(IN, cut=True))
    driver.happens(LineCut(IN, cut=False))
    view = driver.view
    assert isinstance(view, CompareSas)
    assert not view.confirmable, "it has to be read again first"


def test_while_the_keys_are_agreed_on() -> None:
    driver = comparing()
    driver.happens(SecuringBegan(IN))
    assert isinstance(driver.view, Securing)
    driver.happens(LineCut(IN, cut=True))
    assert is_cut(driver)
    driver.happens(LineCut(IN, cut=False))
    assert isinstance(driver.view, Securing)


def test_a_call_that_is_given_up_says_why() -> None:
    driver = comparing()
    driver.happens(LineCut(IN, cut=True))
    driver.happens(CallEnded(IN, EndReason.NETWORK_LOST))
    view = driver.view
    assert isinstance(view, CallOver)
    assert view.reason is EndReason.NETWORK_LOST
    assert driver.tone is Tone.CONGESTION
    driver.happens(HookReplaced())
    assert isinstance(driver.view, Idle)


def test_a_person_may_hang_up_meanwhile() -> None:
    driver = comparing()
    driver.happens(LineCut(IN, cut=True))
    driver.happens(HookReplaced())
    assert HangUp(IN) in driver.actions()
