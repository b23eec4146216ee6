"""What `sotto test-board` tells, on the simulator and on the real drivers."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hw.board_trial import BoardTrial, trial_picture
from hw.types import HEIGHT, WIDTH, Device, DeviceBack, DeviceMissing, Key, Leds
from support.board_rigs import Rig, pi_rig, simulator_rig, until

pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")
RIGS = [pytest.param(simulator_rig, id="simulator"), pytest.param(pi_rig, id="pi")]


class Tried:
    """A board that is being tried, and what was told of it."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.told: list[str] = []
        self.stop = asyncio.Event()
        trial = BoardTrial(self.told.append).run(rig.board, self.stop)
        self.run = asyncio.get_running_loop().create_task(trial)

    async def tells(self, sentence: str) -> None:
        await until(lambda: f"{sentence}\n" in self.told)

    async def end(self) -> bool:
        self.stop.set()
        return await self.run


def try_out(
    make: Callable[[Path], "object"], folder: Path, story: Callable[[Tried], Awaitable[None]]
) -> None:
    async def main() -> None:
        async with make(folder) as rig:  # type: ignore[attr-defined]
            tried = Tried(rig)
            await until(lambda: bool(tried.told))
            await rig.connect()
            await story(tried)

    asyncio.run(main())


@pytest.mark.parametrize("make", RIGS)
def test_all_that_moves_is_told(make: Callable[[Path], object], tmp_path: Path) -> None:
    async def story(tried: Tried) -> None:
        rig = tried.rig
        await until(lambda: rig.panel() == trial_picture().bits)
        await until(lambda: rig.leds() == Leds(red=True))
        await until(lambda: rig.leds() == Leds(green=True))
        await until(rig.is_ringing)
        await until(lambda: not rig.is_ringing())
        for key in Key:
            await rig.press(key)
            await tried.tells(f"Key {key.value}: down.")
            await rig.release(key)
            await tried.tells(f"Key {key.value}: up.")
        await rig.move_hook(lifted=True)
        await tried.tells("Handset: lifted.")
        await asyncio.sleep(0.15)
        await rig.move_hook(lifted=False)
        await tried.tells("Handset: in the cradle.")
        await rig.move_headset(plugged=True)
        await tried.tells("Headset: plugged in.")
        assert await tried.end()
        assert tried.told[-1] == "Every key was seen.\n"
        await until(lambda: rig.leds() == Leds())

    try_out(make, tmp_path, story)


@pytest.mark.parametrize("make", RIGS)
def test_what_was_never_seen_is_told_at_the_end(
    make: Callable[[Path], object], tmp_path: Path
) -> None:
    async def story(tried: Tried) -> None:
        for key in Key:
            if key not in {Key.DIGIT_7, Key.MENU}:
                await tried.rig.press(key)
                await tried.tells(f"Key {key.value}: down.")
                await tried.rig.release(key)
                await tried.tells(f"Key {key.value}: up.")
        assert await tried.end()
        assert tried.told[-2:] == [
            "Keys that were never seen: 7 menu.\n",
            "The hook switch was not seen to move both ways.\n",
        ]

    try_out(make, tmp_path, story)


def test_a_part_that_is_missing_is_told_and_makes_it_fail(tmp_path: Path) -> None:
    async def main() -> None:
        async with pi_rig(tmp_path) as rig:
            rig.i2c.unplug()
            tried = Tried(rig)
            reason = "The display does not answer: no display at I2C address 0x3c on bus 1"
            await until(lambda: any(each.startswith(reason) for each in tried.told))
            assert not await tried.end()
            assert tried.told[-1] == "The display does not answer.\n"

    asyncio.run(main())


def test_a_part_that_comes_back_is_told() -> None:
    told: list[str] = []
    trial = BoardTrial(told.append)
    trial.tell(DeviceMissing(Device.KEYPAD, "the key 5 is down all the time"))
    trial.tell(DeviceBack(Device.KEYPAD))
    assert told == [
        "The keypad does not answer: the key 5 is down all the time.\n",
        "The keypad answers again.\n",
    ]


def test_the_picture_shows_where_its_edges_are() -> None:
    bits = trial_picture().bits
    rows = [bits[at : at + WIDTH // 8] for at in range(0, len(bits), WIDTH // 8)]
    assert rows[0] == rows[HEIGHT - 1] == b"\xff" * (WIDTH // 8)
    assert all(row[0] & 0x80 and row[-1] & 0x01 for row in rows)
    assert not any(row[0] & 0x40 or row[-1] & 0x02 for row in rows[1:-1])
