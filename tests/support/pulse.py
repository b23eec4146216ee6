"""A sound card that is none: PulseAudio's null sinks, reached by way of ALSA as cards are.

Its clock runs as a card's does, which ALSA's own null plugin has not.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from support.handset_files import RATE, Sound

HANDSET: Final = "handset"
"""The ALSA PCM: its microphone hears what is said into the sink "mouth"."""
_CONFIG: Final = """
pcm.handset {
    type asym
    playback.pcm { type pulse device ear }
    capture.pcm { type pulse device mouth.monitor }
    hint { show on description "A handset" }
}
"""
_FORMAT: Final = ("--raw", "--format=s16le", f"--rate={RATE}", "--channels=1", "--latency-msec=20")
_SINKS: Final = ("ear", "mouth")


def is_here() -> bool:
    """Tells whether PulseAudio, its tools and its ALSA plugin are installed."""
    plugins = Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so")
    return shutil.which("pulseaudio") is not None and any(plugins)


@dataclass(frozen=True)
class PulseCard:
    """The card, with a mouth to speak into and an ear to listen at.

    Attributes:
        environment: What a process needs to find it.
        folder: Where files may be put.
    """

    environment: dict[str, str]
    folder: Path

    @contextmanager
    def speaking(self, samples: Sound) -> Iterator[None]:
        """Says something, over and over, while the block runs."""
        sound = samples.clip(-32768, 32767).astype("<i2").tobytes()
        file = self.folder / "said.raw"
        file.write_bytes(sound * 20)
        with self._running("pacat", "--playback", "--device=mouth", *_FORMAT, str(file)):
            yield

    @contextmanager
    def listening(self) -> Iterator[Path]:
        """Records what the earpiece plays while the block runs, into this file."""
        file = self.folder / "heard.raw"
        with self._running("parec", "--device=ear.monitor", *_FORMAT, str(file)):
            yield file

    def echoing(self, delay_ms: int) -> None:
        """From now on the microphone hears the earpiece, that much later."""
        load = ("load-module", "module-loopback", "source=ear.monitor", "sink=mouth")
        self._pactl(*load, f"latency_msec={delay_ms}")

    def take_away(self) -> None:
        """Pulls the card out: who plays or records is thrown off it."""
        self._pactl("unload-module", "module-null-sink")

    def give_back(self) -> None:
        """Plugs it in again."""
        for name in _SINKS:
            self._pactl("load-module", *_sink(name).split())

    def _pactl(self, *words: str) -> None:
        command = ("pactl", *words)
        subprocess.run(command, env=self.environment, check=True, stdout=subprocess.DEVNULL)

    @contextmanager
    def _running(self, *command: str) -> Iterator[None]:
        process = subprocess.Popen(command, env=self.environment)
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def heard(file: Path) -> Sound:
    """All samples of a recording, also of one that goes on."""
    data = file.read_bytes() if file.exists() else b""
    return np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float64)


@contextmanager
def pulse_card(
    folder: Path, pcms: str = _CONFIG, sinks: tuple[str, ...] = ()
) -> Iterator[PulseCard]:
    """Starts a PulseAudio of one's own, and sets the environment for this process' children.

    Args:
        folder: Where it puts its files.
        pcms: What ALSA finds, as in asound.conf.
        sinks: The modules that PulseAudio loads, with their arguments; none: mouth and ear.
    """
    config = folder / "asound.conf"
    config.write_text(pcms)
    server = folder / "pulse.sock"
    names = {
        "ALSA_CONFIG_PATH": str(config),
        "PULSE_SERVER": f"unix:{server}",
        "PULSE_RUNTIME_PATH": str(folder / "pulse"),
        "HOME": str(folder),
    }
    environment = {**os.environ, **names}
    modules = (
        f"module-native-protocol-unix auth-anonymous=1 socket={server}",
        *(sinks or (_sink(name) for name in _SINKS)),
    )
    daemon = subprocess.Popen(
        [
            *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"),
            *("--disable-shm=yes", "--log-level=error"),
            *(f"--load={module}" for module in modules),
        ],
        env=environment,
    )
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        _wait_for(server, daemon)
        yield PulseCard(environment, folder)
    finally:
        daemon.terminate()
        daemon.wait()
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _sink(name: str) -> str:
    return f"module-null-sink sink_name={name} rate={RATE}"


def _wait_for(socket: Path, daemon: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 20
    while not socket.exists():
        assert daemon.poll() is None, "PulseAudio did not start"
        assert time.monotonic() < until, "PulseAudio does not listen"
        time.sleep(0.02)
