"""SSD1306 and SH1106 as far as the datasheets matter here: bytes in, pixels out.

Behind it lie an I2C bus in smbus's words and an SPI bus in spidev's, as luma uses them.
"""

import errno
import threading
from collections.abc import Callable, Iterable
from typing import Any

from hw.types import HEIGHT, WIDTH

# How many bytes follow a command. Other commands are single bytes.
SSD1306_ARGUMENTS = {
    **dict.fromkeys((0x20, 0x81, 0x8D, 0xA8, 0xD3, 0xD5, 0xD9, 0xDA, 0xDB), 1),
    **dict.fromkeys((0x21, 0x22, 0xA3), 2),
}
SH1106_ARGUMENTS = dict.fromkeys((0x81, 0xA8, 0xAD, 0xD3, 0xD5, 0xD9, 0xDA, 0xDB), 1)


class Oled:
    """A panel.

    Args:
        is_sh1106: It is an SH1106: 132 columns of which 2 to 129 are seen, and no
            addressing but by pages. Otherwise an SSD1306.
    """

    def __init__(self, *, is_sh1106: bool = False) -> None:
        self._is_sh1106 = is_sh1106
        self._arguments = SH1106_ARGUMENTS if is_sh1106 else SSD1306_ARGUMENTS
        self._lock = threading.Lock()
        self.frames = 0
        self.reset()

    def reset(self) -> None:
        """What the RES line or a new power supply does; the RAM then holds anything."""
        self._ram = [bytearray(b"\x5a" * (132 if self._is_sh1106 else 128)) for _ in range(8)]
        self._column = self._page = 0
        self._columns, self._pages = (0, 127), (0, 7)
        self._pages_only = True
        self._command: list[int] = []
        self._on = self._inverse = self._all_on = False
        self.contrast = 0x7F
        self._mirrored, self._upside_down = True, True  # as such panels are built in

    def commands(self, values: Iterable[int]) -> None:
        with self._lock:
            for value in values:
                self._command.append(value)
                if len(self._command) > self._arguments.get(self._command[0], 0):
                    command, *arguments = self._command
                    self._command = []
                    self._do(command, arguments)

    def data(self, values: Iterable[int]) -> None:
        with self._lock:
            for value in values:
                if self._column < len(self._ram[0]):
                    self._ram[self._page][self._column] = value
                self._advance()

    def picture(self) -> bytes:
        """What is seen, in the form of `Picture.bits`; a panel that is off is dark."""
        with self._lock:
            rows = [[self._lit(x, y) for x in range(WIDTH)] for y in range(HEIGHT)]
        return bytes(
            sum(row[x + bit] << (7 - bit) for bit in range(8))
            for row in rows
            for x in range(0, WIDTH, 8)
        )

    def _lit(self, x: int, y: int) -> int:
        if not self._on:
            return 0
        column = WIDTH - 1 - x if self._mirrored else x
        row = HEIGHT - 1 - y if self._upside_down else y
        shown = self._ram[row // 8][column + (2 if self._is_sh1106 else 0)] >> row % 8 & 1
        return int(bool(shown or self._all_on) != self._inverse)

    def _advance(self) -> None:
        self._column += 1
        if self._pages_only or self._column <= self._columns[1]:
            return
        self._column = self._columns[0]
        if self._page < self._pages[1]:
            self._page += 1
        else:
            self._page = self._pages[0]
            self.frames += 1

    def _do(self, command: int, arguments: list[int]) -> None:
        if command < 0x10:
            self._column = self._column & 0xF0 | command
        elif command < 0x20:
            self._column = self._column & 0x0F | (command & 0x0F) << 4
        elif 0xB0 <= command <= 0xB7:
            self._page = command & 7
            self.frames += self._page == 7
        elif command in (0xA4, 0xA5):
            self._all_on = command == 0xA5
        elif command in (0xA6, 0xA7):
            self._inverse = command == 0xA7
        elif command in (0xAE, 0xAF):
            self._on = command == 0xAF
        elif command == 0x81:
            self.contrast = arguments[0]
        elif command in (0xA0, 0xA1):
            self._mirrored = command == 0xA0
        elif command in (0xC0, 0xC8):
            self._upside_down = command == 0xC0
        elif arguments and not self._is_sh1106:
            self._address(command, arguments)

    def _address(self, command: int, arguments: list[int]) -> None:
        if command == 0x20:
            self._pages_only = arguments[0] == 2
        elif command == 0x21:
            self._columns = (arguments[0], arguments[1])
            self._column = arguments[0]
        elif command == 0x22:
            self._pages = (arguments[0], arguments[1])
            self._page = arguments[0]


class FakeI2c:
    """An I2C bus with a panel on it, or without.

    Args:
        oled: The panel.
        address: Its address.
    """

    def __init__(self, oled: Oled, address: int = 0x3C) -> None:
        self._oled = oled
        self._address = address
        self._there = True
        self.broken = False

    def unplug(self) -> None:
        self._there = False
        self._oled.reset()

    def plug(self) -> None:
        self._there = True

    def write_i2c_block_data(self, address: int, register: int, values: list[int]) -> None:
        if self.broken:
            raise ZeroDivisionError
        if not self._there or address != self._address:
            raise OSError(errno.EREMOTEIO, "Remote I/O error")
        if len(values) > 32:
            raise OSError(errno.EINVAL, "Invalid argument")
        (self._oled.data if register == 0x40 else self._oled.commands)(values)


class FakeSpi:
    """An spidev with a panel behind it.

    Args:
        oled: The panel.
        is_data: Tells the level of the D/C line.
    """

    def __init__(self, oled: Oled, is_data: Callable[[], bool]) -> None:
        self._oled = oled
        self._is_data = is_data
        self.opened: list[tuple[int, int]] = []
        self.max_speed_hz = 0

    def open(self, port: int, device: int) -> None:
        self.opened.append((port, device))

    def writebytes(self, values: Any) -> None:
        (self._oled.data if self._is_data() else self._oled.commands)(values)

    def close(self) -> None:
        self.opened.clear()
