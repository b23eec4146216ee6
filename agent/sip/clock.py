"""Whether the machine's clock was set by the network: a Pi has none that runs without power."""

import ctypes
from pathlib import Path
from typing import Final

TIMESYNC: Final = Path("/run/systemd/timesync/synchronized")
"""Made by systemd-timesyncd when it has set the clock for the first time since the start."""
_ERROR: Final = 5
"""TIME_ERROR of adjtimex(2): nobody has said lately that the clock is right."""
_ROOM: Final = 512
"""Octets that hold a struct timex, on any machine; all zero, it asks and changes nothing."""


def is_synchronised(marker: Path = TIMESYNC) -> bool | None:
    """Whether somebody on this machine keeps the clock right; None: it cannot be known.

    Args:
        marker: A file that is there when the clock was set; asked first, for the phone's
            service may not even read the kernel's clock state (ProtectClock=yes).
    """
    if marker.exists():
        return True
    state = int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_ROOM)))
    return None if state < 0 else state != _ERROR
