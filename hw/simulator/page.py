"""A page that shows simulated phones side by side, for a browser on this machine only.

The page has no accounts, so nothing but this machine may reach it: it listens on a
loopback address, and it answers only when the browser was told a loopback name too.
Otherwise a site elsewhere could let its own name point to 127.0.0.1 (DNS rebinding)
and press the phones' keys.
"""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from hw.simulator.link import LINE_LIMIT

STATIC: Final = Path(__file__).parent / "static"
_FILES: Final = {"/": "index.html"} | {
    f"/{name}": name for name in ("phone.css", "phone.js", "ring.js")
}
_PHONES: Final = web.AppKey("phones", dict[str, Path])
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def serve_page(phones: Mapping[str, Path], host: str = "127.0.0.1", port: int = 8080) -> None:
    """Serves the page until cancelled.

    Args:
        phones: Name of each phone and the socket of its board, in the order of the page.
        host: A loopback address.
        port: A TCP port.

    Raises:
        ValueError: `host` is no loopback address.
        OSError: The port is taken.
    """
    if not is_loopback(host):
        raise ValueError(f"the page listens on a loopback address, not on {host}")
    runner = web.AppRunner(make_app(phones), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def make_app(phones: Mapping[str, Path]) -> web.Application:
    """Makes the web application, for `serve_page` and for tests."""
    app = web.Application(middlewares=[_only_this_machine])
    app[_PHONES] = dict(phones)
    app.on_response_prepare.append(_add_headers)
    for path in _FILES:
        app.router.add_get(path, _static)
    app.router.add_get("/phones", _names)
    app.router.add_get("/link/{name}", _link)
    return app


def is_loopback(host: str) -> bool:
    """Tells whether a host name, without a port, means this machine whatever DNS says."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@web.middleware
async def _only_this_machine(request: web.Request, handler: _Handler) -> web.StreamResponse:
    try:
        host = urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        host = ""
    if not is_loopback(host):
        raise web.HTTPForbidden(text="This page answers to localhost and 127.0.0.1 only.\n")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.host}":
        raise web.HTTPForbidden(text="This page is not for other sites.\n")
    return await handler(request)


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


async def _static(request: web.Request) -> web.StreamResponse:
    return web.FileResponse(STATIC / _FILES[request.path])


async def _names(request: web.Request) -> web.StreamResponse:
    phones = request.app[_PHONES]
    return web.json_response(list(phones))


async def _link(request: web.Request) -> web.StreamResponse:
    """Joins a browser to a phone: a WebSocket message is a line of the phone's socket."""
    path = request.app[_PHONES].get(request.match_info["name"])
    if path is None:
        raise web.HTTPNotFound(text="There is no phone of that name.\n")
    try:
        reader, writer = await asyncio.open_unix_connection(path, limit=LINE_LIMIT)
    except OSError as error:
        raise web.HTTPServiceUnavailable(text="That phone is not running.\n") from error
    browser = web.WebSocketResponse(max_msg_size=LINE_LIMIT - 1, heartbeat=20.0)
    try:
        await browser.prepare(request)
        to_browser = asyncio.create_task(_to_browser(reader, browser))
        await _to_phone(browser, writer)
        to_browser.cancel()
        await asyncio.gather(to_browser, return_exceptions=True)
    finally:
        writer.close()
    return browser


async def _to_phone(browser: web.WebSocketResponse, writer: asyncio.StreamWriter) -> None:
    async for message in browser:
        if message.type is not WSMsgType.TEXT:
            break
        # A line end within would make two lines of it; the board checks each line anyway.
        writer.write(message.data.encode() + b"\n")


async def _to_browser(reader: asyncio.StreamReader, browser: web.WebSocketResponse) -> None:
    try:
        while line := await reader.readline():
            await browser.send_str(line.decode())
    finally:
        await browser.close()
