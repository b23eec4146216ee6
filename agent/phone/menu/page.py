"""A page, and the step that a key or an answer makes from it."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Final

from agent.frozen import frozen
from agent.phone.menu.answers import MenuAnswer
from agent.phone.menu.orders import MenuOrder
from agent.phone.menu.views import Fact, MenuView
from agent.phone.preferences import Preferences
from hw.types import Key

UP: Final = frozenset({Key.DIGIT_2, Key.STAR})
"""Keys that go up, or make less of it."""
DOWN: Final = frozenset({Key.DIGIT_8, Key.HASH})
"""Keys that go down, or make more of it."""
CHOOSE: Final = frozenset({Key.CONFIRM, Key.CALL})

PIN_SHORTEST: Final = 4
PIN_LONGEST: Final = 12
LONGEST_WAIT_S: Final = 512
"""Seconds after a wrong PIN in which none is taken, at the most."""


@frozen
class Choices:
    """What there is to choose from, by the names that the parts of the phone give it.

    Attributes:
        ring_tones: The names of the ring tones.
        countries: Whose tones there are: code and name.
    """

    ring_tones: tuple[str, ...] = ()
    countries: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Known:
    """What all pages know.

    Attributes:
        preferences: What the person chose before.
        choices: What there is to choose from.
        accounts: How each account stands.
        pin_set: Whether there is a PIN.
        failures: How many wrong PINs there were in a row.
        pin_free_at: When the next PIN is taken.
        brightness: That of the panel while it is being chosen; None: the one that is kept.
        multi_tap_s: After this pause the same key begins a new character.
        emergency: Numbers that are called from a locked phone, too.
    """

    preferences: Preferences = field(default_factory=Preferences)
    choices: Choices = field(default_factory=Choices)
    accounts: tuple[Fact, ...] = ()
    pin_set: bool = False
    failures: int = 0
    pin_free_at: float = 0.0
    brightness: int | None = None
    multi_tap_s: float = 1.0
    emergency: tuple[str, ...] = ()

    def pin_failed(self, failures: int, now: float) -> None:
        """So many wrong PINs in a row: the next one has to wait, twice as long each time."""
        self.failures = failures
        wait_s = min(2 ** (failures - 1), LONGEST_WAIT_S) if failures else 0
        self.pin_free_at = now + wait_s

    def pin_wait_s(self, now: float) -> int:
        """Whole seconds until a PIN is taken."""
        return max(0, math.ceil(self.pin_free_at - now))


@frozen
class Step:
    """What comes of a key, an answer or of time.

    Attributes:
        orders: What is to be done.
        back: How many pages are left.
        page: Which page comes up then; None: the one below.
        dial: A number or a SIP address that is to be called; the menu closes.
        close: Whether the menu closes.
        lock: Whether the phone locks itself; the menu closes.
    """

    orders: tuple[MenuOrder, ...] = ()
    back: int = 0
    page: "Page | None" = None
    dial: str = ""
    close: bool = False
    lock: bool = False


STAY: Final = Step()
BACK: Final = Step(back=1)


class Page(ABC):
    """One page. What a page does not take, changes nothing."""

    owns_menu_key = False
    """Whether the menu key is one of its own and does not lead back."""
    gives_up = False
    """Whether it goes when the memory fails."""

    @abstractmethod
    def view(self, now: float) -> MenuView:
        """What is to be shown."""

    @abstractmethod
    def pressed(self, key: Key, now: float) -> Step:
        """A key other than hang-up went down."""

    def released(self, key: Key) -> None:  # noqa: B027 - most pages do not care
        """A key came up."""

    def take(self, answer: MenuAnswer, now: float) -> Step:  # noqa: ARG002 - for those who want it
        """An answer came; also to pages that others cover now, whose step does not count."""
        return STAY

    def elapse(self, now: float) -> Step:  # noqa: ARG002
        """Time has passed."""
        return STAY

    def next_timer(self, now: float) -> float | None:  # noqa: ARG002
        """When `elapse` has something to do, or the view changes by itself."""
        return None

    def leave(self) -> tuple[MenuOrder, ...]:
        """The page goes: what is to be undone."""
        return ()
