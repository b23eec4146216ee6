"""When the person is asked about new software, and when the phone restarts for it. Pure.

The machine's part of it (looking, checking, writing the other slot) is another process's, as root:
what that tells comes in here, and orders to it go out.
"""

from enum import Enum
from typing import Final

from agent.frozen import frozen
from agent.phone.machine import UpdateProblem

QUIET_S: Final = 30.0
"""Nobody has used the phone for so long: then it may ask, or restart."""
UNANSWERED_S: Final = 3600.0
"""A question that nobody answered is asked again after so long."""
LATER_S: Final = 86_400.0
"""One that was answered by "later", after a day."""


class Phase(Enum):
    """How far the other process is."""

    NOTHING = "nothing"
    OFFERED = "offered"
    """There is newer software."""
    INSTALLING = "installing"
    INSTALLED = "installed"
    """The other slot is whole: a restart tries it."""
    FAILED = "failed"


@frozen
class Told:
    """What the other process tells.

    Attributes:
        phase: How far it is.
        version: Of the newer software.
        percent: How much of it is written.
        problem: Why it failed; None: it did not.
    """

    phase: Phase = Phase.NOTHING
    version: str = ""
    percent: int = 0
    problem: UpdateProblem | None = None


class Order(Enum):
    """What the other process is to do."""

    INSTALL = "install"
    RESTART = "restart"


@frozen
class Ask:
    """The person is to be asked."""

    version: str


@frozen
class Show:
    """The idle screen says how it goes.

    Attributes:
        percent: How much is written; None: nothing is being written.
        problem: Why it failed; None: it did not.
    """

    percent: int | None = None
    problem: UpdateProblem | None = None


Action = Order | Ask | Show


class Updating:
    """The phone's side of an update."""

    def __init__(self) -> None:
        """Nothing is known of new software."""
        self._told = Told()
        self._shown = Show()
        self._ask_at = 0.0
        self._agreed = ""
        self._restarts = False
        self._used_at: float | None = None

    def turn(self, told: Told, *, idle: bool, now: float) -> tuple[Action, ...]:
        """Looks at how things stand; returns what is to be done.

        Args:
            told: What the other process tells.
            idle: Whether nobody uses the phone.
            now: The time, in seconds.
        """
        if told.version != self._told.version:
            self._ask_at, self._agreed, self._restarts = 0.0, "", False
        if self._told.phase is Phase.NOTHING and told.phase is not Phase.NOTHING:
            self._used_at = None  # while there is nothing, nobody looks so often
        self._told = told
        if self._used_at is None or not idle:
            self._used_at = now
        quiet = idle and now - self._used_at >= QUIET_S
        return (*self._show(told), *(self._at_rest(told, now) if quiet else ()))

    def agreed(self) -> tuple[Action, ...]:
        """The person wants it."""
        if self._told.phase is not Phase.OFFERED or self._agreed:
            return ()
        self._agreed = self._told.version
        return (Order.INSTALL,)

    def postponed(self, now: float) -> None:
        """The person does not want it now."""
        self._ask_at = now + LATER_S

    def _show(self, told: Told) -> tuple[Action, ...]:
        show = Show(
            told.percent if told.phase is Phase.INSTALLING else None,
            told.problem if told.phase is Phase.FAILED else None,
        )
        if show == self._shown:
            return ()
        self._shown = show
        return (show,)

    def _at_rest(self, told: Told, now: float) -> tuple[Action, ...]:
        match told.phase:
            case Phase.OFFERED if now >= self._ask_at and not self._agreed:
                self._ask_at = now + UNANSWERED_S
                return (Ask(told.version),)
            case Phase.INSTALLED if not self._restarts:
                self._restarts = True
                return (Order.RESTART,)
            case _:
                return ()
