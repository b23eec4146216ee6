"""A page with phones, and browsers in front of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

from hw.board import HandsetDevices
from hw.simulator.board import SimulatorBoard
from hw.simulator.page import make_app
from hw.simulator.page_links import PhoneSockets
from hw.simulator.sound import SoundSocket
from hw.types import HardwareEvent
from support.chromium import Chromium, Tab

TOKEN: Final = "of-this-test"  # noqa: S105 - it opens nothing else


@dataclass(frozen=True)
class Page:
    """A page that is served.

    Attributes:
        port: On 127.0.0.1.
    """

    port: int

    def address(self, query: str = "", token: str = TOKEN) -> str:
        """What a person opens, e.g. with the query "?phone=alice"."""
        return f"http://127.0.0.1:{self.port}/{query}#{token}"

    async def open(self, browser: Chromium, query: str = "", phones: int = 1) -> Tab:
        """Opens the page in a tab of its own, and waits until it shows so many running phones."""
        tab = await browser.open(self.address(query))
        await tab.until(f"document.querySelectorAll('.phone.on').length === {phones}")
        return tab


@contextlib.asynccontextmanager
async def serving(phones: Mapping[str, PhoneSockets]) -> AsyncIterator[Page]:
    """Serves a page with these phones."""
    async with serving_app(make_app(phones, TOKEN)) as port:
        yield Page(port)


@contextlib.asynccontextmanager
async def serving_app(app: web.Application) -> AsyncIterator[int]:
    """Serves any web application on a port of 127.0.0.1 that is free."""
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


class BareBoard:
    """A board with a handset, and no phone behind it: shows what a test tells it to.

    Args:
        folder: Where its sockets go.
        name: Of the phone.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.sockets = PhoneSockets(folder / f"{name}.sock", folder / f"{name}.sound")
        assert self.sockets.sound is not None
        self.sound = SoundSocket(self.sockets.sound)
        self.board = SimulatorBoard(
            self.sockets.board, HandsetDevices(stream=self.sound), sound=self.sound
        )
        self.events: asyncio.Queue[HardwareEvent] = asyncio.Queue()

    def start(self) -> None:
        """Begins to listen; `events` gets what is pressed."""
        self.board.start(self.events.put_nowait)

    async def hears(self) -> HardwareEvent:
        """The next thing that somebody does to it."""
        async with asyncio.timeout(30):
            return await self.events.get()
