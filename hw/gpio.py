"""The GPIO lines of the 40-pin header. The only file that imports RPi.GPIO.

Lines are named by their BCM numbers. On a Raspberry Pi 5, and on newer systems
altogether, rpi-lgpio stands behind the name RPi.GPIO.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, Protocol

from hw.part import PartError


class Pull(Enum):
    """The resistor within the chip that gives an open input its level."""

    NONE = "none"
    UP = "up"
    DOWN = "down"


class GpioError(PartError):
    """A line cannot be had or used; the text says which and why."""


class Line(Protocol):
    """One line, taken by one part of the board."""

    def listen(self, pull: Pull) -> None:
        """Makes it an input."""
        ...

    def drive(self, *, high: bool) -> None:
        """Makes it an output at that level, or changes the level of the output it is."""
        ...

    def read(self) -> bool:
        """Returns whether the line is high."""
        ...

    def pulse(self, frequency: int, duty: float = 0.5) -> None:
        """Makes it an output with a square wave; 0 hertz is low and still.

        Args:
            frequency: In hertz.
            duty: The share of each period that is high, above 0 and below 1.
        """
        ...

    def release(self) -> None:
        """Makes it an input without a pull, and gives it back. Never raises."""
        ...


class Gpio(Protocol):
    """The lines of a board."""

    def take(self, pin: int) -> Line:
        """Takes a line that nobody else has.

        Raises:
            GpioError: Somebody has it.
        """
        ...


OpenGpio = Callable[[], Gpio]
"""Opens the lines, or returns the ones already open; raises `GpioError` where there are none."""


class RpiGpio:
    """Lines by way of RPi.GPIO, which knows one set of lines for the whole process.

    Raises:
        GpioError: This is no Raspberry Pi, RPi.GPIO is not installed or it is not allowed.
    """

    def __init__(self) -> None:
        try:
            from RPi import GPIO  # noqa: PLC0415 - only where there is a Pi
        except (ImportError, RuntimeError, NotImplementedError, OSError) as error:
            # OSError: lgpio makes its pipes in the working directory, while it is imported.
            raise GpioError(f"no GPIO: {error}") from error
        # What RPi.GPIO raises for a line that is busy depends on which one stands behind it.
        lgpio = getattr(GPIO, "lgpio", None)
        own = (lgpio.error,) if lgpio is not None else ()
        self.errors: tuple[type[Exception], ...] = (RuntimeError, ValueError, OSError, *own)
        self.module: Any = GPIO
        self.lock = threading.Lock()
        self._taken: set[int] = set()
        with self.reported("no GPIO"):
            GPIO.setwarnings(False)  # noqa: FBT003 - RPi.GPIO's
            GPIO.setmode(GPIO.BCM)

    def take(self, pin: int) -> Line:
        """Takes a line that nobody else has; raises `GpioError`."""
        with self.lock:
            if pin in self._taken:
                raise GpioError(f"GPIO{pin} is taken already")
            self._taken.add(pin)
        return _RpiLine(self, pin)

    def give_back(self, pin: int) -> None:
        """Lets others take the line."""
        self._taken.discard(pin)

    @contextmanager
    def reported(self, what: str) -> Iterator[None]:
        """Turns whatever RPi.GPIO raises into `GpioError`, one thread at a time."""
        with self.lock:
            try:
                yield
            except self.errors as error:
                raise GpioError(f"{what}: {error}") from error


class _RpiLine:
    def __init__(self, gpio: RpiGpio, pin: int) -> None:
        self._gpio = gpio
        self._module = gpio.module
        self._pin = pin
        self._output = False
        self._pwm: Any = None

    def listen(self, pull: Pull) -> None:
        module = self._module
        pulls = {Pull.NONE: module.PUD_OFF, Pull.UP: module.PUD_UP, Pull.DOWN: module.PUD_DOWN}
        with self._gpio.reported(f"GPIO{self._pin} as input"):
            self._module.setup(self._pin, module.IN, pull_up_down=pulls[pull])
            self._output = False

    def drive(self, *, high: bool) -> None:
        with self._gpio.reported(f"GPIO{self._pin} as output"):
            self._drive(high=high)

    def read(self) -> bool:
        with self._gpio.reported(f"GPIO{self._pin}"):
            return bool(self._module.input(self._pin))

    def pulse(self, frequency: int, duty: float = 0.5) -> None:
        with self._gpio.reported(f"GPIO{self._pin} as a tone"):
            if not frequency:
                self._stop_pulse()
                self._drive(high=False)
            elif self._pwm is None:
                self._drive(high=False)
                self._pwm = self._module.PWM(self._pin, frequency)
                self._pwm.start(100 * duty)
            else:
                self._pwm.ChangeDutyCycle(100 * duty)
                self._pwm.ChangeFrequency(frequency)

    def release(self) -> None:
        try:
            with self._gpio.reported(f"GPIO{self._pin}"):
                self._stop_pulse()
                self._module.cleanup(self._pin)
        except GpioError:
            return  # it is gone already, which is what was wanted
        finally:
            self._gpio.give_back(self._pin)

    def _drive(self, *, high: bool) -> None:
        if self._output:
            self._module.output(self._pin, high)
        else:
            self._module.setup(self._pin, self._module.OUT, initial=high)
            self._output = True

    def _stop_pulse(self) -> None:
        if self._pwm is not None:
            self._pwm.stop()
            self._pwm = None
