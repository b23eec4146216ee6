"""A key matrix on GPIO lines.

Rows are driven one at a time, columns are read. Only the row being looked at is an
output; the others are inputs meanwhile, because two rows driven against each other
through two pressed keys would be a short circuit. At rest all rows are low together,
and one look at the columns tells whether anything is pressed at all.
"""

import time
from typing import Final

from hw.board import Emit
from hw.debounce import KeyDebouncer
from hw.gpio import GpioError, Line, OpenGpio, Pull
from hw.long_press import LongPress
from hw.matrix import Crossing
from hw.profile import KeypadProfile
from hw.stuck import StuckKeys, complaint
from hw.types import Device, DeviceBack, DeviceMissing, Key, KeyPressed, KeyReleased

SCAN_SECONDS: Final = 0.005
"""From one look to the next: twice within the time that makes a press a press."""


class Keypad:
    """The keypad.

    Args:
        open_gpio: Opens the lines.
        profile: Which lines and keys.
    """

    device: Final = Device.KEYPAD

    def __init__(self, open_gpio: OpenGpio, profile: KeypadProfile) -> None:
        self._open_gpio = open_gpio
        self._profile = profile
        self._rows: list[Line] = []
        self._columns: list[Line] = []
        self._keys = KeyDebouncer()
        self._stuck = StuckKeys()
        self._told_stuck: frozenset[Key] = frozenset()
        self._down: set[Key] = set()
        self._long_press = LongPress(profile.long_press)
        self._resting = False

    def open(self) -> None:
        """Takes the lines; raises `GpioError`."""
        gpio = self._open_gpio()
        for pins, lines in (
            (self._profile.rows, self._rows),
            (self._profile.columns, self._columns),
        ):
            lines.extend(map(gpio.take, pins))
        for column in self._columns:
            column.listen(Pull.UP)
        self._rest()

    def step(self, now: float, emit: Emit) -> float:
        """Looks at the keys once."""
        try:
            down = self._look()
        except GpioError:
            self._let_go(emit)
            raise
        happened = self._stuck.handle(self._keys.sample(down, now), now)
        for event in self._long_press.handle(happened, now):
            emit(event)
            (self._down.add if isinstance(event, KeyPressed) else self._down.discard)(event.key)
        self._tell_stuck(emit)
        if self._keys.is_at_rest and not down:
            self._rest()
        return SCAN_SECONDS

    def close(self) -> None:
        """Gives the lines back."""
        for line in (*self._rows, *self._columns):
            line.release()
        self._rows.clear()
        self._columns.clear()
        self._resting = False

    def _let_go(self, emit: Emit) -> None:
        """Lines that are gone say of no key that it is up: what wants a long press gets none."""
        for key in self._down:
            emit(KeyReleased(key))
        self._down.clear()
        self._keys, self._stuck = KeyDebouncer(), StuckKeys()
        self._long_press = LongPress(self._profile.long_press)
        self._told_stuck = frozenset()

    def _tell_stuck(self, emit: Emit) -> None:
        """The other keys work all the same, so the keypad goes on."""
        stuck = self._stuck.keys
        if stuck == self._told_stuck:
            return
        self._told_stuck = stuck
        emit(DeviceMissing(self.device, complaint(stuck)) if stuck else DeviceBack(self.device))

    def _look(self) -> frozenset[Key]:
        if self._resting and all(column.read() for column in self._columns):
            return frozenset()
        self._resting = False
        return self._profile.matrix.decode(self._scan(), self._keys.held)

    def _scan(self) -> list[Crossing]:
        for row in self._rows:
            row.listen(Pull.UP)
        time.sleep(self._profile.settle)
        closed = []
        for index, row in enumerate(self._rows):
            row.drive(high=False)
            time.sleep(self._profile.settle)
            closed += [(index, at) for at, line in enumerate(self._columns) if not line.read()]
            # High for a moment, so that no column is still low when the next row is looked at.
            row.drive(high=True)
            row.listen(Pull.UP)
        return closed

    def _rest(self) -> None:
        if not self._resting:
            for row in self._rows:
                row.drive(high=False)
            self._resting = True
