"""One whole phone: what a person chose is there after a restart, and nothing after an erase."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from typing import Final

import pytest

from agent.demo.household import Home
from agent.demo.person import Person
from agent.store import DATABASE
from hw.types import Key, KeyPressed
from support.daemon import furnish, living_at
from support.netns import network_namespace

pytestmark = pytest.mark.live

PATIENCE_S: Final = 40
NAMED: Final = {"m": Key.MENU, "h": Key.HANG_UP, "!": Key.CONFIRM}


async def presses(person: Person, keys: str) -> None:
    for symbol in keys:
        await person.phone.press(NAMED.get(symbol) or Key(symbol))


def secrets_of(home: Home) -> list[bytes]:
    """What would betray the phone's past: its ZID, its TLS key, and a number that was typed."""
    with contextlib.closing(sqlite3.connect(home.folder / DATABASE)) as database:
        ((zid, instance),) = database.execute("SELECT zid, instance_id FROM phone").fetchall()
    key = (home.folder / "tls-key.pem").read_bytes().splitlines()[2]
    return [zid, instance.encode(), key, b"4711"]


def content(folder: Path) -> bytes:
    files = [file for file in folder.iterdir() if file.is_file() and file.suffix != ".toml"]
    return b"".join(file.read_bytes() for file in files)


async def lives(home: Home) -> None:
    async with living_at(home) as person:
        await presses(person, "m888!888888!8!")
        await person.sees("2", "Number", "Address")
        await presses(person, "!4711!")
        await person.sees("2: 4711")
        await presses(person, "hh!8888888!8!")
        await person.sees("Einstellungen")
        await presses(person, "88!")
        await person.sees("PIN festlegen")
        await presses(person, "!2580!2580!")
        await person.sees("Die PIN gilt")
    before = secrets_of(home)
    assert [each for each in before[:3] if each not in content(home.folder)] == []
    async with living_at(home) as person:
        await person.sees("Gesperrt")
        await presses(person, "2580!")
        await person.sees("Alice")
        await presses(person, "m888!")
        await person.sees("Einstellungen")
        await presses(person, "h" * 4)
        await erases(home, person)
    assert [each for each in before if each in content(home.folder)] == []


async def erases(home: Home, person: Person) -> None:
    await presses(person, "*#*37273#*#")
    await person.sees("ALLES LÖSCHEN")
    # Held until the phone is gone, and with it the hand on its key.
    await person.phone.send(KeyPressed(Key.CONFIRM))
    fresh = await sits_down_again(home)
    await fresh.sees("All is erased: a new phone.", patience=PATIENCE_S)
    await presses(fresh, "5")
    await fresh.sees("Alice")
    await presses(fresh, "m888!888888!")
    await fresh.sees("Speed dial", "2: off")
    await presses(fresh, "hhh")
    await resets(home, fresh)


async def resets(home: Home, person: Person) -> None:
    """No service of the machine's: the configuration is not this phone's to delete, and it says so."""
    await presses(person, "m888!*!")
    await person.sees("FACTORY RESET")
    await person.phone.send(KeyPressed(Key.CONFIRM))
    fresh = await sits_down_again(home)
    await person.leaves()
    await fresh.sees("The memory is erased. The configuration is still there", patience=PATIENCE_S)
    await presses(fresh, "5")
    await fresh.sees("Alice")
    await fresh.leaves()


async def sits_down_again(home: Home) -> Person:
    """Waits until the new phone has taken the old one's place."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with contextlib.suppress(OSError):
                person = await Person.at("Alice", home.socket, lambda *_: None)
                await asyncio.sleep(0.5)
                if person.phone.is_open and "erased" in " ".join(person.phone.state.picture.text):
                    return person
                await person.leaves()
            await asyncio.sleep(0.1)


def test_choices_outlast_a_restart_and_nothing_outlasts_an_erase(tmp_path: Path) -> None:
    with network_namespace():
        asyncio.run(lives(furnish(tmp_path)))
