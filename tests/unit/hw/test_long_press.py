from hw.long_press import HOLD_SECONDS, LongPress
from hw.types import Key, KeyPressed, KeyReleased

HASH, CALL = Key.HASH, Key.CALL
Events = list[KeyPressed | KeyReleased]
DOWN: Events = [KeyPressed(HASH)]
UP: Events = [KeyReleased(HASH)]


def test_a_short_press_is_the_key_itself_once_it_is_up() -> None:
    keys = LongPress({HASH: CALL})
    assert keys.handle(DOWN, 1.0) == []
    assert keys.handle([], 1.3) == []
    assert keys.handle(UP, 1.4) == [KeyPressed(HASH), KeyReleased(HASH)]
    assert keys.handle([], 9.0) == []


def test_a_long_press_is_the_function_as_soon_as_it_is_long() -> None:
    keys = LongPress({HASH: CALL})
    assert keys.handle(DOWN, 1.0) == []
    assert keys.handle([], 1.0 + HOLD_SECONDS) == [KeyPressed(CALL)]
    assert keys.handle([], 3.0) == []
    assert keys.handle(UP, 4.0) == [KeyReleased(CALL)]
    assert keys.handle(DOWN, 5.0) == []
    assert keys.handle(UP, 5.1) == [KeyPressed(HASH), KeyReleased(HASH)]


def test_other_keys_pass_at_once_meanwhile() -> None:
    keys = LongPress({HASH: CALL})
    keys.handle(DOWN, 1.0)
    five: Events = [KeyPressed(Key.DIGIT_5), KeyReleased(Key.DIGIT_5)]
    assert keys.handle(five, 1.1) == five


def test_a_release_without_a_press_is_nothing() -> None:
    assert LongPress({HASH: CALL}).handle(UP, 1.0) == []


def test_without_functions_all_keys_pass() -> None:
    assert LongPress({}).handle([*DOWN, *UP], 1.0) == [*DOWN, *UP]
