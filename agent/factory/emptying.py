"""Empties the folders of a machine that a factory reset concerns, the mark last.

Each file is overwritten before it goes: a card may keep old cells, but the file system gives them to
nobody any more. A link is removed and not followed. What cannot be done is told, and the rest is done all
the same; after a pulled plug it is all done once more.
"""

import os
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from agent.factory import mark
from agent.fleet.disk import Disk, replace

STATE: Final = "var/lib/sotto"
CONFIGURATION: Final = "etc/sotto"
BOOT: Final = "boot/firmware"
ON_BOOT: Final = ("sotto.*", "sotto-error.txt")
"""What a person put there for the phone, and what the phone wrote beside it."""
CARD: Final = "usr/lib/sotto/card/layout.sh"
"""Only a card of the phone's own has it: there, the rest of the machine is the phone's, too."""
OF_CARD: Final = ("var/lib/iwd", "var/lib/sotto-machine", "var/log/sotto")
"""The Wi-Fi with its password, the board, and what led to a failure."""
DEFAULT: Final = "usr/share/sotto/sotto.toml"
"""The configuration of a phone that has none of its own."""
_CHUNK: Final = 1 << 20


class Emptying:
    """One factory reset.

    Args:
        root: Where the machine's files are.
        disk: Who does it; gives files to the phone's group.
    """

    def __init__(self, root: Path, disk: Disk) -> None:
        self._root = root
        self._disk = disk
        self._problems: list[str] = []

    def run(self) -> tuple[str, ...]:
        """Empties all; returns what could not be done. If there is nothing of that, the mark is gone."""
        state = self._root / STATE
        folders = [self._root / CONFIGURATION]
        if (self._root / CARD).exists():
            folders += [self._root / each for each in OF_CARD]
        self._attempt(partial(self._empty, state, mark.MARK))
        for folder in folders:
            self._attempt(partial(self._empty, folder))
        self._attempt(self._clear_boot)
        self._attempt(self._configure)
        if not self._problems:
            self._attempt(partial(mark.done, self._disk, state))
        return tuple(self._problems)

    def _configure(self) -> None:
        """The phone begins as from its first start."""
        default = self._disk.read(self._root / DEFAULT, _CHUNK)
        folder = self._root / CONFIGURATION
        if default is not None and folder.is_dir():
            replace(self._disk, folder / "sotto.toml", default, 0o640)

    def _empty(self, folder: Path, but: str = "") -> None:
        if folder.is_symlink() or not folder.is_dir():
            return
        self._destroy(folder, [path for path in folder.iterdir() if path.name != but])

    def _clear_boot(self) -> None:
        boot = self._root / BOOT
        self._destroy(boot, [path for each in ON_BOOT for path in boot.glob(each)])

    def _destroy(self, folder: Path, paths: list[Path]) -> None:
        for path in sorted(paths):
            if path.is_dir() and not path.is_symlink():
                self._attempt(partial(self._empty, path))
                self._attempt(partial(self._disk.remove_folder, path))
            else:
                self._attempt(partial(self._destroy_file, path))
        if paths:
            self._attempt(partial(self._disk.sync_folder, folder))

    def _destroy_file(self, path: Path) -> None:
        if stat.S_ISREG(path.lstat().st_mode):
            size = path.lstat().st_size
            for at in range(0, size, _CHUNK):
                self._disk.overwrite(path, at, os.urandom(min(_CHUNK, size - at)))
            self._disk.sync(path)
        self._disk.remove(path)

    def _attempt(self, step: Callable[[], None]) -> None:
        try:
            step()
        except (OSError, ValueError) as error:
            self._problems.append(str(error))
