"""Whether the parts of the board answer, and how the Pi itself is. Pure."""

from enum import Enum, auto
from typing import Final

from agent.doctor.findings import Area, Finding, good, skipped, watch, wrong
from agent.frozen import frozen
from agent.health.judgement import HOT_C, UNDER_VOLTAGE
from agent.health.look import MachineFacts

_AREA = Area.HARDWARE
WARM_C: Final = 70.0
_SLOWED: Final = 1 << 1 | 1 << 2 | 1 << 3
_HADUNDER_VOLTAGE: Final = 1 << 16
"""Bits of the firmware's get_throttled."""
_SUPPLY: Final = "Use the Raspberry Pi's own power supply and a short cable."


class Node(Enum):
    """How a device file stands."""

    THERE = auto()
    MISSING = auto()
    FORBIDDEN = auto()
    SILENT = auto()
    """The file is there, but nothing answers behind it."""


@frozen
class BoardFacts:
    """What is known of the board.

    Attributes:
        board: Its profile's name.
        models: The Raspberry Pis that it fits, e.g. ("4", "5").
        model: What this machine calls itself; empty: it does not.
        gpio: The file of the lines.
        gpio_fault: Why RPi.GPIO cannot be used; empty: it can.
        bus: The file of the display's bus.
        bus_node: How it stands.
        display: How the display is addressed, e.g. "I2C address 0x3c".
        settings: The lines that the Pi's config.txt needs.
        groups: The groups that the user who asks is not in.
    """

    board: str
    models: tuple[str, ...]
    model: str
    gpio: Node
    gpio_fault: str
    bus: str
    bus_node: Node
    display: str
    settings: tuple[str, ...]
    groups: tuple[str, ...] = ()


def judge_board(facts: BoardFacts) -> list[Finding]:
    """What to say of the board."""
    if not facts.model and facts.gpio is Node.MISSING:
        return [
            wrong(
                _AREA,
                f'This is no Raspberry Pi, but the board "{facts.board}" sits on one.',
                'Name the right board in [phone]; "simulator" needs no hardware.',
            ),
            skipped(_AREA, "Its lines and its display", "this is no Raspberry Pi"),
        ]
    return [_model(facts), *_lines(facts), _display(facts)]


def judge_missing(part: str, reason: str) -> Finding:
    """What to say of a part that the running phone misses."""
    verb = "do" if part.endswith("s") else "does"  # the lamps
    return wrong(
        _AREA,
        f"The {part} {verb} not answer: {reason.removesuffix('.')}.",
        "Look at its wires and plugs; then sotto test-board tries every part.",
    )


def judge_machine(facts: MachineFacts) -> list[Finding]:
    """What to say of the machine; nothing where it does not tell."""
    return [*_power(facts), *_heat(facts)]


def _model(facts: BoardFacts) -> Finding:
    if not facts.model:
        return watch(_AREA, "This machine does not say that it is a Raspberry Pi.")
    if not any(facts.model.startswith(f"Raspberry Pi {each}") for each in facts.models):
        fits = ", ".join(facts.models)
        return watch(
            _AREA,
            f'The board "{facts.board}" is made for Raspberry Pi {fits}; this is {facts.model}.',
            "Name another board in [phone], if keys or sound do not work.",
        )
    return good(_AREA, f'{facts.model} with the board "{facts.board}".')


def _lines(facts: BoardFacts) -> list[Finding]:
    if facts.gpio is Node.MISSING:
        return [
            wrong(
                _AREA,
                "There are no GPIO lines (/dev/gpiochip0): no key can be seen.",
                "Is this a kernel for the Raspberry Pi?",
            )
        ]
    if facts.gpio is Node.FORBIDDEN:
        return [_forbidden("/dev/gpiochip0", facts.groups)]
    if facts.gpio_fault:
        return [
            wrong(
                _AREA,
                f"The GPIO lines cannot be used: {facts.gpio_fault}.",
                "Is rpi-lgpio installed (pip install 'sotto[pi]'), and no other RPi.GPIO?",
            )
        ]
    return [good(_AREA, "The GPIO lines can be used: keys, hook switch and lamps.")]


def _display(facts: BoardFacts) -> Finding:
    match facts.bus_node:
        case Node.MISSING:
            return wrong(
                _AREA,
                f"The display's bus {facts.bus} is not there.",
                f"Put {' and '.join(facts.settings)} into the Pi's config.txt, and restart it.",
            )
        case Node.FORBIDDEN:
            return _forbidden(facts.bus, facts.groups)
        case Node.SILENT:
            return wrong(
                _AREA,
                f"No display answers at {facts.display} on {facts.bus}.",
                "Look at its four wires, and at the address (i2cdetect -y 1).",
            )
        case _:
            return good(_AREA, f"The display's bus {facts.bus} is there.")


def _forbidden(file: str, groups: tuple[str, ...]) -> Finding:
    orders = f"usermod -aG {','.join(groups)} YOUR-NAME, then log in again" if groups else "sudo"
    return wrong(_AREA, f"{file} may not be used by you.", f"Let it be allowed: {orders}.")


def _power(facts: MachineFacts) -> list[Finding]:
    bits = facts.throttled or 0
    if facts.low_voltage or bits & UNDER_VOLTAGE:
        return [wrong(_AREA, "The power supply is too weak: the voltage is too low.", _SUPPLY)]
    if bits & _HADUNDER_VOLTAGE:
        return [watch(_AREA, "The voltage was too low since the start.", _SUPPLY)]
    if facts.throttled is None:
        return []
    return [good(_AREA, "The power supply is strong enough.")]


def _heat(facts: MachineFacts) -> list[Finding]:
    if facts.celsius is None:
        return []
    shown = f"{facts.celsius:.0f} °C"
    if facts.celsius >= HOT_C:
        cool = "Let air get to it, or give it a heat sink."
        return [wrong(_AREA, f"The phone is too hot: {shown}. It slows down.", cool)]
    if facts.celsius >= WARM_C or (facts.throttled or 0) & _SLOWED:
        return [watch(_AREA, f"The phone is hot: {shown}.", "Let air get to it.")]
    return [good(_AREA, f"The processor has {shown}.")]
