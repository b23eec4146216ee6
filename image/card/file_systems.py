"""Makes the card's file systems, each in a file of its own, without a mount: same words, same octets."""

import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

MIB: Final = 1 << 20
_SBIN: Final = "/usr/sbin:/sbin"
_EXT4: Final = (
    "has_journal,extent,huge_file,flex_bg,metadata_csum,64bit,dir_nlink,extra_isize,"
    "resize_inode,sparse_super,large_file,filetype,ext_attr,dir_index"
)
"""Named one by one, for the tools of another Debian have another opinion of what is usual."""
_LARGEST: Final = 128 << 30 >> 12
"""Blocks of 4 KiB on the largest card that the file system will have to grow to: 128 GiB."""
_SQUASHFS: Final = ("-comp", "zstd", "-b", "64K")
"""Whoever reads a page reads its block: with 256K a start read a third more, and took the longer for it."""


class TooLargeError(Exception):
    """It does not fit into its partition."""


def environment(epoch: int) -> dict[str, str]:
    """For all tools: where they are, and which time it is."""
    return {
        **os.environ,
        "PATH": f"{os.environ['PATH']}:{_SBIN}",
        "SOURCE_DATE_EPOCH": str(epoch),
        "E2FSPROGS_FAKE_TIME": str(epoch),
        "MKE2FS_CONFIG": os.devnull,
        "MTOOLS_SKIP_CHECK": "1",
        "LC_ALL": "C",
        "TZ": "UTC",
    }


def run(command: Sequence[str | Path], epoch: int, told: str = "") -> None:
    """Runs a tool that has to succeed.

    Args:
        command: Its words.
        epoch: Which time it is.
        told: What it reads.
    """
    subprocess.run(
        command,
        env=environment(epoch),
        input=told,
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def make_fat(
    path: Path, files: Mapping[str, bytes], *, label: str, serial: str, size_mib: int, epoch: int
) -> None:
    """A FAT32 file system.

    Args:
        path: The file that it is made in.
        files: What lies in it, by name, in folders where the name has some.
        label: What a computer shows.
        serial: Eight hexadecimal digits.
        size_mib: How large it is.
        epoch: When all of it was made.
    """
    _empty(path, size_mib)
    fat = ("mkfs.vfat", "-F", "32", "-n", label, "-i", serial, "--invariant", path)
    run(fat, epoch)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each in sorted({part for file in files for part in Path(file).parts[:-1]}):
            run(("mmd", "-i", path, f"::{each}"), epoch)
        for each, content in sorted(files.items()):
            own = folder / Path(each).name
            own.write_bytes(content)
            os.utime(own, (epoch, epoch))
            try:
                run(("mcopy", "-m", "-i", path, own, f"::{each}"), epoch)
            except subprocess.CalledProcessError:
                raise TooLargeError(f"{label}: {each} is too much for {size_mib} MiB") from None


def make_data(path: Path, label: str, number: str, size_mib: int, epoch: int) -> None:
    """An empty ext4 file system, which can grow to the largest card.

    Args:
        path: The file that it is made in.
        label: Its name.
        number: Its UUID, which seeds its hashes, too.
        size_mib: How large it is.
        epoch: When it was made.
    """
    _empty(path, size_mib)
    run(
        (
            *("mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-I", "256", "-i", "16384"),
            *("-m", "1", "-L", label, "-U", number, "-O", _EXT4),
            *("-E", f"hash_seed={number},root_owner=0:0,lazy_itable_init=0,resize={_LARGEST}"),
            path,
        ),
        epoch,
    )


@contextmanager
def squashfs(path: Path, size_mib: int, epoch: int) -> Iterator[tarfile.TarFile]:
    """A squashfs file system, made of the tar that is written in the meantime.

    Args:
        path: The file that it is made in.
        size_mib: How large it may become.
        epoch: When it was made.

    Raises:
        TooLargeError: It became larger.
    """
    path.unlink(missing_ok=True)
    command = ["sqfstar", *_SQUASHFS, "-quiet", "-no-progress", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment(epoch)) as process:
        with tarfile.open(fileobj=process.stdin, mode="w|", format=tarfile.PAX_FORMAT) as target:
            yield target
        if process.stdin:
            process.stdin.close()
        if process.wait():
            raise subprocess.CalledProcessError(process.returncode, command)
    if path.stat().st_size > size_mib * MIB:
        raise TooLargeError(f"the root is {path.stat().st_size // MIB} MiB, and has {size_mib}")


def put(image: Path, part: Path, at_mib: int) -> None:
    """Copies a file system into its partition; what is zero there stays unwritten."""
    with part.open("rb") as source, image.open("r+b") as target:
        target.seek(at_mib * MIB)
        while block := source.read(MIB):
            if any(block):
                target.write(block)
            else:
                target.seek(len(block), os.SEEK_CUR)


def _empty(path: Path, size_mib: int) -> None:
    with path.open("wb") as stream:
        stream.truncate(size_mib * MIB)
