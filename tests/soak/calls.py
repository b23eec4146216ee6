"""Call after call, and one long call: between two phones, and with linphonec."""

import asyncio
import tempfile
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from bench.processes import pid_of
from soak import ledgers
from soak.holdings import Course
from soak.rows import Row

from agent.demo.household import DemoError, Home
from agent.demo.person import Person
from agent.demo.speech import TEXTS, speak
from support import daemon, linphone, sound
from support.certificates import self_signed
from support.couple import Couple, couple
from support.linphone import Linphone, Setup
from support.linphone_talk import read_the_same

SAMPLES: Final = 40
_HEARD_S: Final = 6.0
_SAME_VOICE: Final = 0.45
"""As in support/travellers.py: another voice reaches 0.31."""
_ALICE: Final = f"sip:alice@localhost:{daemon.ALICE.sip_port};transport=tls"


@dataclass(slots=True)
class Tries:
    """How calls went.

    Attributes:
        secured: How many both sides showed the same SAS for.
        trouble: What the others said, each once.
    """

    secured: int = 0
    trouble: list[str] = field(default_factory=list)

    async def run(self, call: Awaitable[object]) -> bool:
        """Makes a call; returns whether all went well."""
        try:
            await call
        except (AssertionError, DemoError, TimeoutError) as error:
            self.trouble.append(str(error))
            return False
        self.secured += 1
        return True


def between_phones(calls: int) -> Iterator[Row]:
    """Short calls, each with the words compared."""
    part = "calls"
    tries = Tries()
    with couple() as both:
        homes = [side.home for side in both.sides]
        pids = [pid_of(home.config) for home in homes]
        courses = [Course(part, who, "call") for who in ("caller", "callee")]
        for number in range(1, calls + 1):
            if not both.run(tries.run(both.whole_call())):
                both.run(both.rest())
            if _is_due(number, calls):
                for course, pid in zip(courses, pids, strict=True):
                    course.look(number, pid)
        yield from _told(part, "between two phones", calls, tries)
        for who, home in zip(("caller", "callee"), homes, strict=True):
            yield _in_the_log(part, who, home, calls)
    for course in courses:
        yield from course.rows()


def with_linphone(calls: int) -> Iterator[Row]:
    """Short calls by linphonec, each with the SAS of both compared."""
    part = "linphone"
    if not linphone.available():
        yield Row(part, "calls", "left out: linphonec 5.1 is not installed (linphone-cli)")
        return
    with tempfile.TemporaryDirectory(prefix="sotto-soak-") as name:
        folder = Path(name)
        setup = _linphone(folder)
        home = daemon.furnish(folder)
        tries = Tries()
        courses = [Course(part, "Sotto", "call"), Course(part, "linphonec", "call")]
        asyncio.run(_series(home, setup, calls, tries, courses))
        yield from _told(part, "with linphonec", calls, tries)
        yield _in_the_log(part, "Sotto", home, calls)
        yield from courses[0].rows()
        # What another phone takes is told here, and judged by nobody.
        yield from (replace(each, right=None) for each in courses[1].rows())


def long_call(minutes: float) -> Iterator[Row]:
    """One call; at its end each still hears the other."""
    part = "long"
    with couple() as both:
        homes = [side.home for side in both.sides]
        pids = [pid_of(home.config) for home in homes]
        courses = [Course(part, who, "minute") for who in ("caller", "callee")]

        async def story() -> list[float]:
            await both.dial()
            words = await both.secure()
            for number in range(SAMPLES + 1):
                for course, pid in zip(courses, pids, strict=True):
                    course.look(number * minutes / SAMPLES, pid)
                if number < SAMPLES:
                    await asyncio.sleep(60 * minutes / SAMPLES)
            assert await both.secure() == words
            likenesses = await _likenesses(both)
            await both.hang_up()
            return likenesses

        likenesses = both.run(story())
        passed = [side.passed()[-1].get("received", 0) for side in both.sides]
        yield Row(
            part,
            f"a call of {minutes:g} minutes: likeness of the voice at its end",
            ", ".join(f"{each:.2f}" for each in likenesses),
            all(each > _SAME_VOICE for each in likenesses),
            {"likeness": likenesses},
        )
        yield Row(
            part,
            "packets received by caller and callee",
            ", ".join(str(each) for each in passed),
            data={"received": passed},
        )
        for course in courses:
            yield from course.rows()


async def _likenesses(both: Couple) -> list[float]:
    stretches = await both.talk(_HEARD_S)
    return [
        float(
            sound.waveform_likeness(
                sound.spoken(both.sides[1 - ear].home.microphone), sound.played(stretch)
            )
        )
        for ear, stretch in enumerate(stretches)
    ]


def _linphone(folder: Path) -> Setup:
    lin = folder / "lin"
    lin.mkdir()
    speech = lin / "speech.wav"
    speak(TEXTS["bob"], "en-us+m3", speech)
    return Setup(lin, self_signed(folder, "lin"), speech)


async def _series(
    home: Home, setup: Setup, calls: int, tries: Tries, courses: list[Course]
) -> None:
    async with daemon.living_at(home) as alice, linphone.linphone(setup) as lin:
        pids = [pid_of(home.config), pid_of(setup.folder / "linphonerc")]
        for number in range(1, calls + 1):
            if not await tries.run(_short(alice, lin)):
                await lin.order("terminate")
                await daemon.hangs_up(alice, "Direct calls only")
            if _is_due(number, calls):
                for course, pid in zip(courses, pids, strict=True):
                    course.look(number, pid)


async def _short(alice: Person, lin: Linphone) -> None:
    await lin.call(_ALICE)
    await daemon.answers(alice)
    await read_the_same(alice, lin)
    await lin.hangs_up()
    await alice.sees("They hung up")
    await daemon.hangs_up(alice, "Direct calls only")


def _is_due(number: int, calls: int) -> bool:
    """So many samples over the calls, the first and the last call among them."""
    return number in {1, calls} or number % max(1, calls // SAMPLES) == 0


def _told(part: str, how: str, calls: int, tries: Tries) -> Iterator[Row]:
    yield Row(
        part,
        f"calls {how}: secured, the same SAS on both",
        f"{tries.secured} of {calls}",
        tries.secured == calls,
        {"calls": calls, "secured": tries.secured, "trouble": tries.trouble},
    )
    if tries.trouble:
        yield Row(part, "the first one that was not", tries.trouble[0])


def _in_the_log(part: str, who: str, home: Home, calls: int) -> Row:
    there = ledgers.calls(home.folder)
    kinds = ledgers.securities(home.folder)
    told = ", ".join(f"{count} {name}" for name, count in sorted(kinds.items()))
    return Row(part, f"{who}: records in the call log", f"{there}: {told}", there == calls)
