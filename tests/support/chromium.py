"""A headless Chromium, driven by its DevTools protocol: tabs, keys, and what comes through sockets.

https://chromedevtools.github.io/devtools-protocol/
"""

import asyncio
import base64
import contextlib
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import aiohttp

PROGRAM: Final = shutil.which("chromium") or ""
_PATIENCE_S: Final = 60.0
"""Generous: a browser that draws without a graphics card shares two cores with two phones."""
_FLAGS: Final = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--disable-quic", "--no-first-run", "--no-default-browser-check", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-extensions"),
    *("--disable-background-timer-throttling", "--disable-renderer-backgrounding"),
    *("--disable-backgrounding-occluded-windows", "--remote-debugging-port=0"),
)


@dataclass
class Tab:
    """One page; made by `Chromium.open`.

    Attributes:
        said: What the console was told, errors and breaches of the page's policy among them.
        sounds: The binary WebSocket messages that came, in order.
        spoken: Those that went, in order.
    """

    _socket: aiohttp.ClientWebSocketResponse
    said: list[str] = field(default_factory=list)
    sounds: list[bytes] = field(default_factory=list)
    spoken: list[bytes] = field(default_factory=list)
    _answers: dict[int, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    _reading: asyncio.Task[None] | None = None

    @classmethod
    async def at(cls, socket: aiohttp.ClientWebSocketResponse) -> Self:
        tab = cls(socket)
        tab._reading = asyncio.create_task(tab._read())
        for domain in ("Page", "Runtime", "Network", "Log", "Accessibility"):
            await tab.order(f"{domain}.enable")
        return tab

    async def order(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Sends a command and returns its result.

        Raises:
            RuntimeError: The browser refused it.
        """
        number = len(self._answers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(_PATIENCE_S):
            answer = await self._answers[number]
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    async def go(self, url: str) -> None:
        """Opens an address in this tab."""
        await self.order("Page.navigate", url=url)

    async def run(self, expression: str) -> Any:
        """Evaluates JavaScript, waits for a promise, and returns its value.

        Raises:
            RuntimeError: It threw something.
        """
        done = await self.order(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in done:
            details = done["exceptionDetails"]
            raise RuntimeError(
                details.get("exception", details).get("description", details["text"])
            )
        return done["result"].get("value")

    async def until(self, expression: str) -> None:
        """Waits until JavaScript says that something is so.

        Raises:
            TimeoutError: It never was; the message says what the page reads instead.
        """
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while not await self.run(f"Boolean({expression})"):  # noqa: ASYNC110 - it is a page
                    await asyncio.sleep(0.05)
        except TimeoutError:
            there = await self.run("document.body.innerText")
            raise TimeoutError(f"never so: {expression}; {there!r}; {self.said}") from None

    async def click(self, selector: str, held_s: float = 0.05) -> None:
        """Presses the mouse on what a selector finds, holds it that long, and lets go."""
        await self.until(f"document.querySelector({json.dumps(selector)})")
        x, y = await self.run(
            f"""(() => {{
                const element = document.querySelector({json.dumps(selector)});
                element.scrollIntoView({{block: "center"}});
                const box = element.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            }})()"""
        )
        mouse = {"x": x, "y": y, "button": "left", "clickCount": 1}
        await self.order("Input.dispatchMouseEvent", type="mousePressed", **mouse)
        await asyncio.sleep(held_s)
        await self.order("Input.dispatchMouseEvent", type="mouseReleased", **mouse)

    async def type(self, key: str, code: str = "") -> None:
        """Presses and releases a key of the keyboard, by DOM names, e.g. "Tab", "5"."""
        text = {"Enter": "\r", " ": " "}.get(key, key if len(key) == 1 else "")
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32}
        names = {
            "key": key,
            "code": code or key,
            "windowsVirtualKeyCode": codes.get(key, ord(key.upper()) if len(key) == 1 else 0),
        }
        await self.order("Input.dispatchKeyEvent", type="keyDown", text=text, **names)
        await self.order("Input.dispatchKeyEvent", type="keyUp", **names)

    async def resize(self, width: int, height: int) -> None:
        """Makes the tab that many CSS pixels wide and high."""
        await self.order(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    async def picture(self) -> bytes:
        """What the tab shows, as PNG."""
        shot = await self.order("Page.captureScreenshot", format="png")
        return base64.b64decode(shot["data"])

    async def controls(self) -> list[tuple[str, str]]:
        """Role and name of all that can be operated, as a screen reader is told them, in order."""
        tree = await self.order("Accessibility.getFullAXTree")
        nodes = {node["nodeId"]: node for node in tree["nodes"]}
        roles = {"button", "switch", "checkbox", "link", "textbox"}
        return [
            (node["role"]["value"], node.get("name", {}).get("value", ""))
            for node in _in_order(nodes, tree["nodes"][0])
            if not node["ignored"] and node["role"]["value"] in roles
        ]

    async def close(self) -> None:
        """Lets go of the tab; the browser keeps it."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self._socket.close()

    async def _read(self) -> None:
        async for message in self._socket:
            told = json.loads(message.data)
            if "id" in told:
                self._answers[told["id"]].set_result(told)
            else:
                self._hear(told["method"], told["params"])

    def _hear(self, method: str, told: dict[str, Any]) -> None:
        match method:
            case "Runtime.exceptionThrown":
                self.said.append(str(told["exceptionDetails"]))
            case "Runtime.consoleAPICalled":
                self.said += [str(each.get("value")) for each in told["args"]]
            case "Log.entryAdded":
                self.said.append(told["entry"]["text"])
            case "Network.webSocketFrameReceived" if told["response"]["opcode"] == _BINARY:
                self.sounds.append(base64.b64decode(told["response"]["payloadData"]))
            case "Network.webSocketFrameSent" if told["response"]["opcode"] == _BINARY:
                self.spoken.append(base64.b64decode(told["response"]["payloadData"]))
            case _:
                pass  # what the network and the accessibility tree do is asked for when needed


def _in_order(nodes: dict[str, Any], root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield root
    for child in root["childIds"]:
        yield from _in_order(nodes, nodes[child])


_BINARY: Final = 2
"""Opcode of a WebSocket message that is not text (RFC 6455 section 5.2)."""


@dataclass
class Chromium:
    """A browser that runs; made by `browsing`."""

    _session: aiohttp.ClientSession
    _port: int
    _tabs: list[Tab] = field(default_factory=list)

    async def open(self, url: str, before: Callable[[Tab], Any] | None = None) -> Tab:
        """Opens an address in a tab of its own.

        Args:
            url: What is shown.
            before: A coroutine function that prepares the tab before it goes there.
        """
        async with self._session.put(f"http://127.0.0.1:{self._port}/json/new") as made:
            address = (await made.json())["webSocketDebuggerUrl"]
        socket = await self._session.ws_connect(address, max_msg_size=0)
        tab = await Tab.at(socket)
        self._tabs.append(tab)
        if before is not None:
            await before(tab)
        await tab.go(url)
        return tab

    async def close(self) -> None:
        """Lets go of all tabs."""
        for tab in self._tabs:
            await tab.close()


@contextlib.asynccontextmanager
async def browsing(*flags: str) -> AsyncIterator[Chromium]:
    """Starts a browser with an empty profile, and ends it."""
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            PROGRAM,
            *_FLAGS,
            *flags,
            f"--user-data-dir={profile}",
            "about:blank",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            port = await _port_of(Path(profile) / "DevToolsActivePort", process)
            async with aiohttp.ClientSession() as session:
                browser = Chromium(session, port)
                try:
                    yield browser
                finally:
                    await browser.close()
        finally:
            await _end(process)


async def _port_of(file: Path, process: asyncio.subprocess.Process) -> int:
    """The port that the browser chose; it writes it down when it listens."""
    async with asyncio.timeout(_PATIENCE_S):
        while not (lines := _lines(file)):
            if process.returncode is not None:
                raise RuntimeError(f"chromium ended with status {process.returncode}")
            await asyncio.sleep(0.05)
    return int(lines[0])


def _lines(file: Path) -> list[str]:
    lines = file.read_text().splitlines() if file.exists() else []
    return lines if len(lines) > 1 else []  # it may be half written


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
