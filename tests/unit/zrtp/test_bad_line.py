"""Two sessions on a line that loses, doubles, delays and overtakes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.zrtp import Failed, PeerError, Secured, State
from support.zrtp_pair import Endpoint, Line, Pair


def finished(pair: Pair) -> None:
    """Nobody is stuck: everybody is secure or knows that it failed; keys never differ."""
    pair.run()
    ends = {State.SECURE, State.FAILED}
    assert {pair.alice.session.state, pair.bob.session.state} <= ends
    for endpoint in (pair.alice, pair.bob):
        assert endpoint.session.next_timer() is None
        told = [*endpoint.all(Secured), *endpoint.all(Failed), *endpoint.all(PeerError)]
        assert len(told) == 1
    if pair.alice.all(Secured) and pair.bob.all(Secured):
        pair.secured()


@pytest.mark.parametrize("seed", range(60))
def test_with_one_packet_in_five_lost_every_exchange_succeeds(seed: int) -> None:
    line = Line(seed=seed, loss=0.2, duplication=0.1, jitter=0.1)
    pair = Pair(Endpoint("alice", seed=seed), Endpoint("bob", seed=seed), line=line)
    pair.start(right_after=0.05 * (seed % 10), hashes=bool(seed % 2))
    finished(pair)
    pair.secured()


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    loss=st.floats(0.0, 0.4),
    duplication=st.floats(0.0, 0.5),
    jitter=st.floats(0.0, 0.3),
    delay=st.floats(0.0, 0.3),
    later=st.floats(0.0, 3.0),
)
def test_whatever_the_line_does_nobody_is_stuck(
    *, seed: int, loss: float, duplication: float, jitter: float, delay: float, later: float
) -> None:
    line = Line(seed=seed, loss=loss, duplication=duplication, jitter=jitter, delay=delay)
    pair = Pair(Endpoint("alice", seed=seed), Endpoint("bob", seed=seed), line=line)
    pair.start(right_after=later)
    finished(pair)


def test_t13_a_satellite_link_works_as_well() -> None:
    pair = Pair(line=Line(delay=0.6))
    pair.call()


def test_packets_that_overtake_each_other_do_no_harm() -> None:
    for seed in range(20):
        line = Line(seed=seed, delay=0.0, jitter=0.5, duplication=0.5)
        Pair(Endpoint("alice", seed=seed), Endpoint("bob", seed=seed), line=line).call()
