"""How a board is wired, as a table in Markdown: `python -m hw.wiring PROFILE`."""

import sys
from collections.abc import Iterator
from typing import Final

from hw.profile import BoardProfile, BuzzerProfile, I2cBus, SpiBus, load_profile
from hw.profile_table import BUS_PINS, ProfileError

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
_POWER: Final = "1 or 17", "3.3 V"
_GROUND: Final = "6, 9, 14, 20, 25, 30, 34 or 39", "ground"


def wiring_table(profile: BoardProfile) -> str:
    """Returns the table: pin of the header, BCM number, what it goes to."""
    lines = ["| pin | BCM | goes to |", "| --- | --- | --- |"]
    wires = sorted((HEADER[pin], pin, goal) for pin, goal in _wires(profile))
    lines += [f"| {header} | GPIO{pin} | {goal} |" for header, pin, goal in wires]
    lines += [f"| {_POWER[0]} | {_POWER[1]} | display VCC |"]
    lines += [f"| {_GROUND[0]} | {_GROUND[1]} | {', '.join(_grounded(profile))} |"]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Prints the table of a profile and returns the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m hw.wiring PROFILE\n")
        return 2
    try:
        profile = load_profile(arguments[0])
    except ProfileError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{profile.description}:\n\n{wiring_table(profile)}")
    return 0


def _wires(profile: BoardProfile) -> Iterator[tuple[int, str]]:
    keypad = profile.keypad
    for number, pin in enumerate(keypad.rows, 1):
        keys = " ".join(key.value for key in keypad.matrix.keys[number - 1])
        yield pin, f"keypad row {number} ({keys})"
    for number, pin in enumerate(keypad.columns, 1):
        keys = " ".join(row[number - 1].value for row in keypad.matrix.keys)
        yield pin, f"keypad column {number} ({keys})"
    closed = "lies in" if profile.hook.lifted_is_open else "leaves"
    yield profile.hook.pin, f"hook switch, closed while the handset {closed} the cradle"
    yield profile.leds.red, "red lamp, through 330 Ω"
    yield profile.leds.green, "green lamp, through 330 Ω"
    if isinstance(profile.ringer, BuzzerProfile):
        yield profile.ringer.pin, "passive buzzer +"
    yield from _display_wires(profile.display.bus)


def _display_wires(bus: I2cBus | SpiBus) -> Iterator[tuple[int, str]]:
    if isinstance(bus, I2cBus):
        yield BUS_PINS["SDA"], "display SDA"
        yield BUS_PINS["SCL"], "display SCL"
    else:
        yield BUS_PINS["MOSI"], "display SDA (MOSI)"
        yield BUS_PINS["SCLK"], "display SCK"
        yield BUS_PINS[f"CE{bus.device}"], "display CS"
        yield bus.data_command, "display D/C"
        yield bus.reset, "display RES"


def _grounded(profile: BoardProfile) -> Iterator[str]:
    yield from ("hook switch", "lamps -")
    if isinstance(profile.ringer, BuzzerProfile):
        yield "buzzer -"
    yield "display GND"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
