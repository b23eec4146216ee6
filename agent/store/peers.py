"""The phones that this one has met, by ZID, and the addresses under which it met them."""

import sqlite3
from dataclasses import dataclass
from typing import Any, Final

from agent.sip_uri import identity_of
from agent.store.database import Database

_COLUMNS: Final = "zid, name, first_seen, last_seen, verified, last_verified, last_uri"


@dataclass(frozen=True, slots=True)
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
    """

    zid: bytes
    name: str
    first_seen: float
    last_seen: float
    verified: bool
    last_verified: float | None
    last_uri: str | None


def find(database: Database, zid: bytes) -> Peer | None:
    """The phone with this ZID, if it was met before."""
    rows = database.rows(f"SELECT {_COLUMNS} FROM peer WHERE zid = ?", (zid,))  # noqa: S608
    return _peer(rows[0]) if rows else None


def all_of_them(database: Database) -> list[Peer]:
    """Every phone, the one met last first."""
    return [
        _peer(row)
        for row in database.rows(f"SELECT {_COLUMNS} FROM peer ORDER BY last_seen DESC, zid")  # noqa: S608
    ]


def verified_at(database: Database, uri: str) -> list[Peer]:
    """The phones met under this address whose SAS was ever confirmed, the latest first."""
    sql = (
        f"SELECT {_COLUMNS} FROM peer "  # noqa: S608
        "WHERE last_verified IS NOT NULL AND zid IN (SELECT zid FROM peer_uri WHERE uri = ?) "
        "ORDER BY last_verified DESC"
    )
    return [_peer(row) for row in database.rows(sql, (identity_of(uri),))]


def remember(connection: sqlite3.Connection, zid: bytes, now: float) -> None:
    """Makes an entry for a phone that has none yet, inside a transaction."""
    connection.execute(
        "INSERT INTO peer (zid, first_seen, last_seen) VALUES (?1, ?2, ?2) ON CONFLICT DO NOTHING",
        (zid, now),
    )


def seen(connection: sqlite3.Connection, zid: bytes, uri: str, now: float) -> None:
    """Notes that the phone was met, and under which address; an empty one is none."""
    remember(connection, zid, now)
    if not uri:
        connection.execute("UPDATE peer SET last_seen = ? WHERE zid = ?", (now, zid))
        return
    connection.execute("UPDATE peer SET last_seen = ?, last_uri = ? WHERE zid = ?", (now, uri, zid))
    connection.execute(
        "INSERT INTO peer_uri (uri, zid, first_seen, last_seen) VALUES (?1, ?2, ?3, ?3) "
        "ON CONFLICT DO UPDATE SET last_seen = ?3",
        (identity_of(uri), zid, now),
    )


def set_verified(connection: sqlite3.Connection, zid: bytes, now: float, *, verified: bool) -> None:
    """Gives or takes the verified flag; giving it notes the time."""
    remember(connection, zid, now)
    connection.execute(
        "UPDATE peer SET verified = ?1, last_verified = iif(?1, ?2, last_verified) WHERE zid = ?3",
        (int(verified), now, zid),
    )


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


def _peer(row: tuple[Any, ...]) -> Peer:
    zid, name, first_seen, last_seen, verified, last_verified, last_uri = row
    return Peer(zid, name, first_seen, last_seen, bool(verified), last_verified, last_uri)
