"""The phone's memory, as one object."""

from collections.abc import Callable
from pathlib import Path

from agent.store import call_log, identity, peers, secrets
from agent.store.call_log import CallRecord, SecurityEvent
from agent.store.database import Database, open_database
from agent.store.identity import TlsIdentity
from agent.store.migrations import all_migrations
from agent.store.peers import Peer
from agent.zrtp import CacheUpdate, RetainedSecrets


class Store:
    """All that must survive a pulled plug. What a method has written is on the disk.

    Every method raises `StoreError` when the database cannot be read or written. Implements
    `agent.zrtp.SecretStore`. To be used by one thread.

    Attributes:
        zid: The phone's own ZID, 12 octets, the same for ever.
        instance_id: The phone's SIP instance (RFC 5626), a URN of a UUID, the same for ever.
        set_aside: Where the damaged database lies that this one replaces; None: none was.
    """

    def __init__(
        self,
        database: Database,
        *,
        wall: Callable[[], float],
        randbytes: Callable[[int], bytes],
        folder: Path,
        set_aside: Path | None,
    ) -> None:
        self._database = database
        self._wall = wall
        self._folder = folder
        self.set_aside = set_aside
        self.zid, self.instance_id = identity.ensure_zid(database, wall(), randbytes)

    @classmethod
    def open(
        cls, path: Path, wall: Callable[[], float], randbytes: Callable[[int], bytes]
    ) -> "Store":
        """Opens the database, or makes it.

        A damaged file is renamed, not deleted; the phone then starts as a new one, with another
        ZID, and both `set_aside` and a security event say so.

        Args:
            path: The database file; its folder is made if need be, and closed to others.
            wall: The time, in seconds since 1970.
            randbytes: Source of randomness for what is made at the first start.

        Raises:
            StoreError: It cannot be opened, or a newer version of the phone made it.
        """
        database, kept = open_database(path, all_migrations(), wall)
        store = cls(database, wall=wall, randbytes=randbytes, folder=path.parent, set_aside=kept)
        if kept is not None:
            detail = f"the database was damaged and lies in {kept} now; trust starts anew"
            store.log_security_event("database-set-aside", None, "", detail)
        return store

    def tls_identity(self, name: str) -> TlsIdentity:
        """The phone's own certificate and key, made at the first start and renewed in time."""
        return identity.ensure_tls_identity(self._folder, name, self._wall())

    def retained_secrets(self, zid: bytes) -> RetainedSecrets | None:
        """What is retained for the peer with this ZID, or None."""
        return secrets.find(self._database, zid)

    def commit_secrets(self, update: CacheUpdate) -> None:
        """Replaces what is retained for a peer; afterwards the keys may be used."""
        with self._database.transaction() as connection:
            secrets.replace(connection, update, self._wall())

    def set_verified(self, zid: bytes, verified: bool) -> None:  # noqa: FBT001 - the pump's contract
        """The person confirmed the SAS (now), or said that it differs."""
        with self._database.transaction() as connection:
            peers.set_verified(connection, zid, self._wall(), verified=verified)

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
        with self._database.transaction() as connection:
            peers.forget(connection, zid)
        self._database.empty_log()

    def seen(self, zid: bytes, uri: str) -> None:
        """Notes that this phone was met now, under this SIP address."""
        with self._database.transaction() as connection:
            peers.seen(connection, zid, uri, self._wall())

    def verified_at_uri(self, uri: str) -> list[Peer]:
        """The phones met under this address whose SAS was confirmed once, the latest first.

        Also those that have lost the flag since: whoever comes with a new ZID is still not the
        phone that was verified here.
        """
        return peers.verified_at(self._database, uri)

    def log_call(self, record: CallRecord) -> None:
        """Appends a call that is over."""
        with self._database.transaction() as connection:
            call_log.add_call(connection, record)

    def calls(self, limit: int) -> list[CallRecord]:
        """The last calls, the newest first."""
        return call_log.calls(self._database, limit)

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

    def close(self) -> None:
        """Lets go of the file."""
        self._database.close()
