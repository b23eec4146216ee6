"""What lies where on the card, as the shell and Python read it."""

import json
import os
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from image.card.layout import LAYOUT, SLOTS, read_layout

CARD = read_layout(LAYOUT.read_text())


def shell(script: str) -> str:
    done = subprocess.run(
        ["sh", "-euc", f". ./layout.sh; . ./cmdline.sh; {script}"],
        cwd=LAYOUT.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_shell_and_python_read_the_same() -> None:
    for name, value in CARD.names.items():
        assert shell(f'printf %s "${name}"') == value


def test_no_partition_lies_in_another() -> None:
    parts = sorted(CARD.partitions.values(), key=lambda each: each.start_mib)
    assert [each.number for each in parts] == [1, 2, 3, 5, 6, 7]
    for before, after in pairwise(parts):
        needs_table = after.number > 4
        assert after.start_mib >= before.end_mib + needs_table
    assert all(each.start_mib % 4 == 0 for each in parts)


def test_both_slots_are_the_same_size() -> None:
    for kind in ("BOOT", "ROOT"):
        assert len({CARD.partition(f"{kind}_{slot}").size_mib for slot in SLOTS}) == 1


def test_the_data_come_last_so_that_they_can_grow() -> None:
    last = max(CARD.partitions.values(), key=lambda each: each.end_mib)
    assert last == CARD.partition("DATA")


def test_each_slot_starts_its_own_root_and_says_which_it_is() -> None:
    for slot in SLOTS:
        words = shell(f"card_cmdline {slot}").split()
        number = CARD.partition(f"ROOT_{slot}").number
        assert f"root=PARTUUID={CARD.names['CARD_ID']}-{number:02d}" in words
        assert f"sotto.slot={slot}" in words
        assert "ro" in words


def test_sfdisk_makes_that_very_table(tmp_path: Path) -> None:
    sfdisk = shutil.which("sfdisk", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if sfdisk is None:
        pytest.skip("sfdisk is not installed")
    image = tmp_path / "card.img"
    with image.open("wb") as stream:
        stream.truncate(CARD.size_mib << 20)
    subprocess.run([sfdisk, "-q", image], input=CARD.sfdisk_script(), text=True, check=True)
    told = subprocess.run([sfdisk, "--json", image], capture_output=True, text=True, check=True)
    table = json.loads(told.stdout)["partitiontable"]
    assert table["id"] == f"0x{CARD.names['CARD_ID']}"
    made = {
        int(each["node"].removeprefix(str(image))): (each["start"] >> 11, each["size"] >> 11)
        for each in table["partitions"]
    }
    del made[4]
    assert made == {
        number: (each.start_mib, each.size_mib) for number, each in CARD.partitions.items()
    }
