import pytest

from agent.phone.menu.care import shift_at
from agent.phone.views import Idle
from agent.screens.render import render
from agent.screens.shift import shifted
from hw.types import HEIGHT, WIDTH, Picture


def lit(picture: Picture) -> set[tuple[int, int]]:
    return {
        (x, y)
        for y in range(HEIGHT)
        for x in range(WIDTH)
        if picture.bits[y * WIDTH // 8 + x // 8] & (0x80 >> x % 8)
    }


@pytest.mark.parametrize("minute", range(0, 30, 5))
def test_a_picture_moves_as_a_whole(minute: int) -> None:
    picture = render(Idle("Alice", 9, 5))
    columns, rows = shift_at(minute)
    moved = shifted(picture, columns, rows)
    assert lit(moved) == {(x + columns, y + rows) for x, y in lit(picture)}
    assert moved.text == picture.text


@pytest.mark.parametrize(("columns", "rows"), [(1, 0), (-1, 0), (0, 1), (0, -1)])
def test_what_would_leave_the_panel_stays(columns: int, rows: int) -> None:
    full = Picture(b"\xff" * 1024)
    assert shifted(full, columns, rows) is full


def test_nothing_can_be_moved() -> None:
    dark = Picture(bytes(1024))
    assert shifted(dark, 1, 0) is dark
