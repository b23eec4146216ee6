"""The phone's memory, as one object."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from agent.contact import Contact
from agent.store import call_log, contacts, identity, peers, pin, preferences, secrets
from agent.store.call_log import CallRecord, SecurityEvent
from agent.store.database import Database, open_database, open_existing
from agent.store.errors import StoreError
from agent.store.identity import TlsIdentity
from agent.store.migrations import all_migrations
from agent.store.peers import Meeting, Peer
from agent.store.residence import Residence
from agent.zrtp import CacheUpdate, RetainedSecrets

DATABASE: Final = "sotto.db"
"""The file in the state folder that holds all that must survive a pulled plug."""


class Store:
    """All that must survive a pulled plug. What a method has written is on the disk.

    Every method raises `StoreError` when the database cannot be read or written. Implements
    `agent.zrtp.SecretStore`. To be used by one thread.

    Attributes:
        zid: The phone's own ZID, 12 octets, the same for ever.
        instance_id: The phone's SIP instance (RFC 5626), a URN of a UUID, the same for ever.
        set_aside: Where the damaged database lies that this one replaces; None: none was.
        restored: Why this is not the database that was left here, such as "it is a copy"; empty:
            it is. Every verified flag is then gone, so that the words are asked for anew; the
            retained secrets stay, so that a peer who has others now still raises the alarm.
    """

    def __init__(
        self,
        database: Database,
        *,
        wall: Callable[[], float],
        randbytes: Callable[[int], bytes],
        path: Path,
        set_aside: Path | None = None,
    ) -> None:
        self._database = database
        self._wall = wall
        self._folder = path.parent
        self._randbytes = randbytes
        self._residence = Residence(database, path, randbytes)
        self._visiting = False
        self.set_aside = set_aside
        self.restored = ""
        self.zid, self.instance_id = identity.ensure_zid(database, wall(), randbytes)

    @classmethod
    def open(
        cls, path: Path, wall: Callable[[], float], randbytes: Callable[[int], bytes]
    ) -> "Store":
        """Opens the database, or makes it.

        A damaged file is renamed, not deleted; the phone then starts as a new one, with another
        ZID, and both `set_aside` and a security event say so. Likewise `restored`, where the
        file is a copy or an older state of itself.

        Args:
            path: The database file; its folder is made if need be, and closed to others.
            wall: The time, in seconds since 1970.
            randbytes: Source of randomness for what is made at the first start.

        Raises:
            StoreError: It cannot be opened, or a newer version of the phone made it.
        """
        database, kept = open_database(path, all_migrations(), wall)
        store = cls(database, wall=wall, randbytes=randbytes, path=path, set_aside=kept)
        if kept is not None:
            detail = f"the database was damaged and lies in {kept} now; trust starts anew"
            store.log_security_event("database-set-aside", None, "", detail)
        store._move_in()
        return store

    @classmethod
    def visit(cls, path: Path, wall: Callable[[], float]) -> "Store":
        """Opens the database of a phone that may be running, for a look or a change by hand.

        Args:
            path: The database file.
            wall: The time, in seconds since 1970.

        Raises:
            StoreError: There is none, or it cannot be opened.
        """
        database = open_existing(path, all_migrations())
        store = cls(database, wall=wall, randbytes=os.urandom, path=path)
        store._visiting = True
        store.restored = store._residence.doubt()
        return store

    def _move_in(self) -> None:
        """Puts every verified flag in doubt if this is not the database that was left here."""
        self.restored = self._residence.doubt()
        with self._residence.change() as connection:
            call_log.break_off(connection)
            if self.restored:
                count = peers.unverify_all(connection)
                detail = f"{self.restored}; {count} verified phones are to be compared anew"
                event = SecurityEvent(self._wall(), "database-restored", None, "", detail)
                call_log.add_security_event(connection, event)
        self.settle()

    @contextmanager
    def _change_of_trust(self) -> Iterator[sqlite3.Connection]:
        # What a visitor writes makes the state a new one: it must not hide that it was an old one.
        if self._visiting and (doubt := self._residence.doubt()):
            raise StoreError(
                f"the database was moved or restored from a backup ({doubt}): start the phone "
                "once, so that it can say so, and then try again"
            )
        with self._residence.change() as connection:
            yield connection
        if self._visiting:
            self.settle()

    def settle(self) -> None:
        """Does what a change of trust has left for when nobody waits: to be called soon after."""
        self._residence.settle()

    def tls_identity(self, name: str) -> TlsIdentity:
        """The phone's own certificate and key, made at the first start and renewed in time."""
        return identity.ensure_tls_identity(self._folder, name, self._wall())

    def retained_secrets(self, zid: bytes) -> RetainedSecrets | None:
        """What is retained for the peer with this ZID, or None."""
        return secrets.find(self._database, zid)

    def commit_secrets(self, update: CacheUpdate) -> None:
        """Replaces what is retained for a peer; afterwards the keys may be used."""
        with self._change_of_trust() as connection:
            secrets.replace(connection, update, self._wall())

    def confirm(self, meeting: Meeting) -> None:
        """The person confirmed the SAS of this call, now."""
        with self._change_of_trust() as connection:
            peers.confirm(connection, meeting, self._wall())

    def unverify(self, zid: bytes) -> None:
        """Takes a phone's verified flag; when and where it was verified is not forgotten."""
        with self._change_of_trust() as connection:
            peers.unverify(connection, zid, self._wall())

    def peer(self, zid: bytes) -> Peer | None:
        """The phone with this ZID, if it was met before."""
        return peers.find(self._database, zid)

    def peers(self) -> list[Peer]:
        """Every phone that was met, the latest first."""
        return peers.all_of_them(self._database)

    def name_peer(self, zid: bytes, name: str) -> None:
        """Gives a phone the cache name that is shown on every later call with it."""
        with self._database.transaction() as connection:
            peers.set_name(connection, zid, name, self._wall())

    def forget(self, zid: bytes) -> None:
        """Removes a phone with its secrets, name and addresses, from the disk's log, too."""
        with self._change_of_trust() as connection:
            peers.forget(connection, zid)
        self._database.empty_log()

    def met(self, meeting: Meeting, *, proven: bool) -> None:
        """Notes that a phone was met now.

        Args:
            meeting: The call.
            proven: Whether it was known again, and nothing is odd about its address.
        """
        with self._database.transaction() as connection:
            peers.met(connection, meeting, self._wall(), proven=proven)

    def verified_at_uri(self, uri: str) -> list[Peer]:
        """The phones proven under this address whose SAS was confirmed once, the latest first.

        Also those that have lost the flag since: whoever comes with a new ZID is still not the
        phone that was verified here.
        """
        return peers.verified_at(self._database, uri)

    def contacts(self) -> list[Contact]:
        """The contacts that were imported, by name."""
        return contacts.all_of_them(self._database)

    def add_contacts(self, added: Iterable[Contact]) -> None:
        """Adds contacts, all or none; one at a known address takes the place of that one.

        Nobody is trusted for being a contact.
        """
        with self._database.transaction() as connection:
            contacts.add(connection, added)

    def replace_contact(self, before: str, contact: Contact) -> None:
        """Puts a contact in the place of the one at an address."""
        with self._database.transaction() as connection:
            contacts.replace(connection, before, contact)

    def delete_contact(self, uri: str) -> None:
        """Removes the contact at an address, from the disk's log, too."""
        with self._database.transaction() as connection:
            contacts.delete(connection, uri)
        self._database.empty_log()

    def rename_peer(self, zid: bytes, name: str) -> None:
        """Gives a phone another cache name, for which its words have to be compared again."""
        with self._change_of_trust() as connection:
            peers.set_name(connection, zid, name, self._wall())
            peers.unverify(connection, zid, self._wall())

    def preferences(self) -> dict[str, str]:
        """What the person chose at the phone: name and JSON."""
        return preferences.all_of_them(self._database)

    def save_preferences(self, values: Mapping[str, str]) -> None:
        """Writes choices down; others stay as they are."""
        with self._database.transaction() as connection:
            preferences.put(connection, values)

    def pin_state(self) -> tuple[bool, int]:
        """Whether there is a PIN, and how many wrong ones there were in a row."""
        return pin.state(self._database)

    def set_pin(self, digits: str) -> None:
        """Sets the PIN; an empty one takes it away."""
        with self._database.transaction() as connection:
            pin.put(connection, digits, self._randbytes)

    def check_pin(self, digits: str) -> tuple[bool, int]:
        """Whether it is the PIN, and how many wrong ones there were in a row by now.

        The try is on the disk before it is looked at.
        """
        with self._database.transaction() as connection:
            pin.count_try(connection)
        right = pin.is_right(self._database, digits)
        if right:
            with self._database.transaction() as connection:
                pin.forgive(connection)
        return right, self.pin_state()[1]

    def log_call(self, record: CallRecord, number: int | None = None) -> int:
        """Writes a call, in the place of what was written under this number; returns its number."""
        with self._database.transaction() as connection:
            return call_log.put_call(connection, record, number)

    def calls(self, limit: int) -> list[CallRecord]:
        """The last calls, the newest first."""
        return call_log.calls(self._database, limit)

    def numbered_calls(self, limit: int) -> list[tuple[int, CallRecord]]:
        """The same, each with its number in the log."""
        return call_log.numbered(self._database, limit)

    def calls_by_zid(self) -> dict[bytes, int]:
        """How many calls of the log were with each phone."""
        return call_log.count_by_zid(self._database)

    def delete_call(self, number: int) -> None:
        """Removes one call of the log, from the disk's log, too."""
        with self._database.transaction() as connection:
            call_log.delete_call(connection, number)
        self._database.empty_log()

    def clear_calls(self) -> None:
        """Removes all calls of the log, from the disk's log, too."""
        with self._database.transaction() as connection:
            call_log.clear_calls(connection)
        self._database.empty_log()

    def unseen_missed_calls(self) -> int:
        """How many missed calls the person has not looked at yet."""
        return call_log.count_unseen(self._database)

    def mark_calls_seen(self) -> None:
        """The person has looked at the missed calls."""
        with self._database.transaction() as connection:
            call_log.mark_seen(connection)

    def log_security_event(self, kind: str, zid: bytes | None, uri: str, detail: str) -> None:
        """Appends an event that concerns whom the person can trust."""
        event = SecurityEvent(self._wall(), kind, zid, uri, detail)
        with self._database.transaction() as connection:
            call_log.add_security_event(connection, event)

    def security_events(self, limit: int) -> list[SecurityEvent]:
        """The last security events, the newest first."""
        return call_log.security_events(self._database, limit)

    def forget_everything(self) -> None:
        """Empties every table, and writes the file anew without what was in it.

        The phone cannot go on with it; its file is to be destroyed next.
        """
        self._database.drop_everything()

    def close(self) -> None:
        """Lets go of the file."""
        self._database.close()
