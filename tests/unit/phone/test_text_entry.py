"""Multi-tap: what comes of which keys at which times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.phone.text_entry import ADDRESS_LIMIT, NUMBER_LIMIT, TEXT_LIMIT, TextEntry, TextKind
from hw.types import Key

PAUSE = 1.0


NAMED = {"<": Key.MENU, "c": Key.CALL}


def typed(keys: str, text: str = "", kind: TextKind = TextKind.TEXT) -> TextEntry:
    """Presses these keys; a blank is a pause, < the delete key, c the call key."""
    entry = TextEntry(text, PAUSE, kind)
    now = 0.0
    for symbol in keys:
        if symbol == " ":
            now += PAUSE
            entry.due(now)
        else:
            assert not entry.pressed(NAMED.get(symbol) or Key(symbol), now)
    return entry


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("2", "A"),
        ("22", "B"),
        ("2 2", "Aa"),
        ("2222", "2"),
        ("22222", "Ä"),
        ("22222 22222", "Ää"),
        ("2" * 12, "Ç"),
        ("2" * 13, "A"),
        ("777777", "ß"),
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


@pytest.mark.parametrize("key", [Key.HANG_UP])
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


@pytest.mark.parametrize(
    ("keys", "text", "cursor"),
    [
        ("", "Bob", 3),
        ("c", "Bob", 2),
        ("c<", "Bb", 1),
        ("ccc2", "ABob", 1),
        ("ccc22", "BBob", 1),
        ("ccc<", "Bob", 0),
        ("cccc<", "Bo", 2),
        ("c2c2", "Boaab", 3),
    ],
)
def test_the_cursor_goes_back_and_round(keys: str, text: str, cursor: int) -> None:
    entry = typed(keys, "Bob")
    assert (entry.text, entry.cursor) == (text, cursor)


def test_an_address_has_its_signs_and_no_capitals() -> None:
    assert typed("2 1 2", kind=TextKind.ADDRESS).text == "a@a"
    assert typed("2 1 2 11 2", kind=TextKind.ADDRESS).text == "a@a.a"
    assert typed("11111 0", kind=TextKind.ADDRESS).text == ":0"
    assert typed("2" * 5, kind=TextKind.ADDRESS).text == "a"
    assert typed("**2", kind=TextKind.ADDRESS).text == "a"
    assert typed("*2*2", kind=TextKind.ADDRESS).text == "2a"
    assert len(typed("2" + " 2" * 100, kind=TextKind.ADDRESS).text) == ADDRESS_LIMIT


def test_a_number_is_what_is_dialled() -> None:
    assert typed("*21#c<3", kind=TextKind.NUMBER).text == "*23#"
    assert typed("1" * 99 + "*", kind=TextKind.NUMBER).text == "1" * NUMBER_LIMIT
    entry = typed("1", kind=TextKind.NUMBER)
    assert entry.pressed(Key.CONFIRM, 1.0)


@given(st.lists(st.tuples(st.sampled_from(Key), st.floats(0, 2))))
def test_any_keys_leave_a_bounded_text(presses: list[tuple[Key, float]]) -> None:
    entry, now = TextEntry("Bob", PAUSE), 0.0
    for key, pause in presses:
        now += pause
        entry.due(now)
        entry.pressed(key, now)
        assert len(entry.text) <= TEXT_LIMIT
        assert 0 <= entry.cursor <= len(entry.text)
        assert entry.next_timer() is None or entry.pending
