"""Does what is asked for over the socket: orders go to the pump, questions to phone and store."""

from collections.abc import Callable, Iterable
from dataclasses import field
from typing import Final, Protocol, assert_never

from agent import upkeep
from agent.clock import Clock
from agent.control.protocol import Ended, Item
from agent.control.requests import (
    AddContacts,
    Answer,
    Call,
    Confirm,
    Contacts,
    Differ,
    Events,
    Forget,
    HangUp,
    Hold,
    Log,
    Memory,
    Order,
    Peers,
    Request,
    Resume,
    Status,
    Unverify,
)
from agent.control.tell import happenings, report_item
from agent.control.words import OBJECTIONS
from agent.frozen import frozen
from agent.phone.remote import Objection
from agent.phone.remote_events import (
    AnsweredRemotely,
    ConfirmedRemotely,
    DeniedRemotely,
    DialledRemotely,
    HeldRemotely,
    HungUpRemotely,
    RemoteEvent,
    ResumedRemotely,
)
from agent.phone.report import Report
from agent.store import Contact, Store, StoreError
from agent.upkeep import Configured

_GROUP: Final = 4


class PhonePort(Protocol):
    """What is asked of the phone; see `agent.phone.phone.Phone`."""

    def report(self, now: float) -> Report: ...  # noqa: D102
    def objection(self, event: RemoteEvent, now: float) -> Objection | None: ...  # noqa: D102


@frozen
class About:
    """What does not change while the phone runs.

    Attributes:
        name: The phone's own name.
        version: Of this software.
        started: Monotonic seconds at which it was ready.
        configured: What the configuration says of contacts.
        configuration: Where more of it is fetched, and how that stands; empty: nowhere.
    """

    name: str
    version: str
    started: float
    configured: Configured = field(default_factory=Configured)
    configuration: Callable[[], str] = str


@frozen
class Reply:
    """What a request is answered with: items first, then how it ended."""

    ended: Ended
    items: list[Item] = field(default_factory=list)


class Desk:
    """Answers requests, one at a time; nothing in here waits for anything.

    Args:
        about: What does not change.
        clock: Where the time comes from.
        phone: Who is asked before an order is given.
        store: The phone's memory.
        order: Gives an order to the phone, and serves its timer before; returns when it is done.
        serve_timer: Lets the phone do what is due.
        contacts_changed: Hears that the memory holds other contacts now.
    """

    def __init__(
        self,
        about: About,
        clock: Clock,
        phone: PhonePort,
        store: Store,
        *,
        order: Callable[[RemoteEvent], None],
        serve_timer: Callable[[], None],
        contacts_changed: Callable[[Iterable[Contact]], None],
    ) -> None:
        self._about = about
        self._clock = clock
        self._phone = phone
        self._store = store
        self._order = order
        self._serve_timer = serve_timer
        self._contacts_changed = contacts_changed

    def answer(self, request: Request) -> Reply:
        """Does it, or says in a sentence why not."""
        match request:
            case Status():
                return Reply(Ended(self._status()))
            case Events():
                return Reply(Ended({}))
            case Call() | Answer() | HangUp() | Hold() | Resume() | Confirm() | Differ():
                return self._ordered(request)
            case _:
                return self._remembered(request)

    def report(self) -> Report:
        """The phone as it is now."""
        return self._phone.report(self._clock.monotonic())

    def happened(self, before: Report, after: Report) -> list[Item]:
        """What to tell those who follow the events."""
        at = upkeep.moment(self._clock.wall())
        return [{"at": at, **each} for each in happenings(before, after)]

    def _status(self) -> Item:
        zid = self._store.zid.hex()
        return {
            "name": self._about.name,
            "version": self._about.version,
            "zid": " ".join(zid[at : at + _GROUP] for at in range(0, len(zid), _GROUP)),
            "uptime_s": int(self._clock.monotonic() - self._about.started),
            "configuration": self._about.configuration(),
            **report_item(self.report()),
        }

    def _ordered(self, request: Order) -> Reply:
        event = _event(request)
        # What was due before counts first: the answer must be about the phone as it is now.
        self._serve_timer()
        objection = self._phone.objection(event, self._clock.monotonic())
        if objection is not None:
            return Reply(Ended({}, OBJECTIONS[objection]))
        self._order(event)
        return Reply(Ended({"calls": report_item(self.report())["calls"]}))

    def _remembered(self, request: Memory) -> Reply:
        try:
            return self._of_memory(request)
        except (StoreError, upkeep.UpkeepError) as error:
            return Reply(Ended({}, str(error)))

    def _of_memory(self, request: Memory) -> Reply:
        reply = remembered(self._store, self._about.configured, request)
        if isinstance(request, AddContacts):
            self._contacts_changed(self._store.contacts())
        return reply


def remembered(store: Store, configured: Configured, request: Memory) -> Reply:
    """Looks into the memory, or changes it.

    Raises:
        StoreError: The database cannot be read or written.
        UpkeepError: There is no such phone, or there are several.
    """
    result: Item = {}
    items: list[Item] = []
    match request:
        case Peers():
            result, items = {"restored": store.restored}, upkeep.peers(store)
        case Unverify(who):
            result = upkeep.unverify(store, who)
        case Forget(who):
            result = upkeep.forget(store, who)
        case Contacts():
            items = upkeep.contacts(store, configured)
        case AddContacts(added):
            items = upkeep.add_contacts(store, configured, added)
        case Log(security, limit):
            items = (upkeep.security_events if security else upkeep.calls)(store, limit)
        case _ as never:
            assert_never(never)
    return Reply(Ended(result), items)


def _event(request: Order) -> RemoteEvent:  # noqa: PLR0911 - one for each
    match request:
        case Call(number):
            return DialledRemotely(number)
        case Answer():
            return AnsweredRemotely()
        case HangUp():
            return HungUpRemotely()
        case Hold():
            return HeldRemotely()
        case Resume():
            return ResumedRemotely()
        case Confirm(words):
            return ConfirmedRemotely(words)
        case Differ():
            return DeniedRemotely()
        case _ as never:
            assert_never(never)
