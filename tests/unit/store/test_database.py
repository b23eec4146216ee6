import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agent.store import Address, Meeting, Store, StoreError
from agent.store.database import open_database
from agent.store.migrations import all_migrations
from agent.zrtp import CacheUpdate, RetainedSecrets
from support.stores import ZID, Wall, counting_bytes, opened

FIRST = "CREATE TABLE a (x INTEGER PRIMARY KEY)"
SECOND = "ALTER TABLE a ADD COLUMN y TEXT; INSERT INTO a VALUES (1, 'one;two')"
WALL = Wall()


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "sotto.db"


def test_folder_and_files_are_for_the_owner_only(path: Path) -> None:
    old = os.umask(0)
    try:
        with opened(path) as store:
            store.met(Meeting(ZID, "sip:bob@example.org"), proven=False)
            names = ("sotto.db", "sotto.db-wal", "sotto.db-shm")
            assert {mode(path.with_name(name)) for name in names} == {0o600}
            assert mode(path.parent) == 0o700
    finally:
        os.umask(old)


def test_what_was_open_to_others_is_closed(path: Path) -> None:
    path.parent.mkdir(mode=0o755)
    path.touch(0o644)
    with opened(path):
        assert (mode(path.parent), mode(path)) == (0o700, 0o600)


def test_a_folder_that_everybody_can_write_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o1777)
    with pytest.raises(StoreError, match="can be written by everybody"):
        Store.open(path, WALL, counting_bytes())


def test_it_is_opened_to_survive_a_pulled_plug(path: Path) -> None:
    database, _ = open_database(path, all_migrations(), WALL)
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    assert [database.rows(f"PRAGMA {name}")[0][0] for name in pragmas] == ["wal", 2, 1, 1]
    database.close()


def test_an_empty_file_gets_every_version(path: Path) -> None:
    database, kept = open_database(path, (FIRST, SECOND), WALL)
    assert kept is None
    assert database.rows("SELECT x, y FROM a") == [(1, "one;two")]
    database.close()
    assert version(path) == 2


def test_version_1_goes_on_to_version_2_and_keeps_what_it_holds(path: Path) -> None:
    database, _ = open_database(path, (FIRST,), WALL)
    with database.transaction() as connection:
        connection.execute("INSERT INTO a VALUES (7)")
    database.close()
    database, _ = open_database(path, (FIRST, SECOND), WALL)
    assert database.rows("SELECT x, y FROM a ORDER BY x") == [(1, "one;two"), (7, None)]
    database.close()


@pytest.mark.parametrize(
    "wrong",
    [
        SECOND + "; CREATE TABLE a (x)",
        "CREATE TABLE b (x REFERENCES a (x)); INSERT INTO b VALUES (99)",
    ],
)
def test_a_migration_that_fails_changes_nothing(path: Path, wrong: str) -> None:
    open_database(path, (FIRST,), WALL)[0].close()
    with pytest.raises(StoreError, match="could not be opened"):
        open_database(path, (FIRST, wrong), WALL)
    assert version(path) == 1
    database, _ = open_database(path, (FIRST,), WALL)
    assert [name for (name,) in database.rows("SELECT name FROM sqlite_schema")] == ["a"]
    database.close()


def test_the_shipped_version_1_is_read_by_the_shipped_phone(path: Path) -> None:
    database, _ = open_database(path, all_migrations()[:1], WALL)
    with database.transaction() as connection:
        connection.execute("INSERT INTO phone VALUES (1, ?, 'urn:uuid:1', 5.0)", (ZID,))
        connection.execute("INSERT INTO peer VALUES (?, 'Bob', 1.0, 2.0, 1, 1.5, NULL)", (ZID,))
        connection.execute("INSERT INTO retained_secret (zid, rs1) VALUES (?, ?)", (ZID, b"1" * 32))
        connection.execute("INSERT INTO peer_uri VALUES ('sip:192.0.2.7', ?, 1.0, 2.0)", (ZID,))
    database.close()
    with opened(path) as store:
        assert store.zid == ZID
        assert store.retained_secrets(ZID) == RetainedSecrets(b"1" * 32, None, verified=True)
        (peer,) = store.verified_at_uri("sip:192.0.2.7")
        assert peer.addresses == (Address("sip:192.0.2.7", 1.0, 2.0, 2.0, announced=False),)
        assert (peer.level, store.restored) == (None, "")


def test_a_newer_database_is_refused_and_left_alone(path: Path) -> None:
    newer = (*all_migrations(), "CREATE TABLE later (x)")
    open_database(path, newer, WALL)[0].close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"sotto\.db was written by a newer version of this phone"):
        Store.open(path, WALL, counting_bytes())
    assert path.read_bytes() == before


def corrupt_header(content: bytes) -> bytes:
    return b"not a database at all" + content[21:]


def corrupt_page(content: bytes) -> bytes:
    return content[:4096] + os.urandom(4096) + content[8192:]


def cut(content: bytes) -> bytes:
    return content[:4096]


def no_database(content: bytes) -> bytes:
    return b"x" * len(content)


@pytest.mark.parametrize("damage", [corrupt_header, corrupt_page, cut, no_database])
def test_a_damaged_file_is_set_aside_and_told(path: Path, damage: object) -> None:
    assert callable(damage)
    with opened(path) as store:
        store.commit_secrets(CacheUpdate(ZID, RetainedSecrets(b"1" * 32, None, verified=True)))
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)
    with opened(path, Wall(0.0)) as store:
        assert store.set_aside == path.with_name("sotto.db.corrupt-19700101T000000Z")
        assert store.set_aside.read_bytes() == damaged
        assert mode(store.set_aside) == 0o600
        assert store.peers() == []
        (event,) = store.security_events(10)
        assert event.kind == "database-set-aside"
        assert "sotto.db.corrupt-19700101T000000Z" in event.detail
    with opened(path) as store:
        assert store.set_aside is None


def test_a_second_damaged_file_does_not_cover_the_first(path: Path) -> None:
    kept = set()
    for content in (b"x" * 5000, b"y" * 5000):
        with opened(path, Wall(0.0)):
            pass
        path.write_bytes(content)
        with opened(path, Wall(0.0)) as store:
            assert store.set_aside is not None
            kept.add(store.set_aside.read_bytes())
    assert kept == {b"x" * 5000, b"y" * 5000}


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(StoreError, match="could not be opened"):
        Store.open(tmp_path / "state" / "sotto.db", WALL, counting_bytes())


def test_a_transaction_that_fails_leaves_nothing(path: Path) -> None:
    database, _ = open_database(path, (FIRST,), WALL)
    with pytest.raises(StoreError, match="UNIQUE"), database.transaction() as connection:
        connection.executemany("INSERT INTO a VALUES (?)", [(1,), (2,), (1,)])
    assert database.rows("SELECT * FROM a") == []
    database.close()
