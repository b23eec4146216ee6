"""Two phones at an office's server change networks in mid-call: one of them, then both at once."""

from collections.abc import Iterator

import pytest

from support.travellers import (
    Travellers,
    call,
    go_on_elsewhere,
    hear_each_other,
    is_cut,
    meet,
    talk_and_part,
    travellers,
)
from support.travelling_office import office_at

pytestmark = [pytest.mark.live, pytest.mark.peer, pytest.mark.timeout(240)]


@pytest.fixture(name="pair")
def _pair_at_rest(house: Travellers) -> Iterator[Travellers]:
    yield house
    house.settle()


@pytest.fixture(name="house", scope="module")
def _house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Travellers]:
    with (
        office_at(tmp_path_factory.mktemp("office"), "10.9.0.9") as server,
        travellers(server=server) as found,
    ):
        found.both.run(meet(found))
        yield found


def test_one_of_them_moves(pair: Travellers) -> None:
    async def story() -> None:
        await call(pair)
        await go_on_elsewhere(pair)
        await pair.caller.sees("Ready")

    pair.both.run(story())
    pair.caller_moved()


def test_the_called_one_moves_and_is_called_there(pair: Travellers) -> None:
    async def story() -> None:
        pair.away.pull()
        await pair.callee.sees("No network")
        pair.away.take_addresses()
        pair.away_too.plug_in()
        await pair.callee.sees("Ready")
        await call(pair)
        await hear_each_other(pair)
        await pair.both.hang_up()

    pair.both.run(story())
    pair.callee_moved()


def test_both_move_at_once(pair: Travellers) -> None:
    """Neither is where the other one knows it: the server does."""
    both = ((pair.home, pair.elsewhere), (pair.away, pair.away_too))

    async def story() -> None:
        await call(pair)
        for before, _ in both:
            before.pull()
        for side in pair.both.sides:
            await is_cut(side)
        for before, after in both:
            before.take_addresses()
            after.plug_in()
        await talk_and_part(pair)

    pair.both.run(story())
    pair.caller_moved()
    pair.callee_moved()
