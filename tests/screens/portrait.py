"""Takes docs/two-phones.png anew: the page of the demo, in a call, as Chromium shows it.

make picture
"""

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from agent.demo.household import ALICE, BOB, Home, running
from agent.demo.speech import TEXTS, speak
from hw.simulator.page_links import PhoneSockets
from support.chromium import browsing
from support.desk import serving
from support.source import ROOT

PICTURE: Final = ROOT / "docs" / "two-phones.png"
SIZE: Final = (1360, 800)
ALICES, BOBS = (f'[aria-label="Phone of {each.title}"] ' for each in (ALICE, BOB))
BOTH_COMPARE: Final = """[...document.querySelectorAll(".words")].every(
    (each) => each.textContent.includes("They read"))"""


async def take(folder: Path) -> bytes:
    """Lets Alice call Bob, and looks at the page when both displays show the words."""
    async with AsyncExitStack() as stack:
        phones = {}
        for me, other in ((ALICE, BOB), (BOB, ALICE)):
            home = Home(me, folder / me.name, folder)
            home.furnish(other, live=True)
            speak(TEXTS[me.name], me.voice, home.microphone)
            await stack.enter_async_context(running(home))
            phones[me.title] = PhoneSockets(home.socket, home.sound)
        page = await stack.enter_async_context(serving(phones))
        flags = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
        browser = await stack.enter_async_context(browsing(*flags))
        tab = await page.open(browser, phones=2)
        await tab.resize(*SIZE)
        await tab.click(f"{ALICES}.talk")
        await tab.until("document.querySelector('.spoken').value > 0")
        await tab.click(f"{ALICES}[data-hook]")
        await tab.until("document.querySelector('.words').textContent.includes('Dial')")
        for digit in BOB.number:
            await tab.click(f'{ALICES}[data-key="{digit}"]')
        await tab.click(f"{ALICES}[data-key=call]")
        await tab.until("document.querySelector('.ringing')")
        await tab.click(f"{BOBS}[data-hook]")
        await tab.until(BOTH_COMPARE)
        await tab.until("document.querySelector('.heard').value > 0.5")
        await tab.until("document.getAnimations().length === 0")  # both handsets are up
        await tab.run("scrollTo(0, 0)")
        return await tab.picture()


def main() -> None:
    """Writes the picture."""
    with tempfile.TemporaryDirectory(prefix="sotto-") as folder:
        PICTURE.write_bytes(asyncio.run(take(Path(folder))))


if __name__ == "__main__":
    main()
