"""Pages that are lists, and the page with all about one thing."""

from collections.abc import Callable, Sequence

from agent.frozen import frozen
from agent.phone.menu.labels import Label
from agent.phone.menu.page import BACK, CHOOSE, DOWN, STAY, UP, Page, Step
from agent.phone.menu.values import Caption, Value
from agent.phone.menu.views import WINDOW, Fact, Line, MenuDetail, MenuList, MenuView
from hw.types import Key

Choose = Callable[[], Step]


@frozen
class Row:
    """A line that can be chosen.

    Attributes:
        caption: What it is.
        choose: The step that it leads to.
        value: What stands at the right.
        call: The step of the call key, where that is another one.
    """

    caption: Caption
    choose: Choose
    value: Value = ""
    call: Choose | None = None


class ListPage(Page):
    """A list to choose from."""

    def __init__(
        self,
        title: Caption,
        rows: Callable[[], Sequence[Row]],
        empty: Label = Label.NOTHING_HERE,
        *,
        at: int = 0,
    ) -> None:
        """Shows a list.

        Args:
            title: What stands above it.
            rows: The lines as they are now.
            empty: What stands there if there are none.
            at: On which line the cursor is.
        """
        self._title = title
        self._rows = rows
        self._empty = empty
        self._at = at
        self._top = 0

    def view(self, now: float) -> MenuList:  # noqa: ARG002 - Page's
        """The lines around the cursor."""
        rows = self._settled()
        if not rows:
            return MenuList(self._title, (Line(self._empty),), None)
        seen = rows[self._top : self._top + WINDOW]
        return MenuList(
            self._title,
            tuple(Line(row.caption, row.value) for row in seen),
            self._at - self._top,
            above=self._top > 0,
            below=self._top + WINDOW < len(rows),
        )

    def pressed(self, key: Key, now: float) -> Step:  # noqa: ARG002 - Page's
        """Moves the cursor, from one end to the other, or chooses."""
        rows = self._settled()
        if not rows:
            return STAY
        if key in UP:
            self._at = (self._at - 1) % len(rows)
        elif key in DOWN:
            self._at = (self._at + 1) % len(rows)
        elif key in CHOOSE:
            row = rows[self._at]
            return row.call() if key is Key.CALL and row.call else row.choose()
        return STAY

    def _settled(self) -> Sequence[Row]:
        """The lines, and the cursor on one of them and in sight."""
        rows = self._rows()
        self._at = max(0, min(self._at, len(rows) - 1))
        self._top = max(self._at - WINDOW + 1, min(self._top, self._at, len(rows) - WINDOW), 0)
        return rows


class ChoicePage(ListPage):
    """One of several is chosen at any time; the cursor begins on it."""

    def __init__(
        self, title: Caption, options: Sequence[tuple[Caption, Choose]], chosen: int
    ) -> None:
        """Shows the options.

        Args:
            title: What is chosen.
            options: Each with the step of whoever takes it.
            chosen: Which one it is now.
        """
        rows = [
            Row(caption, choose, Label.CHOSEN if index == chosen else "")
            for index, (caption, choose) in enumerate(options)
        ]
        super().__init__(title, lambda: rows, at=max(0, chosen))


class DetailPage(Page):
    """All about one thing. Star and hash turn the pages; confirm offers what can be done."""

    def __init__(
        self,
        title: Caption,
        facts: Sequence[Fact],
        options: Sequence[Row] = (),
        dial: str = "",
    ) -> None:
        """Shows facts.

        Args:
            title: What they are about.
            facts: They.
            options: What can be done.
            dial: What the call key calls; empty: nothing.
        """
        self._title = title
        self._facts = tuple(facts)
        self._options = options
        self._dial = dial
        self._top = 0

    def view(self, now: float) -> MenuView:  # noqa: ARG002 - Page's
        """The facts from the one on that the person has come to."""
        offer = Label.OPTIONS if self._options else None
        return MenuDetail(self._title, self._facts[self._top :], self._top > 0, offer)

    def pressed(self, key: Key, now: float) -> Step:  # noqa: ARG002 - Page's
        """Turns, calls, or shows what can be done."""
        if key in UP:
            self._top = max(0, self._top - 1)
        elif key in DOWN:
            self._top = min(self._top + 1, len(self._facts) - 1)
        elif key is Key.CALL and self._dial:
            return Step(dial=self._dial)
        elif key is Key.CONFIRM:
            return self._offer()
        return STAY

    def _offer(self) -> Step:
        if not self._options:
            return BACK
        return Step(page=ListPage(self._title, lambda: self._options))
