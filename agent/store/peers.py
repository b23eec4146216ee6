"""The phones that this one has met, by ZID, and the addresses under which it met them."""

import sqlite3
from collections import defaultdict
from typing import Any, Final

from agent.frozen import frozen
from agent.sip_uri import identity_of
from agent.store.database import Database, Parameters

_COLUMNS: Final = (
    "zid, name, first_seen, last_seen, verified, last_verified, last_uri, "
    "key_agreement, post_quantum, "
    "EXISTS (SELECT 1 FROM retained_secret AS kept "
    "WHERE kept.zid = peer.zid AND kept.pbxsecret IS NOT NULL)"
)


@frozen
class Level:
    """How strong the keys of a call were.

    Attributes:
        key_agreement: Its name in RFC 6189 section 5.1.5, or that of a hybrid; e.g. "X255".
        post_quantum: Whether it also withstands a quantum computer.
    """

    key_agreement: str
    post_quantum: bool


@frozen
class Address:
    """An address under which a phone was met. Times are wall seconds.

    Attributes:
        uri: In the form in which addresses are compared.
        first_seen: When the phone was first met here.
        last_seen: When it was last met here.
        last_proven: When it was last proven here: confirmed by the person, or known again with
            nothing against it. None: it only said that this is its address.
        announced: Whether its a=zrtp-hash came through here.
    """

    uri: str
    first_seen: float
    last_seen: float
    last_proven: float | None
    announced: bool


@frozen
class Peer:
    """A phone that this one has met. Times are wall seconds.

    Attributes:
        zid: Its ZID, 12 bytes.
        name: The cache name that the person gave it (RFC 6189 section 12); empty: none yet.
        first_seen: When it was first met.
        last_seen: When it was last met.
        verified: Whether the person confirmed its SAS, and nothing has put that in doubt.
        last_verified: When the SAS was last confirmed; stays when `verified` is taken away.
        last_uri: The SIP address of the last call, as that call gave it; None: no call yet.
        level: The level of the last call; a fall from post-quantum counts once the person has
            confirmed the SAS of a call that had it. None: not known.
        addresses: All addresses under which it was met, the latest first.
        enrolled: It is a PBX that the person allowed to listen in on the calls that it puts
            through (RFC 6189 section 7.3.1).
    """

    zid: bytes
    name: str
    first_seen: float
    last_seen: float
    verified: bool
    last_verified: float | None
    last_uri: str | None
    level: Level | None = None
    addresses: tuple[Address, ...] = ()
    enrolled: bool = False

    def address(self, uri: str) -> Address | None:
        """What is known of this phone at an address, however that is written."""
        identity = identity_of(uri)
        return next((each for each in self.addresses if each.uri == identity), None)


@frozen
class Meeting:
    """A call that ZRTP has secured, as far as it tells something of the other phone.

    Attributes:
        zid: Its ZID, 12 bytes.
        uri: The SIP address of the call; empty: none.
        level: How strong the keys are; None: not known.
        announced: Whether its a=zrtp-hash came through the signalling and was right.
    """

    zid: bytes
    uri: str
    level: Level | None = None
    announced: bool = False


def find(database: Database, zid: bytes) -> Peer | None:
    """The phone with this ZID, if it was met before."""
    found = _select(database, "WHERE zid = ?", (zid,))
    return found[0] if found else None


def all_of_them(database: Database) -> list[Peer]:
    """Every phone, the one met last first."""
    return _select(database, "ORDER BY last_seen DESC, zid")


def verified_at(database: Database, uri: str) -> list[Peer]:
    """The phones proven under this address whose SAS was ever confirmed, the latest first."""
    return _select(
        database,
        "WHERE last_verified IS NOT NULL AND zid IN "
        "(SELECT zid FROM peer_uri WHERE uri = ? AND last_proven IS NOT NULL) "
        "ORDER BY last_verified DESC",
        (identity_of(uri),),
    )


def remember(connection: sqlite3.Connection, zid: bytes, now: float) -> None:
    """Makes an entry for a phone that has none yet, inside a transaction."""
    connection.execute(
        "INSERT INTO peer (zid, first_seen, last_seen) VALUES (?1, ?2, ?2) ON CONFLICT DO NOTHING",
        (zid, now),
    )


def met(connection: sqlite3.Connection, meeting: Meeting, now: float, *, proven: bool) -> None:
    """Notes a meeting; what it was better than the last ones in is kept, what worse is not."""
    zid, uri = meeting.zid, meeting.uri
    remember(connection, zid, now)
    connection.execute(
        "UPDATE peer SET last_seen = ?1, last_uri = iif(?2 = '', last_uri, ?2) WHERE zid = ?3",
        (now, uri, zid),
    )
    if meeting.level is not None:
        connection.execute(
            "UPDATE peer SET key_agreement = ?1, post_quantum = ?2 "
            "WHERE zid = ?3 AND coalesce(post_quantum, 0) <= ?2",
            (meeting.level.key_agreement, int(meeting.level.post_quantum), zid),
        )
    if uri:
        connection.execute(
            "INSERT INTO peer_uri (uri, zid, first_seen, last_seen, last_proven, announced) "
            "VALUES (?1, ?2, ?3, ?3, iif(?4, ?3, NULL), ?5) ON CONFLICT DO UPDATE SET "
            "last_seen = ?3, last_proven = iif(?4, ?3, last_proven), announced = max(announced, ?5)",
            (identity_of(uri), zid, now, int(proven), int(meeting.announced)),
        )


def confirm(connection: sqlite3.Connection, meeting: Meeting, now: float) -> None:
    """The person confirmed the SAS: all is as in this call, be it better or worse than before."""
    met(connection, meeting, now, proven=True)
    connection.execute(
        "UPDATE peer SET verified = 1, last_verified = ? WHERE zid = ?", (now, meeting.zid)
    )
    if meeting.level is not None:
        connection.execute(
            "UPDATE peer SET key_agreement = ?, post_quantum = ? WHERE zid = ?",
            (meeting.level.key_agreement, int(meeting.level.post_quantum), meeting.zid),
        )
    connection.execute(
        "UPDATE peer_uri SET announced = ? WHERE uri = ? AND zid = ?",
        (int(meeting.announced), identity_of(meeting.uri), meeting.zid),
    )


def unverify(connection: sqlite3.Connection, zid: bytes, now: float) -> None:
    """Takes the verified flag; when and where the phone was verified is not forgotten.

    What a PBX was allowed rests on that flag (section 7.3.1), and ends with it.
    """
    remember(connection, zid, now)
    connection.execute("UPDATE peer SET verified = 0 WHERE zid = ?", (zid,))
    connection.execute("UPDATE retained_secret SET pbxsecret = NULL WHERE zid = ?", (zid,))


def unverify_all(connection: sqlite3.Connection) -> int:
    """Takes every verified flag, and what rests on it; returns how many flags there were."""
    connection.execute("UPDATE retained_secret SET pbxsecret = NULL")
    return connection.execute("UPDATE peer SET verified = 0 WHERE verified = 1").rowcount


def inherit_verified(
    connection: sqlite3.Connection, zid: bytes, now: float, *, verified: bool
) -> None:
    """Carries the flag on with new retained secrets: nobody compared anything now."""
    remember(connection, zid, now)
    connection.execute(
        "UPDATE peer SET verified = ?1, "
        "last_verified = iif(?1, coalesce(last_verified, ?2), last_verified) WHERE zid = ?3",
        (int(verified), now, zid),
    )


def set_name(connection: sqlite3.Connection, zid: bytes, name: str, now: float) -> None:
    """Gives the phone its cache name."""
    remember(connection, zid, now)
    connection.execute("UPDATE peer SET name = ? WHERE zid = ?", (name, zid))


def forget(connection: sqlite3.Connection, zid: bytes) -> None:
    """Removes the phone with its secrets and addresses."""
    connection.execute("DELETE FROM peer WHERE zid = ?", (zid,))


def _select(database: Database, which: str, parameters: Parameters = ()) -> list[Peer]:
    rows = database.rows(f"SELECT {_COLUMNS} FROM peer {which}", parameters)  # noqa: S608 - ours
    if not rows:
        return []
    addresses = _addresses(database)
    return [_peer(row, tuple(addresses[row[0]])) for row in rows]


def _addresses(database: Database) -> dict[bytes, list[Address]]:
    found: dict[bytes, list[Address]] = defaultdict(list)
    for zid, uri, first, last, proven, announced in database.rows(
        "SELECT zid, uri, first_seen, last_seen, last_proven, announced FROM peer_uri "
        "ORDER BY last_seen DESC, uri"
    ):
        found[zid].append(Address(uri, first, last, proven, bool(announced)))
    return found


def _peer(row: tuple[Any, ...], addresses: tuple[Address, ...]) -> Peer:
    zid, name, first_seen, last_seen, verified, last_verified, last_uri, *further = row
    agreement, quantum, enrolled = further
    level = None if agreement is None else Level(agreement, bool(quantum))
    return Peer(
        zid,
        name,
        first_seen,
        last_seen,
        bool(verified),
        last_verified,
        last_uri,
        level,
        addresses,
        bool(enrolled),
    )
