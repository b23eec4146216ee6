"""Ten thousand Hellos of strangers while two people talk. `make bench` tells what it costs."""

import re

import pytest
from bench.processes import memory_mib, pid_of

from support import sound
from support.flood import pour
from support.scene import Scene
from support.waiting import SANITIZED

pytestmark = pytest.mark.live

HELLOS = 10_000
PER_S = 2_000.0
TALK_S = 4.0
SAME_VOICE = 0.45 if SANITIZED else 0.65
"""Another voice reaches 0.31; the rest is how much in time packets are carried."""
MORE_MIB = 64.0
"""A hundred times what a phone may keep of strangers."""
MORE_LINES = 20


def test_xb04_flood_of_hellos_into_a_call(scene: Scene) -> None:
    both = scene.both
    pids = [pid_of(side.home.config) for side in scene.sides]

    async def call() -> list[float]:
        await scene.secure_call()
        words = await both.secure()
        ways = {each.target: each for each in scene.relay.seen if each.zrtp == "Confirm2"}
        ways |= {each.target: each for each in scene.relay.seen if each.zrtp == "Conf2ACK"}
        before = [memory_mib(pid)[0] for pid in pids]
        lines = [len(side.journal.splitlines()) for side in scene.sides]
        await pour(scene.relay, list(ways.values())[-2:], HELLOS, PER_S)
        heard = await both.talk(TALK_S)
        assert await both.secure() == words
        for side, stretch in zip(scene.sides[::-1], heard, strict=True):
            spoken = sound.spoken(side.home.microphone)
            assert sound.waveform_likeness(spoken, sound.played(stretch)) > SAME_VOICE
        grown = [memory_mib(pid)[0] - was for pid, was in zip(pids, before, strict=True)]
        for side, count in zip(scene.sides, lines, strict=True):
            assert len(side.journal.splitlines()) - count < MORE_LINES
        await both.hang_up()
        return grown

    alarms, people = scene.alarms(), scene.people()
    grown = both.run(call())
    assert max(grown) < MORE_MIB
    assert scene.alarms() == alarms
    # They may have met each other, and nobody else.
    assert all(len(now - was) <= 1 for now, was in zip(scene.people(), people, strict=True))
    strangers = [int(number) for number in re.findall(r"wrong source (\d+)", scene.unused())]
    assert len(strangers) == 2
    assert min(strangers) > HELLOS // 10, "the flood came in"
