"""The PIN: set, changed, removed; and when the phone locks itself."""

from dataclasses import replace

from agent.phone.menu.answers import Done, MenuAnswer
from agent.phone.menu.asking import CheckPinPage, NoticePage, PinPage
from agent.phone.menu.labels import Label
from agent.phone.menu.lists import ChoicePage, Choose, ListPage, Row
from agent.phone.menu.orders import SavePreferences, SetPin
from agent.phone.menu.page import STAY, Known, Step
from agent.phone.menu.values import Caption

REST_TIMES: tuple[tuple[int, Caption], ...] = (
    (60, Label.AFTER_1_MINUTE),
    (300, Label.AFTER_5_MINUTES),
    (600, Label.AFTER_10_MINUTES),
    (3600, Label.AFTER_1_HOUR),
    (0, Label.NEVER),
)
"""After how many seconds at rest something happens, in words; 0: it never does."""


def pin_step(known: Known) -> Step:
    """Opens what there is to choose of the PIN."""
    return Step(page=ListPage(Label.PIN, lambda: _rows(known)))


def _rows(known: Known) -> list[Row]:
    if not known.pin_set:
        return [Row(Label.SET_PIN, lambda: Step(page=_new_pin()))]
    after = dict(REST_TIMES).get(known.preferences.lock_after_s, "")
    return [
        Row(Label.LOCK_NOW, lambda: Step(lock=True)),
        Row(Label.LOCK_AFTER, lambda: Step(page=_lock_times(known)), after),
        Row(Label.CHANGE_PIN, lambda: _checked(known, Step(back=1, page=_new_pin()))),
        Row(Label.REMOVE_PIN, lambda: _checked(known, Step((SetPin(""),), back=1))),
    ]


def _checked(known: Known, right: Step) -> Step:
    """Whoever changes it must know it, also while the phone is not locked."""
    return Step(page=CheckPinPage(known, lambda: right, Label.OLD_PIN))


def _new_pin() -> PinPage:
    return PinPage(Label.NEW_PIN, lambda pin: Step(back=1, page=AgainPage(pin)))


class AgainPage(PinPage):
    """The new PIN once more, so that it is what the person thinks that it is."""

    def __init__(self, pin: str) -> None:
        """Asks for it.

        Args:
            pin: As it was typed before.
        """
        super().__init__(Label.PIN_AGAIN, lambda again: _compared(pin, again))

    def take(self, answer: MenuAnswer, now: float) -> Step:  # noqa: ARG002 - Page's
        """It is kept."""
        kept = isinstance(answer, Done)
        return Step(back=1, page=NoticePage(Label.PIN_KEPT)) if kept else STAY


def _compared(pin: str, again: str) -> Step:
    if pin != again:
        return Step(back=1, page=NoticePage(Label.PINS_DIFFER))
    return Step((SetPin(pin),))


def _lock_times(known: Known) -> ChoicePage:
    def keeping(seconds: int) -> Choose:
        new = replace(known.preferences, lock_after_s=seconds)
        return lambda: Step((SavePreferences(new),), back=1)

    seconds = [each for each, _ in REST_TIMES]
    current = known.preferences.lock_after_s
    at = seconds.index(current) if current in seconds else len(seconds) - 1
    options = [(caption, keeping(each)) for each, caption in REST_TIMES]
    return ChoicePage(Label.LOCK_AFTER, options, at)
