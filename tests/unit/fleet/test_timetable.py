import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.fleet.timetable import RETRY_MAX_S, Timetable

DAY = 86400.0
HOUR = 3600.0


def timetable(chance: float = 0.5, every_s: float = DAY, *, at_once: bool = False) -> Timetable:
    return Timetable(every_s, 1000.0, lambda: chance, at_once=at_once)


@pytest.mark.parametrize(("chance", "first", "at_once"), [(0.0, 0.0, 0.0), (0.5, 30.0, 2.5)])
def test_the_first_look_comes_soon_but_not_everybodys_at_once(
    chance: float, first: float, at_once: float
) -> None:
    assert timetable(chance).due == 1000 + first
    assert timetable(chance, at_once=True).due == 1000 + at_once


@pytest.mark.parametrize(("chance", "pause"), [(0.0, 0.9 * DAY), (0.5, DAY), (0.75, 1.05 * DAY)])
def test_the_next_look_comes_about_a_period_later(chance: float, pause: float) -> None:
    plan = timetable(chance)
    plan.succeeded(5000.0)
    assert plan.due == pytest.approx(5000 + pause)


def test_a_server_that_is_down_is_asked_ever_more_seldom() -> None:
    plan, pauses = timetable(0.0), []
    for _ in range(12):
        plan.failed(0.0)
        pauses.append(plan.due)
    assert pauses[:5] == [60, 120, 240, 480, 960]
    assert pauses[-1] == RETRY_MAX_S
    plan.succeeded(0.0)
    plan.failed(0.0)
    assert plan.due == 60


def test_a_short_period_is_never_waited_beyond() -> None:
    plan = timetable(0.0, 300.0)
    for _ in range(9):
        plan.failed(0.0)
    assert plan.due == 300


def test_a_server_that_wants_to_be_left_alone_is_but_not_for_ever() -> None:
    plan = timetable(0.0)
    plan.failed(0.0, not_before_s=HOUR)
    assert plan.due == HOUR
    plan.failed(0.0, not_before_s=1e9)
    assert plan.due == RETRY_MAX_S


@given(
    st.lists(st.booleans(), max_size=60),
    st.floats(0, 1, exclude_max=True),
    st.floats(300, 30 * DAY),
)
def test_the_next_look_is_always_ahead_and_within_reach(
    outcomes: list[bool], chance: float, every_s: float
) -> None:
    plan, now = timetable(chance, every_s), 1000.0
    for succeeded in outcomes:
        now = max(now, plan.due)
        if succeeded:
            plan.succeeded(now)
        else:
            plan.failed(now)
        assert now + 29 < plan.due <= now + 1.1 * every_s + 1
