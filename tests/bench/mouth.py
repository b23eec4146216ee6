"""From mouth to ear: a sound made at one phone's microphone, looked for in the other's earpiece.

Both are ALSA devices, which PulseAudio serves, as a card would by its own clock. One null sink has
two channels: what is said is played into the first, from which both microphones hear it, and the
callee's earpiece plays into the second. So one recording of that sink has both, and how much later
the second one comes is the whole way. Sotto's SIP and sound run without the rest of the phone here,
and without encryption, which takes microseconds; its echo canceller is at work, the others have
none.

The kinds of phones take turns, and everything here, PulseAudio first of all, goes before whatever
else the machine does.
"""

import contextlib
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
from bench.figures import Figure
from bench.rivals import Pair, two_baresips, two_linphones

from hw.board import HandsetDevices
from support import baresip, linphone, pulse
from support.g711 import Samples
from support.handset_files import RATE
from support.pulse import PulseCard, pulse_card
from support.sip_phone import SipPhone, settings_for, talk

HEARD_S: Final = 6.0
CALLS: Final = 8
"""Of each kind: where two clocks meet, each call has its own luck."""
AIR: Final = "air.raw"
_SETTLED_S: Final = 8.0
"""What waited in a phone while its call began and its card was opened is played by then."""
_CARDS: Final = ("caller", "callee")
_OF_THE_CARD: Final = 5
"""Below the priority that Sotto's sound threads ask for, as on the phone (`image/pjsip.sh`)."""
_PCMS: Final = """
pcm.caller {
    type asym
    playback.pcm { type pulse device nowhere }
    capture.pcm { type pulse device microphone }
    hint { show on description "Who speaks" }
}
pcm.callee {
    type asym
    playback.pcm { type pulse device ear }
    capture.pcm { type pulse device microphone }
    hint { show on description "Who hears" }
}
"""
_LEFT: Final = "channels=1 channel_map=mono master_channel_map=front-left remix=no"
_RIGHT: Final = "channels=1 channel_map=mono master_channel_map=front-right remix=no"
_SINKS: Final = (
    f"module-null-sink sink_name=air rate={RATE} channels=2 channel_map=front-left,front-right",
    f"module-null-sink sink_name=nowhere rate={RATE}",
    f"module-remap-sink sink_name=mouth master=air {_LEFT}",
    f"module-remap-sink sink_name=ear master=air {_RIGHT}",
    f"module-remap-source source_name=microphone master=air.monitor {_LEFT}",
)
_RECORD: Final = (
    *("parec", "--device=air.monitor", "--raw", "--format=s16le", f"--rate={RATE}"),
    *("--channels=2", "--latency-msec=20"),
)
_CHIRP_S: Final = 0.04
_LONGEST_S: Final = 0.8
"""No way takes as long as that, and sounds are farther apart."""
_LIKE: Final = 0.3
"""What is heard must be like what was said, from 0 to 1: else it was something else."""


Talking = Callable[[Path], contextlib.AbstractContextManager[None]]
"""Two phones of one kind in a call."""


def measure() -> Iterator[Figure | str]:
    """The runs are calls, each the median of its sounds."""
    if not pulse.is_here():
        yield "Mouth to ear: left out, PulseAudio and libasound2-plugins are not installed."
        return
    kinds: dict[str, Talking] = {"Sotto": _sottos}
    if linphone.available():
        kinds["Linphone"] = _linphones
    if baresip.available():
        kinds["baresip"] = _baresips
    calls: dict[str, list[float]] = {name: [] for name in kinds}
    silent = dict.fromkeys(kinds, 0)
    with _first_of_all():
        for number in range(CALLS):
            for name in list(kinds)[:: -1 if number % 2 else 1]:
                with tempfile.TemporaryDirectory(prefix="sotto-bench-") as folder:
                    found = _heard(Path(folder), kinds[name])
                calls[name] += [statistics.median(found)] if found else []
                silent[name] += not found
    for name, runs in calls.items():
        if runs:
            yield Figure(f"mouth to ear, {name}", "ms", runs)
        if silent[name]:
            yield f"Mouth to ear, {name}: in {silent[name]} of {CALLS} calls nothing was heard."


@contextlib.contextmanager
def _first_of_all() -> Iterator[None]:
    """Who is started meanwhile comes before other programs."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, 0, -20)
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, before)


def _heard(folder: Path, talking: Talking) -> list[float]:
    file = folder / AIR
    with contextlib.ExitStack() as stack:
        with _in_real_time():
            card = stack.enter_context(pulse_card(folder, _PCMS, _SINKS))
            stack.enter_context(card.speaking(_sounds()))
        stack.enter_context(talking(folder))
        time.sleep(_SETTLED_S)
        with _recording(card, file):
            time.sleep(HEARD_S)
    samples = np.fromfile(file, "<i2")
    both = samples[: len(samples) // 2 * 2].reshape(-1, 2).astype(np.float64)
    return delays(both[:, 0], both[:, 1])


@contextlib.contextmanager
def _in_real_time() -> Iterator[None]:
    """Who is started meanwhile waits for no program, if the machine allows that to anybody.

    A card's clock waits for none, either.
    """
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(_OF_THE_CARD))
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


@contextlib.contextmanager
def _recording(card: PulseCard, file: Path) -> Iterator[None]:
    with subprocess.Popen([*_RECORD, str(file)], env=card.environment) as process:
        try:
            yield
        finally:
            process.terminate()


def _chirp() -> Samples:
    at = np.arange(int(_CHIRP_S * RATE)) / RATE
    sweep = 2 * np.pi * (600 * at + 1200 / _CHIRP_S * at**2)
    chirp: Samples = 12_000 * np.sin(sweep) * np.hanning(len(at))
    return chirp


def _sounds() -> Samples:
    """Chirps about a second apart, each at another moment of whatever beats in a phone."""
    chance = np.random.default_rng(6189)
    pieces = []
    for _ in range(10):
        pieces += [_chirp(), np.zeros(int(chance.uniform(0.95, 1.25) * RATE))]
    return np.concatenate(pieces)


def delays(said: Samples, heard: Samples) -> list[float]:
    """How much later each chirp came, in milliseconds; those that did not come are left out."""
    chirp = _chirp()
    found, at = [], 0
    reach = int(_LONGEST_S * RATE)
    while len(loud := np.flatnonzero(np.abs(said[at:]) > 3000)):
        start = at + int(loud[0])
        if start + reach + len(chirp) > len(said):
            break
        came = _where(chirp, heard[start : start + reach])
        went = _where(chirp, said[max(0, start - len(chirp)) : start + 2 * len(chirp)])
        if came is not None and went is not None:
            found.append(1000 * (came + start - went - max(0, start - len(chirp))) / RATE)
        at = start + reach
    return found


def _where(chirp: Samples, sound: Samples) -> int | None:
    """The sample at which the chirp begins in a sound; None: it is not there."""
    if len(sound) < len(chirp):
        return None
    size = 1 << (len(sound) + len(chirp)).bit_length()
    product = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(chirp, size))
    match = np.fft.irfft(product, size)[: len(sound) - len(chirp) + 1]
    best = int(np.argmax(np.abs(match)))
    piece = sound[best : best + len(chirp)]
    most = float(np.linalg.norm(piece) * np.linalg.norm(chirp))
    return best if most and abs(match[best]) / most > _LIKE else None


@contextlib.contextmanager
def _sottos(folder: Path) -> Iterator[None]:
    cards = [HandsetDevices(capture=name, playback=name) for name in _CARDS]
    with (
        SipPhone(settings_for(folder, 5061), cards[0]) as caller,
        SipPhone(settings_for(folder, 5062), cards[1]) as callee,
    ):
        talk(caller, callee)
        yield
        for phone in (caller, callee):
            phone.vanish()


@contextlib.contextmanager
def _linphones(folder: Path) -> Iterator[None]:
    with two_linphones(folder, cards=_CARDS) as both, _in_a_call(both):
        yield


@contextlib.contextmanager
def _baresips(folder: Path) -> Iterator[None]:
    names = (f"alsa,{_CARDS[0]}", f"alsa,{_CARDS[1]}")
    with two_baresips(folder, folder / AIR, names, names) as both, _in_a_call(both):
        yield


@contextlib.contextmanager
def _in_a_call(both: Pair) -> Iterator[None]:
    both.loop.run_until_complete(both.call())
    yield
    both.loop.run_until_complete(both.hang_up())
