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


@dataclass(frozen=True, slots=True)
class UpdateChanged:
    """How new software is being installed.

    Attributes:
        percent: How much of it is written; None: none is being written.
        problem: Why it was not installed; empty: there is nothing to tell.
    """

    percent: int | None = None
    problem: str = ""
