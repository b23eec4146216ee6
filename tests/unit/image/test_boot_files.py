"""What the FAT partitions hold."""

import re
import shutil
from pathlib import Path

import pytest

from agent.config import parse_config
from agent.machine import boot_settings
from hw.profile import BOARDS
from image.card.boot_files import BootError, command_line, config_files, overlays, slot_files
from image.card.layout import LAYOUT, read_layout
from image.card.root_tar import Aside

KERNEL = b"\0" * 56 + b"ARM\x64" + b"rest"
MODELS = ("2837-rpi-zero-2-w", "2837-rpi-3-a-plus", "2837-rpi-3-b", "2837-rpi-3-b-plus")
NAMES = (*MODELS, "2711-rpi-4-b", "2712-rpi-5-b")
CARD = read_layout(LAYOUT.read_text())


def root(kernel: bytes = KERNEL) -> Aside:
    firmware = ("bootcode.bin", "start.elf", "fixup.dat", "start4.elf", "fixup4.dat", "start_x.elf")
    files = {f"usr/lib/raspi-firmware/{name}": name.encode() for name in firmware}
    trees = {f"usr/lib/modules/7.3/dtb/broadcom/bcm{name}.dtb": name.encode() for name in NAMES}
    boot = {"boot/vmlinuz-7.3": kernel, "boot/initrd.img-7.3": b"initramfs"}
    return Aside(files | trees | boot)


def test_a_slot_holds_what_every_model_starts_with() -> None:
    files = slot_files(root())
    assert files["vmlinuz"] == KERNEL
    assert {f"bcm{name}.dtb" for name in NAMES} <= set(files)
    assert "start_x.elf" not in files


def test_config_txt_names_files_that_are_there() -> None:
    files = slot_files(root())
    settings = files["config.txt"].decode().splitlines()
    assert "kernel=vmlinuz" in settings
    assert "initramfs initrd.img followkernel" in settings
    assert "include board.txt" in settings


def test_the_first_partition_tells_which_slot_is_started() -> None:
    files = config_files(root())
    assert set(files) == {"autoboot.txt", "bootcode.bin", "sotto-card.txt"}
    lines = files["autoboot.txt"].decode().split()
    numbers = [CARD.partition(name).number for name in ("BOOT_A", "BOOT_B")]
    assert [line for line in lines if line.startswith("boot_partition")] == [
        f"boot_partition={number}" for number in numbers
    ]
    assert files["sotto-card.txt"].count(b"\r\n") == files["sotto-card.txt"].count(b"\n")


def test_the_two_slots_differ_in_their_roots_alone() -> None:
    a, b = (command_line(slot).decode().split() for slot in "AB")
    assert len(a) == len(b)
    assert len(set(a) ^ set(b)) == 4


def test_a_kernel_that_no_raspberry_pi_starts_is_refused() -> None:
    with pytest.raises(BootError, match="firmware can start"):
        slot_files(root(b"MZ\0\0zimg" + bytes(100)))
    assert slot_files(root(b"\x1f\x8b" + bytes(100)))["vmlinuz"].startswith(b"\x1f\x8b")


def test_a_device_tree_that_is_missing_is_told() -> None:
    aside = root()
    del aside.files["usr/lib/modules/7.3/dtb/broadcom/bcm2712-rpi-5-b.dtb"]
    with pytest.raises(BootError, match="bcm2712"):
        slot_files(aside)


def test_of_two_kernels_neither_is_guessed() -> None:
    aside = root()
    aside.files["boot/vmlinuz-7.4"] = KERNEL
    with pytest.raises(BootError, match="there are 2"):
        slot_files(aside)


def test_every_overlay_that_a_board_wants_is_there_or_known_to_be_missing() -> None:
    """The Codec Zero's chip is not in Debian's kernel: docs/image.md says so."""
    if shutil.which("dtc") is None:
        pytest.skip("dtc is not installed")
    there = {name.removeprefix("overlays/").removesuffix(".dtbo") for name in overlays()}
    wanted = set()
    for path in BOARDS.glob("*.toml"):
        text = f'[phone]\nname = "Alice"\nboard = "{path.stem}"\n'
        settings = boot_settings(parse_config(text, Path("/nowhere/sotto.toml")))
        wanted |= set(re.findall("(?m)^dtoverlay=(.*)$", settings))
    assert wanted - there == {"rpi-codeczero"}
