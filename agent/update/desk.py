"""The phone's end of an update: reads how things stand, asks the person, leaves orders. Decides nothing."""

import asyncio
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from agent.fleet.disk import Disk, replace
from agent.phone.machine import UpdateChanged
from agent.phone.menu.answers import UpdateOffered
from agent.update.updating import Action, Ask, Order, Phase, Show, Told, Updating

log = logging.getLogger(__name__)

LOOK_S: Final = 2.0
STATE: Final = Path("/run/sotto-update/state.json")
ORDER: Final = Path("/run/sotto/update-order")
_LIMIT: Final = 4096


class UpdateDesk:
    """Looks every now and then, from the moment that it is started.

    Args:
        tell: Takes what the phone is to hear, on the running loop.
        is_idle: Whether nobody uses the phone.
        state: Where the other process tells how things stand.
        order: Where it looks for an order.
    """

    def __init__(
        self,
        tell: Callable[[UpdateOffered | UpdateChanged], None],
        is_idle: Callable[[], bool],
        state: Path = STATE,
        order: Path = ORDER,
    ) -> None:
        self._tell = tell
        self._is_idle = is_idle
        self._state = state
        self._order = order
        self._updating = Updating()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Looks now, and then again and again."""
        told = read(_content(self._state))
        idle = self._is_idle()
        for action in self._updating.turn(told, idle=idle, now=self._loop.time()):
            self._do(action)
        self._timer = self._loop.call_later(LOOK_S, self.start)

    def close(self) -> None:
        """Looks no longer."""
        if self._timer is not None:
            self._timer.cancel()

    def answer(self, wanted: bool) -> None:  # noqa: FBT001 - yes or no
        """The person has answered."""
        if not wanted:
            self._updating.postponed(self._loop.time())
            return
        for action in self._updating.agreed():
            self._do(action)

    def _do(self, action: Action) -> None:
        match action:
            case Ask(version):
                self._tell(UpdateOffered(version.partition("+")[0]))
            case Show(percent, problem):
                self._tell(UpdateChanged(percent, problem))
            case Order():
                log.warning("new software: %s", action.value)
                try:
                    replace(Disk(), self._order, f"{action.value}\n".encode(), 0o600)
                except OSError as error:
                    log.error("the order cannot be left: %s", error)  # noqa: TRY400
                    self._tell(UpdateChanged(problem=error.strerror or "the disk does not write"))


def read(content: bytes) -> Told:
    """What the other process tells; nothing where it tells nothing that can be read."""
    try:
        told = json.loads(content)
        return Told(
            Phase(told["phase"]),
            str(told["version"]),
            min(max(int(told["percent"]), 0), 100),
            str(told["problem"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return Told()


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_LIMIT)
    except OSError:
        return b""
