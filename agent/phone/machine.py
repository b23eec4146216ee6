"""What the phone hears of the machine that it runs on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MachineChanged:
    """How the machine is from now on.

    Attributes:
        hot: It is so hot that it slows itself down.
        low_voltage: Its power supply is too weak.
    """

    hot: bool = False
    low_voltage: bool = False
