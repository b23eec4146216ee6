"""What is wired to which pin of the header, from a board's profile. Pure.

A plan is a list of parts with their terminals; the table and the drawing are made from it.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Final

from agent.frozen import frozen
from hw.profile import BoardProfile, BuzzerProfile, I2cBus, KeypadProfile, SpiBus
from hw.profile_table import BUS_PINS

HEADER: Final[dict[int, int]] = {
    2: 3,
    3: 5,
    4: 7,
    5: 29,
    6: 31,
    7: 26,
    8: 24,
    9: 21,
    10: 19,
    11: 23,
    12: 32,
    13: 33,
    14: 8,
    15: 10,
    16: 36,
    17: 11,
    18: 12,
    19: 35,
    20: 38,
    21: 40,
    22: 15,
    23: 16,
    24: 18,
    25: 22,
    26: 37,
    27: 13,
}
"""BCM number to pin of the 40-pin header (all models since the B+)."""
POWER: Final = (1, 17)
"""Pins of the header with 3.3 V."""
FIVE_VOLTS: Final = (2, 4)
"""Pins of the header with 5 V, which no part of the phone wants."""
GROUND: Final = (6, 9, 14, 20, 25, 30, 34, 39)
"""Pins of the header with ground."""
EEPROM: Final = (27, 28)
"""Pins of the header that belong to the EEPROM of HATs."""


class Wire(Enum):
    """What a terminal is connected to."""

    LINE = "line"
    POWER = "3.3 V"
    GROUND = "ground"


@frozen
class Terminal:
    """One end of a wire, at a part.

    Attributes:
        name: What it is called on the part, e.g. "SDA" or "row 1".
        wire: What it is connected to.
        bcm: The BCM number of its line; 0 for power and ground.
        remark: What else there is to know: how a switch is built, a resistor.
    """

    name: str
    wire: Wire = Wire.LINE
    bcm: int = 0
    remark: str = ""

    @property
    def pin(self) -> int:
        """The pin of the header that its line is on; 0 for power and ground."""
        return HEADER[self.bcm] if self.bcm else 0


@frozen
class WiredPart:
    """A part of the phone with its terminals.

    Attributes:
        name: What it is, e.g. "keypad".
        terminals: Its terminals.
        title: What stands above it in a drawing.
    """

    name: str
    terminals: tuple[Terminal, ...]
    title: str


def plan(profile: BoardProfile) -> tuple[WiredPart, ...]:
    """Returns the parts that are wired to the header."""
    return tuple(_parts(profile))


def _parts(profile: BoardProfile) -> Iterator[WiredPart]:
    yield _display(profile)
    yield _switch("hook switch", profile.hook.pin, _hook_remark(profile))
    if profile.headset is not None and profile.headset.pin is not None:
        closed = "in" if profile.headset.plugged_is_closed else "out"
        yield _switch("headset jack", profile.headset.pin, f"closed while the plug is {closed}")
    if not profile.leds.on_hat:
        yield WiredPart(
            "lamps",
            (
                Terminal("red +", bcm=profile.leds.red, remark="through 330 Ω"),
                Terminal("green +", bcm=profile.leds.green, remark="through 330 Ω"),
                Terminal("-", Wire.GROUND),
            ),
            "Lamps",
        )
    if isinstance(profile.ringer, BuzzerProfile):
        terminals = (Terminal("+", bcm=profile.ringer.pin), Terminal("-", Wire.GROUND))
        yield WiredPart("passive buzzer", terminals, "Passive buzzer")
    yield _keypad(profile.keypad)


def _hook_remark(profile: BoardProfile) -> str:
    where = "lies in" if profile.hook.lifted_is_open else "leaves"
    return f"closed while the handset {where} the cradle"


def _switch(name: str, bcm: int, remark: str) -> WiredPart:
    terminals = (Terminal("one side", bcm=bcm, remark=remark), Terminal("other side", Wire.GROUND))
    return WiredPart(name, terminals, name.capitalize())


def _keypad(keypad: KeypadProfile) -> WiredPart:
    keys = keypad.matrix.keys
    rows = [
        Terminal(f"row {number}", bcm=bcm, remark=" ".join(key.value for key in row))
        for number, (bcm, row) in enumerate(zip(keypad.rows, keys, strict=True), 1)
    ]
    columns = [
        Terminal(
            f"column {number}", bcm=bcm, remark=" ".join(row[number - 1].value for row in keys)
        )
        for number, bcm in enumerate(keypad.columns, 1)
    ]
    size = f"{len(keypad.rows)} rows, {len(keypad.columns)} columns"
    return WiredPart("keypad", (*rows, *columns), f"Keypad, {size}")


def _display(profile: BoardProfile) -> WiredPart:
    terminals = (
        *_display_lines(profile.display.bus),
        Terminal("VCC", Wire.POWER),
        Terminal("GND", Wire.GROUND),
    )
    return WiredPart("display", terminals, f"Display, {profile.display.controller.name}")


def _display_lines(bus: I2cBus | SpiBus) -> Iterator[Terminal]:
    if isinstance(bus, I2cBus):
        yield Terminal("SDA", bcm=BUS_PINS["SDA"])
        yield Terminal("SCL", bcm=BUS_PINS["SCL"])
    else:
        yield Terminal("SDA (MOSI)", bcm=BUS_PINS["MOSI"])
        yield Terminal("SCK", bcm=BUS_PINS["SCLK"])
        yield Terminal("CS", bcm=BUS_PINS[f"CE{bus.device}"])
        yield Terminal("D/C", bcm=bus.data_command)
        yield Terminal("RES", bcm=bus.reset)
