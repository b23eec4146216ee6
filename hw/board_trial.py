"""Trying a board that was just soldered: what is pressed is told, lamps blink, a picture stands.

Works on every board, the simulator too.
"""

import asyncio
from collections.abc import Callable
from typing import Final, assert_never

from hw.board import Board
from hw.ring_tones import RING_TONES
from hw.types import (
    HEIGHT,
    WIDTH,
    DeviceBack,
    DeviceMissing,
    HardwareEvent,
    HeadsetPlugged,
    HeadsetUnplugged,
    HookLifted,
    HookReplaced,
    Key,
    KeyPressed,
    KeyReleased,
    Leds,
    Picture,
)

BLINK_SECONDS: Final = 0.5
RING_TURNS: Final = 4
"""Blinks while the ringer sounds at the beginning."""
_LAMPS: Final = (Leds(red=True), Leds(green=True))
_SQUARE: Final = 8


class BoardTrial:
    """Tells in sentences what happens to a board.

    Args:
        write: Takes text for a terminal.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._pressed: set[Key] = set()
        self._hook_moves: set[type] = set()
        self._missing: set[str] = set()

    async def run(self, board: Board, stop: asyncio.Event) -> bool:
        """Watches the board until `stop` is set; returns whether no part of it is missing.

        Raises:
            OSError: The board cannot be had; the phone may be running.
        """
        loop = asyncio.get_running_loop()

        def emit(event: HardwareEvent) -> None:
            loop.call_soon_threadsafe(self.tell, event)

        board.start(emit)
        self._write("Press every key, lift the handset and put it back. Ctrl-C ends.\n")
        try:
            board.show(trial_picture())
            board.ring(RING_TONES["two-tone"])
            await self._blink(board, stop)
        finally:
            board.close()
        await asyncio.sleep(0)  # what the board's threads said last
        self._sum_up()
        return not self._missing

    def tell(self, event: HardwareEvent) -> None:
        """Says what happened."""
        match event:
            case KeyPressed(key):
                self._pressed.add(key)
                sentence = f"Key {key.value}: down."
            case KeyReleased(key):
                sentence = f"Key {key.value}: up."
            case HookLifted() | HookReplaced():
                self._hook_moves.add(type(event))
                lifted = isinstance(event, HookLifted)
                sentence = f"Handset: {'lifted' if lifted else 'in the cradle'}."
            case HeadsetPlugged() | HeadsetUnplugged():
                plugged = isinstance(event, HeadsetPlugged)
                sentence = f"Headset: {'plugged in' if plugged else 'gone'}."
            case DeviceMissing(device, reason):
                self._missing.add(device.value)
                sentence = f"The {device.value} does not answer: {reason}."
            case DeviceBack(device):
                self._missing.discard(device.value)
                sentence = f"The {device.value} answers again."
            case _:
                assert_never(event)
        self._write(f"{sentence}\n")

    async def _blink(self, board: Board, stop: asyncio.Event) -> None:
        turn = 0
        while not stop.is_set():
            board.set_leds(_LAMPS[turn % len(_LAMPS)])
            if turn == RING_TURNS:
                board.ring(None)
            turn += 1
            try:
                await asyncio.wait_for(stop.wait(), BLINK_SECONDS)
            except TimeoutError:
                continue

    def _sum_up(self) -> None:
        unseen = [key.value for key in Key if key not in self._pressed]
        if unseen:
            self._write(f"Keys that were never seen: {' '.join(unseen)}.\n")
        else:
            self._write("Every key was seen.\n")
        if self._hook_moves != {HookLifted, HookReplaced}:
            self._write("The hook switch was not seen to move both ways.\n")
        for part in sorted(self._missing):
            self._write(f"The {part} does not answer.\n")


def trial_picture() -> Picture:
    """A frame at the very edge, a chessboard at the left, lines at the right.

    A frame that is cut off, or a picture that is shifted by two columns: the display has
    another controller than the profile says.
    """
    rows = [bytearray(WIDTH // 8) for _ in range(HEIGHT)]
    for y in range(HEIGHT):
        for x in range(WIDTH):
            if _is_lit(x, y):
                rows[y][x // 8] |= 0x80 >> x % 8
    return Picture(b"".join(rows), ("test picture: a frame, a chessboard, lines",))


def _is_lit(x: int, y: int) -> bool:
    if x in {0, WIDTH - 1} or y in {0, HEIGHT - 1}:
        return True
    if x in {1, WIDTH - 2} or y in {1, HEIGHT - 2}:
        return False
    if x < WIDTH // 2:
        return (x // _SQUARE + y // _SQUARE) % 2 == 0
    return (x + y) % _SQUARE == 0
