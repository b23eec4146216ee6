"""The PIN on the disk: what is there of it, and what a pulled plug saves nobody."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from agent.store import Store, pin
from support.stores import opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sotto.db"


def test_there_is_none_at_first(path: Path) -> None:
    with opened(path) as store:
        assert store.pin_state() == (False, 0)
        assert store.check_pin("1234") == (False, 0)


def test_the_right_one_is_told_from_wrong_ones_also_after_a_restart(path: Path) -> None:
    with opened(path) as store:
        store.set_pin("2580")
    with opened(path) as store:
        assert store.pin_state() == (True, 0)
        assert store.check_pin("2581") == (False, 1)
        assert store.check_pin("258") == (False, 2)
    with opened(path) as store:
        assert store.pin_state() == (True, 2)
        assert store.check_pin("2580") == (True, 0)
        assert store.pin_state() == (True, 0)


def test_another_one_takes_its_place(path: Path) -> None:
    with opened(path) as store:
        store.set_pin("2580")
        store.check_pin("1111")
        store.set_pin("1234")
        assert store.pin_state() == (True, 0)
        assert not store.check_pin("2580")[0]
        assert store.check_pin("1234")[0]


def test_it_can_be_taken_away(path: Path) -> None:
    with opened(path) as store:
        store.set_pin("2580")
        store.set_pin("")
        assert store.pin_state() == (False, 0)


def test_a_try_counts_before_it_is_looked_at(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unplugged(*_: object) -> bool:
        raise KeyboardInterrupt

    with opened(path) as store:
        store.set_pin("2580")
        monkeypatch.setattr(pin, "is_right", unplugged)
        with pytest.raises(KeyboardInterrupt):
            store.check_pin("1111")
    with opened(path) as store:
        assert store.pin_state() == (True, 1)


def test_the_pin_itself_is_nowhere(path: Path) -> None:
    with opened(path) as store:
        store.set_pin("258025802580")
    with closing(sqlite3.connect(path)) as connection:
        ((salt, digest, cost),) = connection.execute("SELECT salt, digest, cost FROM pin")
    assert (len(salt), len(digest), cost) == (16, 32, 1 << 14)
    content = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"258025802580" not in content


def test_two_phones_with_the_same_pin_keep_different_things(tmp_path: Path) -> None:
    kept = []
    for name in ("a", "b"):
        store = Store.open(tmp_path / name / "sotto.db", lambda: 0.0, bytes_of(name))
        store.set_pin("2580")
        store.close()
        with closing(sqlite3.connect(tmp_path / name / "sotto.db")) as connection:
            kept.append(connection.execute("SELECT digest FROM pin").fetchone())
    assert kept[0] != kept[1]


def bytes_of(name: str) -> Callable[[int], bytes]:
    return lambda length: name.encode() * length
