"""A server that is tried now and then."""

from agent.sip.settings import Backoff
from agent.sip.standing import LOOK_AGAIN_S, Standing

BACKOFF = Backoff(base_s=5.0, limit_s=60.0)


def test_what_nobody_wants_is_never_tried() -> None:
    standing = Standing(BACKOFF)
    assert standing.due is None
    assert not standing.take(1e9)


def test_it_is_tried_once_and_not_again_before_it_has_answered() -> None:
    standing = Standing(BACKOFF)
    standing.wanted(7.0)
    assert not standing.take(6.9)
    assert standing.take(7.0)
    assert standing.due is None
    assert not standing.take(8.0)


def test_news_is_told_once() -> None:
    standing = Standing(BACKOFF)
    assert standing.answered("silent", 0.0, 1.0)
    assert not standing.answered("silent", 5.0, 1.0)
    assert standing.answered("full", 9.0, 1.0)
    assert standing.answered("", 20.0, 1.0)
    assert not standing.answered("", 30.0, 1.0)


def test_that_it_is_there_from_the_start_is_news_too() -> None:
    assert Standing(BACKOFF).answered("", 0.0, 1.0)


def test_it_is_tried_less_and_less_often_until_it_answers() -> None:
    standing = Standing(BACKOFF)
    waits = []
    for _ in range(6):
        standing.answered("silent", 100.0, 1.0)
        assert standing.due is not None
        waits.append(standing.due - 100.0)
    assert waits == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]
    standing.answered("", 100.0, 1.0)
    assert standing.due == 100.0 + LOOK_AGAIN_S
    standing.answered("silent", 100.0, 1.0)
    assert standing.due == 105.0
