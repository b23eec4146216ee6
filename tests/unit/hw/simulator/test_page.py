import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from hw.board import HandsetDevices
from hw.simulator.board import SimulatorBoard
from hw.simulator.link import LINE_LIMIT
from hw.simulator.page import STATIC, is_loopback, make_app, serve_page
from hw.types import HardwareEvent, Key, KeyPressed, KeyReleased, Leds


class Browser:
    """A page on a port of its own, a phone behind it, and a client that can lie."""

    def __init__(self, session: aiohttp.ClientSession, port: int, board: SimulatorBoard) -> None:
        self.session = session
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.board = board
        self.events: asyncio.Queue[HardwareEvent] = asyncio.Queue()
        board.start(self.events.put_nowait)

    async def status(self, path: str, **headers: str) -> int:
        async with self.session.get(self.url + path, headers=headers) as response:
            return response.status


def run(tmp_path: Path, story: Callable[[Browser], Awaitable[None]]) -> None:
    async def main() -> None:
        phones = {"alice": tmp_path / "alice", "bob & co": tmp_path / "bob"}
        runner = web.AppRunner(make_app(phones), shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        board = SimulatorBoard(phones["alice"], HandsetDevices())
        try:
            async with aiohttp.ClientSession() as session, asyncio.timeout(10):
                await story(Browser(session, port, board))
        finally:
            board.close()
            await runner.cleanup()

    asyncio.run(main())


def test_the_page_comes_with_a_strict_policy(tmp_path: Path) -> None:
    async def story(browser: Browser) -> None:
        for path, kind in (
            ("/", "text/html"),
            ("/phone.js", "javascript"),
            ("/ring.js", "javascript"),
            ("/phone.css", "text/css"),
        ):
            async with browser.session.get(browser.url + path) as response:
                assert response.status == 200
                assert kind in response.headers["Content-Type"]
                policy = response.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "unsafe" not in policy
                assert response.headers["X-Content-Type-Options"] == "nosniff"
        async with browser.session.get(browser.url + "/phones") as response:
            assert await response.json() == ["alice", "bob & co"]
        assert await browser.status("/static/../page.py") == 404

    run(tmp_path, story)


def test_the_page_needs_nothing_from_elsewhere() -> None:
    html = (STATIC / "index.html").read_text()
    assert "http" not in html
    assert "style=" not in html
    assert "onclick" not in html
    assert "url(" not in (STATIC / "phone.css").read_text()


def test_only_loopback_names_are_answered(tmp_path: Path) -> None:
    async def story(browser: Browser) -> None:
        port = browser.port
        for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}", "127.8.8.8"):
            assert await browser.status("/", Host=host) == 200, host
        for host in (f"evil.example:{port}", "192.0.2.1", "localhost.evil.example", "[", "::1"):
            assert await browser.status("/", Host=host) == 403, host

    run(tmp_path, story)


def test_other_sites_are_refused(tmp_path: Path) -> None:
    async def story(browser: Browser) -> None:
        own = browser.url
        for path in ("/phones", "/link/alice"):
            for origin in ("https://evil.example", "null", "http://127.0.0.1:1", own + "1"):
                assert await browser.status(path, Origin=origin) == 403, origin
        assert await browser.status("/phones", Origin=own) == 200

    run(tmp_path, story)


def test_a_browser_uses_a_phone(tmp_path: Path) -> None:
    async def story(browser: Browser) -> None:
        async with browser.session.ws_connect(
            browser.url + "/link/alice", origin=browser.url
        ) as link:
            first = [json.loads(await link.receive_str()) for _ in range(4)]
            assert [next(iter(message)) for message in first] == [
                "picture",
                "leds",
                "ringing",
                "hook",
            ]
            await link.send_str('{"key": "5", "down": true}')
            assert await browser.events.get() == KeyPressed(Key.DIGIT_5)
            browser.board.set_leds(Leds(green=True))
            leds = json.loads(await link.receive_str())
            assert leds == {"leds": {"red": False, "green": True}}
            await link.send_str("nonsense")
            assert "error" in json.loads(await link.receive_str())
        assert await browser.events.get() == KeyReleased(Key.DIGIT_5)

    run(tmp_path, story)


def test_a_page_that_shouts_is_let_go(tmp_path: Path) -> None:
    async def story(browser: Browser) -> None:
        for shout in ("x" * LINE_LIMIT, b"bytes"):
            async with browser.session.ws_connect(browser.url + "/link/alice") as link:
                await (link.send_str(shout) if isinstance(shout, str) else link.send_bytes(shout))
                kinds = [message.type async for message in link]
                assert len(kinds) <= 4
                assert link.closed

    run(tmp_path, story)


def test_a_phone_that_ends_ends_the_link(tmp_path: Path) -> None:
    async def story(browser: Browser) -> None:
        async with browser.session.ws_connect(browser.url + "/link/alice") as link:
            browser.board.close()
            assert len([message async for message in link]) <= 4

    run(tmp_path, story)


def test_a_phone_that_does_not_run_and_one_that_is_none(tmp_path: Path) -> None:
    async def story(browser: Browser) -> None:
        assert await browser.status("/link/bob%20%26%20co") == 503
        assert await browser.status("/link/carol") == 404

    run(tmp_path, story)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - it is asserted to be refused
        ("::", False),
        ("example.org", False),
        ("", False),
    ],
)
def test_what_is_loopback(host: str, *, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_the_page_listens_on_this_machine_only(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"not on 192\.0\.2\.1"):
        asyncio.run(serve_page({}, "192.0.2.1", 0))

    async def stops_when_told() -> None:
        serving = asyncio.create_task(serve_page({"alice": tmp_path / "alice"}, port=0))
        await asyncio.sleep(0)
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving

    asyncio.run(stops_when_told())
