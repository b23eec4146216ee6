"""Boards with everything around them that the contract needs: hands, eyes and ears.

A rig is an asynchronous context; inside it the board exists and is not yet started.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from hw.board import Board, HandsetDevices
from hw.display import connect_panel
from hw.pi import PiBoard
from hw.profile import (
    BoardProfile,
    BuzzerProfile,
    Controller,
    DisplayProfile,
    HeadsetProfile,
    I2cBus,
    SoundProfile,
    SpiBus,
    load_profile,
)
from hw.simulator.board import SimulatorBoard
from hw.simulator.client import SimulatorClient
from hw.types import (
    HardwareEvent,
    HeadsetPlugged,
    HeadsetUnplugged,
    Key,
    KeyPressed,
    KeyReleased,
    Leds,
)
from support.fake_gpio import FakeGpio
from support.fake_oled import FakeI2c, FakeSpi, Oled

HEADSET_PIN = 4
"""The switch of the headset's jack, on the boards of these rigs."""
RETRY = 0.02
"""Seconds after which these boards look for a missing part again."""


class Rig(Protocol):
    """One board, and what is to be done to it and seen of it."""

    @property
    def board(self) -> Board: ...

    @property
    def events(self) -> list[HardwareEvent]: ...

    async def connect(self) -> None:
        """Brings hands and eyes to the board, which has been started."""
        ...

    async def press(self, key: Key) -> None: ...

    async def release(self, key: Key) -> None: ...

    async def move_hook(self, *, lifted: bool) -> None: ...

    async def move_headset(self, *, plugged: bool) -> None: ...

    def panel(self) -> bytes:
        """What is seen at this moment, flashing included."""
        ...

    def leds(self) -> Leds: ...

    def is_ringing(self) -> bool: ...


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Waits until something is so, and fails if it never is."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - threads and wires set no events
            await asyncio.sleep(0.002)


@dataclass
class SimulatorRig:
    """The simulator, with a client as hand and eye."""

    path: Path
    board: SimulatorBoard
    events: list[HardwareEvent] = field(default_factory=list)
    client: SimulatorClient | None = None

    async def connect(self) -> None:
        self.client = await SimulatorClient.connect(self.path)

    async def press(self, key: Key) -> None:
        await self._client.send(KeyPressed(key))

    async def release(self, key: Key) -> None:
        await self._client.send(KeyReleased(key))

    async def move_hook(self, *, lifted: bool) -> None:
        await (self._client.lift() if lifted else self._client.replace())

    async def move_headset(self, *, plugged: bool) -> None:
        await self._client.send(HeadsetPlugged() if plugged else HeadsetUnplugged())

    def panel(self) -> bytes:
        if not self._client.is_open:
            return bytes(1024)
        picture = self._client.state.picture
        every = picture.invert_every_ms
        now = asyncio.get_running_loop().time() * 1000
        inverted = bool(every) and now // every % 2 == 1
        return bytes(byte ^ 0xFF for byte in picture.bits) if inverted else picture.bits

    def leds(self) -> Leds:
        return self._client.state.leds if self._client.is_open else Leds()

    def is_ringing(self) -> bool:
        state = self._client.state
        return self._client.is_open and state.tone is not None and state.volume > 0

    @property
    def _client(self) -> SimulatorClient:
        assert self.client is not None
        return self.client


@dataclass
class PiRig:
    """Real drivers on lines and buses that are none."""

    profile: BoardProfile
    gpio: FakeGpio
    oled: Oled
    i2c: FakeI2c
    board: PiBoard
    events: list[HardwareEvent] = field(default_factory=list)

    async def connect(self) -> None:
        """Hands and eyes are there already."""

    async def press(self, key: Key) -> None:
        self.gpio.join(*self._crossing(key))

    async def release(self, key: Key) -> None:
        self.gpio.part(*self._crossing(key))

    async def move_hook(self, *, lifted: bool) -> None:
        """Moves the hook as springs do: with bounces, for 60 ms."""
        pin = self.profile.hook.pin
        for bounce in (0.004, 0.015, 0.020, 0.021):
            (self.gpio.part if lifted else self.gpio.join)(pin)
            await asyncio.sleep(bounce)
            (self.gpio.join if lifted else self.gpio.part)(pin)
            await asyncio.sleep(0.002)
        (self.gpio.part if lifted else self.gpio.join)(pin)

    async def move_headset(self, *, plugged: bool) -> None:
        (self.gpio.join if plugged else self.gpio.part)(HEADSET_PIN)

    def panel(self) -> bytes:
        return self.oled.picture()

    def leds(self) -> Leds:
        leds = self.profile.leds
        return Leds(red=self.gpio.is_lit(leds.red), green=self.gpio.is_lit(leds.green))

    def is_ringing(self) -> bool:
        ringer = self.profile.ringer
        return isinstance(ringer, BuzzerProfile) and bool(self.gpio.frequency(ringer.pin))

    def _crossing(self, key: Key) -> tuple[int, int]:
        keypad = self.profile.keypad
        return next(
            (keypad.rows[at], keypad.columns[row.index(key)])
            for at, row in enumerate(keypad.matrix.keys)
            if key in row
        )


@asynccontextmanager
async def simulator_rig(folder: Path, *, lifted: bool = False) -> AsyncIterator[SimulatorRig]:
    path = folder / "phone.sock"
    devices = HandsetDevices(earpiece_file=str(folder / "ear.wav"))
    rig = SimulatorRig(path, SimulatorBoard(path, devices, lifted=lifted))
    try:
        yield rig
    finally:
        if rig.client is not None:
            await rig.client.close()
        rig.board.close()


@asynccontextmanager
async def pi_rig(
    folder: Path,  # noqa: ARG001 - each rig gets one
    *,
    lifted: bool = False,
    controller: Controller = Controller.SSD1306,
    on_spi: bool = False,
) -> AsyncIterator[PiRig]:
    bus = SpiBus(device=0, data_command=7, reset=18) if on_spi else I2cBus(port=1, address=0x3C)
    profile = replace(
        load_profile("pi-usb-handset"),
        display=DisplayProfile(controller, bus),
        handset=SoundProfile(capture="null", playback="null"),
        headset=HeadsetProfile(SoundProfile(capture="null", playback="null"), HEADSET_PIN),
    )
    gpio, oled = FakeGpio(), Oled(is_sh1106=controller is Controller.SH1106)
    i2c = FakeI2c(oled)
    spi = FakeSpi(oled, lambda: gpio.level(7))
    connect = partial(connect_panel, profile.display, lambda: gpio, bus=i2c, spi=spi)
    if not lifted:
        gpio.join(profile.hook.pin)
    rig = PiRig(profile, gpio, oled, i2c, PiBoard(profile, lambda: gpio, connect, RETRY))
    try:
        yield rig
    finally:
        rig.board.close()
        assert gpio.faults == []
        assert gpio.taken() == set()
