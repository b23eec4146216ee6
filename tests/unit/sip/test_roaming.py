"""A call whose network changes under it, by the clock that is passed in."""

import pytest

from agent.sip.roaming import AGAIN_S, LIMIT_S, Roaming

START = 100.0


def cut() -> Roaming:
    roaming = Roaming(owns_call_id=True)
    assert roaming.cut(START)
    return roaming


def asking() -> Roaming:
    roaming = cut()
    roaming.want(START + 1)
    assert roaming.to_ask(START + 1)
    roaming.asked()
    return roaming


def test_a_call_that_was_not_cut_asks_nothing_and_does_not_end() -> None:
    roaming = Roaming(owns_call_id=False)
    roaming.want(START)
    assert not roaming.is_cut
    assert not roaming.to_ask(START + 1000)
    assert not roaming.is_over(START + 1000)
    assert not roaming.answered(200, START)


def test_while_there_is_no_network_nothing_is_asked() -> None:
    roaming = cut()
    assert roaming.is_cut
    assert not roaming.to_ask(START + 10)


def test_it_goes_on_when_the_other_side_has_answered() -> None:
    roaming = asking()
    assert roaming.is_asking
    assert not roaming.to_ask(START + 1)
    assert roaming.answered(200, START + 2)
    assert not roaming.is_cut
    assert not roaming.is_over(START + LIMIT_S)
    assert not roaming.to_ask(START + 100)


def test_a_challenge_is_no_answer() -> None:
    roaming = asking()
    assert not roaming.answered(407, START + 2)
    assert roaming.is_asking
    assert roaming.answered(200, START + 2)


@pytest.mark.parametrize("code", [404, 408, 480, 488, 491, 500, 503])
def test_whatever_else_is_answered_it_is_asked_again(code: int) -> None:
    roaming = asking()
    assert not roaming.answered(code, START + 2)
    assert roaming.is_cut
    assert not roaming.to_ask(START + 2 + AGAIN_S / 2)
    assert roaming.to_ask(START + 2 + 2 * AGAIN_S)


def test_two_that_have_crossed_do_not_cross_again() -> None:
    waits = []
    for owns_call_id in (True, False):
        roaming = Roaming(owns_call_id=owns_call_id)
        roaming.cut(START)
        roaming.want(START)
        roaming.asked()
        assert not roaming.answered(491, START)
        waits.append(next(step / 10 for step in range(1, 100) if roaming.to_ask(START + step / 10)))
    assert waits == [2 * AGAIN_S, AGAIN_S / 2]


def test_the_other_side_comes_first() -> None:
    roaming = asking()
    assert roaming.met()
    assert not roaming.is_cut
    assert not roaming.answered(408, START + 3), "our own was overtaken"
    assert not roaming.to_ask(START + 100)


def test_without_a_network_nobody_can_have_come() -> None:
    roaming = cut()
    assert not roaming.met()
    assert roaming.is_cut


@pytest.mark.parametrize(("code", "missed"), [(408, True), (480, True), (503, True), (488, False)])
def test_whether_the_other_side_may_have_moved_too(code: int, *, missed: bool) -> None:
    roaming = asking()
    roaming.answered(code, START + 2)
    assert roaming.has_missed is missed
    roaming.cut(START + 3)
    assert not roaming.has_missed


def test_what_could_not_be_sent_is_sent_a_moment_later() -> None:
    roaming = cut()
    roaming.want(START + 1)
    roaming.busy(START + 1)
    assert not roaming.to_ask(START + 1 + AGAIN_S / 2)
    assert roaming.to_ask(START + 1 + AGAIN_S)


def test_the_network_changes_again_before_the_answer() -> None:
    roaming = asking()
    assert not roaming.cut(START + 2)
    assert not roaming.is_asking
    assert not roaming.to_ask(START + 10), "there is no network to ask in"
    assert not roaming.answered(200, START + 3), "that one was about an address that is gone"
    assert roaming.is_cut
    roaming.want(START + 5)
    assert roaming.to_ask(START + 5)


def test_it_is_given_up_after_the_limit_which_begins_when_the_sound_ended() -> None:
    roaming = asking()
    roaming.answered(408, START + 20)
    roaming.cut(START + 25)
    roaming.want(START + 26)
    assert not roaming.is_over(START + LIMIT_S - 0.1)
    assert roaming.is_over(START + LIMIT_S)


def test_a_second_cut_has_the_whole_time_again() -> None:
    roaming = asking()
    roaming.answered(200, START + 20)
    assert roaming.cut(START + 25)
    assert not roaming.is_over(START + LIMIT_S)
    assert roaming.is_over(START + 25 + LIMIT_S)
