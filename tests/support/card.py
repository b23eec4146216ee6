"""The card, booted in an emulator of another machine (qemu's "virt"), and asked from inside.

Kernel, initramfs, root and data are the card's own, unchanged; the firmware of a Raspberry Pi, its
device trees and its drivers are not in it. What asks comes in from outside, by systemd's credentials.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.update.autoboot import SLOTS, usual_slot
from agent.update.slots import AUTOBOOT
from image.card.boot_files import command_line
from image.card.layout import LAYOUT, read_layout
from support import qmp
from support.card_cuts import answers_of
from support.source import ROOT

_LOOK_S: Final = 0.1
LIMIT_S: Final = 900.0
"""A start takes a minute or two here; more means that it hangs."""
PATIENT: Final = "systemd.default_device_timeout_sec=600"
"""On a busy machine the emulator finds its own card only after the 90 s that systemd waits for it."""
UNIT: Final = """[Unit]
DefaultDependencies=no
After=multi-user.target
[Service]
Type=exec
LoadCredential=asked
StandardOutput=tty
TTYPath=/dev/ttyAMA0
ExecStart=/bin/sh ${CREDENTIALS_DIRECTORY}/asked
"""
ASKED: Final = (ROOT / "tests/image/asked.sh").read_text()
LAYOUT_OF_CARD: Final = read_layout(LAYOUT.read_text())


@dataclass(frozen=True, slots=True)
class Start:
    """What was seen of one start.

    Attributes:
        console: Everything on the serial line.
        answers: What asked.sh said, by name.
        seconds: From the emulator's start to its end.
    """

    console: str
    answers: Mapping[str, str]
    seconds: float


class Card:
    """A copy of the image, as if flashed onto a larger card.

    Args:
        image: The folder that `make image` filled.
        folder: Where the copy lies.
        size_mib: Of the card.
        source: What is copied in the place of the image: a card that has lived already.
        cache: How QEMU writes (its -drive cache=).
        words: What stands on the kernel's command line besides.
        counted: Whether each start is `counted`: then a busy machine does not let time run out in it.
        limit_s: More seconds of one start mean that it hangs.
    """

    def __init__(
        self,
        image: Path,
        folder: Path,
        size_mib: int,
        *,
        source: Path | None = None,
        cache: str = "unsafe",
        words: str = "",
        counted: bool = False,
        limit_s: float = LIMIT_S,
    ) -> None:
        self._image = image
        self._folder = folder
        self._cache = cache
        self._words = words
        self._counted = counted
        self._limit_s = limit_s
        self._starts = 0
        self.path = folder / "card.img"
        flashed = source or image / "sotto.img"
        subprocess.run(["cp", "--sparse=always", flashed, self.path], check=True)
        os.truncate(self.path, size_mib << 20)

    def start(
        self,
        slot: str,
        number: str = "",
        *,
        asked: str = ASKED,
        stick: Path | None = None,
        once: bool = False,
        pull: Callable[[str], object] = lambda _: False,
        kept: Path | None = None,
        keep: Path | None = None,
        log: Path | None = None,
        limit_s: float | None = None,
        counted: bool = False,
        brought: Path | None = None,
        words: str = "",
    ) -> Start:
        """Boots a slot, asks, and lets it end by itself.

        Args:
            slot: A or B.
            number: The serial number of the board, if it is to have one.
            asked: The shell script that asks.
            stick: The content of a USB stick that is plugged in.
            once: Whether it ends as well where the machine would start anew.
            pull: Is shown the console every now and then, and says when the plug is pulled.
            kept: A machine that was stopped with a card like this, and goes on here.
            keep: Where the machine is kept when the plug is pulled, so that it can go on.
            log: Where each write to the card is written down (`support.write_log`).
            limit_s: More seconds mean that it hangs; None: as many as the card was given.
            counted: Whether its clock counts instructions, each for a nanosecond: of one core, and
                while that has nothing to do it goes on as ours does.
            brought: A file that is its second disk, /dev/vdb; a multiple of 512 octets.
            words: What stands on the kernel's command line besides.

        Raises:
            TimeoutError: It did not end.
        """
        begin = time.monotonic()
        command = self._command(slot, asked)
        command[command.index("-append") + 1] += f" {words}"
        if counted or self._counted:
            count_instructions(command)
        if number:
            command += ["-dtb", str(self._device_tree(command, number))]
        if once:
            command += ["-no-reboot"]
        if stick is not None:
            command += [
                *("-device", "qemu-xhci", "-device", "usb-storage,drive=stick"),
                *("-drive", f"file={stick},format=raw,if=none,id=stick,readonly=on"),
            ]
        if brought is not None:
            command += [
                *("-device", "virtio-blk-pci,drive=brought"),
                *("-drive", f"file={brought},format=raw,if=none,id=brought,readonly=on"),
            ]
        if log is not None:
            log.write_bytes(b"")
            command[command.index(self._drive())] = self._drive(log)
        command += qmp.taken_from(kept) if kept is not None else []
        monitor = self._folder / "monitor"
        monitor.unlink(missing_ok=True)
        command += ["-qmp", f"unix:{monitor},server=on,wait=off"]

        def at_first() -> None:
            if kept is not None:
                qmp.go_on(monitor)

        def at_last() -> None:
            if keep is not None:
                qmp.keep(monitor, keep)

        self._starts += 1
        said = self._folder / f"console-{self._starts}"
        console = _console_of(command, said, pull, (at_first, at_last), limit_s or self._limit_s)
        return Start(console, answers_of(console), time.monotonic() - begin)

    def put(self, name: str, text: str, partition: str = "CONFIG") -> None:
        """Writes a file onto a FAT partition."""
        subprocess.run(
            ["mcopy", "-o", "-i", self._fat(partition), "-", f"::{name}"],
            input=text.encode(),
            check=True,
        )

    def read(self, name: str, partition: str = "CONFIG") -> str | None:
        """A file of a FAT partition; None where there is none."""
        done = subprocess.run(
            ["mtype", "-i", self._fat(partition), f"::{name}"], capture_output=True, check=False
        )
        return done.stdout.decode().replace("\r\n", "\n") if done.returncode == 0 else None

    def unlike(self, partition: str, file: Path) -> str:
        """How a partition does not begin with what is in a file; empty: it does."""
        skip = LAYOUT_OF_CARD.partition(partition).start_mib << 20
        order = ["cmp", f"--ignore-initial={skip}:0", f"--bytes={file.stat().st_size}"]
        done = subprocess.run([*order, self.path, file], capture_output=True, check=False)
        return done.stdout.decode().strip()

    def tree(self, partition: str, folder: Path) -> None:
        """Copies all files of a FAT partition into a folder."""
        subprocess.run(
            ["mcopy", "-s", "-n", "-Q", "-i", self._fat(partition), "::*", folder], check=True
        )

    def octets(self, name: str) -> bytes:
        """A whole partition, as layout.sh calls it."""
        where = LAYOUT_OF_CARD.partition(name)
        with self.path.open("rb") as stream:
            stream.seek(where.start_mib << 20)
            return stream.read(where.size_mib << 20)

    def _fat(self, partition: str) -> str:
        return f"{self.path}@@{LAYOUT_OF_CARD.partition(partition).start_mib}M"

    @property
    def usual(self) -> str | None:
        """The slot that a Raspberry Pi's firmware would start."""
        numbers = {slot: LAYOUT_OF_CARD.partition(f"BOOT_{slot}").number for slot in SLOTS}
        return usual_slot((self.read(AUTOBOOT) or "").encode(), numbers)

    def _command(self, slot: str, asked_script: str) -> list[str]:
        # The emulator's names have 55 characters at the most: this one has.
        credentials = {"systemd.extra-unit.q.service": UNIT, "asked": asked_script}
        asked = []
        for name, text in credentials.items():
            file = self._folder / name
            file.write_text(text)
            asked += ["-fw_cfg", f"name=opt/io.systemd.credentials/{name},file={file}"]
        words = command_line(slot).decode().strip()
        return [
            *("qemu-system-aarch64", "-M", "virt,gic-version=3", "-cpu", "cortex-a53"),
            *("-smp", "2", "-m", "512", "-accel", "tcg,thread=multi,tb-size=256", "-nographic"),
            *("-kernel", str(self._image / "vmlinuz")),
            *("-initrd", str(self._image / "initrd.img")),
            *(
                "-append",
                f"{words} console=ttyAMA0 {PATIENT} systemd.wants=q.service {self._words}",
            ),
            *("-drive", self._drive()),
            *("-device", "virtio-blk-pci,drive=card"),
            *(
                "-netdev",
                "user,id=net,restrict=on",
                "-device",
                "virtio-net-pci,netdev=net,romfile=",
            ),
            *asked,
        ]

    def _drive(self, log: Path | None = None) -> str:
        how = f"if=none,id=card,cache={self._cache}"
        if log is None:
            return f"file={self.path},format=raw,{how}"
        parts = f"file.driver=raw,file.file.filename={self.path},log.filename={log}"
        return f"driver=blklogwrites,{parts},log-sector-size=512,{how}"

    def _device_tree(self, command: list[str], number: str) -> Path:
        tree = self._folder / "virt.dtb"
        dump = [*command[: command.index("-kernel")]]
        dump[dump.index("-M") + 1] += f",dumpdtb={tree}"
        subprocess.run(dump, check=True, capture_output=True)
        subprocess.run(["fdtput", "-t", "s", tree, "/", "serial-number", number], check=True)
        # Written down, it would be the same at each start; the kernel has to find its own.
        subprocess.run(["fdtput", "-d", tree, "/chosen", "rng-seed", "kaslr-seed"], check=True)
        return tree


def count_instructions(command: list[str]) -> None:
    """Lets the clock count instructions."""
    command[command.index("-smp") + 1] = "1"
    command[command.index("-accel") + 1] = "tcg,thread=single,tb-size=256"
    command += ["-icount", "shift=0,sleep=on"]


def _console_of(
    command: list[str],
    said: Path,
    pull: Callable[[str], object],
    at: tuple[Callable[[], None], Callable[[], None]],
    limit_s: float,
) -> str:
    """What it says until it ends; in a file, so that whoever waits can look."""
    until = time.monotonic() + limit_s
    pulled = False
    with said.open("wb") as console:
        emulator = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT
        )
        try:
            at[0]()
            while emulator.poll() is None and not pulled and time.monotonic() < until:
                time.sleep(_LOOK_S)
                pulled = bool(pull(said.read_text(errors="replace")))
            if pulled:
                at[1]()
        finally:
            emulator.kill()
            status = emulator.wait()
    text = said.read_text(errors="replace")
    if status != 0 and not pulled:
        raise TimeoutError(f"it did not end by itself:\n{text[-4000:]}")
    return text


def tools_missing(which: Callable[[str], str | None] = shutil.which) -> list[str]:
    """Programs that this machine would need for it."""
    wanted = ("qemu-system-aarch64", "mcopy", "mtype", "fdtput")
    return [tool for tool in wanted if which(tool) is None]
