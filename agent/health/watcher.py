"""Looks at the machine every now and then, and tells when it is another. Decides nothing."""

import asyncio
from collections.abc import Callable
from typing import Final

from agent.health.judgement import MachineJudgement
from agent.health.look import MachineFacts, look_at_machine
from agent.looking import Looking
from agent.phone.machine import MachineChanged

LOOK_S: Final = 10.0
"""Some files of the kernel's are read each time; nothing is written."""


class MachineWatcher(Looking):
    """Tells of each change from the moment that it is started.

    Args:
        tell: Takes what is to be told, on the running loop.
        look: Looks at the machine.
    """

    def __init__(
        self,
        tell: Callable[[MachineChanged], None],
        look: Callable[[], MachineFacts] = look_at_machine,
    ) -> None:
        self._tell = tell
        self._facts = look
        self._judgement = MachineJudgement()
        self._time = asyncio.get_running_loop().time
        super().__init__(self._turn)

    def _turn(self) -> float:
        told = self._judgement.see(self._facts(), self._time())
        if told is not None:
            self._tell(told)
        return LOOK_S
