"""Cable out, another network: the call goes on under the same keys, and the screen says the truth.

Each phone is a whole daemon on a machine of its own, with a router between them.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest

from hw.types import Key
from support.couple import CALLEE, CALLER, Side
from support.pcap import Capture, capturing, read_capture
from support.srtp_trace import rtcp_indexes, rtp_from
from support.tls_records import records
from support.travellers import (
    CUT,
    Travellers,
    call,
    hear_each_other,
    is_cut,
    meet,
    talking,
    travellers,
)

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


def run(found: Travellers, story: Coroutine[Any, Any, None], file: Path) -> Capture:
    """Runs a story, and returns all that went over the callee's cable meanwhile."""
    with found.router.inside():
        capture = capturing(file, found.away.name, "ip")
        capture.__enter__()
    try:
        found.both.run(story)
    finally:
        capture.__exit__(None, None, None)
    return read_capture(file)


def check(capture: Capture) -> None:
    """No index came twice, no key agreement came again, and nothing was in the clear."""
    for port in (CALLER.rtp_port, CALLEE.rtp_port):
        ports = {each.source for each in capture.datagrams if port <= each.source < port + 100}
        rtp = min(each for each in ports if each % 2 == 0)
        packets = rtp_from(capture.datagrams, rtp)
        assert len(packets) > 50
        assert len({each.ssrc for each in packets}) == 1
        assert all(later.index > earlier.index for earlier, later in pairwise(packets))
        indexes = rtcp_indexes(capture.datagrams, rtp + 1)
        assert all(later > earlier for earlier, later in pairwise(indexes))
        first = packets[0].at
        late = {each.zrtp for each in capture.datagrams if each.zrtp and each.at > first + 1}
        assert late == set()
    assert [each.zrtp for each in capture.datagrams].count("DHPart1") <= 1
    for stream in capture.streams().values():
        assert all(kind for kind, _ in records(stream))


def test_another_network(pair: Travellers, tmp_path: Path) -> None:
    async def story() -> None:
        await call(pair)
        pair.home.pull()
        await is_cut(pair.caller)
        await pair.callee.sees(SILENT)
        pair.home.take_addresses()
        pair.elsewhere.plug_in()
        await talking(pair)
        await hear_each_other(pair)
        await pair.both.hang_up()

    check(run(pair, story(), tmp_path / "wire.pcap"))
    pair.caller_moved()


def test_the_same_cable_again(pair: Travellers, tmp_path: Path) -> None:
    """The lease still holds, and the call goes on where it was."""

    async def story() -> None:
        await call(pair)
        pair.home.pull()
        await is_cut(pair.caller)
        pair.home.put_back()
        await talking(pair)
        await hear_each_other(pair)
        await pair.both.hang_up()

    check(run(pair, story(), tmp_path / "wire.pcap"))


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
        await talking(pair)
        await hear_each_other(pair)
        await pair.both.hang_up()

    check(run(pair, story(), tmp_path / "wire.pcap"))


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
        await talking(pair)
        await hear_each_other(pair)
        await pair.both.hang_up()

    check(run(pair, story(), tmp_path / "wire.pcap"))
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
