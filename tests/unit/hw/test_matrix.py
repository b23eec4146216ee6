from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.matrix import Crossing, Matrix, is_ambiguous
from hw.types import Key

NAMES_3X4 = ("123", "456", "789", "*0#")
PAD_3X4 = Matrix(tuple(tuple(Key(name) for name in row) for row in NAMES_3X4))
FUNCTIONS = (Key.CALL, Key.HANG_UP, Key.CONFIRM, Key.MENU)
PAD_4X4 = Matrix(tuple((*row, key) for row, key in zip(PAD_3X4.keys, FUNCTIONS, strict=True)))


def seen(pressed: set[Crossing]) -> set[Crossing]:
    """What a matrix without diodes shows: whatever current can reach, however far round."""
    closed = set(pressed)
    while True:
        ghosts = {
            (row, column)
            for row, column in product(range(4), range(4))
            for other_row, other_column in product(range(4), range(4))
            if {(row, other_column), (other_row, other_column), (other_row, column)} <= closed
        }
        if ghosts <= closed:
            return closed
        closed |= ghosts


def crossing(key: Key, pad: Matrix) -> Crossing:
    return next((at, row.index(key)) for at, row in enumerate(pad.keys) if key in row)


@pytest.mark.parametrize("pad", [PAD_3X4, PAD_4X4])
def test_each_key_lies_on_its_crossing(pad: Matrix) -> None:
    for row in pad.keys:
        for key in row:
            assert pad.decode([crossing(key, pad)], ()) == {key}
    assert pad.decode([], [Key.STAR]) == frozenset()


@given(st.lists(st.sampled_from(list(Key)), unique=True, max_size=6))
def test_keys_that_are_believed_are_pressed(keys: list[Key]) -> None:
    """One key goes down after the other; no ghost is ever believed."""
    pressed: set[Crossing] = set()
    held: frozenset[Key] = frozenset()
    for count, key in enumerate(keys, 1):
        pressed.add(crossing(key, PAD_4X4))
        held = PAD_4X4.decode(seen(pressed), held)
        assert held <= set(keys[:count])


@given(st.sets(st.sampled_from(list(Key)), max_size=2))
def test_any_two_keys_are_believed(keys: set[Key]) -> None:
    assert PAD_4X4.decode(seen({crossing(key, PAD_4X4) for key in keys}), ()) == keys


def test_a_rectangle_keeps_what_was_held() -> None:
    held = frozenset({Key.DIGIT_1, Key.DIGIT_2})
    corners = seen({(0, 0), (0, 1), (1, 0)})
    assert corners == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert is_ambiguous(corners)
    assert PAD_3X4.decode(corners, held) == held
    assert PAD_3X4.decode({(0, 0), (1, 0), (2, 1)}, held) == {
        Key.DIGIT_1,
        Key.DIGIT_4,
        Key.DIGIT_8,
    }


def test_a_crossing_outside_is_an_error() -> None:
    with pytest.raises(IndexError):
        PAD_3X4.decode([(0, 3)], ())


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (((Key.STAR, Key.HASH), (Key.CALL,)), "equally long"),
        (((Key.STAR,), (Key.STAR,)), r"twice in the matrix: \*"),
        ((), "equally long"),
    ],
)
def test_a_wrong_matrix_is_refused(rows: tuple[tuple[Key, ...], ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Matrix(rows)
