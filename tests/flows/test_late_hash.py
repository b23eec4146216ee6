"""An SDP that comes after the keys announces another Hello than the one that gave them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.phone.events import CallId, HashDiffers, ZrtpHash
from agent.phone.security import SecurityState
from agent.phone.views import Alarm, CompareSas, InCall
from hw.types import Key, Leds
from support.phone_driver import OUT, PhoneDriver, association
from support.two_phones import Pair

MISSING = association(zrtp_hash=ZrtpHash.MISSING, verified=True, cache_name="Bobby")
FALSE_HASH = "1.10 " + "00" * 32


def test_a_verified_call_becomes_an_alarm() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(MISSING)
    driver.sees(InCall)
    driver.happens(HashDiffers(OUT))
    driver.sees(Alarm(SecurityState.HASH_DIFFERS, "Bob"))
    assert driver.leds == Leds(red=True)
    assert driver.audio is None


def test_the_words_compared_again_keep_the_name_and_are_never_green() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(MISSING)
    driver.happens(HashDiffers(OUT))
    driver.wait(3)
    driver.press(Key.CONFIRM)
    driver.sees(CompareSas)
    driver.wait(1.5)
    driver.press(Key.CONFIRM, held_s=0.5)
    view = driver.view
    assert isinstance(view, InCall)
    assert (view.name, view.state) == ("Bobby", SecurityState.ZRTP_SECURE)
    assert driver.leds == Leds()


def test_words_compared_before_do_not_outweigh_it() -> None:
    driver = PhoneDriver()
    driver.talk_to_bob(association(zrtp_hash=ZrtpHash.MISSING))
    driver.wait(1.5)
    driver.press(Key.CONFIRM, held_s=0.5)
    driver.press(Key.CONFIRM)
    driver.happens(HashDiffers(OUT))
    driver.sees(Alarm(SecurityState.HASH_DIFFERS, "Bob"))


def test_before_there_are_keys_and_of_a_call_that_is_over_it_says_nothing() -> None:
    driver = PhoneDriver()
    driver.dial("1002#")
    driver.happens(HashDiffers(OUT), HashDiffers(CallId("out-9")))
    assert driver.leds == Leds()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair.at_home(tmp_path)
    yield made
    made.close()


def test_the_phone_is_told_of_it_and_it_is_written_down(pair: Pair) -> None:
    pair.bob.sip.cut_hash = True
    pair.dial()
    pair.bob.lift()
    pair.wait(2)
    assert pair.alice.store.security_events(9) == []
    pair.alice.wire.attach((FALSE_HASH,))
    pair.settle()
    assert "altered" in pair.alice.text
    kinds = [each.kind for each in pair.alice.store.security_events(9)]
    assert kinds == ["zrtp-hash"]
