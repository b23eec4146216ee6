"""Between the page and the phones: a WebSocket for keys and panel, and one for the sound."""

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from agent.frozen import frozen
from hw.board import FRAME_OCTETS
from hw.simulator.link import LINE_LIMIT

TAKEN: Final = 4001
"""Close code of a sound link whose handset somebody else has taken (RFC 6455 section 7.4.2)."""
_HEARTBEAT_S: Final = 20.0
_OCTETS_WAITING: Final = 10 * FRAME_OCTETS
"""What may wait for a slow browser; later sound is dropped."""


@frozen
class PhoneSockets:
    """Where a simulated phone is.

    Attributes:
        board: The socket of its keys and panel.
        sound: The socket of its handset's sound; None: files are its handset.
    """

    board: Path
    sound: Path | None = None


class PhoneTraffic:
    """What the page asks of the phones.

    Args:
        phones: Each by its name, in the order of the page.
    """

    def __init__(self, phones: Mapping[str, PhoneSockets]) -> None:
        self._phones = dict(phones)
        self._handsets: dict[str, web.WebSocketResponse] = {}

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Says which path is whose."""
        router.add_get("/phones", self._names)
        router.add_get("/link/{name}", self._link)
        router.add_get("/sound/{name}", self._sound)

    async def _names(self, _: web.Request) -> web.StreamResponse:
        return web.json_response(
            [{"name": name, "sound": each.sound is not None} for name, each in self._phones.items()]
        )

    async def _link(self, request: web.Request) -> web.StreamResponse:
        """Keys and panel: a message is a line of the board's socket."""
        reader, writer = await _connect(self._phone(request).board)
        browser = web.WebSocketResponse(max_msg_size=LINE_LIMIT - 1, heartbeat=_HEARTBEAT_S)
        try:
            await browser.prepare(request)
            to_browser = asyncio.create_task(_lines_to_browser(reader, browser))
            async for message in browser:
                if message.type is not WSMsgType.TEXT:
                    break
                # A line end within would make two lines of it; the board checks each line anyway.
                writer.write(message.data.encode() + b"\n")
            to_browser.cancel()
            await asyncio.gather(to_browser, return_exceptions=True)
        finally:
            writer.close()
        return browser

    async def _sound(self, request: web.Request) -> web.StreamResponse:
        """The handset's sound: a message is a frame. The last one to come has the handset."""
        name = request.match_info["name"]
        path = self._phone(request).sound
        if path is None:
            raise web.HTTPNotFound(text="The sound of that phone is in files.\n")
        browser = web.WebSocketResponse(
            max_msg_size=2 * FRAME_OCTETS, heartbeat=_HEARTBEAT_S, compress=False
        )
        self._handsets[name] = browser
        try:
            reader, writer = await _connect(path)  # and the phone lets the one before go
            try:
                await browser.prepare(request)
                to_browser = asyncio.create_task(self._frames_to_browser(name, reader, browser))
                await _frames_to_phone(browser, writer)
                to_browser.cancel()
                await asyncio.gather(to_browser, return_exceptions=True)
            finally:
                writer.close()
        finally:
            if self._handsets.get(name) is browser:
                del self._handsets[name]
        return browser

    async def _frames_to_browser(
        self, name: str, reader: asyncio.StreamReader, browser: web.WebSocketResponse
    ) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await browser.send_bytes(await reader.readexactly(FRAME_OCTETS))
        taken = self._handsets.get(name) is not browser
        await browser.close(code=TAKEN if taken else WSCloseCode.GOING_AWAY)

    def _phone(self, request: web.Request) -> PhoneSockets:
        try:
            return self._phones[request.match_info["name"]]
        except KeyError:
            raise web.HTTPNotFound(text="There is no phone of that name.\n") from None


async def _connect(path: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        return await asyncio.open_unix_connection(path, limit=LINE_LIMIT)
    except OSError as error:
        raise web.HTTPServiceUnavailable(text="That phone is not running.\n") from error


def _is_frame(message: WSMessage) -> bool:
    return message.type is WSMsgType.BINARY and len(message.data) == FRAME_OCTETS


async def _lines_to_browser(reader: asyncio.StreamReader, browser: web.WebSocketResponse) -> None:
    try:
        while line := await reader.readline():
            await browser.send_str(line.decode())
    finally:
        await browser.close()


async def _frames_to_phone(browser: web.WebSocketResponse, writer: asyncio.StreamWriter) -> None:
    async for message in browser:
        if not _is_frame(message):
            await browser.close(code=WSCloseCode.UNSUPPORTED_DATA)
        elif writer.transport.get_write_buffer_size() < _OCTETS_WAITING:
            writer.write(message.data)
