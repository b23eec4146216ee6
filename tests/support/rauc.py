"""Debian's RAUC on a card whose partitions are files, with a message bus of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from agent.update.autoboot import autoboot, usual_slot
from agent.update.backend import CARD, COMMAND_LINE, LAYOUT
from support.source import ROOT

PARTITIONS: Final = {"A": 2, "B": 3}
MIB: Final = 1 << 20
_BUS: Final = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={socket}</listen>
<policy context="default"><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/><allow user="*"/></policy>
</busconfig>
"""
_PATIENCE_S: Final = 60
_NEEDED: Final = ("rauc", "dbus-daemon", "mkfs.vfat", "mcopy", "openssl", "mksquashfs")


def skip_without_rauc() -> None:
    """RAUC mounts a bundle before it looks into it; the packages are there in CI."""
    if os.geteuid() or not Path("/dev/loop-control").exists():
        pytest.skip("a bundle can be mounted by root alone")
    for tool in _NEEDED:
        if shutil.which(tool) is None and "CI" not in os.environ:
            pytest.skip(f"{tool} is not installed")


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs bundles, in a folder of its own."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> "Signer":
        run("image/update/key.sh", UPDATE_KEYS=str(folder))
        return cls(folder)

    def bundle(self, parts: Path, version: str, name: str = "sotto.raucb") -> Path:
        """Signs what lies in a folder."""
        bundle = parts.with_name(f"{parts.name}-{version}-{name}")
        keys = str(self.folder)
        run("image/update/bundle.sh", str(parts), version, str(bundle), UPDATE_KEYS=keys)
        return bundle


def run(*order: str, **environment: str) -> str:
    done = subprocess.run(
        [ROOT / order[0], *order[1:]],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class FileCard:
    """A card of files in a folder, which runs slot A.

    Args:
        folder: Where.
        trusted: Whose bundles it takes.
    """

    def __init__(self, folder: Path, trusted: Signer) -> None:
        self.folder = folder
        for place in (CARD, COMMAND_LINE, LAYOUT, "run"):
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / CARD).mkdir()
        (folder / "var/lib").mkdir(parents=True)
        (folder / "run").mkdir(exist_ok=True)
        (folder / CARD / "autoboot.txt").write_bytes(autoboot("A", PARTITIONS))
        shared = ROOT / "image/card"
        for name in ("layout.sh", "cmdline.sh"):
            shutil.copy(shared / name, (folder / LAYOUT).with_name(name))
        self.running = "A"
        self._say_running()
        for slot in PARTITIONS:
            self.root(slot).write_bytes(b"old " * 1024)
            with self.boot(slot).open("wb") as stream:
                stream.truncate(48 * MIB)
        run_tool("mkfs.vfat", "-F", "32", str(self.boot("A")))
        board = folder / "board.txt"
        board.write_text("dtparam=spi=on\n")
        run_tool("mcopy", "-i", str(self.boot("A")), str(board), "::board.txt")
        self._configure(trusted)

    def root(self, slot: str) -> Path:
        """A root partition."""
        return self.folder / f"root-{slot}"

    def boot(self, slot: str) -> Path:
        """A boot partition."""
        return self.folder / f"boot-{slot}"

    def boot_file(self, slot: str, name: str) -> str:
        """What is in a file of a boot partition."""
        return run_tool("mtype", "-i", str(self.boot(slot)), f"::{name}")

    def usual(self) -> str | None:
        """What the firmware starts."""
        return usual_slot((self.folder / CARD / "autoboot.txt").read_bytes(), PARTITIONS)

    def restart(self, slot: str) -> None:
        """The firmware starts this slot."""
        self.running = slot
        self._say_running()

    def _say_running(self) -> None:
        (self.folder / COMMAND_LINE).write_text(f"quiet sotto.slot={self.running}\n")

    def _configure(self, trusted: Signer) -> None:
        """The card's own configuration, with files in the place of devices."""
        text = (ROOT / "image/update/files/etc/rauc/system.conf").read_text()
        devices = {
            "/dev/disk/by-partuuid/534f5454-05": self.root("A"),
            "/dev/disk/by-partuuid/534f5454-02": self.boot("A"),
            "/dev/disk/by-partuuid/534f5454-06": self.root("B"),
            "/dev/disk/by-partuuid/534f5454-03": self.boot("B"),
            "/etc/rauc/keyring.pem": trusted.folder / "certificate.pem",
            "/usr/lib/sotto/update/backend": self.folder / "backend",
            "/var/lib/sotto-update/": f"{self.folder}/",
            "/run/rauc": self.folder / "run",
        }
        for real, ours in devices.items():
            assert real in text
            text = text.replace(real, str(ours))
        (self.folder / "system.conf").write_text(text)
        backend = self.folder / "backend"
        order = f'{sys.executable} -m agent update-slot "$@" --root {self.folder}'
        backend.write_text(f"#!/bin/sh\ncd {ROOT} && exec {order}\n")
        backend.chmod(0o755)

    @contextmanager
    def service(self) -> Iterator[dict[str, str]]:
        """RAUC's service, which runs until the end; yields the environment for its clients."""
        socket = self.folder / "bus"
        (self.folder / "bus.conf").write_text(_BUS.format(socket=socket))
        environment = {
            **os.environ,
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={socket}",
            "DBUS_STARTER_BUS_TYPE": "system",
            "SOTTO_SHARED": str((self.folder / LAYOUT).parent),
            "SOTTO_RUNNING_BOOT": str(self.boot(self.running)),
            "TMPDIR": str(self.folder),
        }
        config = f"--config-file={self.folder / 'bus.conf'}"
        bus = subprocess.Popen(
            ["dbus-daemon", config, "--nofork", "--nopidfile", "--print-address"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert bus.stdout is not None
        bus.stdout.readline()
        conf = f"--conf={self.folder / 'system.conf'}"
        with (self.folder / "rauc.log").open("a") as log:
            service = subprocess.Popen(
                ["rauc", conf, "service", f"--override-boot-slot={self.running}"],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                self._await_service(environment, service)
                yield environment
            finally:
                for each in (service, bus):
                    each.terminate()
                    each.wait(_PATIENCE_S)
                bus.stdout.close()

    def _await_service(
        self, environment: dict[str, str], service: "subprocess.Popen[bytes]"
    ) -> None:
        """Until it has its name on the bus."""
        order = [
            *("dbus-send", "--system", "--print-reply", "--dest=org.freedesktop.DBus", "/"),
            *("org.freedesktop.DBus.NameHasOwner", "string:de.pengutronix.rauc"),
        ]
        while service.poll() is None:
            done = subprocess.run(
                order, env=environment, capture_output=True, text=True, check=False
            )
            if "boolean true" in done.stdout:
                return
        pytest.fail((self.folder / "rauc.log").read_text())


def run_tool(*order: str) -> str:
    done = subprocess.run(order, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
