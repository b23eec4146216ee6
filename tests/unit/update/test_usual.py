"""The shell's quick look at a start: never content where Python would have something to do."""

import itertools
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from agent.update.autoboot import autoboot
from agent.update.backend import CARD, COMMAND_LINE, LAYOUT, NOTES, slots_of
from support.source import ROOT

USUAL: Final = ROOT / "image/update/files/usr/lib/sotto/update/usual"
PARTITIONS: Final = {"A": 2, "B": 3}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A card in slot A on which nothing ever happened, after its first start."""
    for name in (LAYOUT, CARD, NOTES, COMMAND_LINE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "image/card/layout.sh", tmp_path / LAYOUT)
    (tmp_path / CARD).mkdir()
    runs(tmp_path, "A")
    starts(tmp_path, "A")
    slots_of(tmp_path).begin()
    return tmp_path


def runs(root: Path, slot: str) -> None:
    (root / COMMAND_LINE).write_text(f"ro quiet sotto.slot={slot} systemd.wants=x\n")


def starts(root: Path, slot: str) -> None:
    (root / CARD / "autoboot.txt").write_bytes(autoboot(slot, PARTITIONS))


def is_usual(root: Path) -> bool:
    done = subprocess.run(["/bin/sh", USUAL, root], capture_output=True, check=False)
    return done.returncode == 0


def files(root: Path) -> dict[str, bytes]:
    found = (NOTES, f"{CARD}/autoboot.txt")
    return {name: (root / name).read_bytes() for name in found if (root / name).exists()}


@pytest.mark.parametrize("slot", ["A", "B"])
def test_a_start_like_most_is_usual_in_both_slots(root: Path, slot: str) -> None:
    runs(root, slot)
    slots_of(root).set_good(slot)
    assert is_usual(root)


def test_after_an_update_that_proved_itself_starts_are_usual_again(root: Path) -> None:
    slots_of(root).set_bad("B")
    assert not is_usual(root)
    slots_of(root).set_primary("B")
    assert not is_usual(root)
    runs(root, "B")
    assert not is_usual(root)
    slots_of(root).begin()
    # Until it has proved itself: sotto-proof asks the same.
    assert not is_usual(root)
    slots_of(root).set_good("B")
    assert is_usual(root)


def test_where_python_would_write_or_tell_or_wait_nothing_is_usual(root: Path) -> None:
    """Every note and file that there can be, in either slot."""
    usual = 0
    for booted, started, home, trial, failed in itertools.product(
        "AB", ("A", "B"), "AB", ("", "A", "B"), ("", "A")
    ):
        runs(root, booted)
        starts(root, started)
        note = f'{{"home": "{home}", "trial": "{trial}", "bad": "", "failed": "{failed}"}}'
        (root / NOTES).write_text(note)
        quick, before = is_usual(root), files(root)
        notes = slots_of(root).begin()
        if quick:
            usual += 1
            assert files(root) == before
            assert (notes.trial, notes.failed) == ("", "")
    assert usual == 2


@pytest.mark.parametrize("name", [NOTES, f"{CARD}/autoboot.txt", COMMAND_LINE, LAYOUT])
@pytest.mark.parametrize("content", [None, b"", b"{}", b"\0" * 100])
def test_a_file_that_is_lost_or_torn_is_not_usual(
    root: Path, name: str, content: bytes | None
) -> None:
    assert is_usual(root)
    if content is None:
        (root / name).unlink()
    else:
        (root / name).write_bytes(content)
    assert not is_usual(root)


def test_two_names_for_the_slot_are_not_usual(root: Path) -> None:
    (root / COMMAND_LINE).write_text("sotto.slot=A sotto.slot=B\n")
    assert not is_usual(root)


@pytest.mark.parametrize("unit", ["sotto-slot", "sotto-proof"])
def test_the_units_leave_python_out_only_where_the_look_ends_well(unit: str) -> None:
    """systemd leaves a unit out at any status but 0, so that the shell turns it round."""
    folder = ROOT / "image/update/files/usr/lib/systemd/system"
    text = (folder / f"{unit}.service").read_text()
    assert "ExecCondition=/bin/sh -c '! /usr/lib/sotto/update/usual'\n" in text
    assert USUAL.stat().st_mode & 0o100
