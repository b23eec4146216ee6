import pytest

from agent.zrtp.state import FINAL, TRANSITIONS, Input, Role, State, Step


def reachable(start: State) -> set[State]:
    found, waiting = {start}, [start]
    while waiting:
        state = waiting.pop()
        for (before, _), (_, after) in TRANSITIONS.items():
            if before is state and after not in found:
                found.add(after)
                waiting.append(after)
    return found


def test_every_state_but_closed_is_reached() -> None:
    assert reachable(State.IDLE) == set(State) - {State.CLOSED}


def test_once_failed_always_failed() -> None:
    for state in FINAL:
        assert reachable(state) == {state}


def test_secure_is_left_by_no_packet() -> None:
    assert reachable(State.SECURE) == {State.SECURE}


def test_every_step_and_every_input_is_used() -> None:
    assert {step for step, _ in TRANSITIONS.values()} == set(Step)
    assert {happened for _, happened in TRANSITIONS} == set(Input)


def test_f04_secure_is_entered_only_by_what_proves_the_keys() -> None:
    ways = {pair for pair, (_, after) in TRANSITIONS.items() if after is State.SECURE}
    assert {pair for pair in ways if pair[0] is not State.SECURE} == {
        (State.CONFIRM1_SENT, Input.CONFIRM2),
        (State.CONFIRM2_SENT, Input.CONF2_ACK),
        (State.CONFIRM2_SENT, Input.SRTP),
    }


@pytest.mark.parametrize("state", set(State) - {State.IDLE, *FINAL})
def test_i01_a_ping_is_answered_in_every_state(state: State) -> None:
    assert TRANSITIONS[state, Input.PING] == (Step.ANSWER_PING, state)


def test_roles_have_another() -> None:
    assert Role.INITIATOR.other is Role.RESPONDER
    assert Role.RESPONDER.other is Role.INITIATOR
