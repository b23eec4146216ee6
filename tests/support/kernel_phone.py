"""A whole phone on the kernel's simulated lines, bus and sound card, and a person in front of it.

The daemon is a process of its own and knows nothing of the simulation. The person presses
keys by closing contacts, reads the panel pixel by pixel, and speaks and listens at the
other end of snd-aloop.
"""

import array
import asyncio
import contextlib
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from agent.demo.household import Home, Resident
from agent.demo.speech import Sound, read
from agent.zrtp.pgp_words import EVEN_WORDS, ODD_WORDS
from hw.profile import BOARDS, BoardProfile, BuzzerProfile, KeypadProfile, load_profile
from hw.sound_cards import library
from hw.types import Key
from support import panel_reader
from support.kernel_rig import BUS, GpioSim, Panel, hardware

PATIENCE_S: Final = 180.0
"""An emulated machine needs seconds for what takes a phone a tenth of one."""
CARD: Final = "Loopback"
"""Both the phone's handset (device 0) and the world's mouth and ear (device 1)."""
RATE: Final = 48_000
"""The phone's; snd-aloop gives no other to whoever comes second."""
PERIOD: Final = RATE // 50
_SPIN_S: Final = 0.0005
"""From one look at the driven rows to the next, while a key is down."""
_LOOK_S: Final = 0.005
"""And while none is; the hook's bounce is longer."""
_HOLD_S: Final = 0.5
"""A key is held until several scans have seen it, also on a machine that stalls."""
_DRIVER: Final = Path("/sys/bus/platform/drivers/snd_aloop")
_DEVICE: Final = "snd_aloop.0"
BOARD: Final = "kernel"
_USUAL_BOARD: Final = "pi-usb-handset"


def make_board() -> None:
    """Puts the board's profile beside the others: in the throw-away machine, thus in its memory."""
    (BOARDS / f"{BOARD}.toml").write_text(profile_text())


def profile_text() -> str:
    """The usual board's, with the simulated bus and card, and a slow hand at the columns."""
    text = (BOARDS / f"{_USUAL_BOARD}.toml").read_text()
    for usual, here in (
        ("port = 1", f"port = {BUS}"),
        ('card = "usb"', f'card = "{CARD}"'),
        ("[keypad]", "[keypad]\nsettle_us = 10000"),
    ):
        assert text.count(usual) == 1, usual
        text = text.replace(usual, here)
    return text


def furnish(home: Home, other: Resident, more: str = "") -> None:
    """Writes the configuration of a phone on that board."""
    home.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_board()
    me = home.resident
    home.config.touch(mode=0o600)
    home.config.write_text(
        f"""
[phone]
name = "{me.title}"
state_dir = "{home.folder}"
board = "{BOARD}"

[sip]
listen = "127.0.0.1:{me.sip_port}"

[media]
rtp_port_min = {me.rtp_port}
codecs = ["PCMU"]  # Opus is dear where each instruction is emulated

[[contact]]
name = "{other.title}"
number = "{other.number}"
uri = "sip:{other.name}@127.0.0.1:{other.sip_port}"

{more}
"""
    )


class Fingers(threading.Thread):
    """Carries levels over the keys that are down, and over the hook's contact, as these would.

    The driver lives in another process: when it asks for a pull-up, gpio-sim takes the line up.

    Args:
        lines: Where the keypad's lines are.
        keypad: Which lines those are.
    """

    def __init__(self, lines: GpioSim, keypad: KeypadProfile) -> None:
        super().__init__(name="fingers", daemon=True)
        self._lines = lines
        self._keypad = keypad
        self._down = threading.Event()
        self._over = False

    def run(self) -> None:
        while not self._over:
            self._down.wait(_LOOK_S)
            self._lines.carry()
            time.sleep(_SPIN_S)

    def press(self, key: Key) -> None:
        self._lines.join(*crossing(self._keypad, key))
        self._down.set()

    def release(self, key: Key) -> None:
        self._down.clear()
        self._lines.part(*crossing(self._keypad, key))

    def end(self) -> None:
        self._over = True
        self._down.set()
        self.join()


def crossing(keypad: KeypadProfile, key: Key) -> tuple[int, int]:
    """The column and the row that a key joins."""
    return next(
        (keypad.columns[row.index(key)], keypad.rows[at])
        for at, row in enumerate(keypad.matrix.keys)
        if key in row
    )


class Talker:
    """A mouth and an ear at the handset: what is spoken goes on and on, what is heard is kept.

    Args:
        speech: A WAV file.
    """

    def __init__(self, speech: Path) -> None:
        self._spoken = _at_rate(read(speech))
        self._heard: list[bytes] = []
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=work, name=work.__name__, daemon=True)
            for work in (self._speak, self._listen)
        ]
        for thread in self._threads:
            thread.start()

    def heard(self, seconds: float) -> Sound:
        """The last seconds of what the earpiece played."""
        octets = b"".join(self._heard[-int(seconds * RATE / PERIOD) :])
        return Sound(array.array("h", octets), RATE)

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _speak(self) -> None:
        octets = self._spoken.astype("<i2").tobytes()
        with contextlib.closing(_pcm(library().PCM_PLAYBACK)) as mouth:
            at = 0
            while not self._over.is_set():
                mouth.write((octets[at : at + 2 * PERIOD]).ljust(2 * PERIOD, b"\0"))
                at = (at + 2 * PERIOD) % len(octets)

    def _listen(self) -> None:
        with contextlib.closing(_pcm(library().PCM_CAPTURE)) as ear:
            while not self._over.is_set():
                count, octets = ear.read()
                if count > 0:
                    self._heard.append(octets)


def _pcm(direction: int) -> Any:
    alsaaudio = library()
    pcm = alsaaudio.PCM(
        direction,
        device=f"hw:CARD={CARD},DEV=1",
        rate=RATE,
        channels=1,
        format=alsaaudio.PCM_FORMAT_S16_LE,
        periodsize=PERIOD,
        periods=8,
    )
    assert pcm.info()["rate"] == RATE
    return pcm


def _at_rate(sound: Sound) -> npt.NDArray[np.float64]:
    samples = np.array(sound.samples, float)
    times = np.arange(int(len(samples) * RATE / sound.rate)) / RATE
    resampled: npt.NDArray[np.float64] = np.interp(
        times, np.arange(len(samples)) / sound.rate, samples
    )
    return resampled


@dataclass
class KernelPhone:
    """Made by `living_on_kernel`."""

    home: Home
    profile: BoardProfile
    lines: GpioSim
    display: Panel
    fingers: Fingers

    @property
    def journal(self) -> str:
        """All that the daemon has said so far."""
        return self.home.journal.read_text(encoding="utf-8", errors="replace")

    async def lift(self) -> None:
        """The cradle's switch opens."""
        self.lines.part(self.profile.hook.pin)

    async def replace(self) -> None:
        """And closes."""
        self.lines.join(self.profile.hook.pin)

    async def press(self, *keys: Key, seconds: float = _HOLD_S) -> None:
        """Presses keys one after the other, each so long."""
        for key in keys:
            self.fingers.press(key)
            await asyncio.sleep(seconds)
            self.fingers.release(key)
            await asyncio.sleep(_HOLD_S)

    async def sees(self, *texts: str) -> None:
        """Waits until each of these stands on the panel."""
        await self.until(lambda: all(map(self.shows, texts)), " and ".join(texts))

    def shows(self, text: str) -> bool:
        """Whether this stands on the panel now."""
        return panel_reader.stands(text, self.display.picture())

    async def reads_words(self) -> tuple[str, str]:
        """The two words of the SAS, once they are there."""
        await self.sees("match", "differ")
        bits = self.display.picture()
        even, odd = (panel_reader.longest(words, bits) for words in (EVEN_WORDS, ODD_WORDS))
        return even, odd

    def rings(self) -> bool:
        """Whether the buzzer's line goes up and down."""
        ringer = self.profile.ringer
        assert isinstance(ringer, BuzzerProfile)
        levels = {self.lines.is_high(ringer.pin) for _ in range(500)}
        return len(levels) > 1

    def lamps(self) -> tuple[bool, bool]:
        """Red and green."""
        leds = self.profile.leds
        return self.lines.is_high(leds.red), self.lines.is_high(leds.green)

    async def until(self, condition: Callable[[], bool], wish: str) -> None:
        """Waits for something to become true, and fails with what there is instead."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not condition():  # noqa: ASYNC110 - pixels and lines set no events
                    await asyncio.sleep(0.1)
        except TimeoutError:
            there = picture_as_text(self.display.picture())
            raise AssertionError(f"no {wish}; the panel:\n{there}\n{self.journal}") from None


@contextlib.asynccontextmanager
async def living_on_kernel(home: Home) -> AsyncIterator[KernelPhone]:
    """Plugs everything in, runs the daemon of this home, and unplugs everything again."""
    profile = load_profile(BOARD)
    with hardware() as (lines, display), handset_down(lines, profile) as fingers:
        async with running(home):
            yield KernelPhone(home, profile, lines, display, fingers)


@contextlib.contextmanager
def handset_down(lines: GpioSim, profile: BoardProfile) -> Iterator[Fingers]:
    """Somebody sits in front of a phone whose handset lies on it."""
    lines.join(profile.hook.pin)
    fingers = Fingers(lines, profile.keypad)
    fingers.start()
    try:
        yield fingers
    finally:
        fingers.end()


@contextlib.asynccontextmanager
async def running(home: Home) -> AsyncIterator[None]:
    """Runs the daemon, from a folder in which lgpio may make its pipes."""
    with home.journal.open("ab") as journal:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "agent", "run", "--config", str(home.config)),
            cwd=home.folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=journal,
            stderr=journal,
        )
    try:
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@contextlib.contextmanager
def card_away() -> Iterator[None]:
    """The sound card is pulled out, and put back."""
    (_DRIVER / "unbind").write_text(_DEVICE)
    try:
        yield
    finally:
        (_DRIVER / "bind").write_text(_DEVICE)


def picture_as_text(bits: bytes) -> str:
    """A panel for a report: two rows of pixels in each line of it."""
    rows = [f"{int.from_bytes(bits[at : at + 16]):0128b}" for at in range(0, len(bits), 16)]
    blocks = {"00": " ", "01": "▄", "10": "▀", "11": "█"}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(blocks[a + b] for a, b in zip(*pair, strict=True)) for pair in pairs)
