"""Gives memory back to the system that nobody in the phone uses any more.

What the start and each call have taken and freed again, glibc keeps for the next time, in pieces
between those that are in use: a quarter of the phone's own memory.
"""

import asyncio
import ctypes
from typing import Final

_EVERY_S: Final = 60.0


def give_back() -> bool:
    """Tells whether there was anything; where the C library is not glibc, there is not."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and trim(0) == 1


async def keep_giving_back() -> None:
    """Now, and once a minute until it is cancelled: while there is nothing, that costs nothing."""
    while True:
        give_back()
        await asyncio.sleep(_EVERY_S)
