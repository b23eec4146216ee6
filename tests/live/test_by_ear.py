"""Two whole phones whose configuration wants the person to listen (`sas_check = "choose"`)."""

import pytest

from agent.demo.person import HOLD_S
from hw.types import Key
from support.couple import Couple, Side, couple

pytestmark = pytest.mark.live

CONFIGURED = '\n[zrtp]\nsas_check = "choose"\n'


def lines(side: Side) -> tuple[str, ...]:
    return side.person.phone.state.picture.text


async def asked(side: Side) -> None:
    """Long enough that a key counts."""
    await side.until(lambda: "*: none" in lines(side), "the question")


def read_aloud(side: Side) -> str:
    return next(line.removeprefix("You read: ") for line in lines(side) if "You read: " in line)


def key_of(side: Side, heard: str) -> Key:
    (digit,) = [line[0] for line in lines(side) if line[1:] == f": {heard}"]
    return Key(digit)


async def each_chooses(both: Couple) -> None:
    await both.dial()
    for side in both.sides:
        await asked(side)
    said = {side: read_aloud(side) for side in both.sides}
    for side, other in (both.sides, both.sides[::-1]):
        assert f"They read: {said[other]}" not in lines(side)
        key = key_of(side, said[other])
        await side.person.phone.press(key, HOLD_S)
        await side.sees("Who is it?")
        await side.person.phone.press(Key.CONFIRM)
    caller, callee = both.sides
    await caller.person.sees_verified(callee.home.resident.title)
    await callee.person.sees_verified(caller.home.resident.title)
    await both.hang_up()


async def one_does_not_listen(both: Couple) -> None:
    await both.dial()
    caller, callee = both.sides
    await asked(caller)
    await asked(callee)
    right = key_of(caller, read_aloud(callee))
    wrong = Key.DIGIT_1 if right is not Key.DIGIT_1 else Key.DIGIT_2
    await caller.person.phone.press(Key.CONFIRM, HOLD_S)
    assert "*: none" in lines(caller)
    await caller.person.phone.press(wrong, HOLD_S)
    await caller.sees("WIRETAPPED")
    await both.hang_up()


def test_whoever_listens_is_verified() -> None:
    with couple(CONFIGURED) as both:
        both.run(each_chooses(both))


def test_whoever_does_not_is_told_of_a_wire_tap() -> None:
    with couple(CONFIGURED) as both:
        both.run(one_does_not_listen(both))
