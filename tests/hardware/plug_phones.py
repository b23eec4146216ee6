"""Runs in the throw-away machine: two phones on its disk, which call each other without end.

    python tests/hardware/plug_phones.py FOLDER

First it looks at what the last pulled plug has left of the two phones' memories. Then it
starts both, on the simulated board, and lets them call, compare and hang up, until the next
plug is pulled. Each step is a line on the console (`support.pulled_plug`).
"""

import asyncio
import contextlib
import sqlite3
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from agent.demo.household import ALICE, BOB, Home, running
from agent.demo.person import HOLD_S, READING_S, Person, sas_words
from agent.store import DATABASE
from hw.types import Key
from support.pulled_plug import Memories, Memory, Said

_PATIENCE_S: Final = 120.0
_TALK_S: Final = 2.0
_ALARMS: Final = ("Something changed", "NOT the phone", "WIRETAPPED", "verify all anew")
_LIGHT: Final = '\n[media]\ncodecs = ["PCMU"]\n'
"""Opus is dear where each instruction is emulated."""


def memory_of(folder: Path) -> Memory:
    """What lies there, read without the phone's own code."""
    faults = [f"set aside: {each.name}" for each in folder.glob(f"{DATABASE}.corrupt-*")]
    path = folder / DATABASE
    if not path.exists() or not path.stat().st_size:
        return Memory(faults=tuple(faults))
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            return _read(connection, faults)
    except sqlite3.Error as error:
        return Memory(faults=(*faults, f"the database cannot be read: {error}"))


def _read(connection: sqlite3.Connection, faults: list[str]) -> Memory:
    [(health,)] = connection.execute("PRAGMA integrity_check(1)").fetchall()
    if health != "ok":
        faults.append(f"integrity: {health}")
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'phone'").fetchone():
        return Memory(faults=tuple(faults))
    zids = [zid.hex() for (zid,) in connection.execute("SELECT zid FROM phone")]
    rows = connection.execute(
        "SELECT peer.zid, rs1 FROM peer LEFT JOIN retained_secret USING (zid) WHERE verified"
    ).fetchall()
    faults += [f"verified, without a secret: {zid.hex()}" for zid, rs1 in rows if not rs1]
    return Memory("".join(zids), tuple(zid.hex() for zid, _ in rows), tuple(faults))


def say(moment: str, memories: Memories | None = None, words: str = "") -> None:
    """Says how far it is."""
    sys.stdout.write(f"{Said(moment, memories or {}, words)}\n")
    sys.stdout.flush()


async def live(folder: Path, run: Path) -> None:
    """Calls and calls."""
    homes = [Home(resident, folder / resident.name, run) for resident in (ALICE, BOB)]
    look = {home.resident.name: home.folder for home in homes}
    say("found", {name: memory_of(each) for name, each in look.items()})
    async with AsyncExitStack() as stack:
        people = []
        for home, other in zip(homes, (BOB, ALICE), strict=True):
            home.furnish(other)
            home.config.write_text(_configuration(home))
            await stack.enter_async_context(running(home, _PATIENCE_S))
            people.append(await Person.at(home.resident.title, home.socket, _watch))
        say("started", {name: memory_of(each) for name, each in look.items()})
        while True:
            await call(*people)
            say("again")


def _configuration(home: Home) -> str:
    """Silence is spoken, and nothing of what is heard is kept: the disk is for what matters."""
    lines = home.config.read_text().replace("[media]\n", _LIGHT).splitlines()
    return "\n".join(line for line in lines if "_file" not in line) + "\n"


def _watch(name: str, picture: object) -> None:
    text = " ".join(getattr(picture, "text", ()))
    if any(alarm in text for alarm in _ALARMS):
        say("alarm", words=f"{name}: {text}")


async def call(alice: Person, bob: Person) -> None:
    """One call; the words are compared if the phones want that."""
    await alice.phone.lift()
    await alice.sees("Dial a number", patience=_PATIENCE_S)
    await alice.phone.dial(BOB.number)
    await alice.phone.press(Key.CALL)
    say("dialled")
    await alice.sees("It rings there", patience=_PATIENCE_S)
    say("rings")
    await bob.phone.lift()
    say("answered")
    if await _asked_to_compare(alice):
        say("words")
        await asyncio.sleep(READING_S)
        for person in (alice, bob):
            await person.phone.press(Key.CONFIRM, HOLD_S)
            asked = await _asked_who_it_is(person)
            say("confirmed")
            if asked:
                await person.phone.press(Key.CONFIRM)
    for person in (alice, bob):
        await person.sees("Verified", patience=_PATIENCE_S)
    say("verified")
    await asyncio.sleep(_TALK_S)
    for person in (alice, bob):
        await person.phone.replace()
        await person.sees("Direct calls only", patience=_PATIENCE_S)
    say("ended")


async def _asked_who_it_is(person: Person) -> bool:
    """Once it is verified; a phone that was cut after that knows the name already."""
    async with asyncio.timeout(_PATIENCE_S):
        state = await person.phone.until(
            lambda state: any(line.startswith("Verified") for line in state.picture.text)
        )
    return any("Who is it?" in line for line in state.picture.text)


async def _asked_to_compare(person: Person) -> bool:
    async with asyncio.timeout(_PATIENCE_S):
        state = await person.phone.until(
            lambda state: (
                sas_words(state.picture) is not None
                or any(line == "Verified" for line in state.picture.text)
            )
        )
    return sas_words(state.picture) is not None


def main() -> None:
    """Until the plug is pulled."""
    with tempfile.TemporaryDirectory(prefix="plug-") as run:
        asyncio.run(live(Path(sys.argv[1]), Path(run)))


if __name__ == "__main__":
    main()
