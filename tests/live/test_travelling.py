"""Cable out, another network: the call goes on under the same keys, and the screen says the truth.

Each phone is a whole daemon on a machine of its own, with a router between them.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from hw.types import Key
from support.couple import CALLEE, Side
from support.travellers import (
    CUT,
    Travellers,
    call,
    is_cut,
    meet,
    talk_and_part,
    travellers,
)
from support.travels import keeps_its_keys, watched

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

SILENT: Final = "No sound from there"


@pytest.fixture(name="pair")
def _pair_at_rest(house: Travellers) -> Iterator[Travellers]:
    yield house
    house.settle()


@pytest.fixture(name="house", scope="module")
def _pair() -> Iterator[Travellers]:
    with travellers() as found:
        found.both.run(meet(found))
        yield found


def test_another_network(pair: Travellers, tmp_path: Path) -> None:
    async def story() -> None:
        await call(pair)
        pair.home.pull()
        await is_cut(pair.caller)
        await pair.callee.sees(SILENT)
        pair.home.take_addresses()
        pair.elsewhere.plug_in()
        await talk_and_part(pair)

    keeps_its_keys(watched(pair, story(), tmp_path / "wire.pcap"))
    pair.caller_moved()


def test_the_same_cable_again(pair: Travellers, tmp_path: Path) -> None:
    """The lease still holds, and the call goes on where it was."""

    async def story() -> None:
        await call(pair)
        pair.home.pull()
        await is_cut(pair.caller)
        pair.home.put_back()
        await talk_and_part(pair)

    keeps_its_keys(watched(pair, story(), tmp_path / "wire.pcap"))


def test_two_changes_in_a_row(pair: Travellers, tmp_path: Path) -> None:
    """The second one comes while the other side is told of the first."""

    async def story() -> None:
        await call(pair)
        for _ in range(2):
            pair.home.pull()
            pair.home.take_addresses()
            pair.elsewhere.plug_in()
            await asyncio.sleep(0.7)
            pair.caller_moved()
        await talk_and_part(pair)

    keeps_its_keys(watched(pair, story(), tmp_path / "wire.pcap"))


def test_while_the_other_side_is_on_hold(pair: Travellers, tmp_path: Path) -> None:
    async def story() -> None:
        await call(pair)
        await hold(pair.caller)
        await pair.callee.sees("They put you on hold")
        pair.home.pull()
        await is_cut(pair.caller)
        pair.home.take_addresses()
        pair.elsewhere.plug_in()
        await pair.caller.until(lambda: CUT not in pair.caller.reads, "the line again")
        assert "On hold" in pair.caller.reads
        assert "They put you on hold" in pair.callee.reads
        await pair.caller.person.phone.press(Key.CALL)
        await talk_and_part(pair)

    keeps_its_keys(watched(pair, story(), tmp_path / "wire.pcap"))
    pair.caller_moved()


async def hold(side: Side) -> None:
    await side.person.phone.press(Key.MENU)
    await side.sees("Hold")
    await side.person.phone.press(Key.CONFIRM)
    await side.sees("On hold")


def test_while_it_rings(pair: Travellers) -> None:
    """A call that nobody has answered yet cannot go on elsewhere: its end is told."""

    async def story() -> None:
        caller, callee = pair.caller.person, pair.callee.person
        await caller.phone.lift()
        await caller.sees("Dial a number")
        await caller.phone.dial(CALLEE.number)
        await caller.phone.press(Key.CALL)
        await pair.callee.until(lambda: callee.phone.state.tone is not None, "a bell")
        pair.home.pull()
        await pair.caller.sees("No network: the call was lost")
        await caller.phone.replace()
        await pair.caller.sees("No network")
        pair.home.put_back()
        await pair.caller.sees("Direct calls only")
        # Whoever is called hears of it when nobody speaks to them.
        await callee.phone.lift()
        await callee.phone.replace()
        await pair.callee.sees("Direct calls only")
        await call(pair)
        await pair.both.hang_up()

    pair.both.run(story())


def test_the_called_phone_loses_its_network_while_it_rings(pair: Travellers) -> None:
    async def story() -> None:
        caller, callee = pair.caller.person, pair.callee.person
        await caller.phone.lift()
        await caller.sees("Dial a number")
        await caller.phone.dial(CALLEE.number)
        await caller.phone.press(Key.CALL)
        await pair.callee.until(lambda: callee.phone.state.tone is not None, "a bell")
        pair.away.pull()
        await pair.callee.sees("No network")
        await pair.callee.until(lambda: callee.phone.state.tone is None, "no bell")
        await caller.phone.replace()
        await pair.caller.sees("Direct calls only")
        pair.away.put_back()
        await pair.callee.sees("Direct calls only")

    pair.both.run(story())


def test_a_call_that_cannot_go_on_ends_with_its_reason(pair: Travellers) -> None:
    async def story() -> None:
        await call(pair)
        pair.home.pull()
        await is_cut(pair.caller)
        await pair.callee.sees(SILENT)
        await asyncio.sleep(25)
        assert CUT in pair.caller.reads, "it has half a minute"
        await pair.caller.sees("No network: the call was lost")
        assert SILENT in pair.callee.reads, "the other side waits until its person hangs up"
        pair.home.put_back()
        await pair.both.rest()

    pair.both.run(story())
