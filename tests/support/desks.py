"""A desk in front of a phone that nothing else happens to, and a clock that stands still."""

from dataclasses import dataclass, field
from pathlib import Path

from agent.control.desk import About, Desk
from agent.control.protocol import Item
from agent.control.requests import Request
from agent.phone.events import ContactsChanged
from agent.store import Contact, Store
from agent.upkeep import Configured
from support.phone_driver import PhoneDriver
from support.stores import Wall, counting_bytes

CAROL = Contact("Carol", "77", "sip:carol@192.0.2.5")


@dataclass
class StillClock:
    """Shows the time that it is set to."""

    driver: PhoneDriver
    wall_now: float = 1_777_777_777.0

    def monotonic(self) -> float:
        return self.driver.now

    def wall(self) -> float:
        return self.wall_now


@dataclass
class Office:
    """A phone, its memory, and the desk where both are asked."""

    folder: Path
    driver: PhoneDriver = field(default_factory=PhoneDriver)
    told_contacts: list[Contact] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = Store.open(self.folder / "sotto.db", Wall(), counting_bytes())
        self.clock = StillClock(self.driver)
        self.desk = Desk(
            About("Alice", "0.1.0", self.driver.now - 3700, Configured((CAROL,), "example.org")),
            self.clock,
            self.driver.phone,
            self.store,
            order=self.driver.happens,
            serve_timer=lambda: self.driver.wait(0),
            contacts_changed=self._contacts_changed,
        )

    def _contacts_changed(self, kept: object) -> None:
        self.told_contacts = list(kept) if isinstance(kept, list) else []
        self.driver.happens(ContactsChanged(()))

    def ask(self, request: Request) -> Item:
        """A request that has to be done; returns its result."""
        reply = self.desk.answer(request)
        assert reply.ended.error == ""
        return reply.ended.result

    def items(self, request: Request) -> list[Item]:
        """A request that has to be done; returns its items."""
        reply = self.desk.answer(request)
        assert reply.ended.error == ""
        return reply.items

    def refusal(self, request: Request) -> str:
        """A request that must not be done; returns the sentence."""
        reply = self.desk.answer(request)
        assert (reply.items, reply.ended.result) == ([], {})
        return reply.ended.error
