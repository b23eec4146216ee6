"""FAT as Linux writes it, mounted as the card's first partition is: what a pulled plug leaves.

The disk is a file (loop), and its copy is what a card would have by then: what Linux has not handed
over yet is not in it.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.fleet.disk import Disk, replace
from support.kernel_rig import REASON, is_here
from support.source import ROOT

pytestmark = [pytest.mark.hardware, pytest.mark.skipif(not is_here(), reason=REASON)]
FSTAB = ROOT / "image/root/files/etc/fstab"
NAME = "autoboot.txt"
BEFORE, AFTER = b"[all]\nboot_partition=2\n" * 9, b"[all]\nboot_partition=3\n"


class Card:
    """A FAT file system in a file."""

    def __init__(self, folder: Path) -> None:
        self.disk = folder / "disk"
        self.place = folder / "place"
        self.place.mkdir()
        subprocess.run(["mkfs.vfat", "-F", "32", "-C", self.disk, "40960"], check=True)
        order = ["mcopy", "-i", str(self.disk), "-", f"::{NAME}"]
        subprocess.run(order, input=BEFORE, check=True)

    def cut(self) -> tuple[bytes, str]:
        """The plug is pulled: what the file is, and what fsck says of the card."""
        copy = self.disk.with_name("copy")
        shutil.copy(self.disk, copy)
        said = subprocess.run(
            ["fsck.vfat", "-n", copy], capture_output=True, text=True, check=False
        ).stdout
        order = ["mtype", "-i", str(copy), f"::{NAME}"]
        return subprocess.run(order, capture_output=True, check=True).stdout, said


@pytest.fixture
def card(tmp_path: Path) -> Iterator[Card]:
    made = Card(tmp_path)
    (options,) = re.findall(r"(?m)\svfat\s+(\S+)", FSTAB.read_text())
    how = [each for each in options.split(",") if each != "nofail"]
    subprocess.run(
        ["mount", "-t", "vfat", "-o", ",".join(["loop", *how]), made.disk, made.place], check=True
    )
    yield made
    subprocess.run(["umount", made.place], check=True)


def test_a_file_that_was_replaced_is_the_new_one_from_then_on(card: Card) -> None:
    replace(Disk(), card.place / NAME, AFTER, 0o644)
    content, said = card.cut()
    assert content == AFTER
    assert "cluster" not in said.partition("Dirty bit")[0]


def test_right_after_it_took_the_name_it_is_the_one_or_the_other(card: Card) -> None:
    disk, new = Disk(), card.place / f"{NAME}.new"
    disk.write(new, AFTER, 0o644, whole=False)
    disk.sync(new)
    assert card.cut()[0] == BEFORE
    disk.rename(new, card.place / NAME)
    content, said = card.cut()
    assert content == AFTER
    assert "Truncating" not in said
