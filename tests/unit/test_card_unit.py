"""sotto-card.service at start after start: Python only where it would have something to do."""

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from agent.cli import main
from support.source import ROOT

UNIT: Final = (ROOT / "systemd/sotto-card.service").read_text()
GOOD: Final = '[phone]\nname = "Alice"\nboard = "simulator"\n'
HUSH: Final = '[[account]]\nname = "office"\nuri = "sip:alice@example.org"\npassword = "geheim"\n'


class Machine:
    """A machine's boot partition and configuration, and what systemd does with the unit.

    Args:
        folder: Where both lie.
    """

    def __init__(self, folder: Path) -> None:
        self.boot, self.etc = folder / "boot", folder / "etc"
        self.boot.mkdir()
        self.etc.mkdir()
        self.file = self.boot / "sotto.toml"

    def start(self) -> int | None:
        """The unit's start; the exit status of take-config, None: it was not wanted."""
        if self._run("ExecCondition="):
            return None
        status = self.take()
        if status == 0:
            self._run("ExecStartPost=-")
        return status

    def take(self) -> int:
        return main(["take-config", str(self.file), "--config", str(self.etc / "sotto.toml")])

    def _run(self, key: str) -> int:
        (script,) = re.findall(rf"(?m)^{key}/bin/sh -c '(.*)'$", UNIT)
        here = script.replace("/boot/firmware", str(self.boot)).replace("/etc/sotto", str(self.etc))
        return subprocess.run(["/bin/sh", "-c", here], capture_output=True, check=False).returncode


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    found = Machine(tmp_path)
    found.file.write_text(GOOD + HUSH)
    assert found.start() == 0
    return found


def test_a_file_that_was_taken_is_not_looked_at_again(machine: Machine) -> None:
    assert "geheim" not in machine.file.read_text()
    assert machine.start() is None


def test_another_file_is(machine: Machine) -> None:
    machine.file.write_text(GOOD.replace("Alice", "Bob"))
    assert machine.start() == 0
    assert "Bob" in (machine.etc / "sotto.toml").read_text()
    assert machine.start() is None


def test_a_wrong_file_is_told_at_each_start_until_it_is_right(machine: Machine) -> None:
    right = machine.file.read_text()
    machine.file.write_text(GOOD + "bord = 1\n")
    assert [machine.start(), machine.start()] == [2, 2]
    machine.file.write_text(right)
    assert machine.start() == 0
    assert not (machine.boot / "sotto-error.txt").exists()
    assert machine.start() is None


def test_a_plug_pulled_before_the_note_costs_one_look(machine: Machine) -> None:
    machine.file.write_text(GOOD)
    assert machine.take() == 0
    assert [machine.start(), machine.start()] == [0, None]


@pytest.mark.parametrize("content", [b"", b"\0" * 80, b"0123  /boot/sotto.toml\n"])
def test_a_torn_note_costs_one_look(machine: Machine, content: bytes) -> None:
    (machine.etc / "card.seen").write_bytes(content)
    assert [machine.start(), machine.start()] == [0, None]


def test_another_file_taken_by_hand_makes_the_card_new_again(
    machine: Machine, tmp_path: Path
) -> None:
    machine.file.write_text(GOOD)
    assert machine.start() == 0
    by_hand = tmp_path / "other.toml"
    by_hand.write_text(GOOD.replace("Alice", "Carol"))
    machine.file, kept = by_hand, machine.file
    assert machine.take() == 0
    machine.file = kept
    assert machine.start() == 0
    assert "Alice" in (machine.etc / "sotto.toml").read_text()


def test_after_a_factory_reset_the_card_is_new(machine: Machine) -> None:
    for each in machine.etc.iterdir():
        if each.is_file():
            each.unlink()
    assert machine.start() == 0
