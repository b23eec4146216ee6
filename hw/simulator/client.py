"""The other end of a simulated board's socket, for scripts, the page and the terminal."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, Self

from agent.frozen import frozen
from hw.simulator.link import (
    DARK,
    LINE_LIMIT,
    FromBoard,
    FromHand,
    Refused,
    Ringing,
    encode,
    read_from_board,
)
from hw.types import (
    HeadsetPlugged,
    HeadsetUnplugged,
    HookLifted,
    HookReplaced,
    Key,
    KeyPressed,
    KeyReleased,
    Leds,
    Picture,
    RingTone,
)

UNLIT: Final = Leds()
"""Both lamps dark."""


class LinkClosedError(ConnectionError):
    """The simulated phone went away."""


@frozen
class PhoneState:
    """What a person in front of the phone sees and hears.

    Attributes:
        picture: The panel.
        leds: The two lamps.
        tone: What the ringer plays, or None.
        volume: How loud it plays it, in percent.
        lifted: Whether the handset is off the cradle.
        headset: Whether a headset is plugged in.
        refusal: Why the board refused the last line that it did not understand.
    """

    picture: Picture = DARK
    leds: Leds = UNLIT
    tone: RingTone | None = None
    volume: int = 100
    lifted: bool = False
    headset: bool = False
    refusal: str = ""

    def after(self, message: FromBoard) -> "PhoneState":
        """Returns what is seen once the message has come."""
        match message:
            case Picture():
                return replace(self, picture=message)
            case Leds():
                return replace(self, leds=message)
            case Ringing(tone, volume):
                return replace(self, tone=tone, volume=volume)
            case HookLifted() | HookReplaced():
                return replace(self, lifted=isinstance(message, HookLifted))
            case HeadsetPlugged() | HeadsetUnplugged():
                return replace(self, headset=isinstance(message, HeadsetPlugged))
            case Refused(reason):
                return replace(self, refusal=reason)


class SimulatorClient:
    """A hand and an eye at a simulated phone. Made by `connect`.

    Args:
        reader: Lines from the board.
        writer: Lines to the board.
        on_change: Hears each state in which the phone is, on the event loop.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        on_change: Callable[[PhoneState], None] | None = None,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._on_change = on_change
        self._state = PhoneState()
        self._open = True
        self._changed = asyncio.Condition()
        self._reading = asyncio.get_running_loop().create_task(self._read())

    @classmethod
    async def connect(
        cls, path: Path, on_change: Callable[[PhoneState], None] | None = None
    ) -> Self:
        """Connects to the phone at this socket.

        Raises:
            OSError: No phone listens there.
        """
        reader, writer = await asyncio.open_unix_connection(path, limit=LINE_LIMIT)
        return cls(reader, writer, on_change)

    @property
    def state(self) -> PhoneState:
        """What the phone showed last."""
        return self._state

    @property
    def is_open(self) -> bool:
        """Whether the phone is still there."""
        return self._open

    async def send(self, *messages: FromHand) -> None:
        """Does something to the phone.

        Raises:
            LinkClosedError: The phone went away.
        """
        try:
            self._writer.writelines(map(encode, messages))
            await self._writer.drain()
        except ConnectionError as error:
            raise LinkClosedError("the simulated phone went away") from error

    async def press(self, key: Key, seconds: float = 0.0) -> None:
        """Presses a key, holds it that long and releases it."""
        await self.send(KeyPressed(key))
        if seconds:
            await asyncio.sleep(seconds)
        await self.send(KeyReleased(key))

    async def dial(self, number: str) -> None:
        """Presses a key for each symbol of the number (0-9, * and #), one after the other.

        Raises:
            ValueError: The number holds a symbol that no key has.
        """
        for symbol in number:
            await self.press(Key(symbol))

    async def lift(self) -> None:
        """Takes the handset off the cradle."""
        await self.send(HookLifted())

    async def replace(self) -> None:
        """Puts the handset back."""
        await self.send(HookReplaced())

    async def until(self, condition: Callable[[PhoneState], bool]) -> PhoneState:
        """Waits for a state; the present one may be it. Put `asyncio.timeout` around it.

        Short-lived states are seen too if they are told from `on_change`; here only the
        newest one at each turn of the loop counts.

        Raises:
            LinkClosedError: The phone went away before.
        """
        async with self._changed:
            await self._changed.wait_for(lambda: condition(self._state) or not self._open)
        if not condition(self._state):
            raise LinkClosedError("the simulated phone went away")
        return self._state

    async def close(self) -> None:
        """Lets go of the phone; keys that are still held come up."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        self._writer.close()
        await asyncio.gather(self._writer.wait_closed(), return_exceptions=True)

    async def _read(self) -> None:
        try:
            while line := await self._reader.readline():
                await self._see(read_from_board(line))
        except ConnectionError:
            pass  # told to whoever waits by `is_open`
        finally:
            self._open = False
            async with self._changed:
                self._changed.notify_all()

    async def _see(self, message: FromBoard) -> None:
        self._state = self._state.after(message)
        if self._on_change is not None:
            self._on_change(self._state)
        async with self._changed:
            self._changed.notify_all()
