"""Looks at the machine every now and then, and tells when it is another. Decides nothing."""

import asyncio
from collections.abc import Callable
from typing import Final

from agent.health.judgement import MachineJudgement
from agent.health.look import MachineFacts, look_at_machine
from agent.phone.machine import MachineChanged

LOOK_S: Final = 10.0
"""Some files of the kernel's are read each time; nothing is written."""


class MachineWatcher:
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
        self._look = look
        self._judgement = MachineJudgement()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Looks now, and then again and again."""
        told = self._judgement.see(self._look(), self._loop.time())
        if told is not None:
            self._tell(told)
        self._timer = self._loop.call_later(LOOK_S, self.start)

    def close(self) -> None:
        """Looks no longer."""
        if self._timer is not None:
            self._timer.cancel()
