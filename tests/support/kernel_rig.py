"""A board whose lines, buses and cards are the kernel's own simulations.

The lines are gpio-sim's, the display hangs on a bus in user space (`support.i2c_bus`),
the handset's sound card is snd-dummy. RPi.GPIO, luma and ALSA are the real ones.
"""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Final

from hw.gpio import Gpio, Line, Pull, RpiGpio
from hw.pi import PiBoard
from hw.profile import (
    BoardProfile,
    BuzzerProfile,
    HeadsetProfile,
    I2cBus,
    SoundProfile,
    load_profile,
)
from hw.types import HardwareEvent, Key, Leds
from support.board_rigs import HEADSET_PIN

CONFIG: Final = Path("/sys/kernel/config/gpio-sim")
GROUND: Final = -1
LINES: Final = 54
"""As many as a BCM2835 has."""
BUS: Final = 9
REASON: Final = "needs gpio-sim, cuse and snd-dummy: tests/hardware/vm.py runs it where they are"
_ZERO_2_W: Final = "902120"


def is_here() -> bool:
    """Tells whether this kernel simulates all that the rig needs."""
    return "SOTTO_HARDWARE" in os.environ and CONFIG.is_dir() and Path("/dev/cuse").exists()


class GpioSim:
    """A chip of gpio-sim, and contacts between its lines.

    A line of gpio-sim hears of no other. So the levels are carried over the contacts
    after each thing that the driver (`WiredLine`) or the world does.
    """

    def __init__(self) -> None:
        self._folder = CONFIG / "phone"
        self._bank = self._folder / "bank0"
        self._bank.mkdir(parents=True)
        (self._bank / "num_lines").write_text(str(LINES))
        (self._bank / "label").write_text("pinctrl-bcm2835")
        self._files: list[tuple[int, int]] = []
        self._contacts: set[tuple[int, int]] = set()
        self._lock = threading.RLock()
        self.chip = ""
        self.plug()

    def plug(self) -> None:
        """The chip is there: for the first time, or again, with the contacts as they are."""
        with self._lock:
            (self._folder / "live").write_text("1")
            self.chip = (self._bank / "chip_name").read_text().strip()
            device = (self._folder / "dev_name").read_text().strip()
            lines = Path("/sys/devices/platform") / device / self.chip
            self._files = [
                (
                    os.open(lines / f"sim_gpio{pin}" / "value", os.O_RDONLY),
                    os.open(lines / f"sim_gpio{pin}" / "pull", os.O_WRONLY),
                )
                for pin in range(LINES)
            ]
            self.carry()

    def unplug(self) -> None:
        """The chip goes away, whoever has lines of it."""
        with self._lock:
            for descriptor in (each for both in self._files for each in both):
                os.close(descriptor)
            self._files = []
            (self._folder / "live").write_text("0")

    def is_high(self, pin: int) -> bool:
        """The level of a line, whoever gives it; low: there is no chip."""
        with self._lock:
            there = pin != GROUND and bool(self._files)
            return there and os.pread(self._files[pin][0], 1, 0) == b"1"

    def join(self, pin: int, other: int = GROUND) -> None:
        """Closes the contact through which another line, or ground, gives a line its level."""
        with self._lock:
            self._contacts.add((pin, other))
            self.carry()

    def part(self, pin: int, other: int = GROUND) -> None:
        """Opens it again."""
        with self._lock:
            self._contacts.discard((pin, other))
            self._set(pin)

    def close(self) -> None:
        """Takes the chip away for good."""
        self.unplug()
        self._bank.rmdir()
        self._folder.rmdir()

    def carry(self) -> None:
        """Brings all levels over the contacts."""
        with self._lock:
            for pin in {pin for pin, _ in self._contacts}:
                self._set(pin)

    def _set(self, pin: int) -> None:
        if not self._files:
            return
        up = all(self.is_high(other) for at, other in self._contacts if at == pin)
        if up != self.is_high(pin):
            os.pwrite(self._files[pin][1], b"pull-up" if up else b"pull-down", 0)


class WiredGpio:
    """RPi.GPIO's lines, joined to the world by contacts.

    Args:
        gpio: RPi.GPIO's.
        lines: The world's.
    """

    def __init__(self, gpio: Gpio, lines: GpioSim) -> None:
        self._gpio = gpio
        self._lines = lines

    def take(self, pin: int) -> Line:
        return WiredLine(self._gpio.take(pin), self._lines)


class WiredLine:
    """One of them."""

    def __init__(self, line: Line, lines: GpioSim) -> None:
        self._line = line
        self._lines = lines

    def listen(self, pull: Pull) -> None:
        self._line.listen(pull)
        self._lines.carry()

    def drive(self, *, high: bool) -> None:
        self._line.drive(high=high)
        self._lines.carry()

    def read(self) -> bool:
        return self._line.read()

    def pulse(self, frequency: int, duty: float = 0.5) -> None:
        self._line.pulse(frequency, duty)

    def release(self) -> None:
        self._line.release()


class Panel:
    """The display, on a bus that a process of its own keeps."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("i2c_bus.py"), str(BUS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
        assert self._answers.readline() == "ready\n"
        device = Path(f"/dev/i2c-{BUS}")
        for _ in range(1000):  # devtmpfs follows a moment later
            if device.exists():
                break
            time.sleep(0.01)

    def picture(self) -> bytes:
        """What is seen at this moment."""
        self.say("picture")
        return bytes.fromhex(self._answers.readline())

    def say(self, word: str) -> None:
        """Says "plug" or "unplug"."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """Takes the bus away."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        self._answers.close()

    @property
    def _answers(self) -> IO[str]:
        assert self._process.stdout is not None
        return self._process.stdout


@dataclass
class KernelRig:
    """Real drivers on simulated hardware."""

    profile: BoardProfile
    lines: GpioSim
    display: Panel
    board: PiBoard
    events: list[HardwareEvent] = field(default_factory=list)

    async def connect(self) -> None:
        """Waits until the display has been prepared."""
        await asyncio.sleep(0.5)

    async def press(self, key: Key) -> None:
        self.lines.join(*self._crossing(key))

    async def release(self, key: Key) -> None:
        self.lines.part(*self._crossing(key))

    async def move_hook(self, *, lifted: bool) -> None:
        pin = self.profile.hook.pin
        there, back = self.lines.part, self.lines.join
        if not lifted:
            there, back = back, there
        for _ in range(3):
            there(pin)
            await asyncio.sleep(0.012)
            back(pin)
            await asyncio.sleep(0.004)
        there(pin)

    async def move_headset(self, *, plugged: bool) -> None:
        (self.lines.join if plugged else self.lines.part)(HEADSET_PIN)

    def panel(self) -> bytes:
        return self.display.picture()

    def leds(self) -> Leds:
        leds = self.profile.leds
        return Leds(red=self.lines.is_high(leds.red), green=self.lines.is_high(leds.green))

    def is_ringing(self) -> bool:
        ringer = self.profile.ringer
        assert isinstance(ringer, BuzzerProfile)
        return any(self.lines.is_high(ringer.pin) for _ in range(200))

    def _crossing(self, key: Key) -> tuple[int, int]:
        keypad = self.profile.keypad
        return next(
            (keypad.columns[row.index(key)], keypad.rows[at])
            for at, row in enumerate(keypad.matrix.keys)
            if key in row
        )


@asynccontextmanager
async def kernel_rig(
    folder: Path,  # noqa: ARG001 - each rig gets one
    *,
    lifted: bool = False,
) -> AsyncIterator[KernelRig]:
    usual = load_profile("pi-usb-handset")
    profile = replace(
        usual,
        display=replace(usual.display, bus=I2cBus(BUS, 0x3C)),
        handset=SoundProfile(card="dummy"),
        headset=HeadsetProfile(SoundProfile(card="dummy"), HEADSET_PIN),
    )
    with hardware() as (lines, display):
        if not lifted:
            lines.join(profile.hook.pin)
        opened: list[RpiGpio] = []

        def open_gpio() -> Gpio:
            opened.append(RpiGpio())
            return WiredGpio(opened[-1], lines)

        rig = KernelRig(profile, lines, display, PiBoard(profile, open_gpio, retry=0.1))
        try:
            yield rig
        finally:
            rig.board.close()
            for gpio in opened:
                gpio.module.cleanup()  # lets go of the chip, which is taken away next


@contextmanager
def hardware() -> Iterator[tuple[GpioSim, Panel]]:
    """Lines and a display; the processes started inside find them as RPi.GPIO does."""
    lines = GpioSim()
    os.environ["RPI_LGPIO_CHIP"] = lines.chip.removeprefix("gpiochip")
    os.environ["RPI_LGPIO_REVISION"] = _ZERO_2_W
    display = Panel()
    try:
        yield lines, display
    finally:
        display.close()
        lines.close()
