"""The OLED, by way of luma.oled.

Only the newest picture is drawn. A frame takes some 30 ms on I2C, and nobody misses
the pictures that were replaced meanwhile.
"""

from collections.abc import Callable
from typing import Any, Final, Protocol

from hw.board import Emit
from hw.gpio import GpioError, Line, OpenGpio, RpiGpio
from hw.part import PartError
from hw.profile import Controller, DisplayProfile, I2cBus, SpiBus
from hw.types import HEIGHT, WIDTH, Device, Picture

LOOK_SECONDS: Final = 5.0
"""How often a panel that shows a still picture is asked whether it is there."""

# Commands that SSD1306 and SH1106 share (SSD1306 datasheet, section 9).
_NORMAL: Final = 0xA6
_INVERSE: Final = 0xA7
_NO_OPERATION: Final = 0xE3
_CONTRAST: Final = 0x81
_OFF: Final = 0xAE
_ON: Final = 0xAF
_BRIGHTEST: Final = 255


class Panel(Protocol):
    """What luma's devices offer and the display needs."""

    def display(self, image: Any) -> None:
        """Draws a PIL image of 128 x 64 pixels in mode "1"."""
        ...

    def command(self, *cmd: int) -> None:
        """Sends command bytes."""
        ...

    def cleanup(self) -> None:
        """Goes dark and closes the bus."""
        ...


class Display:
    """The display.

    Args:
        connect: Finds the panel and prepares it; raises `PartError`.
    """

    device: Final = Device.DISPLAY

    def __init__(self, connect: Callable[[], Panel]) -> None:
        self._connect = connect
        self._panel: Panel | None = None
        self._wanted: Picture | None = None
        self._drawn: Picture | None = None
        self._flash_began = 0.0
        self._inverse = False
        self._contrast: int | None = None
        self._contrast_set: int | None = None

    def set_contrast(self, percent: int) -> None:
        """Says how bright it is to be, 0 to 100 percent; the next step does it."""
        self._contrast = percent

    def show(self, picture: Picture) -> None:
        """Says what is to be shown; any thread may, and the next step draws it."""
        self._wanted = picture

    def open(self) -> None:
        """Finds the panel; raises `PartError`."""
        self._panel = self._connect()
        self._drawn = None
        self._inverse = False
        self._contrast_set = None

    def step(self, now: float, emit: Emit) -> float:  # noqa: ARG002 - Part's
        """Draws the newest picture, flashes it if it is one that flashes."""
        wanted, panel = self._wanted, self._panel
        if panel is None or wanted is None:
            return LOOK_SECONDS
        try:
            if wanted != self._drawn:
                panel.display(_image(wanted))
                self._drawn = wanted
                self._flash_began = now
            self._brighten(panel)
            return self._flash(panel, wanted, now)
        except _bus_errors() as error:
            raise PartError(f"the display went away: {error}") from error

    def close(self) -> None:
        """Lets the panel go dark."""
        panel, self._panel = self._panel, None
        if panel is None:
            return
        try:
            panel.cleanup()
        except _bus_errors():
            return  # it is not there any more

    def _brighten(self, panel: Panel) -> None:
        """After the drawing: a panel that wakes must not show what it showed before."""
        percent = self._contrast
        if percent is None or percent == self._contrast_set:
            return
        if percent:
            panel.command(_CONTRAST, percent * _BRIGHTEST // 100)
        panel.command(_ON if percent else _OFF)
        self._contrast_set = percent

    def _flash(self, panel: Panel, picture: Picture, now: float) -> float:
        """Inverts the panel if it is time to, and returns when that is next so."""
        if not picture.invert_every_ms:
            panel.command(_NORMAL if self._inverse else _NO_OPERATION)
            self._inverse = False
            return LOOK_SECONDS
        turn = picture.invert_every_ms / 1000
        turns = int((now - self._flash_began) / turn)
        if self._inverse != bool(turns % 2):
            self._inverse = not self._inverse
            panel.command(_INVERSE if self._inverse else _NORMAL)
        return self._flash_began + (turns + 1) * turn - now


def connect_panel(
    profile: DisplayProfile, open_gpio: OpenGpio, *, bus: Any = None, spi: Any = None
) -> "LumaPanel":
    """Finds the panel and prepares it.

    Args:
        profile: Which controller on which bus.
        open_gpio: Opens the lines, for D/C and reset on SPI.
        bus: An smbus of one's own instead of the kernel's.
        spi: An spidev of one's own instead of the kernel's.

    Raises:
        PartError: There is none; the text says where it was looked for.
    """
    if isinstance(profile.bus, I2cBus):
        where = f"at I2C address 0x{profile.bus.address:02x} on bus {profile.bus.port}"
    else:
        where = f"on SPI bus 0, device {profile.bus.device}"
    try:
        return _prepare(profile, _serial(profile.bus, open_gpio, bus, spi))
    except GpioError as error:
        raise PartError(f"no display {where}: {error}") from error
    except ImportError as error:
        raise PartError(f"no display {where}: {error.name} is not installed") from error
    except _bus_errors() as error:
        raise PartError(f"no display {where} ({error})") from error


def ask_panel(bus: I2cBus, smbus: Any = None) -> None:
    """Asks whether a panel is there, by an order that does nothing.

    Args:
        bus: Where.
        smbus: An smbus of one's own instead of the kernel's.

    Raises:
        PartError: None answers.
    """
    try:
        serial = _serial(bus, RpiGpio, smbus, None)
        serial.command(_NO_OPERATION)
        serial.cleanup()
    except ImportError as error:
        raise PartError(f"{error.name} is not installed") from error
    except _bus_errors() as error:
        raise PartError(str(error)) from error


def _serial(where: I2cBus | SpiBus, open_gpio: OpenGpio, bus: Any, spi: Any) -> Any:
    from luma.core.interface import serial  # noqa: PLC0415 - only where there is a display

    if isinstance(where, I2cBus):
        return serial.i2c(bus=bus, port=where.port, address=where.address)
    return _SpiWithPins(serial.spi, where, open_gpio, spi)


class LumaPanel:
    """luma's device of a panel.

    luma keeps each device that it makes until the end of the process, with a third of a MiB: what
    a loose plug would add up to. So nothing is left in it once its bus is closed.

    Args:
        device: luma's.
    """

    def __init__(self, device: Any) -> None:
        self._device = device

    def display(self, image: Any) -> None:
        """Draws a PIL image of 128 x 64 pixels in mode "1"."""
        self._device.display(image)

    def command(self, *cmd: int) -> None:
        """Sends command bytes."""
        self._device.command(*cmd)

    def persist(self) -> None:
        """Lets `cleanup` leave the picture where it is."""
        self._device.persist = True

    def cleanup(self) -> None:
        """Goes dark and closes the bus; nothing can be done with it afterwards."""
        try:
            self._device.cleanup()
        finally:
            vars(self._device).clear()


def _prepare(profile: DisplayProfile, serial: Any) -> LumaPanel:
    from luma.oled import device  # noqa: PLC0415

    make = {Controller.SSD1306: device.ssd1306, Controller.SH1106: device.sh1106}
    try:
        # luma keeps each device that it makes until the end of the process, even one that
        # did not answer: so the panel is asked before luma is.
        serial.command(_NO_OPERATION)
        return LumaPanel(make[profile.controller](serial, width=WIDTH, height=HEIGHT))
    except BaseException:
        serial.cleanup()
        raise


def leave_picture(
    profile: DisplayProfile, picture: Picture, open_gpio: OpenGpio = RpiGpio, *, bus: Any = None
) -> None:
    """Draws a picture that stays when this process has ended.

    Args:
        profile: Which controller on which bus.
        picture: What is drawn.
        open_gpio: Opens the lines, for D/C and reset on SPI.
        bus: An smbus of one's own instead of the kernel's.

    Raises:
        PartError: There is no display, or it went away.
    """
    panel = connect_panel(profile, open_gpio, bus=bus)
    panel.persist()
    try:
        panel.display(_image(picture))
        panel.cleanup()
    except _bus_errors() as error:
        raise PartError(f"the display went away: {error}") from error


class _SpiWithPins:
    """luma's SPI with our lines for D/C and reset, given back at the end."""

    def __init__(self, make: Any, where: SpiBus, open_gpio: OpenGpio, spi: Any) -> None:
        self._pins = _LumaPins(open_gpio)
        try:
            self._spi = make(
                spi=spi,
                gpio=self._pins,
                port=0,
                device=where.device,
                gpio_DC=where.data_command,
                gpio_RST=where.reset,
            )
        except BaseException:
            self._pins.release()
            raise

    def command(self, *cmd: int) -> None:
        self._spi.command(*cmd)

    def data(self, data: list[int]) -> None:
        self._spi.data(data)

    def cleanup(self) -> None:
        self._spi.cleanup()
        self._pins.release()


class _LumaPins:
    """Our lines in the words of RPi.GPIO, as luma wants them."""

    LOW, HIGH, OUT = 0, 1, 0

    def __init__(self, open_gpio: OpenGpio) -> None:
        self._gpio = open_gpio()
        self._lines: dict[int, Line] = {}

    def setup(self, pin: int, direction: int) -> None:  # noqa: ARG002 - RPi.GPIO's
        self._lines[pin] = self._gpio.take(pin)

    def output(self, pin: int, value: int) -> None:
        self._lines[pin].drive(high=bool(value))

    def release(self) -> None:
        for line in self._lines.values():
            line.release()
        self._lines.clear()


def _image(picture: Picture) -> Any:
    from PIL import Image  # noqa: PLC0415 - comes with luma

    return Image.frombytes("1", (WIDTH, HEIGHT), picture.bits)


def _bus_errors() -> tuple[type[Exception], ...]:
    from luma.core import error  # noqa: PLC0415

    return (OSError, PartError, error.Error)
