"""A person in front of a whole `Station`, and a memory that answers as the store would."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from agent.phone.events import ClockTicked, SettingsChanged
from agent.phone.menu import answers, orders
from agent.phone.menu.page import Choices
from agent.phone.menu.values import Moment
from agent.phone.preferences import Preferences
from agent.phone.settings import PhoneSettings
from agent.phone.station import Order, Station
from agent.screens.render import render
from hw.types import Key, Output
from support.phone_driver import SETTINGS, PhoneDriver

V = TypeVar("V")

MAY = date(2026, 5, 3)
BOB_ZID = "b0b0" * 6
CAROL_ZID = "ca70" * 6
BOB = answers.ContactEntry(
    "Bob Fischer",
    "102",
    "sip:bob@example.org",
    ring_tone="gong",
    rings_through=True,
    phones=(answers.KnownPhone(BOB_ZID, "Bob", MAY, verified=True),),
)
CAROL = answers.ContactEntry(
    "Carol",
    "",
    "sip:carol@example.net",
    phones=(answers.KnownPhone(CAROL_ZID, "", None, verified=False),),
)
OFFICE = answers.ContactEntry("Office", "9", "sip:desk@192.0.2.9", configured=True)
CONTACTS = (BOB, CAROL, OFFICE)
CALLS = (
    answers.CallEntry(
        4,
        answers.CallKind.MISSED,
        "Carol",
        "sip:carol@example.net",
        Moment(date(2026, 11, 28), 9, 5),
        0,
        None,
    ),
    answers.CallEntry(
        3,
        answers.CallKind.DIALLED,
        "Bob Fischer",
        "sip:bob@example.org",
        Moment(date(2026, 11, 27), 18, 30),
        125,
        answers.CallSecurity.KNOWN,
    ),
    answers.CallEntry(
        2,
        answers.CallKind.RECEIVED,
        "Bob Fischer",
        "sip:bob@example.org",
        Moment(date(2026, 11, 1), 12, 0),
        5,
        answers.CallSecurity.FIRST,
    ),
)
PEERS = (
    answers.PeerEntry(
        BOB_ZID,
        "Bob",
        first_seen=date(2026, 4, 1),
        last_seen=date(2026, 11, 27),
        verified_on=MAY,
        verified=True,
        key_agreement="X3M3",
        post_quantum=True,
        calls=12,
        addresses=("sip:bob@example.org", "sip:192.0.2.7"),
    ),
    answers.PeerEntry(
        CAROL_ZID,
        "",
        first_seen=date(2026, 11, 1),
        last_seen=date(2026, 11, 2),
        verified_on=None,
        verified=False,
        key_agreement="DH3k",
        post_quantum=False,
        calls=1,
        addresses=(),
        enrolled=True,
    ),
)
CHOICES = Choices(
    ring_tones=("classic", "bell", "gong"),
    countries=(("eu", "Europe"), ("de", "Germany"), ("us", "United States")),
)
FINGERPRINT = "0123456789abcdef" * 4


@dataclass
class Memory:
    """What the store and the parts of the phone know; each order is answered by events."""

    contacts: list[answers.ContactEntry] = field(default_factory=lambda: list(CONTACTS))
    calls: list[answers.CallEntry] = field(default_factory=lambda: list(CALLS))
    peers: list[answers.PeerEntry] = field(default_factory=lambda: list(PEERS))
    preferences: Preferences = field(default_factory=Preferences)
    missed: int = 1
    pin: str = ""
    failures: int = 0
    fails: bool = False
    problem: answers.ContactProblem | None = None
    erased: bool = False
    volumes: dict[Output, int] = field(default_factory=dict)
    rings: str | None = None

    def answer(  # noqa: PLR0911 - an order a line
        self, order: Order
    ) -> list[answers.MenuAnswer | SettingsChanged]:
        """What comes of an order; nothing for those that are none of its."""
        if self.fails:
            return [answers.MemoryFailed()]
        match order:
            case orders.SavePreferences(preferences):
                self.preferences = preferences
                return [SettingsChanged(preferences)]
            case orders.SetVolume(output, percent):
                self.volumes[output] = percent
            case orders.PreviewRingTone(name):
                self.rings = name
            case orders.EraseEverything():
                self.erased = True
            case orders.FetchNetwork():
                return [answers.NetworkTold(("192.0.2.7",), FINGERPRINT)]
            case orders.FetchAbout():
                return [answers.AboutTold("0.1.0", BOB_ZID, 3723)]
            case orders.CheckPin() | orders.SetPin():
                return self._of_pin(order)
            case orders.FetchContacts() | orders.SaveContact() | orders.DeleteContact():
                return self._of_contacts(order)
            case _:
                return self._of_past(order)
        return []

    def _of_pin(
        self, order: orders.CheckPin | orders.SetPin
    ) -> list[answers.MenuAnswer | SettingsChanged]:
        if isinstance(order, orders.SetPin):
            self.pin = order.pin
            return [answers.PinKnown(bool(order.pin)), answers.Done()]
        right = order.pin == self.pin
        self.failures = 0 if right else self.failures + 1
        return [answers.PinChecked(right, self.failures)]

    def _of_contacts(
        self, order: orders.FetchContacts | orders.SaveContact | orders.DeleteContact
    ) -> list[answers.MenuAnswer | SettingsChanged]:
        found: list[answers.MenuAnswer | SettingsChanged] = []
        match order:
            case orders.SaveContact(contact, before):
                if self.problem is not None:
                    return [answers.ContactRefused(self.problem, "Carol")]
                self.contacts = [each for each in self.contacts if each.uri != before]
                self.contacts.append(contact)
                found.append(answers.ContactKept())
            case orders.DeleteContact(uri):
                self.contacts = [each for each in self.contacts if each.uri != uri]
            case orders.FetchContacts():
                pass
        listed = sorted(self.contacts, key=lambda contact: contact.name)
        return [*found, answers.ContactsListed(tuple(listed))]

    def _of_past(self, order: Order) -> list[answers.MenuAnswer | SettingsChanged]:
        match order:
            case orders.MarkCallsSeen():
                self.missed = 0
                return [answers.MissedCounted(0)]
            case orders.DeleteCall(number):
                self.calls = [each for each in self.calls if each.id != number]
            case orders.ClearCalls():
                self.calls = []
            case orders.FetchCalls():
                pass
            case orders.RenamePeer(zid, name):
                self._change(zid, name=name, verified=False)
            case orders.UnverifyPeer(zid):
                self._change(zid, verified=False)
            case orders.ForgetPeer(zid):
                self.peers = [each for each in self.peers if each.zid != zid]
            case orders.FetchPeers():
                pass
            case _:
                return []
        if isinstance(order, orders.DeleteCall | orders.ClearCalls | orders.FetchCalls):
            return [answers.CallsListed(tuple(self.calls))]
        return [answers.PeersListed(tuple(self.peers))]

    def _change(self, zid: str, *, name: str | None = None, verified: bool) -> None:
        self.peers = [
            replace(each, verified=verified, name=each.name if name is None else name)
            if each.zid == zid
            else each
            for each in self.peers
        ]


NAMED_KEYS = {
    "m": Key.MENU,
    "c": Key.CALL,
    "h": Key.HANG_UP,
    "!": Key.CONFIRM,
}
"""How tests write the keys that are no digits."""


class StationDriver(PhoneDriver):
    """Drives a whole phone whose memory answers at once."""

    def __init__(
        self,
        settings: PhoneSettings = SETTINGS,
        memory: Memory | None = None,
        choices: Choices = CHOICES,
    ) -> None:
        self.station = Station(settings, choices)
        super().__init__(phone=self.station)
        self.memory = memory or Memory()
        self.told(answers.PinKnown(bool(self.memory.pin), self.memory.failures, starting=True))
        self.told(answers.MissedCounted(self.memory.missed))
        self.happens(ClockTicked(date(2026, 11, 28), 9, 5))
        self.actions()
        self.orders()

    def keys(self, typed: str) -> None:
        """Presses keys; a blank is a pause in which a letter settles."""
        for symbol in typed:
            if symbol == " ":
                self.wait(1.0)
            else:
                self.press(NAMED_KEYS.get(symbol) or Key(symbol))

    def told(self, answer: answers.MenuAnswer) -> None:
        """Something answers."""
        self._carry_out(self.station.handle(answer, self.now))

    def shown(self, kind: type[V]) -> V:
        """The view, which is of this kind."""
        view = self.view
        assert isinstance(view, kind)
        return view

    @property
    def text(self) -> str:
        """What stands on the panel."""
        return " / ".join(render(self.view).text)

    def _carry_out(self, actions: tuple[Order, ...]) -> None:
        super()._carry_out(actions)
        for action in actions:
            for answer in self.memory.answer(action):
                self._carry_out(self.station.handle(answer, self.now))
