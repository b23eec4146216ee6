"""The emergency erase: everything that this phone knows is destroyed, and it starts as a new one.

A sequence of keys that nobody types by chance opens the page that says what will go, also on a
locked phone; the confirm key, held for three seconds there, does it.

The factory reset takes the configuration as well: accounts, Wi-Fi, all that somebody has set up. It is
in the settings, behind the PIN, and asks in the same way.
"""

import math
from typing import Final

from agent.phone.menu.asking import CheckPinPage
from agent.phone.menu.orders import EraseEverything, MenuOrder, ResetPhone
from agent.phone.menu.page import STAY, Known, Page, Step
from agent.phone.menu.views import MenuErase, MenuView
from hw.types import Key

SEQUENCE: Final = "*#*37273#*#"
"""The digits spell "erase"."""
PAUSE_S: Final = 5.0
"""Within so many seconds the next key of it must come."""
SWALLOWED_FROM: Final = 3
"""With so many keys of it the sequence has begun: from there on no key means anything else."""
HOLD_S: Final = 3.0
SHOWN_S: Final = 30.0
"""After so many seconds without a key the page goes."""


class SequenceWatch:
    """Looks for the sequence among the keys that are pressed at rest."""

    def __init__(self) -> None:
        self._typed = ""
        self._last = 0.0

    def pressed(self, key: Key, now: float) -> bool:
        """A key went down; returns whether that completes the sequence."""
        if now - self._last > PAUSE_S or not key.is_dialled:
            self._typed = ""
        self._last = now
        if key.is_dialled:
            self._typed = (self._typed + key.value)[-len(SEQUENCE) :]
        return self._typed == SEQUENCE

    @property
    def swallows(self) -> bool:
        """Whether the last key belongs to the sequence and to nothing else."""
        return any(
            self._typed.endswith(SEQUENCE[:length])
            for length in range(SWALLOWED_FROM, len(SEQUENCE))
        )

    def forget(self) -> None:
        """Something else happened."""
        self._typed = ""


class ErasePage(Page):
    """What will be gone; confirm, held, does it, and every other key leaves."""

    _order: MenuOrder = EraseEverything()
    _reset = False

    def __init__(self, now: float) -> None:
        """Comes up.

        Args:
            now: The time.
        """
        self._goes_at = now + SHOWN_S
        self._held_until: float | None = None
        self._erasing = False

    def view(self, now: float) -> MenuView:  # noqa: ARG002 - Page's
        """What will be gone, or that it goes now."""
        return MenuErase(self._held_until is not None, self._erasing, self._reset)

    def pressed(self, key: Key, now: float) -> Step:
        """Begins to hold, or leaves."""
        if self._erasing:
            return STAY
        if key is not Key.CONFIRM:
            return Step(close=True)
        self._held_until = now + HOLD_S
        return STAY

    def released(self, key: Key) -> None:
        """A hold that was not long enough is forgotten."""
        if key is Key.CONFIRM:
            self._held_until = None

    def elapse(self, now: float) -> Step:
        """Held long enough; or nobody is there."""
        if self._erasing:
            return STAY
        if self._held_until is not None and now >= self._held_until:
            self._erasing, self._held_until = True, None
            return Step((self._order,))
        return Step(close=True) if self._held_until is None and now >= self._goes_at else STAY

    def next_timer(self, now: float) -> float | None:  # noqa: ARG002 - Page's
        """When one of the two is so."""
        if self._erasing:
            return None
        return self._held_until if self._held_until is not None else self._goes_at


class ResetPage(ErasePage):
    """The same for the factory reset; the menu closes by itself."""

    gives_up = True
    _order = ResetPhone()
    _reset = True

    def __init__(self) -> None:
        """Comes up."""
        super().__init__(math.inf)


def reset_step(known: Known) -> Step:
    """Asks for the PIN, if there is one, and then once more."""
    if not known.pin_set:
        return Step(page=ResetPage())
    return Step(page=CheckPinPage(known, lambda: Step(back=1, page=ResetPage())))
