"""The page in a real browser: what it tells a person, and what it lets others do."""

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from aiohttp import web

from hw.board import FRAME_OCTETS
from hw.types import (
    HardwareEvent,
    HookLifted,
    HookReplaced,
    Key,
    KeyPressed,
    KeyReleased,
    Leds,
    Picture,
)
from support.board_rigs import until
from support.chromium import PROGRAM, Chromium, Tab, browsing
from support.desk import TOKEN, BareBoard, Page, serving, serving_app
from support.netns import network_namespace

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not PROGRAM, reason="chromium is not installed"),
]

BITS = bytes(range(256)) * 4
QUIET = Picture(BITS, ("Alice", "9:41", "Ready"))
ALARM = Picture(BITS, ("WIRETAPPED", "Someone is between you."), 200)
FUNCTIONS = ["Call, answer", "Menu", "Confirm", "Hang up"]
DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "star", "0", "hash"]
TALK = "Use this computer's microphone and loudspeaker"


@dataclass
class Scene:
    """A browser before a page with Alice's and Bob's boards."""

    runner: asyncio.Runner
    browser: Chromium
    page: Page
    alice: BareBoard
    bob: BareBoard

    def tell(self, story: Callable[[Tab], Awaitable[None]], query: str = "?phone=alice") -> None:
        """Tells a story to a new tab; nothing may have gone wrong in it."""

        async def main() -> None:
            self.alice.board.show(QUIET)
            phones = 1 if query else 2
            tab = await self.page.open(self.browser, query, phones)
            await story(tab)
            assert tab.said == []
            await tab.go("about:blank")

        self.runner.run(main())

    async def happens(self, *expected: HardwareEvent) -> None:
        """Waits for what a person does to Alice's phone."""
        assert [await self.alice.hears() for _ in expected] == list(expected)


@pytest.fixture(scope="module", autouse=True)
def _network() -> Iterator[None]:
    with network_namespace():
        yield


@pytest.fixture(name="scene", scope="module")
def _scene(tmp_path_factory: pytest.TempPathFactory, _network: None) -> Iterator[Scene]:
    folder: Path = tmp_path_factory.mktemp("page")
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def build() -> Scene:
            boards = [BareBoard(folder, name) for name in ("Alice", "Bob")]
            for each in boards:
                each.start()
                stack.callback(each.board.close)
            page = await stack.enter_async_context(
                serving({each.name: each.sockets for each in boards})
            )
            flags = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
            browser = await stack.enter_async_context(browsing(*flags))
            return Scene(runner, browser, page, *boards)

        try:
            yield runner.run(build())
        finally:
            runner.run(stack.aclose())


def test_every_control_has_a_name_and_its_place_in_the_order(scene: Scene) -> None:
    async def story(tab: Tab) -> None:
        handset = ("switch", "Handset of Alice lifted")
        keys = [("button", name) for name in (*FUNCTIONS, *DIGITS)]
        header = [("checkbox", "Ring aloud"), ("button", "Keyboard ?"), ("link", "Both phones")]
        assert await tab.controls() == [*header, handset, *keys, ("button", TALK)]
        order = [name for _, name in await tab.controls()]
        for name in order:
            await tab.type("Tab")
            focus = "document.activeElement"
            label = f"{focus}.ariaLabel ?? ({focus}.labels?.[0] ?? {focus}).innerText"
            assert (await tab.run(label)).replace("\n", " ").strip() == name
            assert await tab.run(f"getComputedStyle({focus}).outlineStyle") != "none"

    scene.tell(story)


def test_both_phones_have_the_same_controls(scene: Scene) -> None:
    async def story(tab: Tab) -> None:
        controls = await tab.controls()
        assert all(name for _, name in controls)
        assert [name for role, name in controls if role == "switch"] == [
            "Handset of Alice lifted",
            "Handset of Bob lifted",
        ]
        for name in (*FUNCTIONS, *DIGITS, TALK):
            assert controls.count(("button", name)) == 2

    scene.tell(story, query="")


def test_the_display_is_spoken(scene: Scene) -> None:
    async def story(tab: Tab) -> None:
        await tab.until("document.querySelector('.words').textContent === 'Alice\\n9:41\\nReady'")
        label = "document.querySelector('canvas').getAttribute('aria-label')"
        assert await tab.run(label) == "Display: Alice, 9:41, Ready"
        assert await tab.run("document.querySelector('.words').ariaLive") == "polite"
        assert await tab.run("document.querySelector('.alarm').ariaLive") == "assertive"

    scene.tell(story)


def test_a_clock_that_ticks_is_not_spoken_again(scene: Scene) -> None:
    async def story(tab: Tab) -> None:
        label = "document.querySelector('canvas').getAttribute('aria-label')"
        await tab.until(f"{label} === 'Display: Alice, 9:41, Ready'")
        scene.alice.board.show(Picture(BITS, ("Alice", "9:42", "Ready")))
        await tab.until(f"{label} === 'Display: Alice, 9:42, Ready'")
        words = "document.querySelector('.words').textContent"
        assert await tab.run(words) == "Alice\n9:41\nReady"
        scene.alice.board.show(Picture(BITS, ("Alice", "9:43", "No network")))
        await tab.until(f"{words} === 'Alice\\n9:43\\nNo network'")

    scene.tell(story)


def test_an_alarm_interrupts(scene: Scene) -> None:
    async def story(tab: Tab) -> None:
        alarm, words = (
            f"document.querySelector('.{each}').textContent" for each in ("alarm", "words")
        )
        assert await tab.run(alarm) == ""
        scene.alice.board.show(ALARM)
        await tab.until(f"{alarm} === 'WIRETAPPED\\nSomeone is between you.'")
        assert await tab.run(words) == ""
        scene.alice.board.show(QUIET)
        await tab.until(f"{alarm} === '' && {words} !== ''")

    scene.tell(story)


@pytest.mark.parametrize(("motion", "pictures"), [("reduce", 1), ("no-preference", 2)])
def test_an_alarm_flashes_unless_that_is_unwanted(scene: Scene, motion: str, pictures: int) -> None:
    """Ten times longer than a picture stands."""

    async def story(tab: Tab) -> None:
        features = [{"name": "prefers-reduced-motion", "value": motion}]
        await tab.order("Emulation.setEmulatedMedia", features=features)
        scene.alice.board.show(ALARM)
        await tab.until("document.querySelector('.alarm').textContent")
        seen = await tab.run(
            """new Promise((resolve) => {
                const canvas = document.querySelector("canvas");
                const pictures = new Set();
                const end = performance.now() + 2000;
                const look = () => {
                    pictures.add(canvas.toDataURL());
                    if (performance.now() < end) setTimeout(look, 20);
                    else resolve(pictures.size);
                };
                look();
            })"""
        )
        assert seen == pictures

    scene.tell(story)


def test_the_lamps_are_spoken(scene: Scene) -> None:
    async def story(tab: Tab) -> None:
        lamp = "document.querySelector('.lamp.green').ariaLabel"
        scene.alice.board.set_leds(Leds(green=True))
        await tab.until(f"{lamp} === 'green lamp, secure: on'")
        scene.alice.board.set_leds(Leds())
        await tab.until(f"{lamp} === 'green lamp, secure: off'")

    scene.tell(story)


def test_a_phone_is_used_with_the_keyboard_alone(scene: Scene) -> None:
    async def story(tab: Tab) -> None:
        await tab.type(" ", "Space")
        await scene.happens(HookLifted())
        await tab.until("document.querySelector('.lifted')")
        await tab.type("5", "Digit5")
        await tab.type("c", "KeyC")
        five, confirm, menu = Key.DIGIT_5, Key.CONFIRM, Key.MENU
        await scene.happens(KeyPressed(five), KeyReleased(five))
        await scene.happens(KeyPressed(confirm), KeyReleased(confirm))
        await tab.run("document.querySelector('[data-key=menu]').focus()")
        await tab.type("Enter")
        await scene.happens(KeyPressed(menu), KeyReleased(menu))
        await tab.run("document.querySelector('[data-hook]').focus()")
        await tab.type("Enter")
        await scene.happens(HookReplaced())

    scene.tell(story)


def test_the_list_of_keys_opens_and_closes(scene: Scene) -> None:
    async def story(tab: Tab) -> None:
        await tab.type("?", "Slash")
        await tab.until("document.querySelector('dialog').open")
        await tab.type("5", "Digit5")
        await tab.type("Escape")
        await tab.until("!document.querySelector('dialog').open")
        await tab.type("7", "Digit7")
        seven = Key.DIGIT_7
        await scene.happens(KeyPressed(seven), KeyReleased(seven))  # and no 5, no hang-up

    scene.tell(story)


def test_a_key_is_held_as_long_as_the_mouse_is(scene: Scene) -> None:
    async def story(tab: Tab) -> None:
        await tab.click('[data-key="hang-up"]')
        await scene.happens(KeyPressed(Key.HANG_UP), KeyReleased(Key.HANG_UP))

    scene.tell(story)


@pytest.mark.parametrize("width", [360, 620, 800, 1400])
def test_it_fits_the_width(scene: Scene, width: int) -> None:
    async def story(tab: Tab) -> None:
        await tab.resize(width, 800)
        assert await tab.run("document.documentElement.scrollWidth") <= width
        narrow = """[...document.querySelectorAll('.phone button')].filter((each) => {
            const box = each.getBoundingClientRect();
            return box.left < 0 || box.right > innerWidth || box.height < 40 || box.width < 40;
        }).map((each) => each.ariaLabel)"""
        assert await tab.run(narrow) == []

    scene.tell(story, query="")


def test_a_tab_without_the_token_says_what_is_missing(scene: Scene) -> None:
    async def main() -> None:
        tab = await scene.browser.open(scene.page.address(token="guessed"))  # noqa: S106
        await tab.until("document.querySelector('[role=alert]')")
        text = await tab.run("document.querySelector('[role=alert]').textContent")
        assert text.startswith("Open the address that the demo printed")
        assert await tab.run("document.querySelectorAll('.phone').length") == 0

    scene.runner.run(main())


@pytest.mark.parametrize("path", ["link", "sound"])
def test_another_site_in_the_same_browser_gets_nothing(scene: Scene, path: str) -> None:
    """Not even if it knew the token; on any other port of this machine it is another site."""

    async def blank(_: web.Request) -> web.Response:
        return web.Response(text="<p>elsewhere", content_type="text/html")

    async def main() -> None:
        app = web.Application()
        app.router.add_get("/", blank)
        async with serving_app(app) as port:
            tab = await scene.browser.open(f"http://127.0.0.1:{port}/")
            await tab.until("document.querySelector('p')")
            url = f"ws://127.0.0.1:{scene.page.port}/{path}/Alice?token={TOKEN}"
            attempt = f"""new Promise((resolve) => {{
                const link = new WebSocket({json.dumps(url)});
                link.onopen = () => resolve("opened");
                link.onerror = () => resolve("refused");
            }})"""
            assert await tab.run(attempt) == "refused"
            await tab.go("about:blank")

    scene.runner.run(main())


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("NotAllowedError", "The browser may not use the microphone. Allow it"),
        ("NotFoundError", "This computer has no microphone"),
        ("NotReadableError", "Another program holds the microphone."),
    ],
)
def test_a_microphone_that_cannot_be_had_is_explained(
    scene: Scene, error: str, sentence: str
) -> None:
    async def story(tab: Tab) -> None:
        await tab.run(
            "navigator.mediaDevices.getUserMedia = async () =>"
            f" {{ throw new DOMException('', {json.dumps(error)}); }}"
        )
        await tab.click(".talk")
        await tab.until(
            f"document.querySelector('.advice').textContent.startsWith({json.dumps(sentence)})"
        )
        assert await tab.run("document.querySelector('.talk').ariaPressed") == "false"
        assert not scene.alice.sound.attended

    scene.tell(story)


def test_one_tab_has_the_handset(scene: Scene) -> None:
    async def story(tab: Tab) -> None:
        await tab.click(".talk")
        await tab.until("document.querySelector('.talk').ariaPressed === 'true'")
        await tab.until(
            "document.querySelector('.advice').textContent.startsWith('Lift the handset')"
        )
        other = await scene.page.open(scene.browser, "?phone=alice")
        await other.click(".talk")
        await tab.order("Page.bringToFront")
        await tab.until(
            "document.querySelector('.advice').textContent ==="
            ' "Another tab is this phone\'s handset now."'
        )
        assert await other.run("document.querySelector('.talk').ariaPressed") == "true"
        await other.click(".talk")
        await other.until("document.querySelector('.talk').ariaPressed === 'false'")
        await other.go("about:blank")

    scene.tell(story)


def test_nothing_that_is_said_leaves_the_page_before_the_handset_is_lifted(scene: Scene) -> None:
    """The level shows that the microphone is heard."""

    async def story(tab: Tab) -> None:
        await tab.click(".talk")
        await until(lambda: scene.alice.sound.attended, 30)
        for _ in range(3):
            await tab.until("document.querySelector('.spoken').value > 0")
            await tab.until("document.querySelector('.spoken').value === 0")
        assert tab.spoken == []
        await tab.click("[data-hook]")
        await until(lambda: len(tab.spoken) > 10, 30)
        assert {len(each) for each in tab.spoken} == {FRAME_OCTETS}
        await tab.click("[data-hook]")
        await scene.happens(HookLifted(), HookReplaced())
        await tab.until("!document.querySelector('.lifted')")
        said = len(tab.spoken)
        await tab.until("document.querySelector('.spoken').value > 0")
        assert len(tab.spoken) == said

    scene.tell(story)


@pytest.mark.parametrize("rates", [(48000, 16000), (44100, 16000), (16000, 48000), (16000, 44100)])
def test_resampling_keeps_a_tone_and_adds_none(scene: Scene, rates: tuple[int, int]) -> None:
    source, target = rates

    async def story(tab: Tab) -> None:
        resampled = f"""(async (hertz) => {{
            const {{ Resampler }} = await import("/resampler.js");
            const resampler = new Resampler({source}, {target});
            const output = [];
            for (let at = 0; at < {source}; at += 128) {{
                const input = Float32Array.from({{ length: 128 }}, (_, i) =>
                    Math.sin(2 * Math.PI * hertz * (at + i) / {source}));
                output.push(...resampler.process(input));
            }}
            return output;
        }})"""
        heard = np.array(await tab.run(f"{resampled}(1000)"))[target // 10 :]
        assert abs(len(heard) - 0.9 * target) < 0.01 * target
        spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)))) ** 2
        frequencies = np.fft.rfftfreq(len(heard), 1 / target)
        beside = spectrum[np.abs(frequencies - 1000) > 20].sum() / spectrum.sum()
        assert 10 * math.log10(beside) < -60
        assert np.sqrt(2 * np.mean(heard**2)) == pytest.approx(1, abs=0.01)
        if target < source:
            above = np.array(await tab.run(f"{resampled}(10000)"))[target // 10 :]
            assert np.abs(above).max() < 0.001

    scene.tell(story)
