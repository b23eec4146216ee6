"""The panel: draws what the phone shows, when it differs, and as bright as it is to be."""

from collections.abc import Callable
from typing import Protocol

from agent.phone.menu.care import Glow
from agent.phone.preferences import Language
from agent.phone.views import View
from agent.screens.shift import shifted
from agent.screens.words import Words, words_in
from hw.types import Picture


class Screen(Protocol):
    """What is asked of the board; see `hw.board.Board`."""

    def show(self, picture: Picture) -> None: ...  # noqa: D102
    def set_contrast(self, percent: int) -> None: ...  # noqa: D102


class Panel:
    """The way from a view to the board.

    Args:
        screen: Where it is seen.
        render: From a view to a picture, in the words of a language.
    """

    def __init__(self, screen: Screen, render: Callable[[View, Words], Picture]) -> None:
        self._screen = screen
        self._render = render
        self._shown: tuple[View, Language, tuple[int, int]] | None = None
        self._brightness: int | None = None

    def show(self, view: View, language: Language, glow: Glow) -> None:
        """Shows it, if it is not there already."""
        wanted = (view, language, glow.shift)
        if wanted != self._shown:
            self._shown = wanted
            self._screen.show(shifted(self._render(view, words_in(language)), *glow.shift))
        # After the picture: a panel that wakes must not show what it showed before.
        if glow.brightness != self._brightness:
            self._brightness = glow.brightness
            self._screen.set_contrast(glow.brightness)
