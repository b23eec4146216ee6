"""Makes the card of a root file system: no mounts, no loop devices, no rights of root's.

    python -m image.card.make ROOT.tar FOLDER

In the folder, afterwards: sotto.img to flash; root.squashfs and boot.tar, an update's parts; vmlinuz
and initrd.img for an emulator; sbom.spdx.json, the list of what is on it.
"""

import argparse
import os
import sys
import tarfile
import tempfile
import tomllib
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from agent.config import load_config
from agent.machine import boot_settings
from image.card import sbom
from image.card.boot_files import command_line, config_files, overlays, slot_files
from image.card.file_systems import MIB, make_data, make_fat, put, run, squashfs
from image.card.layout import LAYOUT, SLOTS, Layout, read_layout
from image.card.root_tar import Addition, Aside, additions, put_together

ROOT: Final = Path(__file__).parents[2]
OVERLAYS: Final = ("image/root/files", "image/update/files")
"""Folders whose files go onto the root, as they lie there."""
DEBUG: Final = "image/root/debug"
"""The same, for a card with a console that lets everybody in."""
SHARED: Final = "usr/lib/sotto/card"
"""Where the card's own scripts find them on the phone."""
BOARD: Final = "board.txt"
_FOLDERS: Final = ("boot/firmware", "etc/sotto", "tmp", "var")
_KEYRING: Final = "etc/rauc/keyring.pem"
_EPOCH_FILE: Final = "usr/lib/clock-epoch"
"""systemd lets no clock begin before the day on which this was changed."""


def main(arguments: list[str] | None = None) -> int:
    """Makes all of it; returns the exit status."""
    parser = argparse.ArgumentParser(prog="image.card.make")
    parser.add_argument("root", type=Path, help="what image/root/build.sh made")
    parser.add_argument("folder", type=Path, help="where everything goes")
    parser.add_argument("--debug", action="store_true", help="with a console for everybody")
    parser.add_argument("--keyring", type=Path, help="who must have signed an update")
    options = parser.parse_args(arguments)
    epoch = int(os.environ["SOURCE_DATE_EPOCH"])
    layout = read_layout(LAYOUT.read_text())
    options.folder.mkdir(parents=True, exist_ok=True)
    added = added_files(debug=options.debug) | made_files(options.keyring, epoch)
    aside = _root(options.root, options.folder, layout, added, epoch)
    slot = slot_files(aside) | overlays()
    _boot_tar(options.folder / "boot.tar", slot, epoch)
    for name in ("vmlinuz", "initrd.img"):
        (options.folder / name).write_bytes(slot[name])
    (options.folder / "sbom.spdx.json").write_text(_list(aside, epoch))
    _card(options.folder, layout, config_files(aside), slot, epoch)
    for path in sorted(options.folder.iterdir()):
        told = path.stat()
        sys.stdout.write(f"{path}: {told.st_size // MIB} MiB, {told.st_blocks // 2048} on disk\n")
    return 0


def added_files(*, debug: bool) -> dict[str, Addition]:
    """What comes onto the root besides Debian's packages and the phone's own."""
    found: dict[str, Addition] = {name: Addition(mode=0o755) for name in _FOLDERS}
    for folder in (*OVERLAYS, *([DEBUG] if debug else [])):
        found |= additions(ROOT / folder)
    for name in ("layout.sh", "cmdline.sh"):
        found[f"{SHARED}/{name}"] = Addition((LAYOUT.parent / name).read_bytes())
    found[_EPOCH_FILE] = Addition(b"")
    return found


def made_files(keyring: Path | None, epoch: int) -> dict[str, Addition]:
    """What only this very card has: its version, and whose updates it takes; nobody's without one.

    Args:
        keyring: Certificates, in PEM.
        epoch: When it was made, in seconds; a later version is a higher one.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    made = datetime.fromtimestamp(epoch, UTC).strftime("%Y%m%d%H%M")
    found = {f"{SHARED}/version": Addition(f"{project['version']}+{made}\n".encode())}
    if keyring:
        found[_KEYRING] = Addition(keyring.read_bytes())
    return found


def _root(
    source: Path, folder: Path, layout: Layout, added: Mapping[str, Addition], epoch: int
) -> Aside:
    size = layout.partition("ROOT_A").size_mib
    with (
        tarfile.open(source) as tar,
        squashfs(folder / "root.squashfs", size, epoch) as target,
    ):
        return put_together(tar, target, added, epoch)


def _card(
    folder: Path,
    layout: Layout,
    config: Mapping[str, bytes],
    slot: Mapping[str, bytes],
    epoch: int,
) -> None:
    card, names = folder / "sotto.img", layout.names
    card.unlink(missing_ok=True)
    with card.open("wb") as stream:
        stream.truncate(layout.size_mib * MIB)
    run(("sfdisk", "--quiet", card), epoch, layout.sfdisk_script())
    contents = {"CONFIG": config} | {
        f"BOOT_{each}": {**slot, "cmdline.txt": command_line(each), BOARD: _board()}
        for each in SLOTS
    }
    with tempfile.TemporaryDirectory(dir=folder) as work:
        part = Path(work, "part")
        for name, files in contents.items():
            where = layout.partition(name)
            make_fat(
                part,
                files,
                label=names[f"LABEL_{name}"],
                serial=f"{names['CARD_ID'][:-2]}{where.number:02x}",
                size_mib=where.size_mib,
                epoch=epoch,
            )
            put(card, part, where.start_mib)
        where = layout.partition("DATA")
        number = str(uuid.uuid5(uuid.NAMESPACE_URL, f"sotto:{names['CARD_ID']}"))
        make_data(part, names["LABEL_DATA"], number, where.size_mib, epoch)
        put(card, part, where.start_mib)
    for each in SLOTS:
        put(card, folder / "root.squashfs", layout.partition(f"ROOT_{each}").start_mib)


def _board() -> bytes:
    """Of the board that a phone has until it gets a configuration."""
    return boot_settings(load_config(ROOT / "systemd/sotto.example.toml")).encode()


def _boot_tar(path: Path, files: Mapping[str, bytes], epoch: int) -> None:
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode = len(content), epoch, 0o644
            tar.addfile(member, BytesIO(content))


def _list(aside: Aside, epoch: int) -> str:
    status = aside.content("var/lib/dpkg/status").decode()
    copyrights = {
        name.split("/")[3]: aside.files.get(name, b"").decode(errors="replace")
        for name in aside.files
        if name.startswith("usr/share/doc/")
    }
    for name in aside.links:
        if name.startswith("usr/share/doc/"):
            try:
                copyrights[name.split("/")[3]] = aside.content(name).decode(errors="replace")
            except KeyError:
                continue  # a link to what is not there says nothing
    metadata = [
        content.decode() for name, content in sorted(aside.files.items()) if "dist-info" in name
    ]
    packages = [*sbom.debian_packages(status, copyrights), *sbom.python_packages(metadata)]
    return sbom.document(packages, "sotto-card", epoch)


if __name__ == "__main__":
    raise SystemExit(main())
