"""The mark in the state folder that a factory reset is wanted.

It is on the disk before anything else happens, and goes last of all. Who finds it goes on with what was
broken off: `sotto-reset.service` before the phone begins, or the phone itself where there is no such unit.
"""

from pathlib import Path
from typing import Final

from agent.fleet.disk import Disk, replace

MARK: Final = "factory-reset"
"""`sotto-reset.service` looks for this name."""


def is_wanted(folder: Path) -> bool:
    """Whether a reset is wanted, or was broken off."""
    return (folder / MARK).exists()


def want(disk: Disk, folder: Path) -> None:
    """From now on it is wanted, also after a pulled plug.

    Raises:
        OSError: The mark cannot be written.
    """
    replace(disk, folder / MARK, b"", 0o600)


def done(disk: Disk, folder: Path) -> None:
    """It is done.

    Raises:
        OSError: The mark cannot be taken away.
    """
    disk.sync_folder(folder)
    disk.remove(folder / MARK)
    disk.sync_folder(folder)
