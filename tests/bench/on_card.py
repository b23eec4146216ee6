"""Runs on the card that tests/bench/card.py has booted: keys, Opus, the gate, and a call of two phones.

The clock of that card counts instructions: a nanosecond of CPU time is one of them. Says
@@figure=JSON and @@note=TEXT on the console.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import threading
import time
import traceback
import wave
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from bench import echo, gate, opus
from bench.card_figures import BY_CARD, CALL, DECODED, ECHO, ENCODED, NO_AES, REST, TONE
from bench.figures import Figure
from bench.processes import load, memory_mib, pid_of, told, usage

from agent.zrtp import Offer
from hw.board import HandsetDevices
from hw.sound_cards import library
from support.couple import AT_REST, Side, couple
from support.sip_phone import SipPhone, settings_for, talk
from support.zrtp_pair import Endpoint, Pair

MILLION: Final = 1e6
THOUSAND: Final = 1e3
ALONE: Final = "alone"
KEYS: Final = 6
OPUS_PACKETS: Final = 250
ECHO_TURNS: Final = 500
GATE_ROUNDS: Final = 3
GATE_PACKETS: Final = 1280
DIAL_TONES: Final = 4
IDLE_S: Final = 20.0
CALL_S: Final = 30.0
_SETTLED_S: Final = 3.0
_PERIOD: Final = 960
"""Samples that the speaker gives to a card at once: 20 ms."""
_PORTS: Final = (5061, 5062)
_SOUND_CARDS: Final = ("modprobe", "snd-aloop", "enable=1,1", "index=0,1", "pcm_substreams=1,1")
"""The phone's end of each is its device 0, the world's its device 1."""


def main() -> None:
    """Each part; a part that fails is told, and the others go on."""
    folder = Path(sys.argv[1])
    if sys.argv[2:]:
        _say(ALONE, json.dumps(_BY_THEMSELVES[sys.argv[2]](folder)))
        return
    parts: list[Callable[[Path], Iterator[Figure | str]]] = [
        keys,
        sound_by_part,
        call,
        call_by_card,
    ]
    for part in parts:
        try:
            for each in part(folder):
                if isinstance(each, Figure):
                    _say("figure", json.dumps(each.as_json()))
                else:
                    _say("note", each)
        except Exception:  # noqa: BLE001 - whoever booted the card reads it
            for line in traceback.format_exc().splitlines():
                _say("failed", line)


def keys(_folder: Path) -> Iterator[Figure]:
    """From Hello to Conf2ACK, of two sessions in this process: no network, no database, no SIP."""
    for name in ("X255", "EC25", "X3M3", "DH3k"):
        offer = Offer(key_agreements=(name, "X255") if name == "X3M3" else (name,))
        runs = []
        for seed in range(KEYS):
            began = time.process_time_ns()
            pair = Pair(
                Endpoint("alice", seed=seed, offer=offer), Endpoint("bob", seed=seed, offer=offer)
            )
            used = pair.call()[0].algorithms.key_agreement
            runs.append((time.process_time_ns() - began) / MILLION)
            if used != name:
                raise ValueError(f"{name} was to be used, not {used}")
        yield Figure(f"keys by {name}, Hello to Conf2ACK, both phones", "million", runs)


def sound_by_part(folder: Path) -> Iterator[Figure]:
    """What a packet of 20 ms costs, by Opus and by the gate."""
    runs = [opus.measure(folder / "speech.wav", OPUS_PACKETS) for _ in range(GATE_ROUNDS)]
    yield Figure(ENCODED, "thousand", [each[0] / THOUSAND for each in runs])
    yield Figure(DECODED, "thousand", [each[1] / THOUSAND for each in runs])
    yield Figure(ECHO, "thousand", [each / THOUSAND for each in _alone(folder, "echo")["echo"]])
    yield from _gates(folder, "as a Zero 2 W")
    yield from _gates(folder, "with the processor's AES", dict.fromkeys(NO_AES, ""))


def _gates(folder: Path, how: str, changed: dict[str, str] | None = None) -> Iterator[Figure]:
    for name, runs in _alone(folder, "gate", changed or {}).items():
        if ", gate" in name:
            yield Figure(f"a packet, {name}, {how}", "thousand", [each / THOUSAND for each in runs])


def _alone(
    folder: Path, what: str, changed: dict[str, str] | None = None
) -> dict[str, list[float]]:
    """In a process of its own: PJSIP exists once in each, and says on its console what it does."""
    found = os.environ | (changed or {})
    environment = {name: value for name, value in found.items() if value}
    order = [sys.executable, "-m", "bench.on_card", str(folder), what]
    done = subprocess.run(order, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    (line,) = (line for line in done.stdout.splitlines() if line.startswith(f"@@{ALONE}="))
    told: dict[str, list[float]] = json.loads(line.partition("=")[2])
    return told


def call(folder: Path) -> Iterator[Figure | str]:
    """Two phones on this card, with files for microphone and earpiece."""
    with couple(speech=folder / "speech.wav") as both:
        pids = [pid_of(side.home.config) for side in both.sides]

        def waits(seconds: float) -> None:
            both.run(asyncio.sleep(seconds))

        waits(_SETTLED_S)
        yield from _watched(pids, "at rest", REST, IDLE_S, waits)
        tones = [both.run(_dial_tone(both.caller, pids[0])) for _ in range(DIAL_TONES)]
        yield Figure(f"{TONE}: clock", "ms", [clock for clock, _ in tones])
        yield Figure(TONE, "million", [used for _, used in tones])
        began = sum(used_ns(pid) for pid in pids)
        both.run(both.dial())
        both.run(both.secure())
        spent = (sum(used_ns(pid) for pid in pids) - began) / MILLION
        yield Figure("handset lifted, dialled, answered, to the words, both", "million", [spent])
        waits(_SETTLED_S)
        yield from _watched(pids, "in a call", CALL, CALL_S, waits)
        both.run(both.hang_up())
        yield f"Packets of the call: {both.caller.passed()[-1]}"


def call_by_card(folder: Path) -> Iterator[Figure | str]:
    """Two endpoints with a sound card each, the kernel's: with ALSA and the echo canceller.

    SIP, sound, ZRTP and gate of the phone; nobody at it, no panel.
    """
    cards = ("Caller", "Callee")
    subprocess.run([*_SOUND_CARDS, f"id={','.join(cards)}"], check=True)
    devices = [HandsetDevices(f"plughw:CARD={card}", f"plughw:CARD={card}") for card in cards]
    with speaking(folder / "speech.wav", cards):
        yield from call_by(folder, devices)


def call_by(folder: Path, devices: list[HandsetDevices]) -> Iterator[Figure | str]:
    """A call of two endpoints with these microphones and earpieces."""
    with contextlib.ExitStack() as living:
        phones = [
            living.enter_context(SipPhone(settings_for(folder, port), device, keyed=folder / name))
            for port, name, device in zip(_PORTS, ("caller.db", "callee.db"), devices, strict=True)
        ]
        talk(*phones)
        time.sleep(_SETTLED_S)
        yield from _watched(
            [each.pid for each in phones], "in a call by sound card", BY_CARD, CALL_S, time.sleep
        )
        yield f"Packets of the call by sound card: {phones[0].passed('call')}"
        for each in phones:
            each.vanish()


@contextlib.contextmanager
def speaking(speech: Path, cards: Iterable[str]) -> Iterator[None]:
    """Says this into the other ends of snd-aloop's cards, again and again."""
    over = threading.Event()
    threads = [threading.Thread(target=_speak, args=(speech, card, over)) for card in cards]
    for each in threads:
        each.start()
    try:
        yield
    finally:
        over.set()
        for each in threads:
            each.join()


def _speak(speech: Path, card: str, over: threading.Event) -> None:
    alsa = library()
    with wave.open(str(speech)) as file:
        pcm = alsa.PCM(
            alsa.PCM_PLAYBACK,
            device=f"hw:CARD={card},DEV=1",
            rate=file.getframerate(),
            channels=1,
            format=alsa.PCM_FORMAT_S16_LE,
            periodsize=_PERIOD,
            periods=8,
        )
        with contextlib.closing(pcm):
            while not over.is_set():
                frames = file.readframes(_PERIOD)
                if len(frames) < 2 * _PERIOD:
                    file.rewind()
                else:
                    pcm.write(frames)


def _watched(
    pids: list[int], when: str, name: str, seconds: float, wait: Callable[[float], object]
) -> Iterator[Figure | str]:
    before, idle = [usage(pid) for pid in pids], _idle_s()
    began, spent = time.monotonic(), [used_ns(pid) for pid in pids]
    wait(seconds)
    spent = [used_ns(pid) - early for early, pid in zip(spent, pids, strict=True)]
    seconds = time.monotonic() - began
    loads = [load(early, usage(pid)) for early, pid in zip(before, pids, strict=True)]
    machine = (seconds - (_idle_s() - idle)) * 1000 / seconds
    memory = [memory_mib(pid) for pid in pids]
    yield Figure(name, "million", [each / MILLION / seconds for each in spent])
    yield Figure(f"the whole machine, both phones {when}, in a second", "million", [machine])
    yield Figure(f"context switches {when}", "per s", [each.switches_per_s for each in loads])
    yield Figure(f"resident memory {when}: RSS", "MiB", [rss for rss, _ in memory])
    yield Figure(f"resident memory {when}: PSS", "MiB", [pss for _, pss in memory])
    yield f"{when}, by thread (1 % is 10 million a second): {told(loads)}"


async def _dial_tone(side: Side, pid: int) -> tuple[float, float]:
    """From the hook to a sample that is not 0 in the earpiece's file: milliseconds, millions."""
    await asyncio.sleep(1.5)  # the microphone is closed by then: the slowest case
    with side.home.earpiece.open("rb") as recording:
        recording.seek(0, os.SEEK_END)
        began, used = time.monotonic(), used_ns(pid)
        await side.person.phone.lift()
        while True:
            await asyncio.sleep(0.002)
            if any(recording.read()):
                break
        took = 1000 * (time.monotonic() - began), (used_ns(pid) - used) / MILLION
    await side.person.phone.replace()
    await side.sees(AT_REST)
    return took


def used_ns(pid: int) -> int:
    """CPU time of all of a process's threads that are there, in nanoseconds."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((each / "schedstat").read_text(encoding="ascii").split()[0]) for each in threads)


def _idle_s() -> float:
    """Seconds in which the machine had nothing to do, since its start.

    What it did is the rest: /proc/stat tells of that only what runs when its clock ticks.
    """
    return float(Path("/proc/uptime").read_text(encoding="ascii").split()[1])


_BY_THEMSELVES: Final[dict[str, Callable[[Path], dict[str, list[float]]]]] = {
    "gate": lambda _folder: gate.measure(GATE_ROUNDS, GATE_PACKETS),
    "echo": lambda folder: {"echo": [echo.measure(folder / "speech.wav", ECHO_TURNS)]},
}


def _say(name: str, value: str) -> None:
    sys.stdout.write(f"\n@@{name}={value}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
