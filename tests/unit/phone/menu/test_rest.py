"""The phone at rest: care of its panel, its clock, and any keys at all."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.phone.actions import StartRinging, Tone
from agent.phone.dial_plan import Contact
from agent.phone.events import (
    AccountChanged,
    AccountCondition,
    Answered,
    CallEnded,
    CallId,
    ClockTicked,
    ContactsChanged,
    EndReason,
    PhoneEvent,
    SettingsChanged,
)
from agent.phone.menu.care import Glow
from agent.phone.menu.views import Locked, LockedLine, MenuList, MenuPin
from agent.phone.preferences import Language, Preferences
from agent.phone.settings import PhoneSettings
from agent.phone.station import BUILD_YEAR
from agent.phone.views import Idle, OffHook
from hw.types import Device, DeviceMissing, HookLifted, HookReplaced, Key, KeyPressed, KeyReleased
from support.locked_phone import WITH_EMERGENCY, locked
from support.phone_driver import IN, SETTINGS, association, incoming
from support.station_driver import Memory, StationDriver

# The panel


def test_the_panel_gets_darker_and_then_dark() -> None:
    driver = StationDriver(replace(SETTINGS, preferences=Preferences(screen_off_after_s=60)))
    assert driver.station.glow().brightness == 100
    driver.wait(29.0)
    assert driver.station.glow().brightness == 100
    driver.wait(1.0)
    assert driver.station.glow().brightness == 10
    driver.wait(30.0)
    assert driver.station.glow().brightness == 0
    driver.wait(1e5)
    assert driver.station.glow().brightness == 0


def dark() -> StationDriver:
    driver = StationDriver()
    driver.wait(601.0)
    assert driver.station.glow().brightness == 0
    return driver


@pytest.mark.parametrize("key", [Key.MENU, Key.CALL, Key.CONFIRM, Key.HANG_UP])
def test_the_first_function_key_only_wakes_it(key: Key) -> None:
    driver = dark()
    driver.press(key)
    assert driver.station.glow().brightness == 100
    driver.sees(Idle)
    driver.keys("m")
    driver.sees(MenuList)


def test_the_hook_wakes_it_and_counts() -> None:
    driver = dark()
    driver.happens(HookLifted())
    assert driver.station.glow() == Glow(100)
    driver.sees(OffHook)
    driver.happens(HookReplaced())
    assert driver.station.glow().brightness == 100


def test_a_digit_wakes_it_and_counts() -> None:
    driver = locked()
    driver.wait(601.0)
    driver.keys("1")
    assert driver.shown(MenuPin).digits == 1


def test_a_call_wakes_it() -> None:
    driver = dark()
    driver.happens(incoming())
    assert driver.station.glow().brightness == 100
    driver.happens(CallEnded(IN, EndReason.CANCELLED))
    assert driver.station.glow().brightness == 100


def test_it_may_stay_on() -> None:
    driver = StationDriver(replace(SETTINGS, preferences=Preferences(screen_off_after_s=0)))
    driver.wait(1e6)
    assert driver.station.glow().brightness == 10


def test_a_brightness_is_seen_while_it_is_chosen() -> None:
    driver = StationDriver()
    driver.keys("m888!****!!**")
    assert driver.station.glow().brightness == 90
    driver.keys("h")
    assert driver.station.glow().brightness == 100
    driver.keys("!**!")
    assert driver.station.glow().brightness == 90


def test_the_picture_moves_by_a_pixel_at_rest() -> None:
    driver = StationDriver()
    seen = []
    for minute in range(0, 60, 5):
        driver.happens(ClockTicked(date(2026, 11, 28), 9, minute))
        seen.append(driver.station.glow().shift)
    steps = [
        abs(after[0] - before[0]) + abs(after[1] - before[1]) for before, after in pairwise(seen)
    ]
    assert set(steps) == {1}
    driver.keys("m")
    assert driver.station.glow().shift == (0, 0)


# The clock, and what else the idle screen says


def test_a_clock_that_must_be_wrong_is_told() -> None:
    driver = locked()
    driver.happens(ClockTicked(date(BUILD_YEAR - 1, 12, 31), 23, 59))
    assert driver.view == Locked(None, 59, None, 1)
    driver = StationDriver()
    driver.happens(ClockTicked(date(1970, 1, 1), 0, 0))
    assert "Clock not set" in driver.text


def test_before_the_first_tick_there_is_no_time() -> None:
    driver = StationDriver()
    fresh = type(driver.station)(PhoneSettings("alice"))
    assert fresh.view() == Idle("alice")
    assert fresh.next_timer() is not None


def test_how_an_account_stands_is_kept_for_the_menu() -> None:
    driver = StationDriver()
    driver.happens(AccountChanged("home", AccountCondition.READY))
    driver.keys("m8888!")
    assert "work: Connecting / home: Ready" in driver.text


# Ring tones, and the shell


def test_it_rings_as_the_contact_says_or_as_was_chosen() -> None:
    driver = StationDriver()
    driver.happens(SettingsChanged(Preferences(ring_tone="bell")))
    driver.happens(ContactsChanged((Contact("Bob", "1", "sip:bob@example.net", ring_tone="gong"),)))
    rung = []
    for uri in ("sip:BOB@example.net;transport=tls", "sip:x@example.net"):
        driver.happens(incoming(sip_uri=uri))
        rung += [each.ring_tone for each in driver.actions() if isinstance(each, StartRinging)]
        driver.happens(CallEnded(IN, EndReason.CANCELLED))
    assert rung == ["gong", "bell"]


def test_whoever_waited_rings_in_their_own_tone_whoever_called_since() -> None:
    driver = StationDriver()
    driver.happens(ContactsChanged((Contact("Carol", "1", "sip:carol@example.org", "", "gong"),)))
    driver.talk_to_bob(association(verified=True))
    driver.happens(incoming("Carol", sip_uri="sip:carol@example.org"))
    driver.happens(incoming("Dan", call=CallId("in-2"), sip_uri="sip:dan@example.org"))
    driver.happens(CallEnded(CallId("in-2"), EndReason.BUSY))
    driver.actions()
    driver.happens(HookReplaced())
    assert StartRinging("gong") in driver.actions()


def test_the_shell_is_told_of_the_same_missed_calls() -> None:
    driver = StationDriver()
    report = driver.station.report(driver.now)
    assert report.missed == 1
    assert driver.station.language is Language.ENGLISH
    assert driver.leds == driver.station.leds()


# Whatever is pressed

_EVENTS = st.one_of(
    st.builds(KeyPressed, st.sampled_from(Key)),
    st.builds(KeyPressed, st.sampled_from([Key.CONFIRM, Key.DIGIT_8, Key.STAR, Key.MENU])),
    st.builds(KeyReleased, st.sampled_from(Key)),
    st.sampled_from([0.3, 1.0, 3.0, 61.0, 700.0]),
    st.sampled_from([incoming(), Answered(IN), CallEnded(IN, EndReason.CANCELLED)]),
    st.sampled_from([HookLifted(), HookReplaced()]),
    st.just(DeviceMissing(Device.HOOK, "gone")),
)


@settings(max_examples=150, deadline=None)
@given(
    events=st.lists(_EVENTS, max_size=80),
    pin=st.sampled_from(["", "1234"]),
    fails=st.booleans(),
)
def test_no_keys_raise_or_get_stuck_and_the_hook_always_leads_to_dial_tone(
    events: list[PhoneEvent | float], pin: str, *, fails: bool
) -> None:
    driver = StationDriver(WITH_EMERGENCY, Memory(pin=pin))
    for number, event in enumerate(events):
        driver.memory.fails = fails and number % 3 == 0
        if isinstance(event, float):
            driver.wait(event)
        else:
            driver.happens(event)
        assert driver.text
    driver.memory.fails = False
    driver.press(Key.HANG_UP)
    driver.happens(HookLifted(), HookReplaced(), HookLifted())
    assert isinstance(driver.view, OffHook | LockedLine)
    assert driver.tone is Tone.DIAL
    assert driver.memory.rings is None
