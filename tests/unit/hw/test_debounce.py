import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.debounce import HOOK_BOUNCE, KEY_BOUNCE, Bounce, Debouncer, KeyDebouncer
from hw.types import Key, KeyPressed, KeyReleased

STEP = 0.005


def changes(bounce: Bounce, samples: list[bool]) -> list[tuple[int, bool]]:
    """Feeds samples of 5 ms each and returns at which of them what was told."""
    contact = Debouncer(bounce)
    return [
        (at, contact.closed)
        for at, closed in enumerate(samples)
        if contact.sample(closed=closed, now=at * STEP)
    ]


@given(st.lists(st.booleans(), max_size=20), st.lists(st.booleans(), max_size=20))
def test_bounces_of_up_to_100_ms_are_one_change_each_way(lift: list[bool], put: list[bool]) -> None:
    samples = [*lift, *[True] * 40, *put, *[False] * 40]
    told = changes(HOOK_BOUNCE, samples)
    assert [closed for _, closed in told] == [True, False]


@given(st.lists(st.booleans(), max_size=200))
def test_what_lasts_is_always_told_in_the_end(noise: list[bool]) -> None:
    for last in (True, False):
        contact = Debouncer(HOOK_BOUNCE)
        for at, closed in enumerate([*noise, *[last] * 40]):
            contact.sample(closed=closed, now=at * STEP)
        assert contact.closed is last
        assert contact.is_settled


@given(st.lists(st.booleans(), max_size=200))
def test_changes_alternate_and_keep_their_distance(noise: list[bool]) -> None:
    told = changes(HOOK_BOUNCE, noise)
    assert [closed for _, closed in told] == [at % 2 == 0 for at in range(len(told))]
    gaps = [(later - sooner) * STEP for (sooner, _), (later, _) in itertools.pairwise(told)]
    assert all(gap >= HOOK_BOUNCE.hold_off - 1e-9 for gap in gaps)


def test_a_clean_change_is_told_at_its_beginning() -> None:
    [(at, closed)] = changes(HOOK_BOUNCE, [False] * 10 + [True] * 50)
    assert closed
    assert at * STEP == pytest.approx(10 * STEP + HOOK_BOUNCE.confirm, abs=1.01 * STEP)


def test_a_spike_is_nothing() -> None:
    assert changes(HOOK_BOUNCE, [False, True, True, False] * 20) == []


def test_it_may_begin_closed() -> None:
    contact = Debouncer(KEY_BOUNCE, closed=True)
    assert contact.closed
    assert not contact.sample(closed=True, now=0.0)


def test_keys_are_told_in_pairs_and_apart() -> None:
    keys = KeyDebouncer()
    told = []
    one, two = Key.DIGIT_1, Key.DIGIT_2
    for at in range(100):
        down = {one} if at < 20 else {one, two} if at < 40 else {two} if at < 60 else set()
        told += keys.sample(down, at * STEP)
        if at == 39:
            assert keys.held == {one, two}
    assert told == [KeyPressed(one), KeyPressed(two), KeyReleased(one), KeyReleased(two)]
    assert keys.is_at_rest


def test_keys_are_not_at_rest_while_one_is_about_to_be_pressed() -> None:
    keys = KeyDebouncer()
    rest = [keys.is_at_rest]
    assert keys.sample({Key.STAR}, 0.0) == []
    rest.append(keys.is_at_rest)
    assert keys.sample({Key.STAR}, 0.01) == [KeyPressed(Key.STAR)]
    rest.append(keys.is_at_rest)
    assert rest == [True, False, False]


def test_a_fast_typist_is_followed() -> None:
    """Ten presses a second of one key: 50 ms down, 50 ms up."""
    samples = ([True] * 10 + [False] * 10) * 5
    assert len(changes(KEY_BOUNCE, samples)) == 10
