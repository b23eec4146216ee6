"""A headset on a jack with a switch; one on USB needs a kernel (tests/hardware)."""

import pytest

from hw.headset import LOOK_SECONDS, Headset
from hw.part import PartError
from hw.profile import HeadsetProfile, SoundProfile
from hw.types import HardwareEvent, HeadsetPlugged, HeadsetUnplugged
from support.fake_gpio import FakeGpio

PCMS = SoundProfile(capture="mic", playback="ear")


@pytest.mark.parametrize("closed", [True, False])
def test_a_plug_that_slides_in_is_told_once(*, closed: bool) -> None:
    gpio, events = FakeGpio(), list[HardwareEvent]()
    move = {True: gpio.join, False: gpio.part} if closed else {True: gpio.part, False: gpio.join}
    headset = Headset(lambda: gpio, HeadsetProfile(PCMS, 4, closed), lambda: None)
    move[False](4)
    headset.open()
    for at in range(100):
        sliding = at in {31, 33, 34, 72}
        move[(30 <= at < 70) is not sliding](4)
        assert headset.step(at * LOOK_SECONDS, events.append) == LOOK_SECONDS
    assert events == [HeadsetPlugged(), HeadsetUnplugged()]
    assert (headset.devices.capture, headset.devices.playback) == ("mic", "ear")
    headset.close()
    headset.close()
    assert gpio.taken() == set()


def test_a_headset_that_was_in_before_is_told_at_the_start() -> None:
    gpio, events = FakeGpio(), list[HardwareEvent]()
    headset = Headset(lambda: gpio, HeadsetProfile(PCMS, 4), lambda: None)
    gpio.join(4)
    headset.open()
    for at in range(3):
        headset.step(at * LOOK_SECONDS, events.append)
    assert events == [HeadsetPlugged()]
    headset.close()


def test_a_jack_without_its_card_is_a_missing_part() -> None:
    gpio = FakeGpio()
    profile = HeadsetProfile(SoundProfile(card="no-such-card"), 4)
    headset = Headset(lambda: gpio, profile, lambda: None)
    with pytest.raises(PartError, match='no sound card called "no-such-card"'):
        headset.open()
    headset.close()
    assert gpio.taken() == set()


def test_a_usb_headset_that_is_not_there_is_no_fault() -> None:
    events: list[HardwareEvent] = []
    profile = HeadsetProfile(SoundProfile(card="no-such-card"))
    headset = Headset(FakeGpio, profile, lambda: None)
    headset.open()
    for at in range(5):
        assert headset.step(float(at), events.append) > 0
    assert events == []
    assert not headset.devices.is_card
    assert not headset.set_volume(50)
    headset.close()
