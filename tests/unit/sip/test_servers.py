"""Which server is next. Time is passed in; the random number is 1: the full wait."""

from hypothesis import given
from hypothesis import strategies as st

from agent.sip.naming import Server
from agent.sip.servers import Servers
from agent.sip.settings import Backoff

FIRST = Server("192.0.2.1", 5061, "sip1", 10)
TWIN = Server("192.0.2.2", 5061, "sip2", 10)
LAST = Server("192.0.2.3", 5061, "sip3", 20)
ALL = (FIRST, TWIN, LAST)


def of(*servers: Server) -> Servers:
    found = Servers(Backoff(base_s=4, limit_s=60))
    found.found(servers)
    return found


def test_without_any_there_is_none() -> None:
    servers = of()
    assert not servers.are_known
    assert servers.choose(0) is None
    assert servers.another(0) is None


def test_the_first_that_does_not_rest() -> None:
    servers = of(*ALL)
    tried = []
    for server in ALL:
        assert servers.choose(0) == server
        servers.failed(server, 0, 1)
        tried.append(servers.another(0))
    assert tried == [TWIN, LAST, None]
    assert servers.current == LAST


def test_the_preferred_one_is_used_again_after_its_rest() -> None:
    servers = of(FIRST, LAST)
    servers.choose(0)
    servers.failed(FIRST, 0, 1)
    assert servers.another(0) == LAST
    assert servers.choose(3.9) == LAST
    assert servers.choose(4) == FIRST


def test_one_that_stays_dead_is_asked_ever_more_seldom() -> None:
    servers = of(FIRST, LAST)
    rests, now = [], 0.0
    for _ in range(6):
        assert servers.choose(now) == FIRST
        servers.failed(FIRST, now, 1)
        due = servers.next_awake()
        assert due is not None
        rests.append(due - now)
        now = due
    assert rests == [4, 8, 16, 32, 60, 60]


def test_of_equals_the_one_in_use_stays() -> None:
    """Another order at another look into DNS moves nobody."""
    servers = of(FIRST, TWIN, LAST)
    assert servers.choose(0) == FIRST
    servers.found((TWIN, FIRST, LAST))
    assert servers.choose(0) == FIRST


def test_a_better_one_that_is_new_is_taken() -> None:
    servers = of(LAST)
    assert servers.choose(0) == LAST
    servers.found((LAST, FIRST))
    assert servers.choose(0) == FIRST


def test_if_all_rest_the_one_whose_rest_ends_first() -> None:
    servers = of(FIRST, LAST)
    servers.failed(FIRST, 0, 1)
    servers.failed(FIRST, 0, 1)
    servers.failed(LAST, 0, 1)
    assert servers.choose(1) == LAST


def test_what_a_server_asks_for_is_given() -> None:
    servers = of(FIRST, LAST)
    servers.failed(FIRST, 0, 1, at_least=30)
    assert servers.choose(29) == LAST
    assert servers.choose(30) == FIRST


def test_one_that_worked_begins_anew() -> None:
    servers = of(FIRST)
    servers.failed(FIRST, 0, 1)
    servers.failed(FIRST, 0, 1)
    servers.worked(FIRST)
    servers.failed(FIRST, 0, 1)
    assert servers.next_awake() == 4


def test_one_that_is_gone_from_dns_is_forgotten() -> None:
    servers = of(FIRST, LAST)
    servers.failed(FIRST, 0, 1)
    servers.found((LAST,))
    servers.found((FIRST, LAST))
    assert servers.choose(0) == FIRST


def test_in_another_network_all_may_serve() -> None:
    servers = of(FIRST, LAST)
    servers.failed(FIRST, 0, 1)
    servers.forgive()
    assert servers.choose(0) == FIRST


steps = st.lists(
    st.tuples(st.sampled_from(["fail", "work", "choose", "another"]), st.floats(0, 100)),
    max_size=40,
)


@given(steps)
def test_whatever_happens_there_is_one_and_none_that_rests_before_one_that_does_not(
    story: list[tuple[str, float]],
) -> None:
    servers = of(*ALL)
    resting: dict[Server, bool] = dict.fromkeys(ALL, False)
    now = 0.0
    chosen = servers.choose(now)
    for what, passes in story:
        now += passes
        assert chosen is not None
        if what == "fail":
            servers.failed(chosen, now, 1)
            resting[chosen] = True
            chosen = servers.another(now) or chosen
        elif what == "work":
            servers.worked(chosen)
            resting[chosen] = False
        else:
            chosen = servers.choose(now) if what == "choose" else servers.another(now) or chosen
        assert chosen in ALL
        never_failed = [each for each in ALL if not resting[each]]
        if never_failed and what == "choose":
            assert chosen.priority <= min(each.priority for each in never_failed)
