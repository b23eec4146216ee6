from hypothesis import given
from hypothesis import strategies as st

from agent.sip.flow import PING_S, PONG_S, Beat, Flow


def test_pings_at_intervals() -> None:
    flow = Flow(0, 1)
    assert flow.beat(19.9, 1) is Beat.REST
    assert flow.beat(20, 0) is Beat.PING
    assert flow.due == 36
    assert flow.beat(36, 1) is Beat.PING


def test_one_that_never_answered_is_never_given_up() -> None:
    flow = Flow(0, 1)
    for turn in range(1, 100):
        assert flow.beat(turn * 20, 1) is Beat.PING


def test_one_that_answered_once_and_then_falls_silent_is_dead() -> None:
    flow = Flow(0, 1)
    flow.beat(20, 1)
    flow.answered(20.1, 1)
    assert flow.beat(40.1, 1) is Beat.PING
    assert flow.beat(50, 1) is Beat.REST
    assert flow.beat(50.1, 1) is Beat.DEAD


def test_an_answer_in_time_keeps_it() -> None:
    flow = Flow(0, 1)
    flow.beat(20, 1)
    flow.answered(20.1, 1)
    flow.beat(40.1, 1)
    flow.answered(50, 1)
    assert flow.beat(50.2, 1) is Beat.REST
    assert flow.due == 70


def test_a_server_may_want_to_hear_more_often() -> None:
    flow = Flow(0, 1, interval_s=5)
    assert flow.beat(5, 1) is Beat.PING


@given(st.lists(st.floats(0, 1), min_size=2, max_size=2))
def test_a_dead_server_is_noticed_within_half_a_minute(random: list[float]) -> None:
    flow = Flow(0, random[0])
    flow.answered(0, random[0])
    pinged = flow.due
    assert flow.beat(pinged, random[1]) is Beat.PING
    assert flow.beat(flow.due, random[1]) is Beat.DEAD
    assert flow.due <= PING_S + PONG_S
