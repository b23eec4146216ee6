"""What of the machine is worth a sentence on the display, and for how long. Pure."""

from typing import Final

from agent.health.look import MachineFacts
from agent.phone.machine import MachineChanged

HOT_C: Final = 80.0
"""From here on a Raspberry Pi slows itself down."""
COOL_C: Final = 75.0
"""Below this it is well again: a sentence that comes and goes says nothing."""
UNDER_VOLTAGE: Final = 1 << 0
"""Of the firmware's get_throttled: now."""
LOW_FOR_S: Final = 600.0
"""A supply that is too weak gives way for moments, when the phone rings; it is told for so long."""


class MachineJudgement:
    """What was told last, and since when."""

    def __init__(self) -> None:
        self._told = MachineChanged()
        self._hot = False
        self._low_at: float | None = None

    def see(self, facts: MachineFacts, now: float) -> MachineChanged | None:
        """Takes a look at the machine; returns what is to be told, if that is something new.

        Args:
            facts: How it is.
            now: The time, in seconds.
        """
        if facts.celsius is not None:
            self._hot = facts.celsius >= (COOL_C if self._hot else HOT_C)
        if facts.low_voltage or (facts.throttled or 0) & UNDER_VOLTAGE:
            self._low_at = now
        low = self._low_at is not None and now - self._low_at < LOW_FOR_S
        found = MachineChanged(hot=self._hot, low_voltage=low)
        if found == self._told:
            return None
        self._told = found
        return found
