"""One SQLite file that survives a pulled plug: how it is opened, changed and kept from others.

Every transaction is on the disk when it returns: the write-ahead log is synced at each commit
(synchronous=FULL), and the folder is synced when the file is made.
"""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

from agent.store.errors import StoreError

Parameters = tuple[bytes | str | float | int | None, ...]

BUSY_TIMEOUT_S: Final = 5.0
"""How long another program may keep the database locked."""
_FILES: Final = ("", "-wal", "-shm")
_CORRUPT: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class _DamagedError(Exception):
    """The file is no database, or not a sound one any more."""


class Database:
    """A connection whose errors are `StoreError` and whose writes are transactions.

    To be used by one thread.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is done inside is on the disk afterwards, or, after an exception, nothing.

        Raises:
            StoreError: It could not be written.
        """
        with told("written"):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def rows(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """All rows that a SELECT finds.

        Raises:
            StoreError: The database could not be read.
        """
        with told("read"):
            return self._connection.execute(sql, parameters).fetchall()

    def empty_log(self) -> None:
        """Moves the write-ahead log into the database, so that nothing deleted is left in it.

        Raises:
            StoreError: It could not be written.
        """
        with told("written"):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def drop_everything(self) -> None:
        """Overwrites all that is in it (secure_delete), and makes the file as small as it can be.

        Raises:
            StoreError: It could not be written.
        """
        with told("written"):
            self._connection.execute("PRAGMA foreign_keys = OFF")
            names = self._connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            ).fetchall()
            for (name,) in names:
                self._connection.execute(f'DROP TABLE "{name}"')
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Lets go of the file; twice is no mistake."""
        self._connection.close()


def open_database(
    path: Path, migrations: Sequence[str], wall: Callable[[], float]
) -> tuple[Database, Path | None]:
    """Opens the database and brings it up to date; makes it where there is none.

    A file that is damaged is renamed and a new one made in its place.

    Args:
        path: The file; its folder is made if need be, and closed to others.
        migrations: The SQL of each version, from version 1 on.
        wall: The time, for the name of a file that is set aside.

    Returns:
        The database, and where the damaged one lies now, if it was.

    Raises:
        StoreError: It cannot be opened, or a newer version of the phone made it.
    """
    with told("opened"):
        _close_to_others(path)
        try:
            return Database(_open(path, migrations)), None
        except _DamagedError:
            kept = _set_aside(path, wall())
            _close_to_others(path)
            return Database(_open(path, migrations)), kept


def open_existing(path: Path, migrations: Sequence[str]) -> Database:
    """Opens the database of a phone that may be running; makes none and sets none aside.

    Raises:
        StoreError: There is none, or it cannot be opened.
    """
    with told("opened"):
        if not path.exists():
            raise StoreError(f"there is no database at {path}: this phone was never started")
        return Database(_open(path, migrations))


@contextmanager
def told(done: str) -> Iterator[None]:
    """Turns what SQLite and the disk raise into `StoreError`: "could not be {done}"."""
    try:
        yield
    except (sqlite3.Error, OSError, _DamagedError) as error:
        raise StoreError(f"the database could not be {done}: {error}") from error


def _open(path: Path, migrations: Sequence[str]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    try:
        _prepare(connection, path, migrations)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.DatabaseError) and _is_corrupt(error):
            raise _DamagedError(str(error)) from error
        raise
    return connection


def _is_corrupt(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF in _CORRUPT


def _prepare(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    # What is deleted is overwritten: a forgotten secret is not to be found in the file.
    connection.execute("PRAGMA secure_delete = ON")
    ((verdict,),) = connection.execute("PRAGMA quick_check(1)").fetchall()
    if verdict != "ok":
        raise _DamagedError(verdict)
    _migrate(connection, path, migrations)
    connection.execute("PRAGMA foreign_keys = ON")


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    """Runs what is missing; foreign keys are still off, so that a table can be rebuilt."""
    ((version,),) = connection.execute("PRAGMA user_version").fetchall()
    if version > len(migrations):
        raise StoreError(
            f"{path} was written by a newer version of this phone (schema {version}; this one "
            f"knows {len(migrations)}). Install that version again, or move the file away."
        )
    for number, sql in enumerate(migrations[version:], start=version + 1):
        try:
            connection.executescript(f"BEGIN IMMEDIATE;\n{sql}\n;PRAGMA user_version = {number};")
            _check_foreign_keys(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _check_foreign_keys(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA foreign_key_check").fetchall():
        raise sqlite3.IntegrityError("a migration left rows whose peer is missing")


def _close_to_others(path: Path) -> None:
    """Folder 0700, file 0600; SQLite gives its -wal and -shm files the mode of the file."""
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = folder.stat().st_mode
    if mode & stat.S_IWOTH:
        raise StoreError(
            f"{folder} can be written by everybody: give the phone a folder of its own"
        )
    if stat.S_IMODE(mode) & 0o077:
        folder.chmod(0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    for suffix in _FILES:
        file = Path(f"{path}{suffix}")
        if file.exists():
            file.chmod(0o600)
    sync_folder(folder)


def _set_aside(path: Path, now: float) -> Path:
    """Renames the damaged database, together with its log, to a name that is still free."""
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    names = (f"{path}.corrupt-{stamp}{f'-{n}' if n else ''}" for n in count())
    kept = next(Path(name) for name in names if not Path(name).exists())
    for suffix in _FILES:
        file = Path(f"{path}{suffix}")
        if file.exists():
            file.rename(f"{kept}{suffix}")
    sync_folder(path.parent)
    return kept


def sync_folder(folder: Path) -> None:
    """Makes new names in a folder survive a power cut.

    Raises:
        OSError: The folder cannot be read or synced.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
