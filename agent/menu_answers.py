"""What lies in the phone's memory, in the words of its menu. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from agent.phone.menu.answers import (
    CallEntry,
    CallKind,
    CallSecurity,
    ContactEntry,
    KnownPhone,
    PeerEntry,
)
from agent.phone.menu.values import Moment
from agent.sip_uri import identity_of
from agent.store import BROKEN_OFF, CallRecord, Contact, Peer
from agent.translate import local_day

_SECURITIES: Final = {
    "matched": CallSecurity.KNOWN,
    "new": CallSecurity.FIRST,
    "mismatch": CallSecurity.CHANGED,
    "no zrtp": CallSecurity.ABSENT,
    "": None,
}
"""What `agent.ledger` writes; everything else is the name of a fault."""


def contact_entries(
    configured: Iterable[Contact],
    kept: Iterable[Contact],
    peers: Iterable[Peer],
    ring_through: Iterable[str],
) -> tuple[ContactEntry, ...]:
    """All contacts, by name.

    Args:
        configured: Those of the configuration; one of them hides a kept one at its address.
        kept: Those in the memory.
        peers: The phones that were met.
        ring_through: Addresses and numbers whose calls are heard when nobody else's are.
    """
    phones = _phones_by_address(peers)
    through = {identity_of(each) for each in ring_through}
    fixed = {identity_of(each.uri): each for each in configured}
    own = {identity_of(each.uri): each for each in kept}
    entries = [
        ContactEntry(
            name=each.name,
            number=each.number,
            uri=each.uri,
            ring_tone=each.ring_tone,
            rings_through=identity in through or each.number in through,
            configured=identity in fixed,
            phones=tuple(phones.get(identity, ())),
        )
        for identity, each in {**own, **fixed}.items()
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.name.casefold(), entry.uri)))


def call_entries(
    calls: Iterable[tuple[int, CallRecord]], contacts: Iterable[Contact]
) -> tuple[CallEntry, ...]:
    """The calls of the log; whom they were with is said as the contacts have it now.

    Args:
        calls: Each with its number.
        contacts: All of them.
    """
    names = {identity_of(each.uri): each.name for each in contacts}
    return tuple(_call_entry(number, record, names) for number, record in calls)


def peer_entries(peers: Iterable[Peer], calls: Mapping[bytes, int]) -> tuple[PeerEntry, ...]:
    """The phones that were met.

    Args:
        peers: They.
        calls: How many calls of the log were with each.
    """
    return tuple(
        PeerEntry(
            zid=peer.zid.hex(),
            name=peer.name,
            first_seen=local_day(peer.first_seen),
            last_seen=local_day(peer.last_seen),
            verified_on=None if peer.last_verified is None else local_day(peer.last_verified),
            verified=peer.verified,
            key_agreement=peer.level.key_agreement if peer.level else "",
            post_quantum=peer.level is not None and peer.level.post_quantum,
            calls=calls.get(peer.zid, 0),
            addresses=tuple(each.uri for each in peer.addresses),
            enrolled=peer.enrolled,
        )
        for peer in peers
    )


def _phones_by_address(peers: Iterable[Peer]) -> dict[str, list[KnownPhone]]:
    """Only where a phone was proven: whoever merely claims an address has no place there."""
    found: dict[str, list[KnownPhone]] = {}
    for peer in peers:
        day = None if peer.last_verified is None else local_day(peer.last_verified)
        phone = KnownPhone(peer.zid.hex(), peer.name, day, peer.verified)
        for address in peer.addresses:
            if address.last_proven is not None:
                found.setdefault(address.uri, []).append(phone)
    return found


def _call_entry(number: int, record: CallRecord, names: Mapping[str, str]) -> CallEntry:
    kind = CallKind.RECEIVED
    if record.direction == "outgoing":
        kind = CallKind.DIALLED
    elif record.is_missed:
        kind = CallKind.MISSED
    identity = identity_of(record.uri)
    at = datetime.fromtimestamp(record.started).astimezone()
    return CallEntry(
        id=number,
        kind=kind,
        name=names.get(identity) or record.name or identity.removeprefix("sip:"),
        uri=identity,
        at=Moment(at.date(), at.hour, at.minute),
        talked_s=_talked_s(record, kind),
        security=_SECURITIES.get(record.security.lower(), CallSecurity.FAILED),
    )


def _talked_s(record: CallRecord, kind: CallKind) -> int | None:
    if record.outcome == BROKEN_OFF and kind is not CallKind.MISSED:
        return None
    return 0 if record.answered is None else int(record.ended - record.answered)
