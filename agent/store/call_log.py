"""What happened: calls, and events that concern their security. The oldest make room."""

import sqlite3
from typing import Final

from agent.frozen import frozen
from agent.store.database import Database

KEPT: Final = 5000
"""How many calls, and how many security events, are kept: an SD card is not endless."""

OPEN: Final = "open"
"""The outcome of a call that is not over: it is in the file, for the case that the plug is pulled."""
BROKEN_OFF: Final = "broken_off"
"""The outcome of a call that was up when the phone ended: when it was over is not known."""
_NOT_MISSED: Final = frozenset({"local_hung_up", "declined", "elsewhere", OPEN})


@frozen
class CallRecord:
    """A call that is over, or `OPEN`. Times are wall seconds.

    Attributes:
        direction: "incoming" or "outgoing".
        uri: The other side's SIP address.
        name: What the phone called the other side.
        zid: The other phone's ZID, 12 bytes; None: there was no ZRTP.
        started: When it was dialled or began to ring.
        answered: When it was answered; None: it was not.
        ended: When it was over; while it is not, and where nobody knows: the last that is known of it.
        outcome: Why it ended, e.g. "remote_hung_up", "broken_off".
        security: How it was secured, e.g. "matched".
    """

    direction: str
    uri: str
    name: str
    zid: bytes | None
    started: float
    answered: float | None
    ended: float
    outcome: str
    security: str

    @property
    def is_missed(self) -> bool:
        """Whether it came in and nobody took it, here or elsewhere, nor sent it away."""
        return (
            self.direction == "incoming"
            and self.answered is None
            and self.outcome not in _NOT_MISSED
        )


@frozen
class SecurityEvent:
    """Something that concerns whom the person can trust.

    Attributes:
        at: Wall seconds.
        kind: What it was, e.g. "sas-mismatch".
        zid: The other phone's ZID; None: not known.
        uri: The SIP address of the call; empty: none.
        detail: One sentence, or empty.
    """

    at: float
    kind: str
    zid: bytes | None
    uri: str
    detail: str


def put_call(connection: sqlite3.Connection, record: CallRecord, number: int | None) -> int:
    """Writes a call; a missed one is unseen until `mark_seen`.

    Args:
        connection: Within a transaction.
        record: What is known of it.
        number: The one that it got when it was written before; None: it was not.

    Returns:
        Its number.
    """
    values = (
        record.direction,
        record.uri,
        record.name,
        record.zid,
        record.started,
        record.answered,
        record.ended,
        record.outcome,
        record.security,
        int(record.is_missed),
    )
    # Replaced where it was written before; also where that was taken away meanwhile.
    cursor = connection.execute(
        "INSERT OR REPLACE INTO call (id, direction, uri, name, zid, started, answered, ended, "
        "outcome, security, unseen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (number, *values),
    )
    connection.execute("DELETE FROM call WHERE id <= (SELECT max(id) FROM call) - ?", (KEPT,))
    return cursor.lastrowid or 0


def break_off(connection: sqlite3.Connection) -> None:
    """No call is up when a phone starts: those that are open were cut off, or missed."""
    connection.execute(
        "UPDATE call SET outcome = ?, unseen = (direction = 'incoming' AND answered IS NULL) "
        "WHERE outcome = ?",
        (BROKEN_OFF, OPEN),
    )


def calls(database: Database, limit: int) -> list[CallRecord]:
    """The last calls that are over, the newest first."""
    rows = database.rows(
        "SELECT direction, uri, name, zid, started, answered, ended, outcome, security "
        "FROM call WHERE outcome != ? ORDER BY id DESC LIMIT ?",
        (OPEN, limit),
    )
    return [CallRecord(*row) for row in rows]


def numbered(database: Database, limit: int) -> list[tuple[int, CallRecord]]:
    """The same, each with its number in the log."""
    rows = database.rows(
        "SELECT id, direction, uri, name, zid, started, answered, ended, outcome, security "
        "FROM call WHERE outcome != ? ORDER BY id DESC LIMIT ?",
        (OPEN, limit),
    )
    return [(number, CallRecord(*row)) for number, *row in rows]


def count_by_zid(database: Database) -> dict[bytes, int]:
    """How many calls of the log were with each phone."""
    rows = database.rows(
        "SELECT zid, count(*) FROM call WHERE zid IS NOT NULL AND outcome != ? GROUP BY zid",
        (OPEN,),
    )
    return dict(rows)


def delete_call(connection: sqlite3.Connection, number: int) -> None:
    """Removes one call."""
    connection.execute("DELETE FROM call WHERE id = ?", (number,))


def clear_calls(connection: sqlite3.Connection) -> None:
    """Removes all calls that are over; what concerns security stays."""
    connection.execute("DELETE FROM call WHERE outcome != ?", (OPEN,))


def count_unseen(database: Database) -> int:
    """How many missed calls the person has not looked at."""
    ((count,),) = database.rows("SELECT count(*) FROM call WHERE unseen = 1")
    return int(count)


def mark_seen(connection: sqlite3.Connection) -> None:
    """The person has looked at the missed calls."""
    connection.execute("UPDATE call SET unseen = 0 WHERE unseen = 1")


def add_security_event(connection: sqlite3.Connection, event: SecurityEvent) -> None:
    """Appends an event."""
    connection.execute(
        "INSERT INTO security_event (at, kind, zid, uri, detail) VALUES (?, ?, ?, ?, ?)",
        (event.at, event.kind, event.zid, event.uri, event.detail),
    )
    connection.execute(
        "DELETE FROM security_event WHERE id <= (SELECT max(id) FROM security_event) - ?", (KEPT,)
    )


def security_events(database: Database, limit: int) -> list[SecurityEvent]:
    """The last events, the newest first."""
    rows = database.rows(
        "SELECT at, kind, zid, uri, detail FROM security_event ORDER BY id DESC LIMIT ?", (limit,)
    )
    return [SecurityEvent(*row) for row in rows]
