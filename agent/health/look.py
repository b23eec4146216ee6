"""Reads from /sys how the machine is."""

from pathlib import Path
from typing import Final

from agent.frozen import frozen

_TEMPERATURE: Final = "sys/class/thermal/thermal_zone0/temp"
_THROTTLED: Final = "sys/devices/platform/soc/soc:firmware/get_throttled"
_ALARMS: Final = "sys/class/hwmon/hwmon*/in0_lcrit_alarm"
"""The kernel's own watch of a Pi's supply (rpi_volt)."""
_ROOT: Final = Path("/")


@frozen
class MachineFacts:
    """How the machine is.

    Attributes:
        celsius: The processor's temperature; None: not known.
        throttled: The bits of the firmware's get_throttled; None: this is no Raspberry Pi.
        low_voltage: Whether the kernel's own watch of the supply says so.
    """

    celsius: float | None = None
    throttled: int | None = None
    low_voltage: bool = False


def look_at_machine(root: Path = _ROOT) -> MachineFacts:
    """How hot it is, and what it says of its power supply.

    Args:
        root: Where /sys is.
    """
    celsius, throttled = _text(root / _TEMPERATURE), _text(root / _THROTTLED)
    return MachineFacts(
        celsius=int(celsius) / 1000 if celsius.lstrip("-").isdigit() else None,
        throttled=_hex(throttled),
        low_voltage=any(_text(alarm) == "1" for alarm in root.glob(_ALARMS) if _is_pi(alarm)),
    )


def _is_pi(alarm: Path) -> bool:
    return _text(alarm.with_name("name")) == "rpi_volt"


def _hex(text: str) -> int | None:
    try:
        return int(text, 16)
    except ValueError:
        return None


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
