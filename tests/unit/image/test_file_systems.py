"""The card's file systems: the same octets each time, and an error where something is too large."""

import shutil
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from image.card.file_systems import (
    TooLargeError,
    environment,
    make_data,
    make_fat,
    put,
    squashfs,
)

EPOCH = 1_700_000_000
NUMBER = "2f9a8e0c-6d0b-5a53-9e0c-1a2b3c4d5e6f"
PATH = environment(EPOCH)["PATH"]


def needs(*tools: str) -> None:
    for tool in tools:
        if shutil.which(tool, path=PATH) is None:
            pytest.skip(f"{tool} is not installed")


def fat(path: Path, files: dict[str, bytes]) -> bytes:
    make_fat(path, files, label="SOTTO", serial="534f5401", size_mib=64, epoch=EPOCH)
    return path.read_bytes()


def test_fat_is_the_same_twice_and_holds_its_folders(tmp_path: Path) -> None:
    needs("mkfs.vfat", "mcopy", "mmd", "mtype")
    files = {"config.txt": b"arm_64bit=1\n", "overlays/a.dtbo": b"tree"}
    first = fat(tmp_path / "first", files)
    assert first == fat(tmp_path / "second", dict(reversed(files.items())))
    said = subprocess.run(
        ["mtype", "-i", tmp_path / "first", "::overlays/a.dtbo"], capture_output=True, check=True
    )
    assert said.stdout == b"tree"


def test_what_does_not_fit_is_named(tmp_path: Path) -> None:
    needs("mkfs.vfat", "mcopy")
    with pytest.raises(TooLargeError, match="SOTTO: vmlinuz is too much for 64 MiB"):
        fat(tmp_path / "fat", {"vmlinuz": bytes(70 << 20)})


def test_data_are_the_same_twice_and_whole(tmp_path: Path) -> None:
    needs("mke2fs", "e2fsck")
    for name in ("first", "second"):
        make_data(tmp_path / name, "sotto-data", NUMBER, 64, EPOCH)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
    checked = subprocess.run(
        ["e2fsck", "-fn", tmp_path / "first"],
        env=environment(EPOCH),
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def root(path: Path, size_mib: int = 1, content: bytes = b"root") -> None:
    with squashfs(path, size_mib, EPOCH) as tar:
        for name in ("etc", "etc/passwd"):
            member = tarfile.TarInfo(f"./{name}")
            member.mtime = EPOCH
            if name == "etc":
                member.type = tarfile.DIRTYPE
                tar.addfile(member)
            else:
                member.size = len(content)
                tar.addfile(member, BytesIO(content))


def test_the_root_is_the_same_twice(tmp_path: Path) -> None:
    needs("sqfstar")
    root(tmp_path / "first")
    root(tmp_path / "second")
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_a_root_that_is_too_large_is_no_root(tmp_path: Path) -> None:
    needs("sqfstar")
    noise = b"".join(number.to_bytes(4, "big") for number in range(1 << 20))
    with pytest.raises(TooLargeError, match="and has 0"):
        root(tmp_path / "root", 0, noise)


def test_a_part_lands_where_it_belongs(tmp_path: Path) -> None:
    card, part = tmp_path / "card", tmp_path / "part"
    with card.open("wb") as stream:
        stream.truncate(8 << 20)
    part.write_bytes(bytes(1 << 20) + b"end")
    put(card, part, 4)
    octets = card.read_bytes()
    assert len(octets) == 8 << 20
    assert octets.index(b"end") == 5 << 20
    assert octets.count(0) == len(octets) - 3
