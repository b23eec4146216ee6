"""Runs on the card that tests/image has booted: the person, who agrees to new software.

Tells what the panel shows, each time that it changes: @@shown=TEXT on the console. Ends with the
phone, which restarts when what it was asked for is written.
"""

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Final

from hw.simulator.client import LinkClosedError, PhoneState, SimulatorClient
from hw.types import Key

SOCKET: Final = Path("/run/sotto/board.sock")
LIMIT_S: Final = 600.0
"""The phone waits for half a minute without calls and keys before it asks, and as long again
before it restarts; the rest is the emulator's slowness."""


class Onlooker:
    """Reads the panel aloud."""

    def __init__(self) -> None:
        self._last = ""

    def look(self, state: PhoneState) -> None:
        """Tells what is new on it."""
        text = " ".join(state.picture.text)
        if text != self._last:
            self._last = text
            sys.stdout.write(f"\n@@shown={text}\n")
            sys.stdout.flush()


async def main() -> None:
    """Waits for the question and agrees."""
    phone = await SimulatorClient.connect(SOCKET, Onlooker().look)
    with contextlib.suppress(LinkClosedError, TimeoutError):
        async with asyncio.timeout(LIMIT_S):
            await phone.until(lambda state: "install it now" in " ".join(state.picture.text))
            await phone.press(Key.CONFIRM)
            await phone.until(lambda _: False)


asyncio.run(main())
