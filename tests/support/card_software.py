"""Other software for the card than what it was flashed with: newer, older or broken, on a USB stick."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from agent.update.worker import VERSION
from support.rauc import Signer
from support.source import ROOT

KEYS: Final = ROOT / "build/update-key"
"""Whose updates a card takes that was made here."""
_SQUASHFS: Final = ("-quiet", "-no-progress", "-comp", "zstd", "-Xcompression-level", "1")
"""Packed less tightly than the card's own, and sooner."""
_ROOM_MIB: Final = 64
"""What a FAT file system has for itself."""


class Software:
    """The card's own root, unpacked, to be changed and signed. Wants root, and a GiB.

    Args:
        image: The folder that `make image` filled.
        folder: Where all of it goes.
    """

    def __init__(self, image: Path, folder: Path) -> None:
        self._image = image
        self._folder = folder
        self._root = folder / "root"
        order: list[str | Path] = ["unsquashfs", "-quiet", "-no-progress", "-dest", self._root]
        subprocess.run([*order, image / "root.squashfs"], check=True, stdout=subprocess.DEVNULL)

    def bundle(
        self, version: str, keys: Path = KEYS, files: Mapping[str, str] | None = None
    ) -> Path:
        """Signs a root of this version.

        Args:
            version: What the root says of itself, and the bundle of the root.
            keys: A folder with the key that signs; it is made where there is none.
            files: What the root has besides, by path.
        """
        parts = self._folder / f"parts-{version}"
        parts.mkdir()
        (self._root / VERSION).write_text(f"{version}\n")
        for name, content in (files or {}).items():
            (self._root / name).parent.mkdir(parents=True, exist_ok=True)
            (self._root / name).write_text(content)
        order: list[str | Path] = ["mksquashfs", self._root, parts / "root.squashfs", *_SQUASHFS]
        subprocess.run(order, check=True, stdout=subprocess.DEVNULL)
        for name in files or {}:
            (self._root / name).unlink()
        shutil.copy(self._image / "boot.tar", parts)
        bundle = Signer(keys).bundle(parts, version)
        return bundle.rename(parts.with_name(f"{parts.name}.raucb"))


def stick(path: Path, *bundles: Path) -> Path:
    """A USB stick's content, with these files on it."""
    path.unlink(missing_ok=True)
    size_kib = sum(each.stat().st_size for each in bundles) // 1024 + 1024 * _ROOM_MIB
    order = ["mkfs.vfat", "-F", "32", "-C", str(path), str(size_kib)]
    subprocess.run(order, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["mcopy", "-i", path, *bundles, "::"], check=True)
    return path
