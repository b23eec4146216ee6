"""Contacts that were imported or typed. Those of the configuration are not here."""

import sqlite3
from collections.abc import Iterable

from agent.contact import Contact
from agent.sip_uri import identity_of
from agent.store.database import Database
from agent.store.errors import StoreError


def all_of_them(database: Database) -> list[Contact]:
    """Every contact, by name."""
    rows = database.rows(
        "SELECT name, coalesce(number, ''), uri, ring_tone FROM contact ORDER BY name, uri"
    )
    return [Contact(*row) for row in rows]


def add(connection: sqlite3.Connection, contacts: Iterable[Contact]) -> None:
    """Adds contacts, inside a transaction; one at a known address takes the place of that one.

    Raises:
        StoreError: A number belongs to somebody else.
    """
    for contact in contacts:
        identity, number = identity_of(contact.uri), contact.number or None
        taken = connection.execute(
            "SELECT name FROM contact WHERE number = ? AND identity <> ?", (number, identity)
        ).fetchone()
        if taken:
            raise StoreError(
                f"{contact.name} cannot have the number {number}: it is that of {taken[0]}"
            )
        connection.execute(
            "INSERT INTO contact (identity, name, number, uri) VALUES (?1, ?2, ?3, ?4) "
            "ON CONFLICT DO UPDATE SET name = ?2, number = ?3, uri = ?4",
            (identity, contact.name, number, contact.uri),
        )


def replace(connection: sqlite3.Connection, before: str, contact: Contact) -> None:
    """Puts a contact in the place of the one at an address, inside a transaction.

    Raises:
        StoreError: The number or the address belongs to somebody else.
    """
    identity, was = identity_of(contact.uri), identity_of(before)
    if identity != was and (
        taken := connection.execute(
            "SELECT name FROM contact WHERE identity = ?", (identity,)
        ).fetchone()
    ):
        raise StoreError(
            f"{contact.name} cannot have the address {contact.uri}: it is that of {taken[0]}"
        )
    connection.execute("DELETE FROM contact WHERE identity = ?", (was,))
    add(connection, [contact])
    connection.execute(
        "UPDATE contact SET ring_tone = ? WHERE identity = ?", (contact.ring_tone, identity)
    )


def delete(connection: sqlite3.Connection, uri: str) -> None:
    """Removes the contact at an address, if there is one."""
    connection.execute("DELETE FROM contact WHERE identity = ?", (identity_of(uri),))
