"""A page that shows simulated phones side by side, for a browser on this machine only.

Whoever reaches the page has the phones' keys and hears what their handsets hear. So:

- It listens on a loopback address, and answers only when the browser was told a loopback name
  too. Otherwise a site elsewhere could let its own name point to 127.0.0.1 (DNS rebinding).
- A request that names another site as its origin is refused: browsers let any page open a
  WebSocket to anywhere (cross-site WebSocket hijacking).
- All but the page's own files asks for a token that is made anew at each start. It stands in
  the page's address behind the "#", which browsers send nowhere; so neither another user of
  this machine nor a program on another port can use the phones. A cookie would be sent to all
  ports of this machine.
"""

import asyncio
import ipaddress
import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from hw.simulator.page_links import PhoneSockets, PhoneTraffic

STATIC: Final = Path(__file__).parent / "static"
_FILES: Final = {"/": "index.html"} | {f"/{file.name}": file.name for file in STATIC.iterdir()}
_TOKEN: Final = web.AppKey("token", str)
_TOKEN_OCTETS: Final = 16
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), display-capture=()",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def new_token() -> str:
    """What the page's address of this start holds."""
    return secrets.token_urlsafe(_TOKEN_OCTETS)


async def serve_page(
    phones: Mapping[str, PhoneSockets], token: str, host: str = "127.0.0.1", port: int = 8080
) -> None:
    """Serves the page until cancelled.

    Args:
        phones: Name of each phone and its sockets, in the order of the page.
        token: What a browser has to show; see `new_token`.
        host: A loopback address.
        port: A TCP port.

    Raises:
        ValueError: `host` is no loopback address.
        OSError: The port is taken.
    """
    if not is_loopback(host):
        raise ValueError(f"the page listens on a loopback address, not on {host}")
    runner = web.AppRunner(make_app(phones, token), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def make_app(phones: Mapping[str, PhoneSockets], token: str) -> web.Application:
    """Makes the web application, for `serve_page` and for tests."""
    app = web.Application(middlewares=[_only_this_machine, _only_with_the_token])
    app[_TOKEN] = token
    app.on_response_prepare.append(_add_headers)
    for path in _FILES:
        app.router.add_get(path, _static)
    PhoneTraffic(phones).add_to(app.router)
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


@web.middleware
async def _only_with_the_token(request: web.Request, handler: _Handler) -> web.StreamResponse:
    shown, expected = (
        each.encode() for each in (request.query.get("token", ""), request.app[_TOKEN])
    )
    if request.path not in _FILES and not secrets.compare_digest(shown, expected):
        raise web.HTTPForbidden(text="The token of the page's address is missing or an old one.\n")
    return await handler(request)


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


async def _static(request: web.Request) -> web.StreamResponse:
    return web.FileResponse(STATIC / _FILES[request.path])
