"""Looks at the board, its lines and buses, and at the machine under it."""

import grp
import os
from pathlib import Path
from typing import Final

from agent.doctor.judges.hardware import BoardFacts, Node
from hw.display import ask_panel
from hw.gpio import GpioError, RpiGpio
from hw.part import PartError
from hw.profile import BoardProfile, I2cBus

_MODEL: Final = "sys/firmware/devicetree/base/model"
_GROUPS: Final = ("audio", "gpio", "i2c", "spi")
_ROOT: Final = Path("/")


def look_at_board(profile: BoardProfile, *, phone_runs: bool, root: Path = _ROOT) -> BoardFacts:
    """What there is to know of the board.

    Args:
        profile: What is wired to what.
        phone_runs: Whether the phone has the display; then nobody else speaks to it.
        root: Where /dev and /sys are.
    """
    bus = profile.display.bus
    name = f"i2c-{bus.port}" if isinstance(bus, I2cBus) else f"spidev0.{bus.device}"
    lines = _node(root / "dev/gpiochip0")
    node = _node(root / "dev" / name)
    if node is Node.THERE and isinstance(bus, I2cBus) and not phone_runs:
        node = _answers(bus)
    return BoardFacts(
        board=profile.name,
        models=profile.models,
        model=_text(root / _MODEL).rstrip("\0"),
        gpio=lines,
        gpio_fault=_gpio_fault() if lines is Node.THERE else "",
        bus=f"/dev/{name}",
        bus_node=node,
        display=f"I2C address 0x{bus.address:02x}" if isinstance(bus, I2cBus) else "SPI",
        settings=profile.boot_settings,
        groups=_missing_groups(),
    )


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def _node(file: Path) -> Node:
    if not file.exists():
        return Node.MISSING
    return Node.THERE if os.access(file, os.R_OK | os.W_OK) else Node.FORBIDDEN


def _answers(bus: I2cBus) -> Node:
    try:
        ask_panel(bus)
    except PartError:
        return Node.SILENT
    return Node.THERE


def _gpio_fault() -> str:
    try:
        RpiGpio()
    except GpioError as error:
        return str(error).removeprefix("no GPIO: ")
    return ""


def _missing_groups() -> tuple[str, ...]:
    own = {os.getegid(), *os.getgroups()}
    missing = []
    for name in _GROUPS:
        try:
            if grp.getgrnam(name).gr_gid not in own:
                missing.append(name)
        except KeyError:
            continue  # this system has no such group
    return tuple(missing)
