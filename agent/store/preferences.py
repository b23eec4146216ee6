"""What the person chose at the phone, as JSON by name; what it means is not decided here."""

import sqlite3
from collections.abc import Mapping

from agent.store.database import Database


def all_of_them(database: Database) -> dict[str, str]:
    """Every choice: name and JSON."""
    return dict(database.rows("SELECT key, value FROM preference"))


def put(connection: sqlite3.Connection, values: Mapping[str, str]) -> None:
    """Writes choices; others stay as they are."""
    connection.executemany(
        "INSERT INTO preference (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
        values.items(),
    )
