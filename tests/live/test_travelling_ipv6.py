"""IPv6 alone, or beside IPv4: calls between two phones in such networks, also on the move."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.config.network import CLASS_SELECTOR_3, EXPEDITED_FORWARDING
from hw.types import Key
from support.travellers import (
    Travellers,
    call,
    go_on_elsewhere,
    hear_each_other,
    meet,
    travellers,
)
from support.travelling_office import office_at
from support.travels import keeps_its_keys, watched

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


def test_a_call_that_moves(pair: Travellers, tmp_path: Path) -> None:
    async def story() -> None:
        await call(pair)
        await hear_each_other(pair)
        await go_on_elsewhere(pair)

    seen = watched(pair, story(), tmp_path / "wire.pcap")
    keeps_its_keys(seen)
    assert {each.dscp for each in seen.datagrams} == {EXPEDITED_FORWARDING}
    assert {each.dscp for each in seen.segments} == {CLASS_SELECTOR_3}
    pair.caller_moved()


def test_networks_with_both() -> None:
    """The call goes by the family of the address that is called, wherever it goes on."""
    with travellers("46", "46") as found:
        found.both.run(meet(found))

        async def story() -> None:
            await call(found)
            await go_on_elsewhere(found)

        found.both.run(story())


def test_an_account_at_a_server(tmp_path: Path) -> None:
    """Registration, the words, and a change of network, all of it by IPv6."""
    with (
        office_at(tmp_path, "[fd00:9::9]") as server,
        travellers("6", "6", server) as found,
    ):
        found.both.run(meet(found))

        async def story() -> None:
            await call(found)
            await go_on_elsewhere(found)

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
