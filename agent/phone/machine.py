"""What the phone hears of the machine that it runs on."""

from enum import Enum

from agent.frozen import frozen


@frozen
class MachineChanged:
    """How the machine is from now on.

    Attributes:
        hot: It is so hot that it slows itself down.
        low_voltage: Its power supply is too weak.
    """

    hot: bool = False
    low_voltage: bool = False


class UpdateProblem(Enum):
    """Why new software was not installed. The values stand in a file between two processes."""

    NOT_TRUSTED = "not-trusted"
    """It is damaged, or its signature is not one that this phone trusts."""
    OTHER_MACHINE = "other-machine"
    NOT_NEWER = "not-newer"
    UNREADABLE = "unreadable"
    """The stick cannot be read to its end."""
    NO_ROOM = "no-room"
    NOT_WRITTEN = "not-written"


@frozen
class UpdateChanged:
    """How new software is being installed.

    Attributes:
        percent: How much of it is written; None: none is being written.
        problem: Why it was not installed; None: there is nothing to tell.
    """

    percent: int | None = None
    problem: UpdateProblem | None = None
