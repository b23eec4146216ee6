"""Real drivers whose parts are missing, go away and come back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hw.gpio import GpioError
from hw.pi import PiBoard
from hw.profile import HeadsetProfile, SoundProfile, SpeakerProfile, load_profile
from hw.types import (
    Device,
    DeviceBack,
    DeviceMissing,
    HardwareEvent,
    HookLifted,
    Key,
    KeyPressed,
    Leds,
    Picture,
)
from support.board_rigs import RETRY, PiRig, pi_rig, until

pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")

LIT = Picture(b"\xff" * 1024, ("lit",))
HALF = Picture(b"\xaa" * 1024, ("half",))


def run(folder: Path, story: Callable[[PiRig], Awaitable[None]]) -> None:
    async def main() -> None:
        async with pi_rig(folder) as rig:
            await story(rig)

    asyncio.run(main())


def missing(events: list[HardwareEvent], device: Device) -> list[str]:
    return [
        event.reason
        for event in events
        if isinstance(event, DeviceMissing) and event.device is device
    ]


def test_a_display_that_was_never_there_is_named_by_its_address(tmp_path: Path) -> None:
    async def story(rig: PiRig) -> None:
        rig.i2c.unplug()
        rig.board.show(LIT)
        rig.board.start(rig.events.append)
        await until(lambda: bool(rig.events))
        await asyncio.sleep(4 * RETRY)
        assert len(rig.events) == 1  # said once, however often it is looked for
        [reason] = missing(rig.events, Device.DISPLAY)
        assert reason.startswith("no display at I2C address 0x3c on bus 1")
        rig.i2c.plug()
        await until(lambda: rig.events[1:] == [DeviceBack(Device.DISPLAY)])
        await until(lambda: rig.oled.picture() == LIT.bits)

    run(tmp_path, story)


def test_a_display_that_comes_back_shows_the_last_picture(tmp_path: Path) -> None:
    async def story(rig: PiRig) -> None:
        rig.board.start(rig.events.append)
        rig.board.show(HALF)
        await until(lambda: rig.oled.picture() == HALF.bits)
        rig.i2c.unplug()
        rig.board.show(LIT)
        await until(lambda: len(missing(rig.events, Device.DISPLAY)) == 1)
        rig.i2c.plug()
        await until(lambda: rig.oled.picture() == LIT.bits)
        assert rig.events[-1] == DeviceBack(Device.DISPLAY)

    run(tmp_path, story)


def test_a_phone_without_a_display_has_keys_all_the_same(tmp_path: Path) -> None:
    async def story(rig: PiRig) -> None:
        rig.i2c.unplug()
        rig.board.start(rig.events.append)
        await until(lambda: bool(missing(rig.events, Device.DISPLAY)))
        await rig.press(Key.HASH)
        await until(lambda: KeyPressed(Key.HASH) in rig.events)

    run(tmp_path, story)


def test_lines_that_go_away_take_all_that_hangs_on_them(tmp_path: Path) -> None:
    async def story(rig: PiRig) -> None:
        rig.board.start(rig.events.append)
        rig.board.set_leds(Leds(green=True))
        await until(lambda: rig.leds() == Leds(green=True))
        rig.gpio.unplug()
        rig.board.set_leds(Leds(red=True))
        gone = {Device.KEYPAD, Device.HOOK, Device.LEDS}
        # The ringer is silent, and looks for its line only now and then.
        await until(lambda: {d for d in Device if missing(rig.events, d)} >= gone)
        rig.gpio.plug()
        await until(lambda: {DeviceBack(device) for device in gone} <= set(rig.events))
        await until(lambda: rig.leds() == Leds(red=True))
        rig.gpio.part(rig.profile.hook.pin)
        await until(lambda: HookLifted() in rig.events)

    run(tmp_path, story)


def test_a_driver_with_a_bug_is_a_missing_part(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(rig: PiRig) -> None:
        rig.board.start(rig.events.append)
        rig.board.show(HALF)
        await until(lambda: rig.oled.picture() == HALF.bits)
        rig.i2c.broken = True
        rig.board.show(LIT)
        await until(lambda: bool(rig.events))
        assert missing(rig.events, Device.DISPLAY) == ["its driver failed: ZeroDivisionError()"]
        rig.i2c.broken = False
        await until(lambda: rig.oled.picture() == LIT.bits)

    with caplog.at_level(logging.CRITICAL):
        run(tmp_path, story)


def test_a_machine_that_is_no_pi_lacks_everything_and_says_so() -> None:
    def no_gpio() -> None:
        raise GpioError("no GPIO: this is no Raspberry Pi")

    async def main() -> None:
        profile = replace(
            load_profile("pi-spi-12-keys"),
            handset=SoundProfile(card="no-such-card"),
            ringer=SpeakerProfile("plughw:CARD=NoSuchCard"),
            headset=HeadsetProfile(SoundProfile(card="no-such-headset"), pin=4),
        )
        events: list[HardwareEvent] = []
        board = PiBoard(profile, no_gpio, retry=RETRY)  # type: ignore[arg-type]
        assert not board.handset.devices.is_card
        board.start(events.append)
        await until(lambda: len(events) == len(Device))
        await asyncio.sleep(3 * RETRY)
        board.close()
        reasons = {device: "".join(missing(events, device)) for device in Device}
        assert len(events) == len(Device)
        for device in (Device.KEYPAD, Device.HOOK, Device.LEDS, Device.HEADSET):
            assert reasons[device] == "no GPIO: this is no Raspberry Pi"
        assert reasons[Device.DISPLAY].startswith("no display on SPI bus 0, device 0")
        assert 'no sound card called "no-such-card"' in reasons[Device.HANDSET]
        assert 'no sound card called "NoSuchCard"' in reasons[Device.RINGER]

    asyncio.run(main())
