"""Notices that the database is a copy, or was replaced by an older one.

Two things are remembered inside the database: the place where its file lies, and the seal that
lies beside it. The seal is a small file that is made anew, with a random text, at every start
and whenever trust changes; an older state of the database knows an older seal.

The order of the two writes is what makes power cuts harmless: the new seal's file is made under
another name, the transaction that changes trust also names the new seal and the one that lies
there now, and only then does the new seal take the old one's place. A cut before the transaction
changes nothing; one after it leaves the seal that lies there named as the one before. So each
state of the database fits the seal of exactly its own change and, until that seal lies there,
the one before; never a later one. What need not be done before a call may go on waits for `settle`:
that the new name of the seal is on the disk, and the file of the next one. The files' own numbers and birth times count as part of both:
where database and seal are put back together from a copy, they are other files than before.

What this cannot see: a card that was written back bit by bit, as a whole.
"""

import ctypes
import fcntl
import hashlib
import os
import sqlite3
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple
from pathlib import Path
from typing import Final

from agent.frozen import frozen
from agent.store.database import BUSY_TIMEOUT_S, Database, sync_folder, told
from agent.store.errors import StoreError

MACHINE_FILES: Final = (
    # First what belongs to the board: /etc may be the same on many of them, or made at each boot.
    Path("/sys/firmware/devicetree/base/serial-number"),
    Path("/etc/machine-id"),
)

_TOKEN_LENGTH: Final = 16
_PAUSE_S: Final = 0.01
_STATX: Final = 256
_STATX_BTIME: Final = 0x800
_BTIME_AT: Final = 80
_AT_FDCWD: Final = -100


@frozen
class Place:
    """Where a file is.

    Attributes:
        machine: Names the machine; empty where nothing does.
        filesystem: Names the file system, whatever order its disk was found in.
        inode: The file's number there.
        birth: When the file was made, in nanoseconds; None where the file system does not say.
            It tells files apart to which one number was given in turn.
    """

    machine: str
    filesystem: int
    inode: int
    birth: int | None

    @classmethod
    def of(cls, file: Path) -> "Place":
        """The place of a file that exists.

        Raises:
            OSError: It does not.
        """
        filesystem = os.statvfs(file).f_fsid
        # SQLite's integers have a sign.
        signed = filesystem - (1 << 64) if filesystem >= 1 << 63 else filesystem
        return cls(_machine(), signed, file.stat().st_ino, birth_of(file))

    def is_same(self, other: "Place") -> bool:
        """Whether nothing that is known of both differs."""
        pairs = zip(astuple(self), astuple(other), strict=True)
        return all(None in pair or pair[0] == pair[1] for pair in pairs)


class Residence:
    """The place and the seal of one database."""

    def __init__(self, database: Database, path: Path, randbytes: Callable[[int], bytes]) -> None:
        """Looks at nothing yet.

        Args:
            database: The database.
            path: Its file.
            randbytes: Source of randomness.
        """
        self._database = database
        self._path = path
        self._seal = Path(f"{path}-seal")
        self._randbytes = randbytes
        self._named = True
        self._ready: str | None = None

    def doubt(self) -> str:
        """Why the database cannot be the one that was left here; empty if it can.

        Raises:
            StoreError: It cannot be read.
        """
        with told("read"):
            return self._doubt(_read(self._seal), Place.of(self._path))

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """A transaction after which no older state of the database passes for this one.

        Raises:
            StoreError: It could not be written.
        """
        with told("written"), _locked(self._path.parent):
            self._sync_name()
            lies, seal = _read(self._seal), self._next_seal()
            with self._database.transaction() as connection:
                yield connection
                self._name_seal(connection, lies, seal)
            self._named = False
            _new(self._seal).rename(self._seal)

    def settle(self) -> None:
        """Does what a change left to be done, and makes the next seal ready; else nothing.

        Raises:
            StoreError: It could not be written.
        """
        if not self._named:
            with told("written"), _locked(self._path.parent):
                self._sync_name()
                self._ready = self._make_seal()

    def _sync_name(self) -> None:
        # Two changes ahead of what the disk has as the seal, the database would not know it.
        if not self._named:
            sync_folder(self._seal.parent)
            self._named = True

    def _next_seal(self) -> str:
        # Another program may have made its own in that place meanwhile.
        ready, self._ready = self._ready, None
        return ready if ready and ready == _read(_new(self._seal)) else self._make_seal()

    def _doubt(self, lies: str | None, here: Place) -> str:
        rows = self._database.rows(
            "SELECT machine, filesystem, inode, birth, seal_before, seal FROM residence"
        )
        if not rows:
            # Older than any seal, unless it is new and the seal that of a database now gone.
            ((met,),) = self._database.rows("SELECT count(*) FROM peer")
            return "it is older than the seal beside it" if met and lies else ""
        *place, before, seal = rows[0]
        there = Place(*place)
        if there.machine != here.machine:
            return "it comes from another machine"
        if not there.is_same(here):
            return "it is a copy"
        return "" if lies in {before, seal} else "it is not the state that the seal beside it names"

    def _name_seal(self, connection: sqlite3.Connection, lies: str | None, seal: str) -> None:
        connection.execute(
            "INSERT INTO residence VALUES (1, ?1, ?2, ?3, ?4, 1, ?5, ?6) ON CONFLICT DO UPDATE SET "
            "machine = ?1, filesystem = ?2, inode = ?3, birth = ?4, epoch = epoch + 1, "
            "seal_before = ?5, seal = ?6",
            (*astuple(Place.of(self._path)), lies, seal),
        )

    def _make_seal(self) -> str:
        file = _new(self._seal)
        # A new file each time: that it is one is part of what it says.
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(self._randbytes(_TOKEN_LENGTH).hex())
            stream.flush()
            # Whoever runs this as root must not lock the phone out of its own file.
            owner = self._path.stat()
            if os.geteuid() == 0:
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
            os.fsync(descriptor)
        return _read(file) or ""


def birth_of(file: Path) -> int | None:
    """When a file was made, in nanoseconds since 1970; None where nothing tells.

    Python has no statx(2) of its own yet.
    """
    buffer = ctypes.create_string_buffer(_STATX)
    statx = getattr(ctypes.CDLL(None, use_errno=True), "statx", None)
    if statx is None or statx(_AT_FDCWD, os.fsencode(file), 0, _STATX_BTIME, buffer):
        return None
    (mask,) = struct.unpack_from("I", buffer)
    if not mask & _STATX_BTIME:
        return None
    seconds, nanoseconds = struct.unpack_from("qI", buffer, _BTIME_AT)
    return int(seconds * 1_000_000_000 + nanoseconds)


def _machine() -> str:
    for file in MACHINE_FILES:
        with suppress(OSError):
            # systemd asks that a machine's id be told to nobody as it is.
            return hashlib.sha256(b"sotto residence " + file.read_bytes()).hexdigest()[:32]
    return ""


def _new(seal: Path) -> Path:
    return seal.with_name(seal.name + ".new")


def _read(seal: Path) -> str | None:
    """What a seal says, with what it is; None if there is none."""
    try:
        text = seal.read_text("ascii", errors="replace")
    except FileNotFoundError:
        return None
    return f"{text.strip()} {seal.stat().st_ino} {birth_of(seal)}"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keeps other processes from changing trust meanwhile."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        deadline = time.monotonic() + BUSY_TIMEOUT_S
        while not _lock(descriptor):
            if time.monotonic() > deadline:
                raise StoreError(f"another program keeps {folder} locked")
            time.sleep(_PAUSE_S)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
