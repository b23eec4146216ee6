"""Lines by way of RPi.GPIO, with a chip that goes away and comes back."""

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from hw.gpio import GpioError, Pull, RpiGpio


class ChipError(Exception):
    """What lgpio raises."""


class Kernel:
    """The chips of a machine: one that is gone keeps its number while somebody has it open."""

    def __init__(self) -> None:
        self.plugged: int | None = 0
        self.opened: set[int] = set()

    def plug(self) -> None:
        self.plugged = next(number for number in range(9) if number not in self.opened)

    def ask(self, chip: int | None) -> None:
        if chip is None or chip != self.plugged:
            raise ChipError("bad chipinfo IOCTL")


def _module(kernel: Kernel) -> Any:
    """RPi.GPIO as rpi-lgpio has it, which always opens chip 0."""
    gpio: Any = ModuleType("RPi.GPIO")
    lgpio: Any = ModuleType("lgpio")
    gpio.lgpio, gpio._chip, gpio._mode = lgpio, None, gpio
    lgpio.error = ChipError
    lgpio.gpio_get_chip_info = kernel.ask
    lgpio.gpiochip_close = kernel.opened.discard
    gpio.UNKNOWN, gpio.BCM, gpio.IN, gpio.OUT = -1, 11, 1, 0
    gpio.PUD_OFF, gpio.PUD_DOWN, gpio.PUD_UP = 20, 21, 22

    def setmode(mode: int) -> None:
        if gpio._chip is None:
            kernel.ask(0)
            gpio._chip = 0
            kernel.opened.add(0)
        gpio._mode = mode

    def use(*_: object, **__: object) -> int:
        kernel.ask(gpio._chip)
        return 1

    gpio.setwarnings, gpio.setmode = print, setmode
    gpio.setup = gpio.output = gpio.input = gpio.cleanup = use
    return gpio


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    kernel = Kernel()
    package: Any = ModuleType("RPi")
    package.GPIO = _module(kernel)
    monkeypatch.setitem(sys.modules, "RPi", package)
    yield kernel
    assert kernel.opened <= {0}


def test_lines_whose_chip_went_away_are_had_again_from_the_one_that_came(kernel: Kernel) -> None:
    gpio = RpiGpio()
    key, lamp = gpio.take(5), gpio.take(6)
    key.listen(Pull.UP)
    lamp.drive(high=True)
    kernel.plugged = None
    for use in (key.read, lambda: lamp.drive(high=False)):
        with pytest.raises(GpioError, match="the GPIO lines went away"):
            use()
    with pytest.raises(GpioError, match="no GPIO"):
        gpio.take(5)
    kernel.plug()
    assert kernel.opened == set()  # else it would have another number
    again = gpio.take(5)
    again.listen(Pull.UP)
    assert again.read()
    key.release()
    lamp.release()
    with pytest.raises(GpioError, match="taken already"):
        gpio.take(5)  # what was given back is of the chip before
    with pytest.raises(GpioError, match="went away"):
        key.read()


def test_one_line_that_fails_takes_no_other_with_it(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpio = RpiGpio()
    key, lamp = gpio.take(5), gpio.take(6)

    def fail(_: int) -> int:
        raise RuntimeError("GPIO busy")

    with monkeypatch.context() as patch:
        patch.setattr(gpio.module, "input", fail)
        with pytest.raises(GpioError, match="GPIO5: GPIO busy"):
            key.read()
    lamp.drive(high=True)
    assert key.read()
    assert kernel.opened == {0}
