"""Hold: what is asked for when, whatever the other side and the person do meanwhile."""

from hypothesis import given
from hypothesis import strategies as st

from agent.sip.holding import BUSY_WAIT_S, OTHER_WAIT_S, OWNER_WAIT_S, SETTLE_S, Holding

OK, PENDING, REFUSED, CHALLENGE = 200, 491, 488, 407


def asked(holding: Holding, now: float = 0.0) -> bool | None:
    """Sends what there is to send."""
    held = holding.to_ask(now)
    if held is not None:
        holding.asked(held=held)
    return held


def test_nothing_to_ask_at_first() -> None:
    assert Holding(owns_call_id=True).to_ask(0.0) is None


def test_hold_and_resume() -> None:
    holding = Holding(owns_call_id=True)
    holding.want(held=True)
    assert asked(holding) is True
    assert asked(holding) is None
    holding.answered(OK, 1.0, 0.5)
    assert asked(holding, 2.0) is None
    holding.want(held=False)
    assert asked(holding, 2.0) is False


def test_an_answer_is_left_alone_for_a_moment() -> None:
    holding = Holding(owns_call_id=True)
    holding.want(held=True)
    asked(holding)
    holding.answered(OK, 1.0, 0.5)
    holding.want(held=False)
    assert asked(holding, 1.0) is None
    assert asked(holding, 1.0 + SETTLE_S) is False


def test_second_thoughts_wait_for_the_answer() -> None:
    holding = Holding(owns_call_id=True)
    holding.want(held=True)
    assert asked(holding) is True
    holding.want(held=False)
    assert asked(holding) is None
    holding.answered(OK, 1.0, 0.5)
    assert asked(holding, 2.0) is False


def test_second_thoughts_that_come_before_the_question_cost_nothing() -> None:
    holding = Holding(owns_call_id=True)
    holding.want(held=True)
    holding.want(held=False)
    assert asked(holding) is None


def test_crossed_offers_are_made_again_by_turns() -> None:
    for owns, (least, most) in ((True, OWNER_WAIT_S), (False, OTHER_WAIT_S)):
        for share, wait in ((0.0, least), (1.0, most)):
            holding = Holding(owns_call_id=owns)
            holding.want(held=True)
            asked(holding)
            holding.answered(PENDING, 10.0, share)
            assert wait == 0.0 or holding.to_ask(10.0 + wait - 0.01) is None
            assert holding.to_ask(10.0 + wait + 0.01) is True


def test_whoever_refuses_is_not_pestered() -> None:
    holding = Holding(owns_call_id=True)
    holding.want(held=True)
    asked(holding)
    holding.answered(REFUSED, 1.0, 0.5)
    assert holding.to_ask(100.0) is None
    assert holding.is_wanted


def test_a_challenge_is_no_answer() -> None:
    holding = Holding(owns_call_id=True)
    holding.want(held=True)
    asked(holding)
    holding.answered(CHALLENGE, 1.0, 0.5)
    holding.want(held=False)
    assert holding.to_ask(2.0) is None


def test_answers_to_other_invites_do_not_count() -> None:
    holding = Holding(owns_call_id=True)
    holding.answered(OK, 0.0, 0.5)
    holding.want(held=True)
    holding.answered(PENDING, 0.0, 0.5)
    assert asked(holding) is True


def test_busy_with_their_offer() -> None:
    holding = Holding(owns_call_id=False)
    holding.want(held=True)
    holding.busy(5.0)
    assert holding.to_ask(5.0) is None
    assert holding.to_ask(5.0 + BUSY_WAIT_S) is True


@given(st.lists(st.sampled_from(["hold", "resume", "ask", "busy", "200", "491"]), max_size=40))
def test_in_the_end_both_sides_have_what_was_wished_last(steps: list[str]) -> None:
    """Whatever happens on the way, once every question is answered."""
    holding, now, in_flight, there, wish = Holding(owns_call_id=True), 0.0, None, False, False
    for step in [*steps, "200", "ask", "200", "ask", "200"]:
        now += 5.0
        match step:
            case "hold" | "resume":
                wish = step == "hold"
                holding.want(held=wish)
            case "ask":
                question = asked(holding, now)
                assert question is None or in_flight is None
                in_flight = in_flight if question is None else question
            case "busy":
                holding.busy(now - 5.0)
            case _:
                there = there if in_flight is None or step == "491" else in_flight
                holding.answered(int(step), now, 0.5)
                in_flight = None
    assert there == wish
