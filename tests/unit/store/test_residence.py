"""A copy or an older state of the database does not pass for the one that was left (XA22, XA23)."""

import fcntl
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from agent.store import Meeting, Store, StoreError, residence
from agent.zrtp import CacheUpdate, RetainedSecrets
from support.stores import OTHER_ZID, ZID, Wall, opened

BOB = "sip:bob@example.org"
FILES = ("sotto.db", "sotto.db-wal", "sotto.db-shm", "sotto.db-seal")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A phone's folder, in which Bob's phone was verified."""
    folder = tmp_path / "home"
    with at(folder) as store:
        trust(store, 1)
    return folder


def at(folder: Path) -> Any:
    return opened(folder / "sotto.db")


def trust(store: Store, number: int) -> None:
    """A call with Bob, confirmed."""
    secret = number.to_bytes(32, "big")
    store.commit_secrets(CacheUpdate(ZID, RetainedSecrets(secret, None, verified=True)))
    store.confirm(Meeting(ZID, BOB))


def backup(folder: Path) -> Path:
    """Everything as it is now, elsewhere; like a person who stops the phone and copies."""
    kept = folder.with_name("backup")
    shutil.copytree(folder, kept)
    return kept


def write_back(kept: Path, folder: Path, *names: str) -> None:
    """Writes into the files that are there, so that they stay the same files."""
    for name in FILES[1:3]:
        (folder / name).unlink(missing_ok=True)
    for name in names:
        (folder / name).write_bytes((kept / name).read_bytes())


def unpack(kept: Path, folder: Path) -> None:
    """Takes the folder away and puts the backup where it was, dates and all."""
    shutil.rmtree(folder)
    shutil.copytree(kept, folder)


def assert_in_doubt(folder: Path, reason: str) -> None:
    with at(folder) as store:
        assert reason in store.restored
        peer = store.peer(ZID)
        assert peer is not None
        assert not peer.verified
        assert store.verified_at_uri(BOB) == [peer], "whom it verified there it still knows"
        secrets = store.retained_secrets(ZID)
        assert secrets is not None, "the cache is kept, so that another one is noticed"
        assert not secrets.verified
        event = store.security_events(1)[0]
        assert event.kind == "database-restored"
        assert "1 verified phones are to be compared anew" in event.detail


def assert_at_home(folder: Path) -> None:
    with at(folder) as store:
        assert store.restored == ""
        peer = store.peer(ZID)
        assert peer is not None
        assert peer.verified


def test_xa22_a_restart_is_no_restoration(home: Path) -> None:
    for _ in range(3):
        assert_at_home(home)


def test_xa22_a_copy_elsewhere_is_a_copy(home: Path, tmp_path: Path) -> None:
    assert_in_doubt(backup(home), "it is a copy")
    assert_at_home(home)
    assert tmp_path.exists()


def test_xa22_the_database_alone_elsewhere_is_a_copy(home: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    shutil.copy2(home / "sotto.db", there)
    assert_in_doubt(there, "it is a copy")


def test_xa22_the_same_files_on_another_machine(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "machine-id"
    other.write_text("another machine\n")
    monkeypatch.setattr(residence, "MACHINE_FILES", (tmp_path / "none", other))
    assert_in_doubt(home, "it comes from another machine")


def test_xa22_a_backup_unpacked_in_its_old_place_is_a_copy(home: Path) -> None:
    unpack(backup(home), home)
    assert_in_doubt(home, "it is a copy")


@pytest.mark.parametrize("names", [("sotto.db",), ("sotto.db", "sotto.db-seal")])
@pytest.mark.parametrize("then", ["a call", "a confirmation", "a restart"])
def test_xa23_an_older_state_in_the_same_file_is_noticed(
    home: Path, names: tuple[str, ...], then: str
) -> None:
    kept = backup(home)
    with at(home) as store:
        assert store.restored == ""
        if then == "a call":
            store.commit_secrets(CacheUpdate(ZID, RetainedSecrets(b"2" * 32, None, verified=True)))
        if then == "a confirmation":
            store.confirm(Meeting(ZID, BOB))
    write_back(kept, home, *names)
    assert_in_doubt(home, "the seal beside it names")
    with at(home) as store:
        assert store.restored == "", "it is told once; the words are asked for until confirmed"
        trust(store, 3)
    assert_at_home(home)


def test_r06_xa22_in_a_copy_no_pbx_may_listen_in(home: Path) -> None:
    with at(home) as store:
        kept = RetainedSecrets(b"1" * 32, None, verified=True, pbxsecret=b"p" * 32)
        store.commit_secrets(CacheUpdate(ZID, kept))
        assert store.peers()[0].enrolled
    unpack(backup(home), home)
    with at(home) as store:
        assert store.restored
        assert not store.peers()[0].enrolled
        assert store.retained_secrets(ZID) == RetainedSecrets(b"1" * 32, None, verified=False)


def test_xa23_a_state_of_this_very_run_is_noticed(home: Path) -> None:
    with at(home) as store:
        kept = backup(home)
        store.unverify(ZID)
    write_back(kept, home, "sotto.db", "sotto.db-wal")
    assert_in_doubt(home, "the seal beside it names")


def test_xa23_a_seal_that_was_taken_away_is_noticed(home: Path) -> None:
    (home / "sotto.db-seal").unlink()
    assert_in_doubt(home, "the seal beside it names")


def test_xa23_a_database_from_before_there_were_seals_does_not_pass_beside_one(home: Path) -> None:
    with at(home) as store, store._database.transaction() as connection:
        connection.execute("DELETE FROM residence")
    assert_in_doubt(home, "it is older than the seal")


def test_a_new_database_beside_an_old_seal_is_new(home: Path) -> None:
    for name in FILES[:3]:
        (home / name).unlink(missing_ok=True)
    with at(home) as store:
        assert store.restored == ""


def test_a_damaged_database_is_told_as_damaged_only(home: Path) -> None:
    (home / "sotto.db").write_bytes(b"no database" * 1000)
    with at(home) as store:
        assert store.set_aside is not None
        assert store.restored == ""


def test_a_file_system_without_birth_times_does_not_alarm_by_itself(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(path: Path) -> None:
        assert path.exists()

    there = residence.Place.of(home / "sotto.db")
    monkeypatch.setattr(residence, "birth_of", none)
    assert residence.Place.of(home / "sotto.db").is_same(there)


def test_where_the_kernel_does_not_tell_there_is_no_birth_time(tmp_path: Path) -> None:
    assert residence.birth_of(tmp_path / "none") is None
    assert residence.birth_of(Path("/proc/self")) is None
    before, file = residence.birth_of(tmp_path), tmp_path / "file"
    file.touch()
    born = residence.birth_of(file)
    assert before is not None
    assert born is not None
    assert before <= born


def test_a_machine_without_a_name_is_one(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(residence, "MACHINE_FILES", (tmp_path / "none",))
    assert residence.Place.of(home / "sotto.db").machine == ""


def test_a_seal_that_cannot_be_written_stops_the_change(home: Path) -> None:
    with at(home) as store:
        (home / "sotto.db-seal.new").unlink()
        (home / "sotto.db-seal.new").mkdir()
        with pytest.raises(StoreError, match="could not be written"):
            store.unverify(ZID)
        peer = store.peer(ZID)
        assert peer is not None
        assert peer.verified
        (home / "sotto.db-seal.new").rmdir()
    assert_at_home(home)


def test_a_power_cut_may_take_back_the_name_of_the_seal_until_all_is_settled(home: Path) -> None:
    seal, before = home / "sotto.db-seal", home / "as the disk has it"
    with at(home) as store:
        before.hardlink_to(seal)
        store.confirm(Meeting(OTHER_ZID, BOB))
    before.rename(seal)
    assert_at_home(home)


def test_before_the_next_change_the_name_of_the_seal_is_on_the_disk(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at(home) as store:
        synced: list[Path] = []
        monkeypatch.setattr(residence, "sync_folder", synced.append)
        store.confirm(Meeting(OTHER_ZID, BOB))
        assert synced == [], "nobody has to wait for it"
        store.unverify(OTHER_ZID)
        assert synced == [home]
        store.settle()
        assert synced == [home, home]
        store.settle()
        assert synced == [home, home], "there is nothing more to settle"


def test_a_change_waits_for_another_one_but_not_for_ever(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(residence, "BUSY_TIMEOUT_S", 0.03)
    with at(home) as store:
        other = os.open(home, os.O_RDONLY)
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match=r"another program keeps .*home locked"):
            store.unverify(ZID)
        os.close(other)
        store.unverify(ZID)


def test_a_seal_of_a_phone_that_is_not_root_is_its_own(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with at(home) as store:
        store.unverify(ZID)
    assert (home / "sotto.db-seal").stat().st_uid == os.getuid()


def test_a_seal_written_by_root_belongs_to_the_phone(home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")
    os.chown(home / "sotto.db", 12345, 23456)
    with at(home) as store:
        store.unverify(ZID)
    seal = (home / "sotto.db-seal").stat()
    assert (seal.st_uid, seal.st_gid, seal.st_mode & 0o777) == (12345, 23456, 0o600)


def test_a_visitor_changes_trust_beside_the_running_phone(home: Path) -> None:
    with at(home) as store:
        visitor = Store.visit(home / "sotto.db", Wall())
        visitor.unverify(ZID)
        store.confirm(Meeting(OTHER_ZID, BOB))
        visitor.forget(ZID)
        visitor.close()
        assert [peer.zid for peer in store.peers()] == [OTHER_ZID]
    with at(home) as store:
        assert store.restored == ""


def test_xa22_a_visitor_does_not_hide_a_restoration(home: Path) -> None:
    unpack(backup(home), home)
    visitor = Store.visit(home / "sotto.db", Wall())
    assert [peer.zid for peer in visitor.peers()] == [ZID]
    with pytest.raises(StoreError, match=r"restored from a backup \(it is a copy\): start the"):
        visitor.forget(ZID)
    visitor.close()
    assert_in_doubt(home, "it is a copy")


def test_there_is_nothing_to_visit_where_no_phone_was(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no database at .*never started"):
        Store.visit(tmp_path / "sotto.db", Wall())
    assert list(tmp_path.iterdir()) == []


# A pulled plug, line by line

CUT = residence.__file__


def settled_trust(store: Store) -> None:
    """A call with Bob, confirmed, and time after it."""
    trust(store, 8)
    store.settle()


WORKS: dict[str, Callable[[Store], None]] = {
    "nothing": lambda _: None,
    "a call": lambda store: trust(store, 8),
    "a call, and all settled": settled_trust,
    "a phone forgotten": lambda store: store.forget(OTHER_ZID),
}


@pytest.fixture
def quick_home() -> Iterator[Path]:
    """A folder in memory, if there is one: what is killed loses no more than a call to write."""
    memory = Path("/dev/shm")  # noqa: S108
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder) / "home"


def killed_at(line: int, home: Path, work: Callable[[Store], None], *, starting: bool) -> bool:
    """Works in a process of its own that is killed before this line of the store's code.

    Args:
        line: Counted from the start of the phone, or from when the work begins.
        home: The phone's folder.
        work: What is done.
        starting: Whether the lines of the start count.

    Returns:
        Whether it came that far.
    """
    child = os.fork()
    if child == 0:
        try:
            if starting:
                _die_at(line)
            with at(home) as store:
                if not starting:
                    _die_at(line)
                work(store)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in {0, -signal.SIGKILL}
    return os.waitstatus_to_exitcode(status) == -signal.SIGKILL


def _die_at(line: int) -> None:
    left = line

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal left
        if frame.f_code.co_filename != CUT:
            return None
        left -= event == "line"
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)


@pytest.mark.parametrize("what", WORKS)
def test_xa23_a_pulled_plug_neither_alarms_nor_hides(quick_home: Path, what: str) -> None:
    before, older = quick_home.with_name("before"), quick_home.with_name("older")
    with at(before) as store:
        trust(store, 1)
    for line in range(1, 1000):
        shutil.copytree(before, quick_home)
        with at(quick_home) as store:  # at home here
            trust(store, 7)
        if not killed_at(line, quick_home, WORKS[what], starting=what == "nothing"):
            assert line > 10
            return
        # And once more, at the first attempt to start again.
        killed_at(line, quick_home, WORKS["nothing"], starting=True)
        shutil.copytree(quick_home, older)
        assert_at_home(quick_home)
        write_back(older, quick_home, *(name for name in FILES[:2] if (older / name).exists()))
        assert_in_doubt(quick_home, "the seal beside it names")
        shutil.rmtree(older)
        shutil.rmtree(quick_home)
    pytest.fail("the work has no end")


def test_a_pulled_plug_at_the_very_first_start_does_not_alarm(quick_home: Path) -> None:
    line = 1
    while killed_at(line, quick_home, WORKS["nothing"], starting=True):
        with at(quick_home) as store:
            assert store.restored == ""
        shutil.rmtree(quick_home)
        line += 1
    assert line > 10
