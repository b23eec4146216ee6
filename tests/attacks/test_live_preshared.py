"""Two whole phones that propose keys of the last call to each other, where they may."""

import re
from collections.abc import Iterator

import pytest

from support import scene as scenes
from support.couple import Side
from support.mallory import Mallory
from support.scene import ANOTHER, Scene

pytestmark = pytest.mark.live


@pytest.fixture(name="scene")
def _scene() -> Iterator[Scene]:
    with scenes.scene("\n[zrtp]\npreshared = true\n") as found:
        yield found


def agreements(side: Side) -> list[str]:
    """The key agreement of each call so far, as the journal tells it."""
    return re.findall(r"key_agreement='(\w+)'", side.journal)


def test_p02_p03_p04_xa27_keys_of_the_last_call_among_verified_phones(scene: Scene) -> None:
    """Not before the words were compared on both sides; and no stranger profits from it."""

    async def call(*, compare: bool) -> None:
        await scene.secure_call()
        if compare:
            await scene.compared()
        await scene.both.hang_up()

    async def told() -> None:
        await scene.both.dial()
        for side in scene.sides:
            await side.sees(ANOTHER)
        await scene.both.hang_up()

    for compare in (False, True, False):
        scene.both.run(call(compare=compare))
    for side in scene.sides:
        assert agreements(side) == ["X3M3", "X3M3", "Prsh"]
    people = scene.people()
    scene.stands_between(Mallory(scene.relay, scene.both.loop))
    scene.both.run(told())
    scene.withdraws()
    for side in scene.sides:
        assert agreements(side)[-1] == "X3M3"
    assert all(before <= now for before, now in zip(people, scene.people(), strict=True))
    scene.clean_call()
    for side in scene.sides:
        assert agreements(side)[-1] == "Prsh"
