"""From the order to erase to the new phone, but for the new process itself (tests/live)."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from agent import fresh_start
from agent.config import Config, parse_config
from agent.factory import mark
from agent.fleet.disk import Disk
from agent.fresh_start import VARIABLE, Eraser
from agent.phone.menu.answers import Erased
from agent.shell.options import INSTALLED
from agent.store import erasure

TEXT = """
[phone]
name = "Alice"
state_dir = "state"
board = "simulator"

[[account]]
name = "office"
uri = "sip:alice@example.org"
password_file = "state/office.password"

[[account]]
name = "home"
uri = "sip:alice@example.net"
"""


class ExecutedError(Exception):
    """The process would be another one now."""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / "office.password").touch(mode=0o600)
    (folder / "office.password").write_text("hush hush\n")
    (folder / "sotto.db").write_bytes(b"secret")
    return parse_config(TEXT, tmp_path / "sotto.toml")


def test_the_order_marks_the_folder_and_ends_the_phone(config: Config) -> None:
    ended: list[bool] = []
    eraser = Eraser(config.phone.state_dir, lambda: ended.append(True))
    before = eraser.wanted
    eraser()
    assert (before, eraser.wanted, ended) == (False, True, [True])
    assert erasure.has_begun(config.phone.state_dir)


def test_it_ends_where_no_mark_can_be_written_too(tmp_path: Path) -> None:
    ended: list[bool] = []
    Eraser(tmp_path / "none", lambda: ended.append(True))()
    assert ended == [True]


@pytest.mark.parametrize("has_unit", [False, True])
def test_a_factory_reset_is_marked_and_ends_the_phone(config: Config, *, has_unit: bool) -> None:
    ended: list[bool] = []
    eraser = Eraser(config.phone.state_dir, lambda: ended.append(True), has_unit=has_unit)
    assert eraser.reset()
    assert (eraser.wanted, eraser.by_unit, ended) == (True, has_unit, [True])
    assert mark.is_wanted(config.phone.state_dir)


def test_without_a_mark_no_factory_reset_begins(tmp_path: Path) -> None:
    ended: list[bool] = []
    eraser = Eraser(tmp_path / "none", lambda: ended.append(True))
    assert not eraser.reset()
    assert (eraser.wanted, ended) == (False, [])


def test_a_reset_that_nobody_did_is_done_as_far_as_it_can_be_and_told(config: Config) -> None:
    mark.want(Disk(), config.phone.state_dir)
    done = fresh_start.finish(config)
    assert done is not None
    assert (done.complete, done.configured) == (True, True)
    assert [file.name for file in config.phone.state_dir.iterdir()] == ["office.password"]
    assert fresh_start.finish(config) is None


def test_a_mark_that_cannot_be_taken_away_stops_no_phone(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark.want(Disk(), config.phone.state_dir)

    def worn(*_: object) -> None:
        raise OSError("read-only")

    monkeypatch.setattr(mark, "done", worn)
    done = fresh_start.finish(config)
    assert done is not None
    assert done.configured


def test_the_machines_own_service_has_a_unit_for_it(config: Config) -> None:
    under_systemd = {"NOTIFY_SOCKET": "/run/systemd/notify"}
    assert not fresh_start.has_unit(config, under_systemd)
    own = replace(config, file=INSTALLED)
    assert fresh_start.has_unit(own, under_systemd)
    assert not fresh_start.has_unit(own, {})


def test_an_erasing_that_was_broken_off_is_finished_at_the_next_start(config: Config) -> None:
    assert fresh_start.finish(config) is None
    erasure.begin(config.phone.state_dir)
    done = fresh_start.finish(config)
    assert done is not None
    assert done.complete
    assert not (config.phone.state_dir / "sotto.db").exists()
    assert fresh_start.finish(config) is None


def test_the_same_program_begins_anew(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    executed: list[tuple[str, list[str], dict[str, str]]] = []

    def execve(path: str, arguments: list[str], environment: dict[str, str]) -> None:
        executed.append((path, arguments, environment))
        raise ExecutedError

    monkeypatch.setattr(os, "execve", execve)
    monkeypatch.setattr(os, "closerange", lambda *_: None)
    with pytest.raises(ExecutedError):
        fresh_start.begin_anew(config, {"NOTIFY_SOCKET": "/run/notify"})
    ((path, arguments, environment),) = executed
    assert (path, arguments) == (sys.executable, sys.orig_argv)
    assert environment["NOTIFY_SOCKET"] == "/run/notify"
    told = fresh_start.told(environment)
    assert told is not None
    assert told.complete
    assert VARIABLE not in environment
    folder = config.phone.state_dir
    assert [file.name for file in folder.iterdir()] == ["office.password"]
    assert (folder / "office.password").read_bytes() == erasure.NO_PASSWORD


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("complete trimmed", Erased(complete=True, trimmed=True)),
        ("complete", Erased(complete=True, trimmed=False)),
        ("", Erased(complete=False, trimmed=False)),
        ("complete configured", Erased(complete=True, trimmed=False, configured=True)),
    ],
)
def test_the_new_phone_hears_how_well_it_went(words: str, told: Erased) -> None:
    assert fresh_start.told({VARIABLE: words}) == told
    assert fresh_start.told({}) is None
