"""What is done to files while a configuration is taken over: each call is one step.

Between any two of them the plug may be pulled. Nothing is sure to be on the disk before `sync` of
the file, or `sync_folder` where a name has changed. Where a file has taken another's name, it wants
both: FAT keeps a file's place in the folder, but writes it with the file, and what had the name
before is given up meanwhile.
"""

import os
import pwd
from pathlib import Path
from typing import Final

from agent.errors import ReportedError

_FLAGS: Final = os.O_CLOEXEC | os.O_NOFOLLOW


def owner_named(name: str | None, error: type[ReportedError]) -> tuple[int, int] | None:
    """User and group of a user of this machine; None: no user is named.

    Args:
        name: As the machine knows the user.
        error: What a command raises that cannot be done.

    Raises:
        ReportedError: The given kind of it: there is no such user.
    """
    if not name:
        return None
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise error(f"there is no user {name} on this machine") from None
    return entry.pw_uid, entry.pw_gid


class Disk:
    """The disk of this machine.

    Args:
        owner: User and group that files are given to; None: they stay this process's own.
    """

    def __init__(self, owner: tuple[int, int] | None = None) -> None:
        self._owner = owner

    def read(self, path: Path, limit: int) -> bytes | None:
        """What is in a file; None where there is none.

        Raises:
            OSError: It cannot be read.
            ValueError: It has more octets than `limit`.
        """
        try:
            with path.open("rb") as stream:
                content = stream.read(limit + 1)
        except FileNotFoundError:
            return None
        if len(content) > limit:
            raise ValueError(f"{path} is larger than {limit} octets")
        return content

    def make_folder(self, path: Path, mode: int) -> None:
        """Makes a folder where there is none."""
        if not path.is_dir():
            path.mkdir(mode)
            self._give(path, whole=True)

    def write(self, path: Path, content: bytes, mode: int, *, whole: bool) -> None:
        """Writes a file anew.

        Args:
            path: Where.
            content: All of it.
            mode: Its permissions, where the file system has any.
            whole: Whether it is given to the owner; otherwise to their group alone.
        """
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, mode)
        with os.fdopen(descriptor, "wb") as stream:
            os.fchmod(descriptor, mode)
            self._give(path, whole=whole)
            stream.write(content)

    def write_on_card(self, path: Path, content: bytes) -> None:
        """Writes a file anew where the file system knows neither owners nor permissions."""
        path.write_bytes(content)

    def overwrite(self, path: Path, at: int, content: bytes) -> None:
        """Puts octets in the place of others, in the same cells as far as a program can say."""
        descriptor = os.open(path, os.O_WRONLY | _FLAGS)
        try:
            os.pwrite(descriptor, content, at)
        finally:
            os.close(descriptor)

    def sync(self, path: Path) -> None:
        """Waits until what is in the file is on the disk."""
        descriptor = os.open(path, os.O_RDONLY | _FLAGS)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def sync_folder(self, path: Path) -> None:
        """Waits until the names in a folder are on the disk."""
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def rename(self, old: Path, new: Path) -> None:
        """Gives a file another name; whatever had that name is gone."""
        old.rename(new)

    def remove(self, path: Path) -> None:
        """Takes a file away, if it is there."""
        path.unlink(missing_ok=True)

    def remove_folder(self, path: Path) -> None:
        """Takes an empty folder away."""
        path.rmdir()

    def _give(self, path: Path, *, whole: bool) -> None:
        if self._owner is not None:
            user, group = self._owner
            os.chown(path, user if whole else -1, group, follow_symlinks=False)


def replace(disk: Disk, path: Path, content: bytes, mode: int, *, whole: bool = False) -> None:
    """Writes a file so that there is always either the old one or the new one."""
    new = path.with_name(f"{path.name}.new")
    disk.write(new, content, mode, whole=whole)
    disk.sync(new)
    disk.rename(new, path)
    disk.sync(path)
    disk.sync_folder(path.parent)
