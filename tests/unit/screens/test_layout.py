import pytest

from agent.screens.fonts import BOLD_18, BOLD_34, ELLIPSIS, NAMES, SMALL
from agent.screens.layout import (
    LAST,
    Align,
    Canvas,
    ending,
    fold,
    largest,
    share,
    shorten,
    wrap,
)
from hw.types import HEIGHT, WIDTH


def rows_of(canvas: Canvas) -> list[int]:
    """The rows in which anything is lit."""
    bits = canvas.picture().bits
    row = WIDTH // 8
    return [top for top in range(HEIGHT) if any(bits[top * row : (top + 1) * row])]


def columns_of(canvas: Canvas) -> list[int]:
    """The columns in which anything is lit."""
    lit = int.from_bytes(canvas.picture().bits)
    places = range(WIDTH * HEIGHT)
    return sorted({WIDTH - 1 - place % WIDTH for place in places if lit >> place & 1})


@pytest.mark.parametrize("text", ["", "short", "x" * 80, "two words " * 20])
def test_a_shortened_text_fits(text: str) -> None:
    shown = shorten(text, SMALL, 60)
    assert SMALL.width(shown) <= 60
    assert shown == text or (shown.endswith(ELLIPSIS) and text.startswith(shown[:-1]))


@pytest.mark.parametrize("text", ["", "short", "0123456789" * 8, "two words " * 20])
def test_the_ending_of_a_text_fits(text: str) -> None:
    shown = ending(text, SMALL, 60)
    assert SMALL.width(shown) <= 60
    assert shown == text or (shown.startswith(ELLIPSIS) and text.endswith(shown[1:]))


def test_no_room_at_all_leaves_the_ellipsis() -> None:
    assert shorten("word", SMALL, 0) == ELLIPSIS
    assert ending("word", SMALL, 0) == ELLIPSIS


def test_lines_break_between_words() -> None:
    assert wrap("one two three", SMALL, SMALL.width("one two")) == ["one two", "three"]


def test_a_word_that_is_too_long_is_broken() -> None:
    lines = wrap("a " + "m" * 30, SMALL, 60)
    assert lines[0] == "a"
    assert "".join(lines[1:]) == "m" * 30
    assert all(SMALL.width(line) <= 60 for line in lines)


def test_lines_that_are_too_many_end_in_an_ellipsis() -> None:
    lines = fold("word " * 30, SMALL, 60, 2)
    assert len(lines) == 2
    assert lines[1].endswith(ELLIPSIS)


def test_the_largest_font_that_fits() -> None:
    assert largest("Bob", NAMES, WIDTH) is BOLD_18
    assert largest("m" * 60, NAMES, WIDTH) is NAMES[-1]


@pytest.mark.parametrize("top", [SMALL.above - 1, LAST + 1])
def test_no_line_reaches_over_an_edge(top: int) -> None:
    with pytest.raises(ValueError, match=str(top)):
        Canvas().put_line("Ég", SMALL, top)


def test_a_line_stands_where_it_should() -> None:
    canvas = Canvas()
    canvas.line("Hg", BOLD_34, 10)
    assert rows_of(canvas) == list(range(10, 10 + BOLD_34.rows))


@pytest.mark.parametrize(
    ("align", "first"), [(Align.LEFT, 20), (Align.CENTRE, 50), (Align.RIGHT, 80)]
)
def test_a_line_stands_between_its_edges(align: Align, first: int) -> None:
    canvas = Canvas()
    text = "III"
    canvas.line(text, SMALL, 20, left=20, right=80, align=align)
    width = SMALL.width(text)
    begins = {Align.LEFT: first, Align.CENTRE: first - width // 2, Align.RIGHT: first - width}
    assert begins[align] <= columns_of(canvas)[0] <= begins[align] + 2


def test_the_last_letter_is_drawn_whole() -> None:
    alone, followed = Canvas(), Canvas()
    alone.line("golf", SMALL, 20)
    followed.line("golf.", SMALL, 20)
    stop = SMALL.width("golf")
    assert [column for column in columns_of(followed) if column <= stop] == columns_of(alone)


def test_a_sentence_rather_shrinks_than_breaks_a_word() -> None:
    canvas = Canvas()
    canvas.paragraph("Informationsfreiheit", NAMES, 10, 60)
    assert canvas.picture().text == ("Informationsfreiheit",)


def test_a_sentence_without_end_is_cut() -> None:
    canvas = Canvas()
    canvas.paragraph("word " * 60, NAMES, 10, 40)
    (said,) = canvas.picture().text
    assert said.endswith(ELLIPSIS)
    assert max(rows_of(canvas)) < 40


def test_nothing_to_say_draws_nothing() -> None:
    canvas = Canvas()
    canvas.paragraph("", NAMES, 10, 60)
    canvas.line("", SMALL, 10)
    assert canvas.picture().text == ()
    assert rows_of(canvas) == []


def test_texts_in_one_line_are_cut_only_where_they_do_not_fit() -> None:
    texts = ["match", "a word too many for its place", "later"]
    assert share(texts, SMALL, 1000) == texts
    cut = share(texts, SMALL, 90)
    assert sum(map(SMALL.width, cut)) <= 90
    assert cut[1].endswith(ELLIPSIS)
    assert (cut[0], cut[2]) == ("match", "later")


def test_french_signs_stay_with_their_word() -> None:
    width = SMALL.width("Qui est-ce") + 1
    assert wrap("Qui est-ce ? Moi", SMALL, width) == ["Qui", "est-ce ?", "Moi"]
