"""Destroys a phone's memory, as far as a program can.

Every file that the phone made is overwritten, made empty, and removed, and the folder synced; then
the file system is asked to tell the disk that these cells are free. A card or disk writes where it likes: what lay
in cells that it has put aside can outlast all of this, and no program can say that it does not.

The first thing on the disk is a mark that the erasing has begun. A phone that was unplugged in
the middle of it finds the mark at its next start and goes on before anything is read.
"""

import fcntl
import os
import stat
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from agent.frozen import frozen
from agent.store.database import sync_folder

MARK: Final = "erasing"
"""The file that says that the erasing has begun."""

OWNED: Final = ("sotto.db*", "tls-key.pem*", "tls-certificate.pem*", "fleet.json*")
"""What the phone makes in its folder: database, log, seal, damaged ones set aside, TLS identity,
and the configuration that it fetched."""
NO_PASSWORD: Final = b"erased\n"
"""What stands in a password file afterwards: the configuration still names it."""

_CHUNK: Final = 1 << 20
_FITRIM: Final = 0xC0185879
"""The ioctl of fstrim(8), linux/fs.h."""


@frozen
class Erasure:
    """How well it went.

    Attributes:
        complete: Whether every file was overwritten and removed.
        trimmed: Whether the disk was told to drop the old cells.
    """

    complete: bool
    trimmed: bool


def has_begun(folder: Path) -> bool:
    """Whether an erasing of this folder was broken off."""
    return (folder / MARK).exists()


def begin(folder: Path) -> None:
    """From now on it is to be erased, whatever happens.

    Raises:
        OSError: The mark cannot be written.
    """
    descriptor = os.open(folder / MARK, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    os.close(descriptor)
    sync_folder(folder)


def erase(folder: Path, passwords: Iterable[Path] = ()) -> Erasure:
    """Destroys what the phone made in its folder; the mark goes last.

    A link is removed and not followed. What others have put into the folder stays.

    Args:
        folder: The state folder.
        passwords: Files with passwords; those in the folder are the phone's own.
    """
    files = {file for pattern in OWNED for file in folder.glob(pattern)}
    results = [_erase(file) for file in sorted(files) if _is_file(file)]
    results += [_replace(file) for file in passwords if file.is_relative_to(folder)]
    complete = all(results)
    trimmed = _trim(folder)
    try:
        sync_folder(folder)
        # What could not be removed now cannot be at the next start either; that is told instead.
        (folder / MARK).unlink(missing_ok=True)
        sync_folder(folder)
    except OSError:
        complete = False
    return Erasure(complete, trimmed)


def _is_file(file: Path) -> bool:
    return stat.S_ISREG(file.lstat().st_mode) or file.is_symlink()


def _replace(file: Path) -> bool:
    """Takes a password away; returns whether it is gone."""
    try:
        _overwrite(file)
        with file.open("r+b") as stream:
            stream.write(NO_PASSWORD)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        return False
    return True


def _erase(file: Path) -> bool:
    """Returns whether nothing of it is left that the file system knows of."""
    try:
        if not file.is_symlink():
            _overwrite(file)
        # Its name may tell something, too.
        nameless = file.with_name(f".{file.lstat().st_ino}")
        file.rename(nameless)
        nameless.unlink()
        sync_folder(file.parent)
    except OSError:
        return False
    return True


def _overwrite(file: Path) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        left = os.fstat(descriptor).st_size
        while left:
            # Random octets, since a disk may keep a run of zeros as a mere note of it.
            left -= os.write(descriptor, os.urandom(min(left, _CHUNK)))
        os.fsync(descriptor)
        os.ftruncate(descriptor, 0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _trim(folder: Path) -> bool:
    """Asks the file system to discard what is free; returns whether it could be asked."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.ioctl(descriptor, _FITRIM, struct.pack("QQQ", 0, 0xFFFFFFFFFFFFFFFF, 0))
    except OSError:
        # Not allowed to this user, or this file system or disk knows nothing of it.
        return False
    finally:
        os.close(descriptor)
    return True
