from hw.stuck import STUCK_SECONDS, StuckKeys, complaint
from hw.types import Key, KeyPressed, KeyReleased

FIVE, STAR = Key.DIGIT_5, Key.STAR


def test_a_key_that_is_held_for_long_is_held() -> None:
    stuck = StuckKeys()
    assert stuck.handle([KeyPressed(FIVE)], 0.0) == [KeyPressed(FIVE)]
    assert stuck.handle([], STUCK_SECONDS - 1) == []
    assert stuck.handle([KeyReleased(FIVE)], STUCK_SECONDS - 0.5) == [KeyReleased(FIVE)]
    assert stuck.handle([], 10 * STUCK_SECONDS) == []
    assert stuck.keys == frozenset()


def test_a_key_that_never_comes_up_is_let_go_and_forgotten_until_it_does() -> None:
    stuck = StuckKeys()
    stuck.handle([KeyPressed(FIVE)], 0.0)
    stuck.handle([KeyPressed(STAR)], 5.0)
    assert stuck.handle([], STUCK_SECONDS) == [KeyReleased(FIVE)]
    assert stuck.keys == {FIVE}
    assert stuck.handle([], STUCK_SECONDS + 5.0) == [KeyReleased(STAR)]
    assert stuck.keys == {FIVE, STAR}
    assert stuck.handle([KeyReleased(FIVE)], 100.0) == []
    assert stuck.keys == {STAR}
    assert stuck.handle([KeyPressed(FIVE)], 101.0) == [KeyPressed(FIVE)]


def test_the_sentence_names_the_keys() -> None:
    assert complaint([FIVE]).startswith("the key 5 is down all the time")
    assert complaint([FIVE, STAR]).startswith("the keys * 5 are down all the time")
