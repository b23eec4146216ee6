"""Simulated phones in a terminal: what `page` is for a browser."""

import asyncio
import contextlib
import os
import signal
import sys
import termios
import tty
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, assert_never

from hw.simulator.client import LinkClosedError, PhoneState, SimulatorClient
from hw.simulator.terminal_view import (
    Command,
    MoveHook,
    NextPhone,
    Press,
    Quit,
    Shown,
    draw_screen,
    read_typed,
)

RETRY_SECONDS: Final = 1.0
"""How long until a phone that is not running is tried again."""

_ENTER: Final = "\x1b[?1049h\x1b[?25l"
_LEAVE: Final = "\x1b[?25h\x1b[?1049l"
_HOME, _TO_LINE_END, _TO_SCREEN_END = "\x1b[H", "\x1b[K\r\n", "\x1b[J"


async def run_terminal(
    phones: Mapping[str, Path], input_fd: int | None = None, output_fd: int | None = None
) -> None:
    """Shows the phones in the terminal until the person types q.

    Args:
        phones: Name of each phone and the socket of its board.
        input_fd: The terminal that is typed on; standard input by default.
        output_fd: The terminal that is drawn on; standard output by default.

    Raises:
        OSError: Input or output is no terminal.
    """
    source = sys.stdin.fileno() if input_fd is None else input_fd
    target = sys.stdout.fileno() if output_fd is None else output_fd
    if not (os.isatty(source) and os.isatty(target)):
        raise OSError("phones in the terminal need a terminal for input and output")
    terminal = _Terminal(phones, source, target)
    with _raw_mode(source, target):
        await terminal.run()


@contextlib.contextmanager
def _raw_mode(source: int, target: int) -> Iterator[None]:
    before = termios.tcgetattr(source)
    tty.setraw(source)
    try:
        os.write(target, _ENTER.encode())
        yield
    finally:
        os.write(target, _LEAVE.encode())
        termios.tcsetattr(source, termios.TCSANOW, before)


class _Terminal:
    def __init__(self, phones: Mapping[str, Path], source: int, target: int) -> None:
        self._phones = list(phones.items())
        self._clients: list[SimulatorClient | None] = [None] * len(phones)
        self._active = 0
        self._source = source
        self._target = target
        self._dirty = asyncio.Event()
        self._commands: asyncio.Queue[Command] = asyncio.Queue()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_reader(self._source, self._read)
        loop.add_signal_handler(signal.SIGWINCH, self._dirty.set)
        helpers = [
            *(asyncio.create_task(self._follow(index)) for index in range(len(self._phones))),
            asyncio.create_task(self._draw_changes()),
        ]
        try:
            await self._obey()
        finally:
            loop.remove_reader(self._source)
            loop.remove_signal_handler(signal.SIGWINCH)
            for task in helpers:
                task.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)

    def _read(self) -> None:
        typed = os.read(self._source, 64)
        commands = read_typed(typed) if typed else [Quit()]
        for command in commands:
            self._commands.put_nowait(command)

    async def _obey(self) -> None:
        """Carries out the commands, one after the other, until Quit."""
        while True:
            command = await self._commands.get()
            client = self._clients[self._active]
            match command:
                case Quit():
                    return
                case NextPhone():
                    self._active = (self._active + 1) % len(self._phones)
                    self._dirty.set()
                case Press(key, seconds):
                    if client is not None:
                        with contextlib.suppress(LinkClosedError):  # `_follow` sees it too
                            await client.press(key, seconds)
                case MoveHook():
                    if client is not None:
                        with contextlib.suppress(LinkClosedError):
                            await (client.replace() if client.state.lifted else client.lift())
                case _:
                    assert_never(command)

    async def _follow(self, index: int) -> None:
        """Stays joined to a phone, through its ends and beginnings."""
        _, path = self._phones[index]
        while True:
            try:
                client = await SimulatorClient.connect(path, self._see)
            except OSError:
                await asyncio.sleep(RETRY_SECONDS)
                continue
            self._clients[index] = client
            try:
                with contextlib.suppress(LinkClosedError):
                    await client.until(lambda _: False)
            finally:
                self._clients[index] = None
                self._dirty.set()
                await client.close()

    def _see(self, _: PhoneState) -> None:
        self._dirty.set()

    async def _draw_changes(self) -> None:
        while True:
            self._dirty.clear()
            self._draw()
            flashes = [every for every in map(self._flash, self._clients) if every]
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(flashes) / 1000 if flashes else None):
                    await self._dirty.wait()

    def _draw(self) -> None:
        columns, rows = os.get_terminal_size(self._target)
        turn = asyncio.get_running_loop().time() * 1000
        shown = []
        for index, (name, _) in enumerate(self._phones):
            client = self._clients[index]
            every = self._flash(client)
            inverted = bool(every) and turn // every % 2 == 1
            state = client.state if client else None
            shown.append(Shown(name, state, active=index == self._active, inverted=inverted))
        lines = draw_screen(shown, columns, rows - 1)
        text = _HOME + "".join(line + _TO_LINE_END for line in lines) + _TO_SCREEN_END
        with open(self._target, "wb", closefd=False) as screen:
            screen.write(text.encode())

    @staticmethod
    def _flash(client: SimulatorClient | None) -> int:
        """Milliseconds between two inversions of what the phone shows, or 0."""
        return client.state.picture.invert_every_ms if client else 0
