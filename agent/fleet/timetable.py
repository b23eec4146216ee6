"""When the next look at the server is due. Pure: the time and the chance are passed in.

Forty phones that get their power back at the same moment must not all ask at the same moment, and a
server that is down must not be asked ever faster.
"""

from collections.abc import Callable
from typing import Final

FIRST_S: Final = 60.0
"""The first look comes within so many seconds after the start."""
AT_ONCE_S: Final = 5.0
"""The same, where nothing was ever fetched."""
SPREAD: Final = 0.1
"""The part of the period by which a look may come earlier or later."""
RETRY_S: Final = 60.0
"""After the first failure; twice as long after each further one."""
RETRY_MAX_S: Final = 6 * 3600.0
_DOUBLINGS_MAX: Final = 20


class Timetable:
    """One server's.

    Attributes:
        due: The monotonic second of the next look.
    """

    def __init__(
        self, every_s: float, now: float, chance: Callable[[], float], *, at_once: bool
    ) -> None:
        """The phone starts.

        Args:
            every_s: The period.
            now: The time.
            chance: A number from 0 to 1, not 1 itself.
            at_once: Whether there is nothing yet.
        """
        self._every_s = every_s
        self._chance = chance
        self._failures = 0
        self.due = now + chance() * (AT_ONCE_S if at_once else FIRST_S)

    def succeeded(self, now: float) -> None:
        """The server has answered, whether with something new or not."""
        self._failures = 0
        self.due = now + self._every_s * (1 + SPREAD * (2 * self._chance() - 1))

    def failed(self, now: float, *, not_before_s: float = 0.0) -> None:
        """It has not, or with nothing that will do.

        Args:
            now: The time.
            not_before_s: For how long the server does not want to be asked (RFC 9110, Retry-After).
        """
        longest = min(self._every_s, RETRY_MAX_S)
        pause = min(RETRY_S * 2 ** min(self._failures, _DOUBLINGS_MAX), longest)
        self._failures += 1
        self.due = now + max(pause * (1 - self._chance() / 2), min(not_before_s, longest))
