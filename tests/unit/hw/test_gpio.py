"""Lines by way of RPi.GPIO, with a chip that goes away and comes back."""

import sys
from collections.abc import Iterator
from contextlib import suppress
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
        self.tones: set[int] = set()

    def unplug(self) -> None:
        self.plugged = None
        self.tones.clear()

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

    class Pwm:
        """Ends like rpi-lgpio's: the first failure is passed over, the second is not."""

        __slots__ = ("pin",)

        def __init__(self, pin: int, _: int) -> None:
            self.pin = pin

        def start(self, _: float) -> None:
            kernel.ask(gpio._chip)
            kernel.tones.add(self.pin)

        ChangeDutyCycle = ChangeFrequency = start

        def stop(self) -> None:
            with suppress(ChipError):
                kernel.ask(gpio._chip)
            kernel.ask(gpio._chip)
            kernel.tones.discard(self.pin)

        def __del__(self) -> None:
            self.stop()

    gpio.PWM = Pwm
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


def test_a_tone_whose_chip_went_away_is_let_go_of_without_a_word(kernel: Kernel) -> None:
    """Whatever `__del__` raises is printed, and fails a test here."""
    bell = RpiGpio().take(5)
    bell.pulse(440)
    assert kernel.tones == {5}
    kernel.unplug()
    bell.release()
    with pytest.raises(GpioError, match="went away"):
        bell.pulse(0)


def test_a_tone_of_the_chip_before_stops_none_of_the_next_one(kernel: Kernel) -> None:
    gpio = RpiGpio()
    bell = gpio.take(5)
    bell.pulse(440)
    kernel.unplug()
    with pytest.raises(GpioError, match="went away"):
        bell.pulse(880)
    kernel.plug()
    again = gpio.take(5)
    again.pulse(440)
    bell.release()
    assert kernel.tones == {5}
    again.pulse(0)
    assert not kernel.tones
    again.release()


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
