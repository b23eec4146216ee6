"""The phone's memory, looked at and changed by hand: on a store, with answers as plain values.

The phone does it when it is asked over its control socket; while it is off, whoever may read
the database does it there. Secrets are in no answer.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from agent.frozen import frozen
from agent.sip_uri import SipUri, SipUriError, identity_of
from agent.store import CallRecord, Contact, Peer, SecurityEvent, Store

Item = dict[str, Any]

NAME_MAX: Final = 64
"""Characters of a contact's name."""
_NUMBER: Final = re.compile("[0-9*#]{0,32}")
ADDRESSES_MAX: Final = 50
"""Addresses of one peer that are told: it may have come under any number of them."""


@frozen
class Configured:
    """What the configuration says of contacts.

    Attributes:
        contacts: Those that stand there; the memory gives way to them.
        domain: Of the first account, through which mere numbers are called; empty: none.
    """

    contacts: tuple[Contact, ...] = ()
    domain: str = ""


class UpkeepError(Exception):
    """What was asked for cannot be done; the message says why."""


def peers(store: Store) -> list[Item]:
    """Every phone that was met, the latest first.

    Raises:
        StoreError: The database cannot be read.
    """
    return [_peer(each) for each in store.peers()]


def unverify(store: Store, who: str) -> Item:
    """Takes a phone's verified flag; `who` is its name or its ZID in hex.

    Raises:
        StoreError: The database cannot be read or written.
        UpkeepError: There is no such phone, or there are several.
    """
    done = "no longer verified; the words are asked for at the next call"
    return _change(store, who, Store.unverify, "unverified-by-hand", done)


def forget(store: Store, who: str) -> Item:
    """Removes a phone with its secrets; otherwise like `unverify`."""
    done = "forgotten, with all its secrets"
    return _change(store, who, Store.forget, "forgotten-by-hand", done)


def contacts(store: Store, configured: Configured) -> list[Item]:
    """The configuration's contacts, and those of the memory.

    Raises:
        StoreError: The database cannot be read.
    """
    return [
        {"name": each.name, "number": each.number, "uri": each.uri, "configured": fixed}
        for fixed, listed in ((True, configured.contacts), (False, store.contacts()))
        for each in listed
    ]


def add_contacts(store: Store, configured: Configured, added: Iterable[Contact]) -> list[Item]:
    """Takes contacts over, each one that can be; returns for each what came of it.

    One without an address is called through the first account, by its number. Nobody is trusted
    for being a contact.

    Raises:
        StoreError: The database cannot be read or written.
    """
    book = _Book(configured, store.contacts())
    listed, taken = [], []
    for each in added:
        contact, why = _completed(each, configured.domain)
        why = why or book.objection(contact)
        if not why:
            book.put(contact)
            taken.append(contact)
        listed.append({"name": contact.name, "taken": not why, "why": why})
    store.add_contacts(taken)
    return listed


def calls(store: Store, limit: int) -> list[Item]:
    """The last calls, the newest first.

    Raises:
        StoreError: The database cannot be read.
    """
    return [_call(each) for each in store.calls(limit)]


def security_events(store: Store, limit: int) -> list[Item]:
    """The last events that concern whom the person can trust, the newest first.

    Raises:
        StoreError: The database cannot be read.
    """
    return [_security_event(each) for each in store.security_events(limit)]


def address_of(number: str, domain: str) -> str:
    """Where a mere number is called, through the account at this domain."""
    return str(SipUri("sip", number, domain))


def _completed(contact: Contact, domain: str) -> tuple[Contact, str]:
    """The contact as it can be kept, or what is wrong with it."""
    name, number, uri = contact.name.strip(), contact.number, contact.uri
    if not name or len(name) > NAME_MAX or not name.isprintable():
        return contact, f"a name has 1 to {NAME_MAX} printable characters"
    if not _NUMBER.fullmatch(number):
        return contact, "a number holds digits, * and # alone, 32 at most"
    if not uri and not (number and domain):
        lacks = "and there is no account to call its number through" if number else "nor a number"
        return contact, f"it has no SIP address, {lacks}"
    try:
        parsed = SipUri.parse(uri or address_of(number, domain))
    except SipUriError as error:
        return contact, f"its SIP address will not do: {error}"
    return Contact(name, number, str(parsed)), ""


class _Book:
    """Whose the numbers and addresses are."""

    def __init__(self, configured: Configured, kept: Iterable[Contact]) -> None:
        self._fixed = {identity_of(each.uri) for each in configured.contacts}
        self._fixed_numbers = {each.number: each.name for each in configured.contacts}
        self._kept = {identity_of(each.uri): each for each in kept}

    def objection(self, contact: Contact) -> str:
        """Why this one cannot be taken; empty: it can."""
        identity, number = identity_of(contact.uri), contact.number
        if identity in self._fixed:
            return "it stands in the configuration"
        if number and (holder := self._fixed_numbers.get(number)):
            return f"the number {number} is that of {holder} in the configuration"
        for other, each in self._kept.items():
            if number and each.number == number and other != identity:
                return f"the number {number} is that of {each.name}"
        return ""

    def put(self, contact: Contact) -> None:
        """Takes it, in the place of one at the same address."""
        self._kept[identity_of(contact.uri)] = contact


def _change(
    store: Store, who: str, change: Callable[[Store, bytes], None], kind: str, done: str
) -> Item:
    peer = _find(store.peers(), who)
    change(store, peer.zid)
    store.log_security_event(kind, peer.zid, "", peer.name)
    also = "; what it was allowed as a telephone system has ended" if peer.enrolled else ""
    return {"name": peer.name, "zid": peer.zid.hex(), "done": done + also}


def _find(known: list[Peer], who: str) -> Peer:
    found = [each for each in known if each.zid.hex() == who.lower()]
    found = found or [each for each in known if each.name.casefold() == who.casefold()]
    if not found:
        raise UpkeepError(f'no phone is called "{who}", and none has such a ZID; see `sotto peers`')
    if len(found) > 1:
        zids = ", ".join(each.zid.hex() for each in found)
        raise UpkeepError(f'{len(found)} phones are called "{who}"; say which: {zids}')
    return found[0]


def _peer(peer: Peer) -> Item:
    return {
        **asdict(peer),
        "zid": peer.zid.hex(),
        "first_seen": moment(peer.first_seen),
        "last_seen": moment(peer.last_seen),
        "last_verified": moment(peer.last_verified),
        "addresses": [
            {
                **asdict(each),
                "first_seen": moment(each.first_seen),
                "last_seen": moment(each.last_seen),
                "last_proven": moment(each.last_proven),
            }
            for each in peer.addresses[:ADDRESSES_MAX]
        ],
    }


def _call(record: CallRecord) -> Item:
    return {
        **asdict(record),
        "zid": record.zid.hex() if record.zid else None,
        "started": moment(record.started),
        "answered": moment(record.answered),
        "ended": moment(record.ended),
        "missed": record.is_missed,
    }


def _security_event(event: SecurityEvent) -> Item:
    return {
        "at": moment(event.at),
        "kind": event.kind,
        "zid": event.zid.hex() if event.zid else None,
        "uri": event.uri,
        "detail": event.detail,
    }


def moment(wall: float | None) -> str | None:
    """A time as programs read it, in UTC; None stays None."""
    return None if wall is None else datetime.fromtimestamp(wall, UTC).isoformat(timespec="seconds")
