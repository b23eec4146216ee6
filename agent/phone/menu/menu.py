"""The menu: a pile of pages, the topmost of which is seen and has the keys.

Hang-up goes back one page, and so does the menu key where the page has no use for it. After a
minute without a key the menu closes, and whatever was only tried out is taken back.
"""

from typing import Final

from agent.frozen import frozen
from agent.phone.menu.answers import (
    ContactProblem,
    ContactRefused,
    MemoryFailed,
    MenuAnswer,
)
from agent.phone.menu.asking import NoticePage
from agent.phone.menu.call_log import call_log_step
from agent.phone.menu.condition import about_step, check_step, network_step
from agent.phone.menu.contacts import contacts_step
from agent.phone.menu.labels import Label
from agent.phone.menu.lists import ListPage, Row
from agent.phone.menu.orders import MenuOrder
from agent.phone.menu.page import BACK, Known, Page, Step
from agent.phone.menu.peers import peers_step
from agent.phone.menu.settings import settings_step
from agent.phone.menu.views import MenuView
from hw.types import Key

IDLE_S: Final = 60.0
"""After so many seconds without a key the menu closes."""

_PROBLEMS: Final = {
    ContactProblem.NAME: Label.NAME_MISSING,
    ContactProblem.NUMBER: Label.NUMBER_WRONG,
    ContactProblem.NUMBER_TAKEN: Label.NUMBER_TAKEN,
    ContactProblem.ADDRESS: Label.ADDRESS_WRONG,
    ContactProblem.ADDRESS_TAKEN: Label.ADDRESS_TAKEN,
}


@frozen
class Outcome:
    """What the phone has to do.

    Attributes:
        orders: What the menu asks for.
        dial: A number or a SIP address that is to be called now.
        lock: Whether the phone is to lock itself.
        taken: Whether the key meant something here; otherwise it is for the line.
    """

    orders: tuple[MenuOrder, ...] = ()
    dial: str = ""
    lock: bool = False
    taken: bool = True


NOTHING: Final = Outcome()


def main_page(known: Known) -> Page:
    """The first page."""

    def rows() -> list[Row]:
        found = [
            Row(Label.CONTACTS, lambda: contacts_step(known)),
            Row(Label.CALLS, call_log_step),
            Row(Label.PEERS, lambda: peers_step(known)),
            Row(Label.SETTINGS, lambda: settings_step(known)),
            Row(Label.NETWORK, lambda: network_step(known)),
            Row(Label.CHECK, check_step),
            Row(Label.ABOUT, about_step),
        ]
        return [*found, Row(Label.LOCK_NOW, lambda: Step(lock=True))] if known.pin_set else found

    return ListPage(Label.MENU, rows)


class Menu:
    """The pages that are open."""

    def __init__(self, page: Page, now: float) -> None:
        """Opens with a page.

        Args:
            page: The lowest one.
            now: The time.
        """
        self._pages = [page]
        self._closes_at = now + IDLE_S

    @property
    def is_open(self) -> bool:
        """Whether there is anything to be seen."""
        return bool(self._pages)

    def view(self, now: float) -> MenuView:
        """The topmost page."""
        return self._pages[-1].view(now)

    def pressed(self, key: Key, now: float) -> Outcome:
        """A key went down."""
        self._closes_at = now + IDLE_S
        page = self._pages[-1]
        leads_back = key is Key.HANG_UP or (key is Key.MENU and not page.owns_menu_key)
        return self._go(BACK if leads_back else page.pressed(key, now))

    def released(self, key: Key) -> None:
        """A key came up."""
        self._pages[-1].released(key)

    def take(self, answer: MenuAnswer, now: float) -> Outcome:
        """An answer came: every page may want it, the topmost one decides what follows."""
        match answer:
            case ContactRefused(problem, holder):
                return self._go(Step(page=NoticePage(_PROBLEMS[problem], holder)))
            case MemoryFailed():
                back = int(self._pages[-1].gives_up)
                return self._go(Step(back=back, page=NoticePage(Label.MEMORY_FAILED)))
            case _:
                steps = [page.take(answer, now) for page in self._pages]
                return self._go(steps[-1])

    def elapse(self, now: float) -> Outcome:
        """Time has passed."""
        if now >= self._closes_at:
            return Outcome(self.close())
        return self._go(self._pages[-1].elapse(now))

    def next_timer(self, now: float) -> float:
        """When `elapse` has something to do."""
        due = self._pages[-1].next_timer(now)
        return self._closes_at if due is None else min(due, self._closes_at)

    def close(self) -> tuple[MenuOrder, ...]:
        """Closes all pages; returns what takes back what was only tried out."""
        return self._leave(len(self._pages))

    def _go(self, step: Step) -> Outcome:
        leaves = step.close or step.lock or bool(step.dial)
        undone = self._leave(len(self._pages) if leaves else step.back)
        if step.page is not None:
            self._pages.append(step.page)
        return Outcome((*undone, *step.orders), step.dial, step.lock)

    def _leave(self, count: int) -> tuple[MenuOrder, ...]:
        undone: list[MenuOrder] = []
        for _ in range(min(count, len(self._pages))):
            undone += self._pages.pop().leave()
        return tuple(undone)
