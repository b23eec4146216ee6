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


IN_EXCHANGE = (
    State.COMMIT_SENT,
    State.PRESHARED_COMMIT_SENT,
    State.MULTISTREAM_COMMIT_SENT,
    State.DHPART2_SENT,
    State.CONFIRM2_SENT,
    State.DHPART1_SENT,
    State.CONFIRM1_SENT,
)


@pytest.mark.parametrize("state", IN_EXCHANGE)
def test_an_exchange_ends_in_each_of_its_states(state: State) -> None:
    assert TRANSITIONS[state, Input.ERROR] == (Step.END_BY_PEER, State.FAILED)
    assert TRANSITIONS[state, Input.UNANSWERED] == (Step.GIVE_UP, State.FAILED)
    assert TRANSITIONS[state, Input.HELLO_DISOWNED] == (Step.REFUSE_PEER, State.FAILED)


@pytest.mark.parametrize("state", [State.PEER_FOUND, State.ACQUAINTED])
def test_what_a_known_peer_says_counts_whether_or_not_it_heard_us(state: State) -> None:
    said = {
        happened: transition
        for (before, happened), transition in TRANSITIONS.items()
        if before is state and happened.name.endswith(("COMMIT", "HELLO", "ERROR", "DISOWNED"))
    }
    assert said == {
        Input.HELLO: (Step.MEET_ANOTHER_PEER, state),
        Input.HELLO_DISOWNED: (Step.FORGET_PEER, State.DISCOVERING),
        Input.ERROR: (Step.END_BY_PEER, State.FAILED),
        Input.COMMIT: (Step.ACCEPT_COMMIT, State.DHPART1_SENT),
        Input.PRESHARED_COMMIT: (Step.ACCEPT_PRESHARED_COMMIT, State.CONFIRM1_SENT),
        Input.FOREIGN_PRESHARED_COMMIT: (Step.OVERRULE_PRESHARED, State.COMMIT_SENT),
        Input.MULTISTREAM_COMMIT: (Step.ACCEPT_MULTISTREAM_COMMIT, State.CONFIRM1_SENT),
        Input.MISPLACED_COMMIT: (Step.REFUSE_MISPLACED_COMMIT, State.FAILED),
    } | (
        {Input.MAY_COMMIT: (Step.SEND_COMMIT, State.COMMIT_SENT)}
        if state is State.ACQUAINTED
        else {}
    )


@pytest.mark.parametrize(
    "state", [State.DISCOVERING, State.ACKNOWLEDGED, State.PEER_FOUND, State.ACQUAINTED]
)
def test_without_keys_of_the_first_stream_another_one_ends(state: State) -> None:
    assert TRANSITIONS[state, Input.KEYS_MISSING] == (Step.REFUSE_WITHOUT_KEYS, State.FAILED)


@pytest.mark.parametrize(
    "state", [State.DISCOVERING, State.ACKNOWLEDGED, State.SECURE, State.FAILED]
)
def test_an_error_ends_nothing_where_no_exchange_is_going_on(state: State) -> None:
    assert TRANSITIONS[state, Input.ERROR] == (Step.IGNORE_ERROR, state)
