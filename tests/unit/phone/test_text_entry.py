"""Multi-tap: what comes of which keys at which times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.phone.text_entry import TEXT_LIMIT, TextEntry
from hw.types import Key

PAUSE = 1.0


def typed(keys: str, text: str = "") -> TextEntry:
    """Presses these keys; a blank is a pause, < the delete key."""
    entry = TextEntry(text, PAUSE)
    now = 0.0
    for symbol in keys:
        if symbol == " ":
            now += PAUSE
            entry.due(now)
        else:
            assert not entry.pressed(Key.MENU if symbol == "<" else Key(symbol), now)
    return entry


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("2", "A"),
        ("22", "B"),
        ("2 2", "Aa"),
        ("2222", "2"),
        ("22222", "A"),
        ("23", "Ad"),
        ("22 666 22 22 999", "Bobby"),
        ("20 2", "A A"),
        ("200 2", "A0a"),
        ("*2", "a"),
        ("**2", "2"),
        ("**22", "22"),
        ("***2", "A"),
        ("2*2", "A2"),
        ("2 **2", "AA"),
        ("<", ""),
        ("2<", ""),
        ("23<3", "Ad"),
        ("2<2", "A"),
        ("1", "."),
        ("111", "'"),
    ],
)
def test_keys_and_what_they_write(keys: str, text: str) -> None:
    assert typed(keys).text == text


def test_a_text_that_stands_there_is_gone_on_with() -> None:
    entry = typed("<<999", "Bob")
    assert entry.text == "By"
    assert entry.pending


@pytest.mark.parametrize("key", [Key.CONFIRM, Key.HASH])
def test_done(key: Key) -> None:
    entry = typed("2")
    assert entry.pressed(key, 0.1)
    assert entry.text == "A"
    assert not entry.pending


@pytest.mark.parametrize("key", [Key.CALL, Key.HANG_UP])
def test_other_keys_only_settle_the_last_character(key: Key) -> None:
    entry = typed("2")
    assert not entry.pressed(key, 0.1)
    assert entry.text == "A"


def test_the_pause_settles() -> None:
    entry = TextEntry("", PAUSE)
    assert entry.next_timer() is None
    entry.pressed(Key.DIGIT_2, 5.0)
    assert entry.next_timer() == 6.0
    entry.due(5.9)
    waiting = entry.pending
    entry.due(6.0)
    assert (waiting, entry.pending) == (True, False)
    assert entry.text == "A"
    assert entry.next_timer() is None


def test_modes() -> None:
    entry = TextEntry("", PAUSE)
    seen = []
    for _ in range(4):
        seen.append((entry.upper, entry.digits))
        entry.pressed(Key.STAR, 0.0)
    assert seen == [(True, False), (False, False), (False, True), (True, False)]


def test_full() -> None:
    entry = typed("2", "x" * 100)
    assert entry.text == "x" * TEXT_LIMIT
    assert typed("**5", "x" * 100).text == "x" * TEXT_LIMIT
    assert typed("22", "x" * (TEXT_LIMIT - 1)).text == "x" * (TEXT_LIMIT - 1) + "b"


@given(st.lists(st.tuples(st.sampled_from(Key), st.floats(0, 2))))
def test_any_keys_leave_a_bounded_text(presses: list[tuple[Key, float]]) -> None:
    entry, now = TextEntry("Bob", PAUSE), 0.0
    for key, pause in presses:
        now += pause
        entry.due(now)
        entry.pressed(key, now)
        assert len(entry.text) <= TEXT_LIMIT
        assert entry.next_timer() is None or entry.pending
