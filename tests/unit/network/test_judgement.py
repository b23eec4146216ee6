"""What is told of a network, and when: time is passed in."""

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agent.network.judgement import GONE_S, MOST_S, SETTLE_S, Judgement, NetworkGone, NetworkUp
from agent.network.reach import Reach, reach_of
from agent.network.rtnetlink import IPV4, Address, DefaultRoute, Link

NOTHING = Reach()
HOME = Reach(("192.0.2.7",), frozenset({(IPV4, 2, "192.0.2.1")}))
HOME_TOO = Reach(("192.0.2.7", "2001:db8::7"), HOME.ways)
CAFE = Reach(("198.51.100.7",), frozenset({(IPV4, 3, "198.51.100.1")}))
SAME_ADDRESS = Reach(HOME.addresses, frozenset({(IPV4, 3, "192.0.2.254")}))


@dataclass
class Story:
    """A judgement, the time, and what was told so far."""

    judgement: Judgement = field(default_factory=Judgement)
    now: float = 100.0
    told: list[object] = field(default_factory=list)

    def see(self, *reaches: Reach) -> None:
        for each in reaches:
            self.judgement.see(each, self.now)
            self._tell()

    def wait(self, seconds: float) -> None:
        """Lets time pass; what falls due is told then."""
        end = self.now + seconds
        while (due := self.judgement.due) is not None and due <= end:
            self.now = max(self.now, due)
            self._tell()
        self.now = end

    def _tell(self) -> None:
        event = self.judgement.tell(self.now)
        if event is not None:
            self.told.append(event)

    def news(self) -> list[object]:
        told, self.told = self.told, []
        return told


def at(reach: Reach) -> Story:
    story = Story()
    story.see(reach)
    story.news()
    return story


def test_the_beginning_is_told_at_once() -> None:
    story = Story()
    story.see(HOME)
    assert story.news() == [NetworkUp(HOME.addresses)]


def test_a_phone_without_a_network_says_so_at_once() -> None:
    story = Story()
    story.see(NOTHING)
    assert story.news() == [NetworkGone()]


def test_the_cable_is_pulled() -> None:
    story = at(HOME)
    story.see(NOTHING)
    story.wait(GONE_S - 0.01)
    assert story.news() == []
    story.wait(0.01)
    assert story.news() == [NetworkGone()]


def test_the_cable_is_put_back() -> None:
    story = at(HOME)
    story.see(NOTHING)
    story.wait(5)
    story.news()
    story.see(HOME)
    story.wait(SETTLE_S)
    assert story.news() == [NetworkUp(HOME.addresses, anew=True)]


def test_a_lease_that_is_renewed_is_no_news() -> None:
    story = at(HOME)
    story.see(NOTHING)
    story.wait(GONE_S / 2)
    story.see(HOME)
    story.wait(60)
    assert story.news() == []


def test_another_network_is_told_once_it_has_settled() -> None:
    story = at(HOME)
    story.see(NOTHING, Reach(CAFE.addresses))
    story.wait(SETTLE_S / 2)
    story.see(CAFE)
    story.wait(SETTLE_S / 2)
    assert story.news() == []
    story.wait(SETTLE_S / 2)
    assert story.news() == [NetworkUp(CAFE.addresses, anew=True)]


def test_a_network_that_never_settles_is_told_all_the_same() -> None:
    story = at(HOME)
    for turn in range(20):
        story.see(Reach((f"198.51.100.{turn}",), CAFE.ways))
        story.wait(SETTLE_S * 0.8)
    assert len(story.news()) == 2
    assert 20 * SETTLE_S * 0.8 >= 2 * MOST_S


def test_ipv6_that_comes_later_moves_nothing() -> None:
    story = at(HOME)
    story.see(HOME_TOO)
    story.wait(SETTLE_S)
    assert story.news() == [NetworkUp(HOME_TOO.addresses)]


def test_the_same_address_behind_another_router_is_another_network() -> None:
    story = at(HOME)
    story.see(SAME_ADDRESS)
    story.wait(SETTLE_S)
    assert story.news() == [NetworkUp(HOME.addresses, anew=True)]


def test_one_of_two_ways_out_is_gone() -> None:
    story = at(Reach(("192.0.2.7", "198.51.100.7"), HOME.ways | CAFE.ways))
    story.see(CAFE)
    story.wait(SETTLE_S)
    assert story.news() == [NetworkUp(CAFE.addresses, anew=True)]


def test_gone_and_back_and_gone_is_told_as_it_is_at_the_end() -> None:
    story = at(HOME)
    story.see(NOTHING)
    story.wait(GONE_S / 2)
    story.see(CAFE)
    story.wait(SETTLE_S / 2)
    story.see(NOTHING)
    story.wait(10)
    assert story.news() == [NetworkGone()]


@given(
    st.lists(
        st.tuples(st.sampled_from([NOTHING, HOME, HOME_TOO, CAFE, SAME_ADDRESS]), st.floats(0, 4)),
        min_size=1,
        max_size=30,
    )
)
def test_in_the_end_the_last_that_was_told_is_how_it_is(steps: list[tuple[Reach, float]]) -> None:
    story = Story()
    told: list[object] = []
    for reach, seconds in steps:
        story.see(reach)
        story.wait(seconds)
        told += story.news()
    story.wait(MOST_S)
    told += story.news()
    last = steps[-1][0]
    assert isinstance(told[-1], NetworkUp) == bool(last.addresses)
    if isinstance(told[-1], NetworkUp):
        assert told[-1].addresses == last.addresses
    changes = [type(each) for each in told]
    assert all(one is not NetworkGone or other is not one for one, other in pairwise(changes))


def test_addresses_count_where_their_link_carries_something() -> None:
    found = reach_of(
        [
            Address(3, "2001:db8::9", usable=True),
            Address(3, "192.0.2.10", usable=True),
            Address(3, "192.0.2.9", usable=True),
            Address(2, "198.51.100.7", usable=True),
            Address(3, "fe80::1", usable=False),
            Link(3, carries=True),
            Link(2, carries=False),
            DefaultRoute(IPV4, 3, "192.0.2.1"),
            DefaultRoute(IPV4, 2, "198.51.100.1"),
        ]
    )
    assert found.addresses == ("192.0.2.9", "192.0.2.10", "2001:db8::9")
    assert found.ways == frozenset({(IPV4, 3, "192.0.2.1")})
