"""The phone's end of an update: reads how things stand, asks the person, leaves orders. Decides nothing.

Only a card of the phone's own has two slots and the processes that write them; elsewhere nobody looks.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from agent.config import STATE_DIR
from agent.fleet.disk import Disk, replace
from agent.looking import Looking
from agent.phone.machine import UpdateChanged, UpdateProblem
from agent.phone.menu.answers import UpdateOffered
from agent.update.updating import Action, Ask, Order, Phase, Show, Told, Updating

log = logging.getLogger(__name__)

LOOK_S: Final = 2.0
"""While something goes on; a file in the memory is read, and nothing written."""
REST_S: Final = 20.0
"""While there is nothing new."""
CARD: Final = Path("/usr/lib/sotto/card/version")
"""A card has it."""
STATE: Final = Path("/run/sotto-update/state.json")
ORDER: Final = Path("/run/sotto/update-order")
_LIMIT: Final = 4096


def is_wanted(state_dir: Path, card: Path = CARD) -> bool:
    """Whether this phone is the one that its card's updates are for, whatever socket it has.

    Args:
        state_dir: Where the phone keeps its memory; another phone on the same machine, elsewhere.
        card: What only a card has.
    """
    return state_dir == STATE_DIR and card.exists()


class UpdateDesk(Looking):
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
        self._time = asyncio.get_running_loop().time
        super().__init__(self._turn)

    def _turn(self) -> float:
        told = read(_content(self._state))
        idle = self._is_idle()
        for action in self._updating.turn(told, idle=idle, now=self._time()):
            self._do(action)
        return REST_S if told.phase is Phase.NOTHING else LOOK_S

    def answer(self, wanted: bool) -> None:  # noqa: FBT001 - yes or no
        """The person has answered."""
        if not wanted:
            self._updating.postponed(self._time())
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
                    self._tell(UpdateChanged(problem=UpdateProblem.NOT_WRITTEN))


def read(content: bytes) -> Told:
    """What the other process tells; nothing where it tells nothing that can be read."""
    try:
        told = json.loads(content)
        return Told(
            Phase(told["phase"]),
            str(told["version"]),
            min(max(int(told["percent"]), 0), 100),
            UpdateProblem(told["problem"]) if told["problem"] else None,
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return Told()


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_LIMIT)
    except OSError:
        return b""
