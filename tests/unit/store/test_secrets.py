from pathlib import Path

import pytest

from agent.store import Meeting, StoreError
from agent.zrtp import CacheUpdate, RetainedSecrets, SecretStore
from support.stores import OTHER_ZID, ZID, Wall, opened

RS1, RS2, RS3 = b"1" * 32, b"2" * 32, b"3" * 32


def secrets(rs1: bytes | None, rs2: bytes | None, *, verified: bool = False) -> RetainedSecrets:
    return RetainedSecrets(rs1=rs1, rs2=rs2, verified=verified)


def test_what_was_committed_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "sotto.db"
    kept = RetainedSecrets(RS1, RS2, True, 1_800_000_000, b"aux", b"pbx")  # noqa: FBT003
    with opened(path) as store:
        store.commit_secrets(CacheUpdate(ZID, kept))
    with opened(path) as store:
        asked: SecretStore = store
        assert asked.retained_secrets(ZID) == kept
        assert asked.retained_secrets(OTHER_ZID) is None


def test_the_secrets_rotate(tmp_path: Path) -> None:
    path = tmp_path / "sotto.db"
    with opened(path) as store:
        store.commit_secrets(CacheUpdate(ZID, secrets(RS1, None)))
        store.commit_secrets(CacheUpdate(ZID, secrets(RS2, RS1)))
        store.commit_secrets(CacheUpdate(ZID, secrets(RS3, RS2)))
        assert store.retained_secrets(ZID) == secrets(RS3, RS2)
    content = path.read_bytes()
    assert RS3 in content
    assert RS1 not in content


def test_an_update_without_secrets_leaves_none(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        store.commit_secrets(CacheUpdate(ZID, secrets(RS1, None)))
        store.commit_secrets(CacheUpdate(ZID, secrets(None, None)))
        assert store.retained_secrets(ZID) is None
        assert store.peer(ZID) is not None


def test_the_verified_flag_is_one_for_the_peer_and_its_secrets(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        store.commit_secrets(CacheUpdate(ZID, secrets(RS1, None)))
        store.confirm(Meeting(ZID, ""))
        assert store.retained_secrets(ZID) == secrets(RS1, None, verified=True)
        store.unverify(ZID)
        assert store.retained_secrets(ZID) == secrets(RS1, None)


def test_a_new_secret_carries_the_day_of_the_verification_on(tmp_path: Path) -> None:
    wall = Wall(1000.0)
    with opened(tmp_path / "sotto.db", wall) as store:
        store.confirm(Meeting(ZID, ""))
        wall.now = 2000.0
        store.commit_secrets(CacheUpdate(ZID, secrets(RS1, None, verified=True)))
        peer = store.peer(ZID)
        assert peer is not None
        assert (peer.verified, peer.last_verified) == (True, 1000.0)
        store.commit_secrets(CacheUpdate(ZID, secrets(RS1, None)))
        peer = store.peer(ZID)
        assert peer is not None
        assert (peer.verified, peer.last_verified) == (False, 1000.0)


def test_a_secret_that_comes_verified_is_dated(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db", Wall(1000.0)) as store:
        store.commit_secrets(CacheUpdate(ZID, secrets(RS1, None, verified=True)))
        peer = store.peer(ZID)
        assert peer is not None
        assert peer.last_verified == 1000.0


@pytest.mark.parametrize(
    "update",
    [
        CacheUpdate(b"short", secrets(RS1, None)),
        CacheUpdate(ZID, secrets(b"short", None)),
        CacheUpdate(ZID, secrets(RS1, b"short")),
    ],
)
def test_what_cannot_be_right_is_refused_whole(tmp_path: Path, update: CacheUpdate) -> None:
    with opened(tmp_path / "sotto.db") as store:
        store.commit_secrets(CacheUpdate(ZID, secrets(RS2, None)))
        with pytest.raises(StoreError, match="could not be written"):
            store.commit_secrets(update)
        assert store.retained_secrets(ZID) == secrets(RS2, None)
        assert [peer.zid for peer in store.peers()] == [ZID]


def test_a_forgotten_phone_leaves_no_secret_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "sotto.db"
    with opened(path) as store:
        store.commit_secrets(CacheUpdate(ZID, secrets(RS1, RS2)))
        store.commit_secrets(CacheUpdate(OTHER_ZID, secrets(RS3, None)))
        store.forget(ZID)
        assert store.retained_secrets(ZID) is None
        on_disk = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert RS1 not in on_disk
    assert RS2 not in on_disk
    assert RS3 in on_disk


def test_a_database_that_is_closed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "sotto.db"
    with opened(path) as store:
        store.commit_secrets(CacheUpdate(ZID, secrets(RS1, None)))
        store.close()
        with pytest.raises(StoreError, match="could not be written: Cannot operate on a closed"):
            store.commit_secrets(CacheUpdate(ZID, secrets(RS2, RS1)))
        with pytest.raises(StoreError, match="could not be read"):
            store.retained_secrets(ZID)
