"""Two phones on loopback: how long things take for the people, and what a call costs."""

import asyncio
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from bench.figures import Figure
from bench.processes import Load, load, memory_mib, pid_of, told, usage

from hw.simulator.client import PhoneState
from hw.types import Key, Picture
from support.couple import AT_REST, CALLEE, Couple, Side, couple
from support.pcap import capturing, read_capture

CALLS: Final = 20
TONES: Final = 8
CALLINGS: Final = 8
KEYS: Final = 40
KEYS_IN_CALL: Final = 400
WATCHED_S: Final = 20.0
_STAMP: Final = re.compile(
    r"^(\S+ \S+) INFO +agent\.keying: \S+ (ZRTP there|encrypted)", re.MULTILINE
)


def measure() -> Iterator[Figure | str]:
    """Runs everything; yields figures, and sentences that explain them."""
    with tempfile.TemporaryDirectory(prefix="sotto-bench-") as folder, couple() as both:
        file = Path(folder) / "calls.pcap"
        with capturing(file):
            waits = [both.run(_wait_for_words(both)) for _ in range(CALLS)]
        yield _hello_to_conf2ack(file)
        yield Figure("ZRTP: found to encrypted, by the journals", "ms", _by_journal(both))
        yield Figure("answered to the words on both panels", "ms", waits)
        yield Figure("handset lifted to dial tone in a file", "ms", both.run(_dial_tones(both)))
        yield (
            "Dial tone: PJSIP writes the earpiece's file 2000 samples at a time, so that its "
            "first 20 ms were made 40 ms before they were seen."
        )
        rung, heard = both.run(_callings(both))
        yield Figure("call key pressed to the other phone's bell", "ms", rung)
        yield Figure("handset lifted at the bell to the other's sound in a file", "ms", heard)
        yield Figure("key pressed to changed picture", "ms", both.run(_keys(both)))
        yield from _costs(both)
        # The last one: from then on they know each other, and no words are asked for.
        yield Figure(
            "key pressed to changed picture, in a call", "ms", both.run(_keys_in_call(both))
        )


async def _wait_for_words(both: Couple) -> float:
    await both.dial()
    lifted = time.monotonic()
    await both.secure()
    waited = time.monotonic() - lifted
    await both.hang_up()
    return waited * 1000


def _hello_to_conf2ack(capture: Path) -> Figure:
    times: list[float] = []
    first: float | None = None
    for each in read_capture(capture).datagrams:
        if each.zrtp == "Hello" and first is None:
            first = each.at
        elif each.zrtp == "Conf2ACK" and first is not None:
            times.append(1000 * (each.at - first))
            first = None
    return Figure("ZRTP: first Hello to Conf2ACK, on the wire", "ms", times)


def _by_journal(both: Couple) -> list[float]:
    times = []
    for side in both.sides:
        stamps = [(datetime.fromisoformat(at), what) for at, what in _STAMP.findall(side.journal)]
        pairs = zip(stamps[::2], stamps[1::2], strict=True)
        times += [1000 * (there[0] - here[0]).total_seconds() for here, there in pairs]
    return times


async def _dial_tones(both: Couple) -> list[float]:
    return [await _dial_tone(both.caller) for _ in range(TONES)]


async def _dial_tone(side: Side) -> float:
    """From the hook to a sample that is not 0 in what the earpiece plays, in milliseconds."""
    await asyncio.sleep(1.5)  # the microphone is closed by then: the slowest case
    with side.home.earpiece.open("rb") as recording:
        recording.seek(0, os.SEEK_END)
        lifted = time.monotonic()
        await side.person.phone.lift()
        while True:
            await asyncio.sleep(0.0005)
            if any(recording.read()):
                break
        waited = time.monotonic() - lifted
    await side.person.phone.replace()
    await side.sees(AT_REST)
    return 1000 * waited


async def _callings(both: Couple) -> tuple[list[float], list[float]]:
    """Milliseconds until it rings, and until the callee hears something."""
    times = [await _calling(both) for _ in range(CALLINGS)]
    return [rung for rung, _ in times], [heard for _, heard in times]


async def _calling(both: Couple) -> tuple[float, float]:
    caller, callee = both.caller.person, both.callee.person
    await caller.phone.lift()
    await caller.sees("Dial a number")
    await caller.phone.dial(CALLEE.number)
    pressed = time.monotonic()
    await caller.phone.press(Key.CALL)
    await callee.phone.until(lambda state: state.tone is not None)
    rung = time.monotonic()
    await asyncio.sleep(1)  # nobody is quicker, and what ringing started is over
    with both.callee.home.earpiece.open("rb") as recording:
        recording.seek(0, os.SEEK_END)
        lifted = time.monotonic()
        await callee.phone.lift()
        while True:
            await asyncio.sleep(0.001)
            if any(recording.read()):
                break
        heard = time.monotonic()
    await both.secure()
    await both.rest()
    return 1000 * (rung - pressed), 1000 * (heard - lifted)


async def _keys(both: Couple) -> list[float]:
    phone = both.caller.person.phone
    times = []
    await phone.lift()
    await both.caller.sees("Dial a number")
    for turn in range(KEYS):
        shown = phone.state.picture
        pressed = time.monotonic()
        # Every tenth time all digits go: a number has an end.
        await phone.press(Key.HANG_UP if turn % 10 == 9 else Key.DIGIT_5)
        await phone.until(_another_than(shown))
        times.append(1000 * (time.monotonic() - pressed))
    await both.rest()
    return times


async def _keys_in_call(both: Couple) -> list[float]:
    """Confirm shows the words of a confirmed call, and takes them away: no clock does that."""
    await both.dial()
    await both.secure()
    await both.acquaint()
    for side in both.sides:
        await side.person.sees("Verified", "0:")
    phone, times = both.caller.person.phone, []
    for turn in range(KEYS_IN_CALL):
        pressed = time.monotonic()
        await phone.press(Key.CONFIRM)
        await phone.until(_shows_words if turn % 2 == 0 else _hides_words)
        times.append(1000 * (time.monotonic() - pressed))
    await both.hang_up()
    return times


def _shows_words(state: PhoneState) -> bool:
    return any("They read" in line for line in state.picture.text)


def _hides_words(state: PhoneState) -> bool:
    return not _shows_words(state)


def _another_than(shown: Picture) -> Callable[[PhoneState], bool]:
    return lambda state: state.picture != shown


def _costs(both: Couple) -> Iterator[Figure | str]:
    pids = [pid_of(side.home.config) for side in both.sides]
    both.run(asyncio.sleep(2))
    yield from _watched("at rest", pids, both.run(_watch(pids)))

    async def call() -> list[Load]:
        await both.dial()
        await both.secure()
        loads = await _watch(pids)
        in_call.extend(memory_mib(pid) for pid in pids)
        await both.hang_up()
        return loads

    in_call: list[tuple[float, float]] = []
    loads = both.run(call())
    yield from _watched("in a call", pids, loads)
    yield Figure("memory in a call: RSS", "MiB", [rss for rss, _ in in_call])
    yield Figure("memory in a call: PSS", "MiB", [pss for _, pss in in_call])


async def _watch(pids: list[int]) -> list[Load]:
    before = [usage(pid) for pid in pids]
    await asyncio.sleep(WATCHED_S)
    return [load(early, usage(pid)) for early, pid in zip(before, pids, strict=True)]


def _watched(when: str, pids: list[int], loads: list[Load]) -> Iterator[Figure | str]:
    yield Figure(f"CPU {when}, of one core", "%", [each.percent for each in loads])
    yield Figure(f"context switches {when}", "per s", [each.switches_per_s for each in loads])
    yield f"CPU {when} by thread: {told(loads)}"
    if when == "at rest":
        memory = [memory_mib(pid) for pid in pids]
        yield Figure("memory at rest: RSS", "MiB", [rss for rss, _ in memory])
        yield Figure("memory at rest: PSS", "MiB", [pss for _, pss in memory])
