"""The phone at rest: its menu, its lock, the emergency erase, and the care of its panel.

Locked, it shows the time and how many calls were missed, and takes a PIN or the sequence that
erases everything. It locks itself after a while at rest, or when star is held for a second.
"""

from typing import Final

from agent.phone.menu.answers import (
    Erased,
    MenuAnswer,
    MissedCounted,
    PinChecked,
    PinKnown,
    UpdateOffered,
)
from agent.phone.menu.asking import CheckPinPage, NoticePage, UpdatePage
from agent.phone.menu.care import PanelCare
from agent.phone.menu.erasing import ErasePage, SequenceWatch
from agent.phone.menu.labels import Label
from agent.phone.menu.menu import NOTHING, Menu, Outcome, main_page
from agent.phone.menu.orders import MenuOrder
from agent.phone.menu.page import Known, Page, Step
from agent.phone.menu.views import MenuView
from hw.types import Key

HOLD_TO_LOCK_S: Final = 1.0
"""How long star is held to lock the phone."""

_NOT_TAKEN: Final = Outcome(taken=False)


class Rest:
    """What a person can do while the handset is down and there is no call.

    Attributes:
        known: What all pages know.
        locked: Whether the PIN is asked for before anything else.
        missed: How many missed calls nobody has looked at.
        care: When the panel was last looked at.
    """

    def __init__(self, known: Known) -> None:
        """At rest, with nothing open; locked once it is told of a PIN.

        Args:
            known: What all pages know.
        """
        self.known = known
        self.locked = False
        self.missed = 0
        self.care = PanelCare()
        self._menu: Menu | None = None
        self._watch = SequenceWatch()
        self._rested_at = 0.0
        self._locks_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether a page is to be seen."""
        return self._menu is not None

    def view(self, now: float) -> MenuView | None:
        """The page that is open; None: there is none."""
        return self._menu.view(now) if self._menu else None

    def brightness(self, now: float) -> int:
        """How bright the panel is, in percent."""
        if self._menu:
            chosen = self.known.brightness
            return self.known.preferences.brightness if chosen is None else chosen
        return self.care.brightness(self.known.preferences, now)

    def pressed(self, key: Key, now: float) -> Outcome:
        """A key went down."""
        was_dark = self.brightness(now) == 0
        self.touch(now)
        if self._menu is None or self.locked:
            if self._watch.pressed(key, now):
                return Outcome(self._open(ErasePage(now), now))
            if self._watch.swallows:
                return NOTHING
        if was_dark and not key.is_dialled:
            return NOTHING
        if self._menu:
            return self._follow(self._menu.pressed(key, now))
        return self._pressed_locked(key, now) if self.locked else self._pressed_idle(key, now)

    def released(self, key: Key) -> None:
        """A key came up."""
        if key is Key.STAR:
            self._locks_at = None
        if self._menu:
            self._menu.released(key)

    def take(self, answer: MenuAnswer, now: float) -> Outcome:
        """An answer of the phone's memory or of its parts."""
        match answer:
            case PinKnown(is_set, failures, starting):
                self.locked = is_set and (self.locked or starting)
                self.known.pin_set = is_set
                self.known.pin_failed(failures, now)
            case PinChecked(_, failures):
                self.known.pin_failed(failures, now)
            case MissedCounted(count):
                self.missed = count
            case Erased():
                return Outcome(self._open(NoticePage(_how_well(answer)), now))
            case UpdateOffered(version) if self._menu is None and not self.locked:
                self.care.touch(now)
                return Outcome(self._open(UpdatePage(version), now))
            case _:
                pass
        return self._follow(self._menu.take(answer, now)) if self._menu else NOTHING

    def interrupt(self, now: float) -> tuple[MenuOrder, ...]:
        """The handset was lifted, or somebody calls: every page closes at once."""
        self.touch(now)
        self._watch.forget()
        self._locks_at = None
        return self._close()

    def touch(self, now: float) -> None:
        """Somebody did something, or a call is up."""
        self.care.touch(now)
        self._rested_at = now

    def elapse(self, now: float) -> Outcome:
        """Time has passed at rest."""
        if self._locks_at is not None and now >= self._locks_at:
            return Outcome(self._lock())
        outcome = NOTHING
        if self._menu and now >= self._menu.next_timer(now):
            outcome = self._follow(self._menu.elapse(now))
        due = None if self._menu else self._self_lock()
        if due is not None and now >= due:
            self._lock()
        return outcome

    def next_timer(self, now: float) -> float | None:
        """When `elapse` has something to do, or the panel changes by itself."""
        menu = self._menu.next_timer(now) if self._menu else None
        closed = None if self._menu else self.care.next_change(self.known.preferences, now)
        times = [self._locks_at, menu, closed, None if self._menu else self._self_lock()]
        return min((time for time in times if time is not None), default=None)

    def _pressed_idle(self, key: Key, now: float) -> Outcome:
        if key is Key.MENU:
            return Outcome(self._open(main_page(self.known), now))
        if key is Key.STAR and self.known.pin_set:
            self._locks_at = now + HOLD_TO_LOCK_S
        return _NOT_TAKEN

    def _pressed_locked(self, key: Key, now: float) -> Outcome:
        """A digit is the first one of the PIN; the call key stands in for the handset."""
        if key is Key.CALL:
            return _NOT_TAKEN
        if key in {Key.MENU, Key.CONFIRM} or key.value.isdigit():
            page = CheckPinPage(self.known, self._unlock)
            self._open(page, now)
            if key.value.isdigit():
                page.pressed(key, now)
        return NOTHING

    def _unlock(self) -> Step:
        self.locked = False
        return Step(close=True)

    def _lock(self) -> tuple[MenuOrder, ...]:
        self._locks_at = None
        self.locked = self.known.pin_set
        return self._close()

    def _self_lock(self) -> float | None:
        after = self.known.preferences.lock_after_s
        lockable = self.known.pin_set and not self.locked and after
        return self._rested_at + after if lockable else None

    def _open(self, page: Page, now: float) -> tuple[MenuOrder, ...]:
        undone = self._close()
        self._menu = Menu(page, now)
        return undone

    def _close(self) -> tuple[MenuOrder, ...]:
        menu, self._menu = self._menu, None
        return menu.close() if menu else ()

    def _follow(self, outcome: Outcome) -> Outcome:
        undone = self._lock() if outcome.lock else ()
        if self._menu and not self._menu.is_open:
            self._menu = None
        return Outcome((*undone, *outcome.orders), outcome.dial)


def _how_well(erased: Erased) -> Label:
    if not erased.complete:
        return Label.NOT_ALL_ERASED
    if erased.configured:
        return Label.STILL_CONFIGURED
    return Label.ERASED_TRIMMED if erased.trimmed else Label.ERASED
