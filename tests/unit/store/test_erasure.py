"""After an emergency erase nothing of a phone is left in any file of its state folder."""

import fcntl
import os
import socket
from pathlib import Path

import pytest

from agent.config.secret_file import read_password
from agent.store import CallRecord, Contact, Meeting, erasure
from agent.store.erasure import MARK, NO_PASSWORD, Erasure
from agent.zrtp import CacheUpdate, RetainedSecrets
from support.stores import opened

RS1 = bytes.fromhex("5ec0e7") * 11
RS1 = RS1[:32]
PEER = bytes.fromhex("0b0b0b0b0b0b0b0b0b0b0b0b")
NAMES = (
    b"Bobby Secret",
    b"bob@hidden.example",
    b"carol@hidden.example",
    b"4711815",
    b"secret-tone",
)


def lived_in(path: Path) -> tuple[bytes, str, bytes]:
    """Fills a phone's memory; returns its ZID, its instance and its TLS key's text."""
    with opened(path) as store:
        secrets = RetainedSecrets(rs1=RS1, rs2=RS1[::-1], verified=False)
        store.commit_secrets(CacheUpdate(PEER, secrets))
        store.confirm(Meeting(PEER, "sip:bob@hidden.example"))
        store.name_peer(PEER, "Bobby Secret")
        store.add_contacts([Contact("Carol", "4711815", "sip:carol@hidden.example")])
        store.log_call(
            CallRecord(
                "incoming",
                "sip:bob@hidden.example",
                "Bobby Secret",
                PEER,
                started=1.0,
                answered=None,
                ended=2.0,
                outcome="cancelled",
                security="",
            )
        )
        store.save_preferences({"ring_tone": '"secret-tone"'})
        store.set_pin("2580")
        identity = store.tls_identity("Alice")
        key = identity.private_key.read_bytes()
        return store.zid, store.instance_id, key


def all_bytes(folder: Path) -> bytes:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return b"".join(file.read_bytes() for file in files)


def test_no_secret_byte_remains_in_any_file(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    zid, instance, key = lived_in(folder / "sotto.db")
    before = all_bytes(folder)
    secrets = [RS1, RS1[::-1], PEER, zid, instance.encode(), key[40:80], *NAMES]
    assert [secret for secret in secrets if secret not in before] == []
    with opened(folder / "sotto.db") as store:
        store.forget_everything()
        emptied = all_bytes(folder)
        assert [secret for secret in [RS1, PEER, *NAMES] if secret in emptied] == []
    erasure.begin(folder)
    assert erasure.erase(folder).complete
    assert list(folder.iterdir()) == []


def test_files_are_overwritten_before_they_are_emptied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, secret = tmp_path / "tls-key.pem", b"secret" * 300_000
    file.write_bytes(secret)
    found = []

    def look(descriptor: int, length: int) -> None:
        found.append((file.read_bytes(), length))
        assert os.fstat(descriptor).st_size == len(secret)

    monkeypatch.setattr(os, "ftruncate", look)
    assert erasure.erase(tmp_path).complete
    ((left, length),) = found
    assert (len(left), length) == (len(secret), 0)
    assert b"secret" not in left


def test_a_fresh_phone_starts_afterwards(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    lived_in(folder / "sotto.db")
    erasure.begin(folder)
    assert erasure.has_begun(folder)
    erasure.erase(folder)
    assert not erasure.has_begun(folder)
    with opened(folder / "sotto.db") as store:
        assert store.restored == ""
        assert (store.peers(), store.contacts(), store.calls(9)) == ([], [], [])
        assert store.preferences() == {}
        assert store.pin_state() == (False, 0)


def test_what_was_set_aside_goes_too_and_what_others_put_there_stays(tmp_path: Path) -> None:
    folder, outside = tmp_path / "state", tmp_path / "outside"
    folder.mkdir()
    (folder / "sotto.db.corrupt-20260503T000000Z").write_bytes(b"x" * 3_000_000)
    (folder / "sotto.toml").write_text("[phone]")
    outside.write_text("not ours")
    (folder / "tls-key.pem").symlink_to(outside)
    assert erasure.erase(folder).complete
    assert [file.name for file in folder.iterdir()] == ["sotto.toml"]
    assert outside.read_text() == "not ours"


def test_a_password_goes_where_the_phone_may_write_it(tmp_path: Path) -> None:
    folder, ours, outside = tmp_path / "state", tmp_path / "state" / "office", tmp_path / "home"
    folder.mkdir()
    ours.touch(mode=0o600)
    ours.write_text("hush hush\n")
    outside.write_text("hush hush\n")
    assert erasure.erase(folder, [ours, outside]).complete
    assert ours.read_bytes() == NO_PASSWORD
    assert read_password(ours) == "erased"
    assert outside.read_text() == "hush hush\n"
    ours.unlink()
    assert not erasure.erase(folder, [ours]).complete


def test_a_socket_is_left_alone(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "sotto.db-s"))
        assert erasure.erase(tmp_path).complete
    assert (tmp_path / "sotto.db-s").exists()


def test_an_erasing_that_was_broken_off_is_seen_and_finished(tmp_path: Path) -> None:
    lived_in(tmp_path / "sotto.db")
    erasure.begin(tmp_path)
    assert erasure.has_begun(tmp_path)
    assert erasure.erase(tmp_path).complete
    assert not (tmp_path / MARK).exists()


def test_what_cannot_be_removed_is_told_and_the_rest_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sotto.db").write_text("kept")
    (tmp_path / "tls-key.pem").write_text("gone")
    erasure.begin(tmp_path)
    unlink = Path.rename

    def refusing(file: Path, target: Path) -> Path:
        if file.name == "sotto.db":
            raise PermissionError
        return unlink(file, target)

    monkeypatch.setattr(Path, "rename", refusing)
    done = erasure.erase(tmp_path)
    assert not done.complete
    assert [file.name for file in tmp_path.iterdir()] == ["sotto.db"]
    assert (tmp_path / "sotto.db").read_bytes() == b""


def test_a_folder_that_cannot_be_synced_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Path) -> None:
        raise OSError

    monkeypatch.setattr(erasure, "sync_folder", broken)
    assert not erasure.erase(tmp_path).complete


@pytest.mark.parametrize("allowed", [True, False])
def test_the_disk_is_asked_to_drop_the_old_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, allowed: bool
) -> None:
    def trim(*_: object) -> int:
        if not allowed:
            raise PermissionError
        return 0

    monkeypatch.setattr(fcntl, "ioctl", trim)
    assert erasure.erase(tmp_path) == Erasure(complete=True, trimmed=allowed)
