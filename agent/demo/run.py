"""`sotto demo`: starts both phones, and the page, the terminal or the story."""

import asyncio
import contextlib
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from agent.arguments import DemoOptions
from agent.demo import story
from agent.demo.household import ALICE, BOB, DemoError, Home, Resident, running
from agent.demo.person import Person
from agent.demo.speech import TEXTS, speak
from hw.simulator.page import new_token, serve_page
from hw.simulator.page_links import PhoneSockets
from hw.simulator.picture_text import picture_to_braille
from hw.simulator.terminal import run_terminal
from hw.types import Picture


def run(options: DemoOptions) -> int:
    """Runs the demo; returns the exit status: 0 only if all went as it should."""
    try:
        asyncio.run(_demo(options))
    except DemoError as error:
        print(f"The demo failed: {error}", flush=True)  # noqa: T201 - it speaks to a person
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 0 if not options.script else 1
    return 0


async def _demo(options: DemoOptions) -> None:
    if options.terminal and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise DemoError("--terminal needs a terminal to type and to draw on")
    task = asyncio.current_task()
    if task is not None:
        # The phones are processes of their own: they must not outlive whoever started them.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with tempfile.TemporaryDirectory(prefix="sotto-") as sockets:
        folder = options.state_dir.resolve() / ("story" if options.script else "live")
        if options.script:
            # The story begins with two people who never met.
            shutil.rmtree(folder, ignore_errors=True)
        homes = (_home(ALICE, folder, sockets), _home(BOB, folder, sockets))
        for home, other in zip(homes, (BOB, ALICE), strict=True):
            home.furnish(other, live=not (options.script or options.terminal))
            name = home.resident.name
            speak(TEXTS[name], home.resident.voice, home.microphone)
        await (_story(homes) if options.script else _live(homes, options))


def _home(resident: Resident, folder: Path, sockets: str) -> Home:
    return Home(resident, folder / resident.name, Path(sockets))


async def _live(homes: tuple[Home, Home], options: DemoOptions) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for home in homes:
            await stack.enter_async_context(running(home))
        if options.terminal:
            await run_terminal({home.resident.title: home.socket for home in homes})
            return
        token = new_token()
        _say(_welcome(f"http://127.0.0.1:{options.port}/", token))
        phones = {home.resident.title: PhoneSockets(home.socket, home.sound) for home in homes}
        try:
            await serve_page(phones, token, port=options.port)
        except OSError as error:
            raise DemoError(
                f"port {options.port} cannot be used ({error.strerror}); try --port"
            ) from error


def _welcome(page: str, token: str) -> str:
    alice, bob = (f"{page}?phone={each.name}#{token}" for each in (ALICE, BOB))
    return f"""Two phones are on {page}#{token}
Alice has {ALICE.number}, Bob has {BOB.number}. Ctrl-C ends them.

To talk, press "Use this computer's microphone and loudspeaker" on a phone; until somebody does,
espeak-ng speaks into it. For a conversation of two, give each phone a tab of its own:
  {alice}
  {bob}"""


async def _story(homes: tuple[Home, Home]) -> None:
    async with running(homes[0]), running(homes[1]):
        alice = await Person.at("Alice", homes[0].socket, _show)
        bob = await Person.at("Bob", homes[1].socket, _show)
        past = await story.play(alice, bob, homes, _say)
        await alice.leaves()
        await bob.leaves()
    story.check_sound(past, homes, _say)
    _say("All of it was so.")


def _show(name: str, picture: Picture) -> None:
    frame = "-" * 64
    drawn = "\n".join(f"|{line}|" for line in picture_to_braille(picture).splitlines())
    _say(f"+{frame}+ {name}\n{drawn}\n+{frame}+ {' / '.join(picture.text)}")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - it speaks to a person
