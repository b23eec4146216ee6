"""Pages that ask: for a text, a number, a PIN, or for yes or no."""

from collections.abc import Callable
from typing import Final

from agent.frozen import frozen
from agent.phone.menu.answers import MenuAnswer, PinChecked
from agent.phone.menu.labels import Label
from agent.phone.menu.orders import AnswerUpdate, CheckPin, MenuOrder
from agent.phone.menu.page import (
    BACK,
    CHOOSE,
    DOWN,
    PIN_LONGEST,
    PIN_SHORTEST,
    STAY,
    UP,
    Known,
    Page,
    Step,
)
from agent.phone.menu.views import (
    MenuNotice,
    MenuNumber,
    MenuPin,
    MenuQuestion,
    MenuText,
    MenuView,
)
from agent.phone.text_entry import TextEntry, TextKind
from hw.types import Key


class NoticePage(Page):
    """A sentence that any key takes away."""

    def __init__(self, sentence: Label, name: str = "") -> None:
        """Says it; `name` takes the place of its `{name}`."""
        self._view = MenuNotice(sentence, name)

    def view(self, now: float) -> MenuView:  # noqa: ARG002 - Page's
        """The sentence."""
        return self._view

    def pressed(self, key: Key, now: float) -> Step:  # noqa: ARG002 - Page's
        """It is read."""
        return BACK


class QuestionPage(Page):
    """Yes or no; every key but confirm is a no."""

    def __init__(self, question: Label, name: str, yes: Callable[[], Step]) -> None:
        """Asks.

        Args:
            question: What.
            name: What takes the place of its `{name}`.
            yes: The step of a yes.
        """
        self._view = MenuQuestion(question, name)
        self._yes = yes

    def view(self, now: float) -> MenuView:  # noqa: ARG002 - Page's
        """The question."""
        return self._view

    def pressed(self, key: Key, now: float) -> Step:  # noqa: ARG002 - Page's
        """Yes, or no."""
        return self._yes() if key is Key.CONFIRM else BACK


class UpdatePage(Page):
    """Newer software: confirm installs it, every other key puts it off."""

    owns_menu_key = True

    def __init__(self, version: str) -> None:
        """Asks.

        Args:
            version: Of the software.
        """
        self._view = MenuQuestion(Label.UPDATE_OFFERED, version, Label.LATER)

    def view(self, now: float) -> MenuView:  # noqa: ARG002 - Page's
        """The question."""
        return self._view

    def pressed(self, key: Key, now: float) -> Step:  # noqa: ARG002 - Page's
        """Yes, or later."""
        return Step((AnswerUpdate(key is Key.CONFIRM),), close=True)


class TextPage(Page):
    """A text that is typed."""

    owns_menu_key = True

    def __init__(
        self,
        title: Label,
        text: str,
        known: Known,
        done: Callable[[str], Step],
        kind: TextKind = TextKind.TEXT,
    ) -> None:
        """Asks for a text.

        Args:
            title: What is asked for.
            text: What stands there.
            known: How fast the person taps.
            done: The step of a text that is complete.
            kind: What is typed.
        """
        self._title = title
        self._entry = TextEntry(text, known.multi_tap_s, kind, whole=True)
        self._number = kind is TextKind.NUMBER
        self._done = done

    def view(self, now: float) -> MenuView:  # noqa: ARG002 - Page's
        """What stands there by now."""
        entry = self._entry
        return MenuText(
            self._title,
            entry.text,
            entry.cursor,
            entry.pending,
            entry.upper,
            entry.digits,
            self._number,
        )

    def pressed(self, key: Key, now: float) -> Step:
        """A key of the text, or its last one."""
        return self._done(self._entry.text.strip()) if self._entry.pressed(key, now) else STAY

    def elapse(self, now: float) -> Step:
        """The last character settles."""
        self._entry.due(now)
        return STAY

    def next_timer(self, now: float) -> float | None:  # noqa: ARG002 - Page's
        """When it does."""
        return self._entry.next_timer()


@frozen
class Scale:
    """Which numbers there are.

    Attributes:
        low: The least.
        high: The most.
        step: From one to the next.
        unit: What stands behind them, e.g. " %".
    """

    low: int
    high: int
    step: int
    unit: str


class NumberPage(Page):
    """A number between two others, tried out while it is chosen."""

    def __init__(
        self,
        title: Label,
        value: int,
        scale: Scale,
        keep: Callable[[int], Step],
        attempt: Callable[[int], tuple[MenuOrder, ...]] = lambda _value: (),
    ) -> None:
        """Asks for a number.

        Args:
            title: What it is.
            value: What it is now.
            scale: Which numbers there are.
            keep: The step of the number that is to stay.
            attempt: What lets a number be heard or seen at once; also the old one, at the end,
                where no other was kept.
        """
        self._title = title
        self._scale = scale
        self._before = self._value = max(scale.low, min(value, scale.high))
        self._keep = keep
        self._attempt = attempt

    def view(self, now: float) -> MenuView:  # noqa: ARG002 - Page's
        """The number that it would be."""
        scale = self._scale
        return MenuNumber(self._title, self._value, scale.low, scale.high, scale.unit)

    def pressed(self, key: Key, now: float) -> Step:  # noqa: ARG002 - Page's
        """Less, more, or that is it."""
        if key in CHOOSE:
            self._before = self._value
            return self._keep(self._value)
        change = self._scale.step * ((key in DOWN) - (key in UP))
        value = max(self._scale.low, min(self._value + change, self._scale.high))
        if value == self._value:
            return STAY
        self._value = value
        return Step(self._attempt(value))

    def leave(self) -> tuple[MenuOrder, ...]:
        """What was tried out and not kept is taken back."""
        return () if self._value == self._before else self._attempt(self._before)


_DELETES: Final = frozenset({Key.MENU, Key.STAR})
_COMPLETES: Final = frozenset({Key.CONFIRM, Key.HASH, Key.CALL})


class PinPage(Page):
    """A PIN that is typed: a new one."""

    owns_menu_key = True

    def __init__(self, title: Label, done: Callable[[str], Step]) -> None:
        """Asks for a PIN.

        Args:
            title: Which one.
            done: The step of one that is long enough.
        """
        self._title = title
        self._done = done
        self._digits = ""

    def view(self, now: float) -> MenuView:  # noqa: ARG002 - Page's
        """How much of it stands there."""
        return MenuPin(self._title, len(self._digits))

    def pressed(self, key: Key, now: float) -> Step:  # noqa: ARG002 - Page's
        """A digit, one less, or that is it."""
        if key in _DELETES:
            if not self._digits:
                return BACK
            self._digits = self._digits[:-1]
        elif key in _COMPLETES:
            if len(self._digits) < PIN_SHORTEST:
                return Step(page=NoticePage(Label.PIN_TOO_SHORT))
            pin, self._digits = self._digits, ""
            return self._done(pin)
        elif len(self._digits) < PIN_LONGEST:
            self._digits += key.value
        return STAY


class CheckPinPage(PinPage):
    """The PIN that there is, asked for before something else; wrong ones slow it down."""

    def __init__(
        self, known: Known, right: Callable[[], Step], title: Label = Label.ENTER_PIN
    ) -> None:
        """Asks for the PIN.

        Args:
            known: When the next one is taken.
            right: The step of the right one.
            title: What stands above it.
        """
        super().__init__(title, lambda pin: Step((CheckPin(pin),)))
        self._known = known
        self._right = right
        self._wrong = False

    def view(self, now: float) -> MenuView:
        """How much of it stands there, or how long it has to wait."""
        wait_s = self._known.pin_wait_s(now)
        return MenuPin(self._title, len(self._digits), self._wrong, wait_s)

    def pressed(self, key: Key, now: float) -> Step:
        """As for a new one, but not before its time; the call key calls an emergency number."""
        if key is Key.CALL and self._digits in self._known.emergency:
            return Step(dial=self._digits)
        if key not in _DELETES:
            # One that is too short is not the PIN: nobody need be told how long they are.
            short = key in _COMPLETES and len(self._digits) < PIN_SHORTEST
            if short or self._known.pin_wait_s(now):
                return STAY
            self._wrong = False
        return super().pressed(key, now)

    def take(self, answer: MenuAnswer, now: float) -> Step:  # noqa: ARG002 - Page's
        """It was right, or wrong."""
        if not isinstance(answer, PinChecked):
            return STAY
        self._wrong = not answer.correct
        return self._right() if answer.correct else STAY

    def next_timer(self, now: float) -> float | None:
        """Every second while it has to wait."""
        wait_s = self._known.pin_wait_s(now)
        return self._known.pin_free_at - wait_s + 1 if wait_s else None
