"""The same call on Sotto, linphonec and baresip: each twice on one machine, each with Opus.

Sotto and Linphone make it with ZRTP and with files for microphone and earpiece. Debian's baresip
has no ZRTP: it has SDES, and it plays to a sound card, which is PulseAudio's here. Each caller says
the same speech, and what counts as heard is what the callee's earpiece plays.
"""

import asyncio
import contextlib
import tempfile
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from bench.processes import pid_of

from agent.demo.speech import TEXTS, WAV_HEADER, speak
from support import baresip, handset_files, linphone, pulse
from support.baresip import Baresip
from support.certificates import self_signed
from support.couple import CALLER, RTP_PORTS, Couple, couple
from support.g711 import Samples
from support.linphone import Linphone
from support.sound import read_wav

SPEECH_S: Final = 90
_RATE: Final = 48_000
_NAMES: Final = ("alice", "bob")
Each = tuple[str, str]
"""One for the caller, one for the callee."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What an earpiece plays, while it does.

    Attributes:
        file: Samples of 16 bit, after a header or without one.
        header: Octets before the samples.
        rate: In hertz; 0: as the header says.
    """

    file: Path
    header: int = WAV_HEADER
    rate: int = 0

    @property
    def size(self) -> int:
        """Octets of samples so far."""
        return max(0, self.file.stat().st_size - self.header) // 2 * 2

    def since(self, size: int) -> tuple[Samples, int]:
        """The samples that came after there were so many octets of them, and their rate."""
        data = self.file.read_bytes()
        rate = self.rate or int.from_bytes(data[24:28], "little")
        samples = np.frombuffer(data[self.header + size : self.header + self.size], "<i2")
        return samples.astype(np.float64), rate


class Pair(Protocol):
    """Two phones of one kind."""

    @property
    def name(self) -> str:
        """For the table."""
        ...

    @property
    def ports(self) -> str:
        """Of their RTP, as nft writes it."""
        ...

    @property
    def ear_ports(self) -> range:
        """The callee's among them."""
        ...

    @property
    def address(self) -> str:
        """That both have."""
        ...

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """On which all this is done."""
        ...

    @property
    def recording(self) -> Recording:
        """What the callee's earpiece plays."""
        ...

    def pids(self) -> list[int]:
        """The processes that run just now."""
        ...

    async def call(self) -> None:
        """The caller calls, the callee answers, both are secure."""
        ...

    async def hang_up(self) -> None:
        """It is over."""
        ...


@dataclass
class Sottos:
    """Two of ours."""

    both: Couple
    name: str = "Sotto"
    ports: str = RTP_PORTS
    ear_ports: range = range(17400, 18400)
    address: str = "127.0.0.1"

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self.both.loop

    @property
    def recording(self) -> Recording:
        return Recording(self.both.callee.home.earpiece)

    def pids(self) -> list[int]:
        return [pid_of(side.home.config) for side in self.both.sides]

    async def call(self) -> None:
        await self.both.dial()
        await self.both.secure()

    async def hang_up(self) -> None:
        await self.both.hang_up()


@dataclass
class Linphones:
    """Two linphonecs that call each other by UDP, as they cannot by TLS."""

    caller: Linphone
    callee: Linphone
    loop: asyncio.AbstractEventLoop
    name: str = "Linphone"
    ports: str = "27000-27399"
    ear_ports: range = range(27200, 27400)
    address: str = "127.0.0.1"

    @property
    def recording(self) -> Recording:
        return Recording(self.callee.setup.earpiece, rate=_RATE)  # it writes its header at the end

    def pids(self) -> list[int]:
        return [pid_of(each.setup.folder / "linphonerc") for each in (self.caller, self.callee)]

    async def call(self) -> None:
        await self.caller.call(f"sip:{linphone.USER}@127.0.0.1:{self.callee.setup.sip_port}")
        await self.callee.answer()
        assert await self.caller.sas() == await self.callee.sas()

    async def hang_up(self) -> None:
        await self.caller.hangs_up()
        await self.callee.says("ended")


@dataclass
class Baresips:
    """Two of these. There is nobody to type: the caller runs for one call."""

    callee: Baresip
    ear: Path
    calling: baresip.Setup
    loop: asyncio.AbstractEventLoop
    name: str = "baresip (SDES)"
    ports: str = "28000-28399"
    ear_ports: range = range(28200, 28400)
    address: str = baresip.ADDRESS
    caller: Baresip | None = None
    _call: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    @property
    def recording(self) -> Recording:
        return Recording(self.ear, 0, handset_files.RATE)

    def pids(self) -> list[int]:
        return [each.pid for each in (self.caller, self.callee) if each is not None]

    async def call(self) -> None:
        uri = f"sip:{_NAMES[1]}@{baresip.ADDRESS}:5080"
        self.caller = await self._call.enter_async_context(baresip.baresip(self.calling, uri))
        await self.callee.says("established")

    async def hang_up(self) -> None:
        await self._call.aclose()
        self.caller = None


def kinds_here() -> list[Callable[[], contextlib.AbstractContextManager[Pair]]]:
    """Those that are installed."""
    kinds: list[Callable[[], contextlib.AbstractContextManager[Pair]]] = [sottos]
    if linphone.available():
        kinds.append(linphones)
    if baresip.available() and pulse.is_here():
        kinds.append(baresips)
    return kinds


@contextlib.contextmanager
def sottos(more: str = "") -> Iterator[Sottos]:
    """Starts both; the caller says what the others' callers say, at a sound card's rate."""
    with _folder() as folder, couple(more, speech=long_speech(folder)) as both:
        yield Sottos(both)


@contextlib.contextmanager
def linphones() -> Iterator[Linphones]:
    """Starts both, with files for microphone and earpiece."""
    with _folder() as folder, two_linphones(folder, long_speech(folder)) as both:
        yield both


@contextlib.contextmanager
def two_linphones(
    folder: Path, speech: Path | None = None, cards: Each = ("", "")
) -> Iterator[Linphones]:
    """Starts both.

    Args:
        folder: Where their homes go.
        speech: What the caller and the callee say, if it is a file that they say it from.
        cards: The ALSA PCM of each; empty: files.
    """
    with asyncio.Runner() as runner:
        living = contextlib.AsyncExitStack()

        async def start() -> Linphones:
            phones = []
            for number, (name, card) in enumerate(zip(_NAMES, cards, strict=True)):
                home = folder / name
                home.mkdir()
                setup = linphone.Setup(
                    *(home, self_signed(folder, name), speech),
                    card=card,
                    sip_port=25070 + number,
                    tls_port=25080 + number,
                    rtp_port=27000 + 200 * number,
                )
                phones.append(await living.enter_async_context(linphone.linphone(setup)))
            return Linphones(phones[0], phones[1], runner.get_loop())

        try:
            yield runner.run(start())
        finally:
            runner.run(living.aclose())


@contextlib.contextmanager
def baresips() -> Iterator[Baresips]:
    """Starts the callee; both play to a card, and the caller's microphone is a file."""
    with _folder() as folder, pulse.pulse_card(folder) as card, card.listening() as ear:
        silence = write_wav(folder / "silence.wav", np.zeros(_RATE * SPEECH_S), _RATE)
        sources = (f"aufile,{long_speech(folder)}", f"aufile,{silence}")
        with two_baresips(folder, ear, sources, (f"alsa,{pulse.HANDSET}",) * 2) as both:
            yield both


@contextlib.contextmanager
def two_baresips(folder: Path, ear: Path, sources: Each, players: Each) -> Iterator[Baresips]:
    """Starts the callee; the caller starts with its call.

    Args:
        folder: Where their homes go.
        ear: Where what the callee plays is recorded.
        sources: Where the sound of each comes from; see `baresip.Setup`.
        players: Where it goes to.
    """
    caller, callee = (
        baresip.Setup(
            *(folder / name, name, 5070 + 10 * number, 28000 + 200 * number),
            source=sources[number],
            player=players[number],
        )
        for number, name in enumerate(_NAMES)
    )
    with asyncio.Runner() as runner:
        living = contextlib.AsyncExitStack()
        try:
            called = runner.run(living.enter_async_context(baresip.baresip(callee)))
            yield Baresips(called, ear, caller, runner.get_loop())
        finally:
            runner.run(living.aclose())


def speech() -> tuple[Samples, int]:
    """What the caller says, once, and its rate."""
    with _folder() as folder:
        speak(TEXTS["alice"], CALLER.voice, folder / "short.wav")
        return read_wav(folder / "short.wav")


def long_speech(folder: Path) -> Path:
    """What the caller says, again and again, at 48 kHz: not every phone begins a file anew."""
    samples, rate = speech()
    wanted = np.tile(resampled(samples, rate, _RATE), 40)[: _RATE * SPEECH_S]
    return write_wav(folder / "speech.wav", wanted, _RATE)


def resampled(samples: Samples, rate: int, wanted: int) -> Samples:
    """The same sound at another rate, by its spectrum."""
    length = len(samples) * wanted // rate
    spectrum = np.fft.rfft(samples)[: length // 2 + 1]
    spectrum = np.pad(spectrum, (0, length // 2 + 1 - len(spectrum)))
    sound: Samples = np.fft.irfft(spectrum, length) * (length / len(samples))
    return sound


def write_wav(file: Path, samples: Samples, rate: int) -> Path:
    """Mono, 16 bit."""
    with wave.open(str(file), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate)
        wav.writeframes(samples.clip(-32768, 32767).astype("<i2").tobytes())
    return file


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sotto-bench-") as name:
        yield Path(name)
