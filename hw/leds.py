"""The two lamps, each from a GPIO line through a resistor to ground."""

from typing import Final

from hw.board import Emit
from hw.gpio import Line, OpenGpio
from hw.profile import LedsProfile
from hw.types import Device, Leds

LOOK_SECONDS: Final = 10.0
"""How often it is looked whether their lines are still there."""


class Lamps:
    """The lamps.

    Args:
        open_gpio: Opens the lines.
        profile: Which lines.
    """

    device: Final = Device.LEDS

    def __init__(self, open_gpio: OpenGpio, profile: LedsProfile) -> None:
        self._open_gpio = open_gpio
        self._profile = profile
        self._lines: list[Line] = []
        self._wanted = Leds()

    def set(self, leds: Leds) -> None:
        """Says what is to be lit; any thread may, and the next step does it."""
        self._wanted = leds

    def open(self) -> None:
        """Takes the lines; raises `GpioError`."""
        gpio = self._open_gpio()
        self._lines += map(gpio.take, (self._profile.red, self._profile.green))

    def step(self, now: float, emit: Emit) -> float:  # noqa: ARG002 - Part's
        """Switches the lamps as wanted."""
        wanted = self._wanted
        for line, lit in zip(self._lines, (wanted.red, wanted.green), strict=True):
            line.drive(high=lit)
        return LOOK_SECONDS

    def close(self) -> None:
        """Gives the lines back; without them the lamps are dark."""
        for line in self._lines:
            line.release()
        self._lines.clear()
