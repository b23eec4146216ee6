"""The GPIO lines of the 40-pin header. The only file that imports RPi.GPIO.

Lines are named by their BCM numbers. On a Raspberry Pi 5, and on newer systems
altogether, rpi-lgpio stands behind the name RPi.GPIO.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Protocol

from hw.part import PartError


class Pull(Enum):
    """The resistor within the chip that gives an open input its level."""

    NONE = "none"
    UP = "up"
    DOWN = "down"


_GONE: Final = "the GPIO lines went away"


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


@dataclass(slots=True)
class _Chip:
    """The chip that the lines belong to, from its opening until it goes away.

    Attributes:
        taken: The lines that somebody has.
        gone: Whether it went away; what comes back is another one.
    """

    taken: set[int] = field(default_factory=set)
    gone: bool = False


def _tone_of(module: Any) -> Callable[[_Chip, int, int], Any]:
    """How a tone begins: the chip, the pin and the frequency to a PWM of RPi.GPIO.

    rpi-lgpio's stops when it is let go of, on whatever chip is open by then: that may be none, and
    Python prints a message, or another one, whose line has a tone of its own.
    """
    pwm: Any = module.PWM
    if not hasattr(module, "lgpio"):
        return lambda _, pin, frequency: pwm(pin, frequency)

    class Tone(pwm):  # type: ignore[misc] # RPi.GPIO has no types
        __slots__ = ("_played_by",)

        def __init__(self, chip: _Chip, pin: int, frequency: int) -> None:
            self._played_by = chip
            super().__init__(pin, frequency)

        def stop(self) -> None:
            if not self._played_by.gone:
                super().stop()

    return Tone


class RpiGpio:
    """Lines by way of RPi.GPIO, which knows one set of lines for the whole process.

    When the lines go away, whoever has one is told at the next use, and `take` opens the chip
    that has come back.

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
        self.tone = _tone_of(GPIO)
        self._lock = threading.Lock()
        self._chip = _Chip()
        with self.reported("no GPIO", self._chip):
            self._open()

    def take(self, pin: int) -> Line:
        """Takes a line that nobody else has; raises `GpioError`."""
        chip = self._chip
        with self.reported("no GPIO", chip):
            self._open()
            if pin in chip.taken:
                raise GpioError(f"GPIO{pin} is taken already")
            chip.taken.add(pin)
        return _RpiLine(self, chip, pin)

    @contextmanager
    def reported(self, what: str, chip: _Chip) -> Iterator[None]:
        """Turns whatever RPi.GPIO raises into `GpioError`, one thread at a time.

        Args:
            what: Begins the sentence.
            chip: Whose line is used.
        """
        with self._lock:
            if chip.gone:
                raise GpioError(f"{what}: {_GONE}")
            try:
                yield
            except self.errors as error:
                self._look_for_chip()
                reason = _GONE if chip.gone else str(error).strip("'")  # lgpio quotes its own
                raise GpioError(f"{what}: {reason}") from error

    def _open(self) -> None:
        """Opens the chip, if it is not open."""
        self.module.setwarnings(False)  # noqa: FBT003 - RPi.GPIO's
        self.module.setmode(self.module.BCM)

    def _look_for_chip(self) -> None:
        """Closes a chip that is gone: while it is open, no other one can have its number.

        rpi-lgpio's own cleanup cannot, because it asks the chip first.
        """
        module = self.module
        lgpio, handle = getattr(module, "lgpio", None), getattr(module, "_chip", None)
        if lgpio is None or handle is None:
            return
        try:
            lgpio.gpio_get_chip_info(handle)
        except lgpio.error:
            lgpio.gpiochip_close(handle)
            module._chip, module._mode = None, module.UNKNOWN  # noqa: SLF001 - as cleanup does
            self._chip.gone = True
            self._chip = _Chip()


class _RpiLine:
    def __init__(self, gpio: RpiGpio, chip: _Chip, pin: int) -> None:
        self._gpio = gpio
        self._chip = chip
        self._module = gpio.module
        self._pin = pin
        self._output = False
        self._pwm: Any = None

    def listen(self, pull: Pull) -> None:
        module = self._module
        pulls = {Pull.NONE: module.PUD_OFF, Pull.UP: module.PUD_UP, Pull.DOWN: module.PUD_DOWN}
        with self._gpio.reported(f"GPIO{self._pin} as input", self._chip):
            self._module.setup(self._pin, module.IN, pull_up_down=pulls[pull])
            self._output = False

    def drive(self, *, high: bool) -> None:
        with self._gpio.reported(f"GPIO{self._pin} as output", self._chip):
            self._drive(high=high)

    def read(self) -> bool:
        with self._gpio.reported(f"GPIO{self._pin}", self._chip):
            return bool(self._module.input(self._pin))

    def pulse(self, frequency: int, duty: float = 0.5) -> None:
        with self._gpio.reported(f"GPIO{self._pin} as a tone", self._chip):
            if not frequency:
                self._stop_pulse()
                self._drive(high=False)
            elif self._pwm is None:
                self._drive(high=False)
                self._pwm = self._gpio.tone(self._chip, self._pin, frequency)
                self._pwm.start(100 * duty)
            else:
                self._pwm.ChangeDutyCycle(100 * duty)
                self._pwm.ChangeFrequency(frequency)

    def release(self) -> None:
        try:
            with self._gpio.reported(f"GPIO{self._pin}", self._chip):
                self._stop_pulse()
                self._module.cleanup(self._pin)
        except GpioError:
            return  # it is gone already, which is what was wanted
        finally:
            self._pwm = None
            self._chip.taken.discard(self._pin)

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
