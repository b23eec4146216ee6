"""From mmdebstrap's tar to the card's root: what goes, what is kept aside, what comes instead."""

import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from image.card.make import added_files, made_files
from image.card.root_tar import Addition, Aside, additions, put_together

EPOCH = 1_700_000_000


def tar_of(*members: tuple[str, bytes | str | None]) -> tarfile.TarFile:
    """Folders have no content; links have a text."""
    octets = BytesIO()
    with tarfile.open(fileobj=octets, mode="w") as tar:
        for name, content in members:
            member = tarfile.TarInfo(f"./{name}")
            if content is None:
                member.type, member.mode = tarfile.DIRTYPE, 0o755
                tar.addfile(member)
            elif isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                tar.addfile(member)
            else:
                member.size = len(content)
                tar.addfile(member, BytesIO(content))
    octets.seek(0)
    return tarfile.open(fileobj=octets)


def made(
    source: tarfile.TarFile, added: dict[str, Addition]
) -> tuple[dict[str, tarfile.TarInfo], Aside]:
    octets = BytesIO()
    with tarfile.open(fileobj=octets, mode="w") as target:
        aside = put_together(source, target, added, EPOCH)
    octets.seek(0)
    with tarfile.open(fileobj=octets) as tar:
        return {member.name.removeprefix("./"): member for member in tar}, aside


def test_the_kernel_leaves_for_the_boot_partition() -> None:
    names, aside = made(
        tar_of(
            ("boot", None),
            ("boot/vmlinuz-7.3", b"kernel"),
            ("boot/initrd.img-7.3", b"initramfs"),
            ("vmlinuz", "boot/vmlinuz-7.3"),
            ("usr/lib/linux-image-7.3", "modules/7.3/dtb"),
            ("usr/lib/modules/7.3/vmlinuz", b"kernel"),
            ("usr/lib/modules/7.3/kernel/a.ko", b"module"),
            ("usr/lib/modules/7.3/dtb/broadcom/bcm2711-rpi-4-b.dtb", b"tree"),
        ),
        {},
    )
    assert set(names) == {"boot", "usr/lib/modules/7.3/kernel/a.ko"}
    assert aside.files["usr/lib/modules/7.3/dtb/broadcom/bcm2711-rpi-4-b.dtb"] == b"tree"
    assert aside.files["boot/vmlinuz-7.3"] == b"kernel"
    assert aside.files["boot/initrd.img-7.3"] == b"initramfs"


def test_the_data_are_not_on_the_root() -> None:
    names, aside = made(
        tar_of(
            ("var", None),
            ("var/tmp", None),
            ("var/lib", None),
            ("var/lib/dpkg/status", b"Package: a\n"),
            ("etc/passwd", b"root"),
            ("etc/passwd-", b"old"),
        ),
        {},
    )
    assert set(names) == {"var", "var/tmp", "etc/passwd"}
    assert aside.content("var/lib/dpkg/status") == b"Package: a\n"


def test_a_file_of_our_own_comes_in_the_place_of_the_packages() -> None:
    names, _ = made(
        tar_of(("etc", None), ("etc/fstab", b"none")),
        {"etc/fstab": Addition(b"ours"), "usr/lib/sotto/card/x.sh": Addition(b"x", mode=0o755)},
    )
    assert names["etc/fstab"].size == 4
    assert names["usr/lib/sotto/card"].isdir()
    assert names["usr/lib/sotto/card/x.sh"].mode == 0o755
    assert names["usr/lib/sotto/card/x.sh"].mtime == EPOCH
    assert {member.uid for member in names.values()} == {0}


def test_a_licence_is_found_through_links() -> None:
    _, aside = made(
        tar_of(
            ("usr/share/doc/libx1/copyright", b"Expat"),
            ("usr/share/doc/libx2/copyright", "../libx1/copyright"),
        ),
        {},
    )
    assert aside.content("usr/share/doc/libx2/copyright") == b"Expat"


def test_folders_are_read_with_their_links_and_rights(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/resolv.conf").symlink_to("../run/resolv.conf")
    (tmp_path / "run.sh").write_bytes(b"#!/bin/sh\n")
    (tmp_path / "run.sh").chmod(0o700)
    assert additions(tmp_path) == {
        "etc/resolv.conf": Addition(link="../run/resolv.conf", mode=0o777),
        "run.sh": Addition(b"#!/bin/sh\n", mode=0o755),
    }


@pytest.mark.parametrize("getty", ["getty@", "serial-getty@", "container-getty@"])
def test_nobody_logs_in_but_on_a_card_for_debugging(getty: str) -> None:
    name = f"etc/systemd/system/{getty}.service"
    assert added_files(debug=False)[name].link == "/dev/null"


def test_every_unit_that_is_started_is_there() -> None:
    """Or comes with Debian, whose names are the ones without sotto."""
    files = added_files(debug=False)
    wanted = [each.link for name, each in files.items() if ".wants/" in name and "sotto" in name]
    assert wanted
    assert all(link.removeprefix("/") in files for link in wanted)


def test_the_card_knows_its_version_and_whose_updates_it_takes(tmp_path: Path) -> None:
    keyring = tmp_path / "keyring.pem"
    keyring.write_bytes(b"certificate")
    files = made_files(keyring, EPOCH)
    version = files["usr/lib/sotto/card/version"].content
    assert version is not None
    assert version.decode().endswith("+202311142213\n")
    assert files["etc/rauc/keyring.pem"].content == b"certificate"
    assert "etc/rauc/keyring.pem" not in made_files(None, EPOCH)
