"""Contacts: found by their first letters, shown, called, changed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from agent.frozen import frozen
from agent.phone.menu.answers import (
    NO_ADDRESS,
    ContactEntry,
    ContactKept,
    ContactsListed,
    KnownPhone,
    MenuAnswer,
)
from agent.phone.menu.asking import NoticePage, QuestionPage, TextPage
from agent.phone.menu.labels import Label
from agent.phone.menu.lists import DetailPage, ListPage, Row
from agent.phone.menu.orders import DeleteContact, FetchContacts, SaveContact
from agent.phone.menu.page import BACK, STAY, Known, Page, Step
from agent.phone.menu.tones import RingTonePage
from agent.phone.menu.views import Fact, MenuList
from agent.phone.text_entry import TextEntry, TextKind
from hw.types import Key

_BLANK: Final = ContactEntry("", "", NO_ADDRESS)


def contacts_step(known: Known) -> Step:
    """Opens the contacts."""
    return Step((FetchContacts(),), page=ContactsPage(known))


class ContactsPage(ListPage):
    """All contacts. Digits search by multi-tap; star and hash move, menu takes a letter back."""

    owns_menu_key = True

    def __init__(self, known: Known) -> None:
        """Waits for the contacts."""
        super().__init__(Label.CONTACTS, self._found)
        self._known = known
        self._contacts: tuple[ContactEntry, ...] = ()
        self._search = TextEntry("", known.multi_tap_s)
        self._kept: tuple[str, list[Row]] | None = None

    def view(self, now: float) -> MenuList:
        """Those whose name has a word that begins so."""
        typed, pending = self._search.text, self._search.pending
        return replace(super().view(now), typed=typed, pending=pending)

    def pressed(self, key: Key, now: float) -> Step:
        """Searches, or moves."""
        if key is Key.MENU and not self._search.text:
            return Step(back=1)
        if key is Key.MENU or (key.is_dialled and key.value.isdigit()):
            self._search.pressed(key, now)
            self._at = 0
            return STAY
        return super().pressed(key, now)

    def take(self, answer: MenuAnswer, now: float) -> Step:  # noqa: ARG002 - Page's
        """The contacts as they are now."""
        if isinstance(answer, ContactsListed):
            self._contacts = answer.contacts
            self._kept = None
        return STAY

    def elapse(self, now: float) -> Step:
        """The last letter settles."""
        self._search.due(now)
        return STAY

    def next_timer(self, now: float) -> float | None:  # noqa: ARG002 - Page's
        """When it does."""
        return self._search.next_timer()

    def _found(self) -> list[Row]:
        sought = self._search.text.casefold()
        if self._kept is None or self._kept[0] != sought:
            # Kept: there may be ten thousand, and a key is to be answered at once.
            self._kept = (sought, self._found_anew(sought))
        return self._kept[1]

    def _found_anew(self, sought: str) -> list[Row]:
        rows = [
            Row(each.name, self._opener(each), each.number, self._caller(each))
            for each in self._contacts
            if _begins(each.name, sought)
        ]
        return rows if sought else [Row(Label.NEW_CONTACT, self._new), *rows]

    def _opener(self, contact: ContactEntry) -> "Opener":
        return Opener(contact, self._known)

    @staticmethod
    def _caller(contact: ContactEntry) -> "Caller":
        return Caller(contact.number or contact.uri)

    def _new(self) -> Step:
        return Step(page=ContactForm(_BLANK, "", self._known, pages=1))


@frozen
class Caller:
    """The step that calls somebody."""

    what: str

    def __call__(self) -> Step:
        """Calls."""
        return Step(dial=self.what)


@frozen
class Opener:
    """The step to all about a contact."""

    contact: ContactEntry
    known: Known

    def __call__(self) -> Step:
        """Opens it."""
        contact = self.contact
        return Step(
            page=DetailPage(
                contact.name,
                _facts(contact),
                _options(contact, self.known),
                contact.number or contact.uri,
            )
        )


def _begins(name: str, sought: str) -> bool:
    """Whether the name, or one of its words, begins so."""
    folded = name.casefold()
    return folded.startswith(sought) or any(word.startswith(sought) for word in folded.split())


def _facts(contact: ContactEntry) -> list[Fact]:
    facts = [Fact(Label.NUMBER, contact.number)] if contact.number else []
    facts.append(Fact(Label.ADDRESS, contact.uri.removeprefix("sip:")))
    if contact.configured:
        facts.append(Fact(Label.FROM_FILE, Label.NOT_CHANGED_HERE))
    if contact.ring_tone:
        facts.append(Fact(Label.RING_TONE, contact.ring_tone))
    if contact.rings_through:
        facts.append(Fact(Label.RINGS_THROUGH, Label.YES))
    for phone in contact.phones:
        facts += _phone_facts(phone)
    if not contact.phones:
        facts.append(Fact(Label.VERIFIED, Label.NEVER))
    return facts


def _phone_facts(phone: KnownPhone) -> list[Fact]:
    label = Label.VERIFIED if phone.verified else Label.WAS_VERIFIED
    return [Fact(label, phone.verified_on or Label.NEVER), Fact(Label.ZID, grouped(phone.zid))]


def grouped(digits: str, size: int = 4) -> str:
    """Hex digits in groups, as they are read aloud."""
    return " ".join(digits[at : at + size] for at in range(0, len(digits), size))


def _options(contact: ContactEntry, known: Known) -> list[Row]:
    call = Row(Label.CALL, Caller(contact.number or contact.uri))
    if contact.configured:
        return [call]
    through = replace(contact, rings_through=not contact.rings_through)
    return [
        call,
        Row(Label.EDIT, lambda: Step(page=ContactForm(contact, contact.uri, known, pages=3))),
        Row(Label.RING_TONE, lambda: Step(page=_ring_tones(contact, known))),
        Row(
            Label.RINGS_THROUGH,
            lambda: Step((SaveContact(through, contact.uri),), back=2),
            Label.ON if contact.rings_through else Label.OFF,
        ),
        Row(Label.DELETE, lambda: Step(page=_deletion(contact))),
    ]


def _deletion(contact: ContactEntry) -> Page:
    return QuestionPage(
        Label.DELETE_CONTACT,
        contact.name,
        lambda: Step((DeleteContact(contact.uri),), back=3),
    )


def _ring_tones(contact: ContactEntry, known: Known) -> Page:
    def keep(name: str) -> Step:
        new = replace(contact, ring_tone=name)
        return Step((SaveContact(new, contact.uri),), back=3)

    return RingTonePage(known, contact.ring_tone, keep, usual=Label.USUAL)


class ContactForm(ListPage):
    """A contact as it is being typed."""

    def __init__(self, contact: ContactEntry, before: str, known: Known, *, pages: int) -> None:
        """Begins with a contact.

        Args:
            contact: As it is, or a blank one.
            before: The address that it had; empty: it is a new one.
            known: How fast the person taps.
            pages: How many pages are left when it is kept.
        """
        super().__init__(Label.EDIT if before else Label.NEW_CONTACT, self._fields)
        self._draft = contact
        self._before = before
        self._known = known
        self._pages = pages

    def take(self, answer: MenuAnswer, now: float) -> Step:  # noqa: ARG002 - Page's
        """It is kept."""
        if not isinstance(answer, ContactKept):
            return STAY
        return Step(back=self._pages, page=NoticePage(Label.KEPT, self._draft.name))

    def _fields(self) -> list[Row]:
        draft = self._draft
        address = draft.uri.removeprefix("sip:")
        return [
            self._row(Label.NAME, draft.name, self._named, TextKind.TEXT),
            self._row(Label.NUMBER, draft.number, self._numbered, TextKind.NUMBER),
            self._row(Label.ADDRESS, address, self._addressed, TextKind.ADDRESS),
            Row(Label.SAVE, lambda: Step((SaveContact(self._draft, self._before),))),
        ]

    def _row(
        self, label: Label, text: str, change: Callable[[str], ContactEntry], kind: TextKind
    ) -> Row:
        def done(typed: str) -> Step:
            self._draft = change(typed)
            return BACK

        return Row(label, lambda: Step(page=TextPage(label, text, self._known, done, kind)), text)

    def _named(self, name: str) -> ContactEntry:
        return replace(self._draft, name=name)

    def _numbered(self, number: str) -> ContactEntry:
        return replace(self._draft, number=number)

    def _addressed(self, address: str) -> ContactEntry:
        return replace(self._draft, uri=as_uri(address))


def as_uri(address: str) -> str:
    """What the person typed as a SIP URI; the scheme may be left out."""
    return address if address.startswith(("sip:", "sips:")) else f"sip:{address}"
