import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from hw.board import FRAME_OCTETS, HandsetDevices
from hw.simulator.board import SimulatorBoard
from hw.simulator.link import LINE_LIMIT
from hw.simulator.page import STATIC, is_loopback, make_app, new_token, serve_page
from hw.simulator.page_links import TAKEN, PhoneSockets
from hw.simulator.sound import SoundSocket
from hw.types import HardwareEvent, HookLifted, Key, KeyPressed, KeyReleased, Leds
from support.board_rigs import until

TOKEN = "right"  # noqa: S105 - of the test alone


def own(path: str) -> str:
    """A path as the page itself asks for it."""
    return f"{path}?token={TOKEN}"


class Browser:
    """A page on a port of its own, a phone behind it, and a client that can lie."""

    def __init__(
        self, session: aiohttp.ClientSession, port: int, board: SimulatorBoard, sound: SoundSocket
    ) -> None:
        self.session = session
        self.sound = sound
        self.phone_end = socket.socket(fileno=os.dup(sound.fileno()))
        self.phone_end.settimeout(0)
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
        sound = SoundSocket(tmp_path / "alice.sound")
        phones = {
            "alice": PhoneSockets(tmp_path / "alice", tmp_path / "alice.sound"),
            "bob & co": PhoneSockets(tmp_path / "bob"),
            "carla": PhoneSockets(tmp_path / "carla", tmp_path / "carla.sound"),
        }
        runner = web.AppRunner(make_app(phones, TOKEN), shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        board = SimulatorBoard(tmp_path / "alice", HandsetDevices(stream=sound), sound=sound)
        try:
            async with aiohttp.ClientSession() as session, asyncio.timeout(10):
                browser = Browser(session, port, board, sound)
                with browser.phone_end:
                    await story(browser)
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
            ("/sound.js", "javascript"),
            ("/resampler.js", "javascript"),
            ("/worklet.js", "javascript"),
            ("/phone.css", "text/css"),
        ):
            async with browser.session.get(browser.url + path) as response:
                assert response.status == 200
                assert kind in response.headers["Content-Type"]
                policy = response.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "unsafe" not in policy
                assert response.headers["X-Content-Type-Options"] == "nosniff"
                assert response.headers["Permissions-Policy"].startswith("microphone=(self), ")
        async with browser.session.get(browser.url + own("/phones")) as response:
            assert await response.json() == [
                {"name": "alice", "sound": True},
                {"name": "bob & co", "sound": False},
                {"name": "carla", "sound": True},
            ]
        assert await browser.status(own("/static/../page.py")) == 404

    run(tmp_path, story)


def test_the_page_needs_nothing_from_elsewhere() -> None:
    html = (STATIC / "index.html").read_text()
    assert "http" not in html
    assert "style=" not in html
    assert "onclick" not in html
    for path in STATIC.iterdir():
        assert "url(" not in path.read_text() or path.suffix == ".js"
        assert "http" not in path.read_text().replace("http://www.w3.org/2000/svg", "")


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
        ours = browser.url
        for path in (own("/phones"), own("/link/alice"), own("/sound/alice")):
            for origin in ("https://evil.example", "null", "http://127.0.0.1:1", ours + "1"):
                assert await browser.status(path, Origin=origin) == 403, origin
        assert await browser.status(own("/phones"), Origin=ours) == 200

    run(tmp_path, story)


def test_who_does_not_know_the_token_is_refused(tmp_path: Path) -> None:
    async def story(browser: Browser) -> None:
        for path in ("/phones", "/link/alice", "/sound/alice", "/sound/nobody", "/nothing"):
            for wrong in (
                "",
                "?token=",
                "?token=righ",
                "?token=rightt",
                "?token=wr%C3%B6ng",
                "?t=right",
            ):
                assert await browser.status(path + wrong, Origin=browser.url) == 403, path + wrong
        for path in ("/link/alice", "/sound/alice"):
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await browser.session.ws_connect(browser.url + path, origin=browser.url)
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await browser.session.ws_connect(
                    browser.url + own(path), origin="https://evil.example"
                )

    run(tmp_path, story)


def test_every_start_has_a_token_of_its_own() -> None:
    assert len({new_token() for _ in range(100)}) == 100
    assert all(len(new_token()) >= 22 for _ in range(100))  # 128 bits


def test_a_browser_uses_a_phone(tmp_path: Path) -> None:
    async def story(browser: Browser) -> None:
        async with browser.session.ws_connect(
            browser.url + own("/link/alice"), origin=browser.url
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
            async with browser.session.ws_connect(browser.url + own("/link/alice")) as link:
                await (link.send_str(shout) if isinstance(shout, str) else link.send_bytes(shout))
                kinds = [message.type async for message in link]
                assert len(kinds) <= 4
                assert link.closed

    run(tmp_path, story)


def test_a_phone_that_ends_ends_the_link(tmp_path: Path) -> None:
    async def story(browser: Browser) -> None:
        async with browser.session.ws_connect(browser.url + own("/link/alice")) as link:
            browser.board.close()
            assert len([message async for message in link]) <= 4

    run(tmp_path, story)


def test_a_phone_that_does_not_run_and_one_that_is_none(tmp_path: Path) -> None:
    async def story(browser: Browser) -> None:
        assert await browser.status(own("/link/bob%20%26%20co")) == 503
        assert await browser.status(own("/link/carol")) == 404
        assert await browser.status(own("/sound/bob%20%26%20co")) == 404
        assert await browser.status(own("/sound/carla")) == 503
        assert await browser.status(own("/sound/carol")) == 404

    run(tmp_path, story)


def frame(number: int) -> bytes:
    return bytes([number]) * FRAME_OCTETS


async def spoken(browser: Browser) -> bytes:
    """The next frame that reaches the phone's audio."""
    return await asyncio.get_running_loop().sock_recv(browser.phone_end, 2 * FRAME_OCTETS)


def test_a_browser_is_the_handset(tmp_path: Path) -> None:
    async def story(browser: Browser) -> None:
        link = await browser.session.ws_connect(browser.url + own("/link/alice"))
        async with browser.session.ws_connect(browser.url + own("/sound/alice")) as sound:
            await until(lambda: browser.sound.attended)
            browser.phone_end.send(frame(7))
            assert await sound.receive_bytes() == frame(7)
            await link.send_str('{"hook": "lifted"}')
            assert await browser.events.get() == HookLifted()
            await sound.send_bytes(frame(1))
            await sound.send_bytes(frame(2))
            assert [await spoken(browser), await spoken(browser)] == [frame(1), frame(2)]
        await link.close()

    run(tmp_path, story)


def test_the_last_browser_has_the_handset(tmp_path: Path) -> None:
    async def story(browser: Browser) -> None:
        first = await browser.session.ws_connect(browser.url + own("/sound/alice"))
        second = await browser.session.ws_connect(browser.url + own("/sound/alice"))
        assert (await first.receive()).type is aiohttp.WSMsgType.CLOSE
        assert first.close_code == TAKEN
        browser.phone_end.send(frame(3))
        assert await second.receive_bytes() == frame(3)
        await second.close()

    run(tmp_path, story)


@pytest.mark.parametrize("wrong", ["text", b"", b"x", bytes(FRAME_OCTETS + 1)])
def test_what_is_no_frame_ends_the_sound(tmp_path: Path, wrong: str | bytes) -> None:
    async def story(browser: Browser) -> None:
        async with browser.session.ws_connect(browser.url + own("/sound/alice")) as sound:
            await (sound.send_str(wrong) if isinstance(wrong, str) else sound.send_bytes(wrong))
            assert (await sound.receive()).type is aiohttp.WSMsgType.CLOSE
            assert sound.close_code in {1003, 1009}

    run(tmp_path, story)


def test_a_phone_that_ends_ends_the_sound(tmp_path: Path) -> None:
    async def story(browser: Browser) -> None:
        async with browser.session.ws_connect(browser.url + own("/sound/alice")) as sound:
            await until(lambda: browser.sound.attended)
            browser.phone_end.send(frame(1))
            await sound.receive_bytes()
            browser.board.close()
            assert (await sound.receive()).type is aiohttp.WSMsgType.CLOSE
            assert sound.close_code == 1001

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
        asyncio.run(serve_page({}, TOKEN, "192.0.2.1", 0))

    async def stops_when_told() -> None:
        phones = {"alice": PhoneSockets(tmp_path / "alice")}
        serving = asyncio.create_task(serve_page(phones, TOKEN, port=0))
        await asyncio.sleep(0)
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving

    asyncio.run(stops_when_told())
