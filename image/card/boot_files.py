"""What lies on the FAT partitions, as names and contents."""

import re
import struct
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from image.card.root_tar import Aside

HERE: Final = Path(__file__).parent
_IMAGE_MAGIC: Final = (56, b"ARM\x64")
"""Of an arm64 kernel that a Raspberry Pi's firmware can start (Documentation/arch/arm64/booting)."""
_GZIP: Final = b"\x1f\x8b"


class BootError(Exception):
    """The root file system has no kernel, or none that a Raspberry Pi starts."""


def config_files(aside: Aside) -> dict[str, bytes]:
    """Partition 1: which slot is started, and room for the person's file."""
    wanted = tomllib.loads((HERE / "boot.toml").read_text())["config"]
    # The one for people with the line ends that every computer's editor knows.
    note = (HERE / "sotto-card.txt").read_text().replace("\n", "\r\n").encode()
    files = {"autoboot.txt": (HERE / "autoboot.txt").read_bytes(), "sotto-card.txt": note}
    return files | _firmware(aside, wanted["firmware"])


def slot_files(aside: Aside) -> dict[str, bytes]:
    """Partitions 2 and 3, the same for both slots.

    Raises:
        BootError: Something is missing.
    """
    wanted = tomllib.loads((HERE / "boot.toml").read_text())["slot"]
    kernel = _only(aside, r"boot/vmlinuz-.*")
    if not _starts(kernel):
        raise BootError("the kernel is no Image that a Raspberry Pi's firmware can start")
    return {
        "vmlinuz": kernel,
        "initrd.img": _only(aside, r"boot/initrd\.img-.*"),
        "config.txt": (HERE / "config.txt").read_bytes(),
        **_firmware(aside, wanted["firmware"]),
        **{name: _device_tree(aside, name) for name in wanted["device_trees"]},
    }


def overlays() -> dict[str, bytes]:
    """The device tree overlays for what Linux' own device trees have switched off, compiled."""
    compile_it = ("dtc", "-@", "-q", "-I", "dts", "-O", "dtb")
    return {
        f"overlays/{source.stem}.dtbo": subprocess.run(
            [*compile_it, source], capture_output=True, check=True
        ).stdout
        for source in sorted((HERE / "overlays").glob("*.dts"))
    }


def command_line(slot: str) -> bytes:
    """The kernel's, as cmdline.sh says it."""
    script = f". ./layout.sh && . ./cmdline.sh && card_cmdline {slot}"
    return subprocess.run(["sh", "-euc", script], cwd=HERE, capture_output=True, check=True).stdout


def _firmware(aside: Aside, names: Iterable[str]) -> dict[str, bytes]:
    return {name: _only(aside, rf"usr/lib/raspi-firmware/{re.escape(name)}") for name in names}


def _device_tree(aside: Aside, name: str) -> bytes:
    return _only(aside, rf"usr/lib/modules/[^/]+/dtb/broadcom/{re.escape(name)}")


def _only(aside: Aside, pattern: str) -> bytes:
    found = [name for name in (*aside.files, *aside.links) if re.fullmatch(pattern, name)]
    if len(found) != 1:
        raise BootError(f"one file {pattern} is needed; there are {len(found)}: {sorted(found)}")
    return aside.content(found[0])


def _starts(kernel: bytes) -> bool:
    at, magic = _IMAGE_MAGIC
    if kernel.startswith(_GZIP):
        return True
    (first,) = struct.unpack_from("<H", kernel)
    is_pe_only = first == struct.unpack("<H", b"MZ")[0] and kernel[4:8] == b"zimg"
    return kernel[at : at + len(magic)] == magic and not is_pe_only
