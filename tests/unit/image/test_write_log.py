"""What a machine has written to its disk is done again, up to a cut."""

import random
import struct
from pathlib import Path

import pytest

from support.write_log import SECTOR, LogError, Write, moments_of, replayed, torn, writes

MAGIC = 0x6A736677736872
DISCARD = 4


def sector(letter: str) -> bytes:
    return letter.encode() * SECTOR


def log_of(folder: Path, *entries: tuple[int, bytes, int]) -> Path:
    """Each entry: at which sector, what, and the flags of dm-log-writes."""
    content = struct.pack("<QQQI", MAGIC, 1, len(entries), SECTOR).ljust(SECTOR, b"\0")
    for at, data, flags in entries:
        head = struct.pack("<QQQQ", at, len(data) // SECTOR, flags, 0).ljust(SECTOR, b"\0")
        content += head + (b"" if flags & DISCARD else data)
    (folder / "log").write_bytes(content)
    return folder / "log"


def disk_of(folder: Path) -> Path:
    (folder / "disk").write_bytes(sector(".") * 4)
    return folder / "disk"


def test_each_write_is_read_and_half_of_one_at_the_end_is_none(tmp_path: Path) -> None:
    log = log_of(tmp_path, (1, sector("a"), 0), (0, b"", 1), (2, sector("b") * 2, DISCARD))
    assert [(each.at, each.length, each.discards) for each in writes(log)] == [
        (SECTOR, SECTOR, False),
        (0, 0, False),
        (2 * SECTOR, 2 * SECTOR, True),
    ]
    log = log_of(tmp_path, (1, sector("a"), 0), (2, sector("b"), 0))
    log.write_bytes(log.read_bytes()[:-1])
    assert len(writes(log)) == 1


def test_another_file_is_no_log(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(sector("x"))
    with pytest.raises(LogError, match="no log"):
        writes(tmp_path / "log")


def test_a_write_is_torn_at_a_sector() -> None:
    write = Write(0, 4 * SECTOR, SECTOR)
    assert torn(write, 0).length == 0
    assert torn(write, 3).length == 3 * SECTOR
    assert torn(write, 9) == write


def test_only_what_writes_something_is_cut_short() -> None:
    done = [Write(0, SECTOR, 0), Write(0, 0, 0), Write(0, SECTOR, 0, discards=True)] * 5
    assert moments_of(done, random.Random(1), 99) == [0, 3, 6, 9, 12]
    assert len(moments_of(done, random.Random(1), 2)) == 2


def test_the_disk_is_as_it_was_at_each_moment(tmp_path: Path) -> None:
    entries = (
        (0, sector("a"), 0),
        (1, sector("b"), 0),
        (0, sector("c"), DISCARD),
        (2, sector("d"), 0),
    )
    log, disk = log_of(tmp_path, *entries), disk_of(tmp_path)
    found = {}
    for moment in replayed(disk, log, (1, 3), random.Random(1)):
        found[moment] = disk.read_bytes()[::SECTOR].decode()
    assert found[1] in {"a...", "ab.."}
    assert found[3] in {"ab..", "abd."}


def test_writes_of_many_sectors_are_cut_anywhere(tmp_path: Path) -> None:
    log = log_of(tmp_path, (0, sector("a") * 4, 0))
    seen = set()
    for seed in range(40):
        disk = disk_of(tmp_path)
        for _ in replayed(disk, log, (0,), random.Random(seed)):
            seen.add(disk.read_bytes()[::SECTOR].decode())
    assert seen == {"....", "a...", "aa..", "aaa.", "aaaa"}
