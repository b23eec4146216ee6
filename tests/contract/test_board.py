"""What every board owes the phone, asserted on the simulator and on the real drivers."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest

from hw.profile import Controller
from hw.types import (
    HeadsetPlugged,
    HeadsetUnplugged,
    HookLifted,
    HookReplaced,
    Key,
    KeyPressed,
    KeyReleased,
    Leds,
    Output,
    Picture,
    RingTone,
)
from support.board_rigs import Rig, pi_rig, simulator_rig, until
from support.kernel_rig import REASON, is_here, kernel_rig

# luma.oled packs pixels by a method that Pillow will have under another name.
pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")

CHECKS = Picture(bytes(0xF0 if y // 4 % 2 else 0x0F for y in range(64) for _ in range(16)), ("a",))
SLOPE = Picture(bytes((x * 37 + y * 11) % 256 for y in range(64) for x in range(16)), ("b",))
DARK = bytes(1024)
TONE = RingTone((800, 1000), 40, (400, 200))


class MakeRig(Protocol):
    def __call__(self, folder: Path, *, lifted: bool = ...) -> AbstractAsyncContextManager[Rig]: ...


RIGS = [
    pytest.param(simulator_rig, id="simulator"),
    pytest.param(pi_rig, id="pi-ssd1306-i2c"),
    pytest.param(partial(pi_rig, controller=Controller.SH1106), id="pi-sh1106-i2c"),
    pytest.param(partial(pi_rig, on_spi=True), id="pi-ssd1306-spi"),
    pytest.param(partial(pi_rig, on_spi=True, controller=Controller.SH1106), id="pi-sh1106-spi"),
    pytest.param(
        kernel_rig,
        id="kernel",
        marks=[pytest.mark.hardware, pytest.mark.skipif(not is_here(), reason=REASON)],
    ),
]
Story = Callable[[Rig], Awaitable[None]]
Play = Callable[[Story], None]


@pytest.fixture(params=RIGS)
def make(request: pytest.FixtureRequest) -> MakeRig:
    rig: MakeRig = request.param
    return rig


@pytest.fixture
def play(make: MakeRig, tmp_path: Path) -> Play:
    """Tells a story to a board that was started and lies on-hook."""

    def run(story: Story) -> None:
        async def main() -> None:
            async with make(tmp_path) as rig:
                rig.board.start(rig.events.append)
                await rig.connect()
                await story(rig)

        asyncio.run(main())

    return run


def test_a_board_at_rest_says_nothing(play: Play) -> None:
    async def story(rig: Rig) -> None:
        await asyncio.sleep(0.15)
        assert rig.events == []
        assert rig.leds() == Leds()
        assert not rig.is_ringing()

    play(story)


def test_a_handset_beside_the_phone_is_told_at_the_start(make: MakeRig, tmp_path: Path) -> None:
    async def main() -> None:
        async with make(tmp_path, lifted=True) as rig:
            rig.board.start(rig.events.append)
            await until(lambda: rig.events == [HookLifted()])

    asyncio.run(main())


def test_every_key_is_told_down_and_up(play: Play) -> None:
    async def story(rig: Rig) -> None:
        expected: list[object] = []
        for key in Key:
            await rig.press(key)
            expected.append(KeyPressed(key))
            await until(lambda: rig.events == expected)
            await rig.release(key)
            expected.append(KeyReleased(key))
            await until(lambda: rig.events == expected)

    play(story)


def test_two_keys_at_once_are_two_keys(play: Play) -> None:
    async def story(rig: Rig) -> None:
        await rig.press(Key.DIGIT_1)
        await until(lambda: len(rig.events) == 1)
        await rig.press(Key.DIGIT_4)  # the same column: rows must not fight each other
        await until(lambda: len(rig.events) == 2)
        await rig.release(Key.DIGIT_1)
        await until(lambda: len(rig.events) == 3)
        await rig.release(Key.DIGIT_4)
        await until(lambda: len(rig.events) == 4)
        one, four = Key.DIGIT_1, Key.DIGIT_4
        expected = [KeyPressed(one), KeyPressed(four), KeyReleased(one), KeyReleased(four)]
        assert rig.events == expected

    play(story)


def test_the_hook_is_told_once_each_way(play: Play) -> None:
    async def story(rig: Rig) -> None:
        await rig.move_hook(lifted=True)
        await until(lambda: rig.events == [HookLifted()])
        await asyncio.sleep(0.15)
        assert rig.events == [HookLifted()]
        await rig.move_hook(lifted=False)
        await until(lambda: rig.events == [HookLifted(), HookReplaced()])
        await asyncio.sleep(0.15)
        assert rig.events == [HookLifted(), HookReplaced()]

    play(story)


def test_the_headset_is_told_once_each_way(play: Play) -> None:
    async def story(rig: Rig) -> None:
        await rig.move_headset(plugged=True)
        await until(lambda: rig.events == [HeadsetPlugged()])
        await asyncio.sleep(0.15)
        await rig.move_headset(plugged=False)
        await until(lambda: rig.events == [HeadsetPlugged(), HeadsetUnplugged()])
        await asyncio.sleep(0.15)
        assert len(rig.events) == 2
        assert rig.board.headset is not None
        assert rig.board.headset.devices.playback or rig.board.headset.devices.earpiece_file

    play(story)


def test_every_output_has_a_volume_of_its_own(play: Play) -> None:
    async def story(rig: Rig) -> None:
        for output in Output:
            for percent in (0, 55, 100):
                rig.board.set_volume(output, percent)
            for percent in (-1, 101):
                with pytest.raises(ValueError, match="0 to 100 percent"):
                    rig.board.set_volume(output, percent)
        # The ringer's own device has no player but the board.
        assert rig.board.set_volume(Output.RINGER, 30)

    play(story)


def test_a_ringer_at_nothing_is_silent_and_comes_back(play: Play) -> None:
    async def story(rig: Rig) -> None:
        rig.board.ring(TONE)
        await until(rig.is_ringing)
        rig.board.set_volume(Output.RINGER, 0)
        await until(lambda: not rig.is_ringing())
        await asyncio.sleep(0.1)
        assert not rig.is_ringing()
        rig.board.set_volume(Output.RINGER, 80)
        await until(rig.is_ringing)

    play(story)


def test_a_picture_is_shown_pixel_for_pixel(play: Play) -> None:
    async def story(rig: Rig) -> None:
        for picture in (CHECKS, SLOPE, Picture(DARK), CHECKS):
            rig.board.show(picture)
            await until(lambda bits=picture.bits: rig.panel() == bits)  # type: ignore[misc]

    play(story)


def test_of_many_pictures_the_newest_stays(play: Play) -> None:
    async def story(rig: Rig) -> None:
        for bits in range(200):
            rig.board.show(Picture(bytes([bits]) * 1024))
        rig.board.show(SLOPE)
        await until(lambda: rig.panel() == SLOPE.bits)
        await asyncio.sleep(0.1)
        assert rig.panel() == SLOPE.bits

    play(story)


def test_what_was_set_before_the_start_holds(make: MakeRig, tmp_path: Path) -> None:
    async def main() -> None:
        async with make(tmp_path) as rig:
            rig.board.show(CHECKS)
            rig.board.set_leds(Leds(red=True))
            rig.board.ring(TONE)
            rig.board.start(rig.events.append)
            await rig.connect()
            await until(lambda: rig.panel() == CHECKS.bits)
            await until(lambda: rig.leds() == Leds(red=True))
            await until(rig.is_ringing)

    asyncio.run(main())


def test_an_alarm_flashes_until_the_next_picture(play: Play) -> None:
    async def story(rig: Rig) -> None:
        rig.board.show(Picture(SLOPE.bits, SLOPE.text, invert_every_ms=60))
        inverse = bytes(byte ^ 0xFF for byte in SLOPE.bits)
        for _ in range(2):
            await until(lambda: rig.panel() == SLOPE.bits)
            await until(lambda: rig.panel() == inverse)
        rig.board.show(CHECKS)
        await until(lambda: rig.panel() == CHECKS.bits)
        await asyncio.sleep(0.15)
        assert rig.panel() == CHECKS.bits

    play(story)


def test_a_panel_goes_dark_and_comes_back_with_the_newest_picture(play: Play) -> None:
    async def story(rig: Rig) -> None:
        rig.board.show(CHECKS)
        rig.board.set_contrast(10)
        await until(lambda: rig.panel() == CHECKS.bits)
        rig.board.set_contrast(0)
        await until(lambda: rig.panel() == DARK)
        rig.board.show(SLOPE)
        rig.board.set_contrast(0)
        await asyncio.sleep(0.1)
        assert rig.panel() == DARK
        rig.board.set_contrast(100)
        await until(lambda: rig.panel() == SLOPE.bits)

    play(story)


@pytest.mark.parametrize(
    "leds", [Leds(red=True), Leds(green=True), Leds(red=True, green=True), Leds()]
)
def test_the_lamps_are_lit_as_told(play: Play, leds: Leds) -> None:
    async def story(rig: Rig) -> None:
        rig.board.set_leds(Leds(red=not leds.red, green=not leds.green))
        await until(lambda: rig.leds() != leds)
        rig.board.set_leds(leds)
        await until(lambda: rig.leds() == leds)

    play(story)


def test_it_rings_until_told_to_stop(play: Play) -> None:
    async def story(rig: Rig) -> None:
        rig.board.ring(TONE)
        await until(rig.is_ringing)
        rig.board.ring(None)
        await until(lambda: not rig.is_ringing())
        await asyncio.sleep(0.1)
        assert not rig.is_ringing()

    play(story)


def test_the_handset_has_sound_and_a_volume(play: Play) -> None:
    async def story(rig: Rig) -> None:
        devices = rig.board.handset.devices
        assert devices.playback or devices.earpiece_file
        for percent in (0, 55, 100):
            rig.board.handset.set_volume(percent)
        for percent in (-1, 101):
            with pytest.raises(ValueError, match="0 to 100 percent"):
                rig.board.handset.set_volume(percent)

    play(story)


def test_a_closed_board_is_dark_and_silent(play: Play) -> None:
    async def story(rig: Rig) -> None:
        rig.board.show(CHECKS)
        rig.board.set_leds(Leds(green=True))
        rig.board.ring(TONE)
        await until(lambda: rig.panel() == CHECKS.bits and rig.is_ringing())
        rig.board.close()
        await until(lambda: rig.panel() == DARK)
        assert rig.leds() == Leds()
        assert not rig.is_ringing()
        told = list(rig.events)
        rig.board.close()
        assert rig.events == told

    play(story)


def test_a_board_that_was_never_started_can_be_closed(make: MakeRig, tmp_path: Path) -> None:
    async def main() -> None:
        async with make(tmp_path) as rig:
            rig.board.close()

    asyncio.run(main())
