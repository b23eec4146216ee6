"""A factory reset of a machine's folders, and the plug that is pulled in the middle of it."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.arguments import FactoryResetOptions
from agent.factory import command, mark
from agent.factory.command import ResetError
from agent.factory.emptying import CARD, DEFAULT, Emptying
from agent.fleet.disk import Disk
from support.power_cut import CutDisk, PowerCutError

SECRET = b"geheim"
FRESH = b'[phone]\nname = "Alice"\n'
LIVED_IN = (
    "var/lib/sotto/sotto.db",
    "var/lib/sotto/sotto.db-wal",
    "var/lib/sotto/tls-key.pem",
    "var/lib/sotto/kept/by/somebody",
    "etc/sotto/sotto.toml",
    "etc/sotto/card.json",
    "etc/sotto/secrets/1-office-password",
    "boot/firmware/sotto.toml",
    "boot/firmware/sotto-error.txt",
)
OF_THE_CARD = (
    "var/lib/iwd/Office.psk",
    "var/lib/sotto-machine/wifi/Office.psk",
    "var/lib/sotto-machine/config.txt",
    "var/log/sotto/failure.txt",
)
OF_OTHERS = ("boot/firmware/config.txt", "boot/firmware/sotto-card.txt", "var/lib/other/file")


@dataclass
class Machine:
    """A machine that somebody lives with, and whose phone has marked a reset."""

    root: Path
    is_card: bool = True

    def __post_init__(self) -> None:
        for name in (*LIVED_IN, *OF_THE_CARD, *OF_OTHERS):
            self.write(name, SECRET * 3)
        self.write(DEFAULT, FRESH)
        if self.is_card:
            self.write(CARD, b"")
        mark.want(Disk(), self.state)

    @property
    def state(self) -> Path:
        return self.root / "var/lib/sotto"

    def write(self, name: str, content: bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def reset(self, disk: Disk | None = None) -> tuple[str, ...]:
        return Emptying(self.root, disk or CutDisk()).run()

    def holding(self) -> list[str]:
        """The files in which a secret stands."""
        return sorted(
            str(path.relative_to(self.root))
            for path in self.root.rglob("*")
            if path.is_file() and SECRET in path.read_bytes()
        )

    def is_new(self) -> bool:
        """Whether it is as from its first start."""
        return (
            not list(self.state.iterdir())
            and [path.name for path in (self.root / "etc/sotto").iterdir()] == ["sotto.toml"]
            and (self.root / "etc/sotto/sotto.toml").read_bytes() == FRESH
            and self.holding() == sorted((*OF_OTHERS, *(() if self.is_card else OF_THE_CARD)))
        )


def test_all_that_the_person_and_the_phone_made_is_gone(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    assert machine.reset() == ()
    assert machine.is_new()


def test_on_a_machine_with_another_purpose_its_wifi_stays(tmp_path: Path) -> None:
    machine = Machine(tmp_path, is_card=False)
    assert machine.reset() == ()
    assert machine.is_new()


@pytest.mark.parametrize("lazy", [False, True])
def test_the_plug_may_be_pulled_at_any_moment(tmp_path: Path, *, lazy: bool) -> None:
    cut, is_whole = 0, False
    while not is_whole:
        machine = Machine(tmp_path / str(cut))
        try:
            machine.reset(CutDisk(cut, lazy=lazy))
            is_whole = True
        except PowerCutError:
            # Without the mark it must be done already; with it, the next start goes on.
            assert mark.is_wanted(machine.state) or machine.is_new()
            if mark.is_wanted(machine.state):
                assert machine.reset() == ()
        assert machine.is_new(), cut
        cut += 1
    assert cut > len(LIVED_IN) + len(OF_THE_CARD)


@pytest.mark.parametrize("lazy", [False, True])
def test_a_plug_that_is_pulled_before_the_mark_changes_nothing(
    tmp_path: Path, *, lazy: bool
) -> None:
    for cut in range(4):
        machine = Machine(tmp_path / str(cut))
        mark.done(Disk(), machine.state)
        before = machine.holding()
        with pytest.raises(PowerCutError):
            mark.want(CutDisk(cut, lazy=lazy), machine.state)
        assert machine.holding() == before


def test_each_file_is_overwritten_before_it_goes(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    (machine.state / "sotto.db").write_bytes(SECRET * 400_000)
    gone: dict[str, bytes] = {}

    class Watched(Disk):
        def remove(self, path: Path) -> None:
            gone[path.name] = path.read_bytes()
            super().remove(path)

    assert machine.reset(Watched()) == ()
    assert len(gone["sotto.db"]) == len(SECRET) * 400_000
    assert [name for name, content in gone.items() if SECRET in content] == []


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    other = machine.root / "var/lib/other"
    (machine.state / "file").symlink_to(other / "file")
    (machine.state / "folder").symlink_to(other)
    os.mkfifo(machine.state / "pipe")
    assert machine.reset(Disk()) == ()
    assert machine.is_new()


def test_what_cannot_be_emptied_is_told_and_the_rest_goes(tmp_path: Path) -> None:
    machine = Machine(tmp_path)

    class Worn(Disk):
        def overwrite(self, path: Path, at: int, content: bytes) -> None:
            if path.name == "tls-key.pem":
                raise OSError(errno.EIO, "Input/output error", str(path))
            super().overwrite(path, at, content)

    (problem,) = machine.reset(Worn())
    assert "Input/output error" in problem
    assert "tls-key.pem" in problem
    assert machine.holding() == sorted((*OF_OTHERS, "var/lib/sotto/tls-key.pem"))
    assert mark.is_wanted(machine.state)


def test_folders_that_are_not_there_are_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "var/lib/sotto").mkdir(parents=True)
    mark.want(Disk(), tmp_path / "var/lib/sotto")
    assert Emptying(tmp_path, Disk()).run() == ()
    assert not mark.is_wanted(tmp_path / "var/lib/sotto")


# The command


def test_the_command_does_it_where_the_phone_has_marked_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = Machine(tmp_path)
    assert command.run(FactoryResetOptions(root=tmp_path)) == 0
    assert machine.is_new()
    assert "This is a new phone now." in capsys.readouterr().out
    machine.write("var/lib/sotto/sotto.db", SECRET)
    assert command.run(FactoryResetOptions(root=tmp_path)) == 0
    assert "No factory reset is wanted" in capsys.readouterr().out
    assert (machine.state / "sotto.db").exists()


def test_the_command_says_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(tmp_path)
    with pytest.raises(ResetError, match="no user nobody-of-that-name"):
        command.run(FactoryResetOptions("nobody-of-that-name", tmp_path))

    def worn(_: Disk, path: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(Disk, "remove", worn)
    with pytest.raises(ResetError, match="Read-only file system"):
        command.run(FactoryResetOptions("root", tmp_path))
    assert mark.is_wanted(machine.state)
