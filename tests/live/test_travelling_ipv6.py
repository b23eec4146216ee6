"""IPv6 alone: calls between two phones in a network that has nothing else, also on the move."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hw.types import Key
from support.travellers import (
    Travellers,
    call,
    hear_each_other,
    is_cut,
    meet,
    talking,
    travellers,
)
from support.travelling_office import office_at

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]


@pytest.fixture(name="pair")
def _pair_at_rest(house: Travellers) -> Iterator[Travellers]:
    yield house
    house.settle()


@pytest.fixture(name="house", scope="module")
def _house() -> Iterator[Travellers]:
    with travellers("6", "6") as found:
        found.both.run(meet(found))
        yield found


def test_a_call_that_moves(pair: Travellers) -> None:
    async def story() -> None:
        await call(pair)
        await hear_each_other(pair)
        pair.home.pull()
        await is_cut(pair.caller)
        pair.home.take_addresses()
        pair.elsewhere.plug_in()
        await talking(pair)
        await hear_each_other(pair)
        await pair.both.hang_up()

    pair.both.run(story())
    pair.caller_moved()


def test_an_account_at_a_server(tmp_path: Path) -> None:
    """Registration, the words, and a change of network, all of it by IPv6."""
    with (
        office_at(tmp_path, "[fd00:9::9]") as server,
        travellers("6", "6", server) as found,
    ):
        found.both.run(meet(found))

        async def story() -> None:
            await call(found)
            found.home.pull()
            await is_cut(found.caller)
            found.home.take_addresses()
            found.elsewhere.plug_in()
            await talking(found)
            await hear_each_other(found)
            await found.both.hang_up()

        found.both.run(story())


def test_whoever_has_no_address_of_that_kind_says_so(pair: Travellers) -> None:
    async def story() -> None:
        await pair.caller.person.phone.lift()
        await pair.caller.person.sees("Dial a number")
        await pair.caller.person.phone.dial("192*0*2*7")
        await pair.caller.person.phone.press(Key.CALL)
        await pair.caller.sees("This phone has no IPv4 address")
        await pair.both.rest()

    pair.both.run(story())
