"""The terminal on a pseudo-terminal, joined to two boards."""

import asyncio
import fcntl
import os
import pty
import struct
import termios
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from hw.board import HandsetDevices
from hw.simulator.board import SimulatorBoard
from hw.simulator.terminal import run_terminal
from hw.types import HardwareEvent, HookLifted, Key, KeyPressed, KeyReleased, Picture

LIT = Picture(b"\xff" * 1024, ("Green", "secure"), 20)

LEAVE = b"\x1b[?1049l"


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """The person's end and the program's end of a pseudo-terminal."""
    person, program = pty.openpty()
    fcntl.ioctl(program, termios.TIOCSWINSZ, struct.pack("HHHH", 45, 140, 0, 0))
    yield person, program
    os.close(person)
    os.close(program)


class Screen:
    """What the person at the terminal sees, as it comes.

    It reads in a thread, because a terminal whose buffer is full holds up who draws on it.
    """

    def __init__(self, fd: int) -> None:
        self._seen = bytearray()
        self._fd = fd
        self._more = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        end = b""
        while LEAVE not in end:
            drawn = os.read(self._fd, 1 << 16)
            self._loop.call_soon_threadsafe(self._take, drawn)
            end = end[-len(LEAVE) :] + drawn

    def _take(self, drawn: bytes) -> None:
        self._seen += drawn
        self._more.set()

    async def until(self, words: str) -> None:
        while words.encode() not in self._seen:
            self._more.clear()
            await self._more.wait()
        self._seen.clear()

    async def until_left(self) -> None:
        await self.until(LEAVE.decode())
        self._thread.join()


def test_two_phones_are_used_from_one_keyboard(tmp_path: Path, terminal: tuple[int, int]) -> None:
    person, program = terminal
    phones = {name: tmp_path / name for name in ("alice", "bob")}
    events: asyncio.Queue[tuple[str, HardwareEvent]] = asyncio.Queue()

    def tell(name: str, event: HardwareEvent) -> None:
        events.put_nowait((name, event))

    async def main() -> None:
        screen = Screen(person)
        showing = asyncio.create_task(run_terminal(phones, program, program))
        await screen.until("This phone is not running.")
        boards = {name: SimulatorBoard(path, HandsetDevices()) for name, path in phones.items()}
        for name, board in boards.items():
            board.start(partial(tell, name))
        boards["alice"].show(LIT)
        await screen.until("Green / secure")
        await screen.until("\x1b[7m")
        os.write(person, b"5 \t")
        assert await events.get() == ("alice", KeyPressed(Key.DIGIT_5))
        assert await events.get() == ("alice", KeyReleased(Key.DIGIT_5))
        assert await events.get() == ("alice", HookLifted())
        await screen.until("bob [keyboard]")
        boards["bob"].show(LIT)
        await screen.until("handset in its cradle")
        os.write(person, b"  ")
        assert await events.get() == ("bob", HookLifted())
        boards["bob"].close()
        await screen.until("This phone is not running.")
        os.write(person, b" 5q")
        await showing
        await screen.until_left()
        boards["alice"].close()

    asyncio.run(asyncio.wait_for(main(), 20))


def test_it_leaves_the_terminal_as_it_was(tmp_path: Path, terminal: tuple[int, int]) -> None:
    person, program = terminal
    before = termios.tcgetattr(program)

    async def main() -> None:
        screen = Screen(person)
        showing = asyncio.create_task(run_terminal({"alice": tmp_path / "a"}, program, program))
        await screen.until("alice")
        os.write(person, b"q")
        await showing
        await screen.until_left()

    asyncio.run(asyncio.wait_for(main(), 20))
    assert termios.tcgetattr(program) == before


def test_what_is_no_terminal_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file, pytest.raises(OSError, match="need a terminal"):
        asyncio.run(run_terminal({}, file.fileno(), file.fileno()))
