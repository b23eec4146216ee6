"""Debian's own RAUC with the card's configuration, backend and bundles; partitions are files."""

import json
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from agent.update.backend import slots_of
from agent.update.rauc import Rauc
from agent.update.worker import ORDER, STATE, UpdateError, Worker
from agent.update.worker import VERSION as VERSION_FILE
from support.rauc import FileCard, Signer, skip_without_rauc

VERSION = "1.2.0+202611280926"


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    skip_without_rauc()
    return Signer.made(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make image` leaves for an update, small."""
    folder = tmp_path_factory.mktemp("bundles") / "parts"
    folder.mkdir()
    (folder / "root.squashfs").write_bytes(b"new " * 65536)
    with tarfile.open(folder / "boot.tar", "w") as tar:
        for name in ("vmlinuz", "config.txt", "overlays/keys.dtbo"):
            member = tarfile.TarInfo(name)
            member.size = len(name)
            tar.addfile(member, BytesIO(name.encode()))
    return folder


@pytest.fixture
def card(tmp_path: Path, signer: Signer) -> FileCard:
    return FileCard(tmp_path / "card", signer)


def install(card: FileCard, bundle: Path) -> tuple[int, str]:
    with card.service() as environment:
        done = subprocess.run(
            ["rauc", "install", str(bundle)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    return done.returncode, done.stdout + done.stderr + (card.folder / "rauc.log").read_text()


def mark_good(card: FileCard) -> None:
    with card.service() as environment:
        done = subprocess.run(
            ["rauc", "status", "mark-good", "booted"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_bundle_says_what_it_is(signer: Signer, parts: Path) -> None:
    keyring = f"--keyring={signer.folder / 'certificate.pem'}"
    order = ["rauc", keyring, "info", "--output-format=json"]
    done = subprocess.run(
        [*order, str(signer.bundle(parts, VERSION))], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    assert (told["compatible"], told["version"]) == ("sotto-arm64", VERSION)


def test_a_bundle_goes_into_the_other_slot_and_is_kept_once_it_is_good(
    card: FileCard, signer: Signer, parts: Path
) -> None:
    status, said = install(card, signer.bundle(parts, VERSION))
    assert status == 0, said
    assert card.root("B").read_bytes()[:4096] == b"new " * 1024
    assert card.root("A").read_bytes() == b"old " * 1024
    assert card.boot_file("B", "vmlinuz") == "vmlinuz"
    assert card.boot_file("B", "overlays/keys.dtbo") == "overlays/keys.dtbo"
    assert "root=PARTUUID=534f5454-06" in card.boot_file("B", "cmdline.txt")
    assert "sotto.slot=B" in card.boot_file("B", "cmdline.txt")
    assert card.boot_file("B", "board.txt") == "dtparam=spi=on\n"
    card.restart("B")
    mark_good(card)
    assert card.usual() == "B"


def refused(card: FileCard, bundle: Path) -> str:
    before = [path.read_bytes() for path in (card.root("B"), card.boot("B"))]
    status, said = install(card, bundle)
    assert status != 0, said
    assert [path.read_bytes() for path in (card.root("B"), card.boot("B"))] == before
    assert card.usual() == "A"
    return said


def test_somebody_elses_signature_is_refused(card: FileCard, parts: Path, tmp_path: Path) -> None:
    stranger = Signer.made(tmp_path / "stranger")
    said = refused(card, stranger.bundle(parts, VERSION, "strange.raucb"))
    assert "signature" in said


def test_a_bundle_that_was_changed_is_refused(
    card: FileCard, signer: Signer, parts: Path, tmp_path: Path
) -> None:
    content = bytearray(signer.bundle(parts, VERSION).read_bytes())
    at = content.index(b"new new ")
    content[at : at + 4] = b"evil"
    changed = tmp_path / "changed.raucb"
    changed.write_bytes(content)
    assert "signature" in refused(card, changed)


def test_a_bundle_for_another_kind_of_machine_is_refused(
    card: FileCard, signer: Signer, parts: Path
) -> None:
    config = card.folder / "system.conf"
    config.write_text(config.read_text().replace("sotto-arm64", "another"))
    assert "ompatible" in refused(card, signer.bundle(parts, VERSION))


def test_an_update_on_trial_cannot_be_written_over_its_home(
    card: FileCard, signer: Signer, parts: Path
) -> None:
    bundle = signer.bundle(parts, VERSION)
    status, said = install(card, bundle)
    assert status == 0, said
    card.restart("B")
    status, said = install(card, bundle)
    assert status != 0
    assert card.root("A").read_bytes() == b"old " * 1024
    assert "falls back on" in said


def worker(card: FileCard, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> Worker:
    """The process that does it as root, on this card."""
    version = card.folder / VERSION_FILE
    version.write_text("1.1.0+202601010000\n")
    for name in ("DBUS_SYSTEM_BUS_ADDRESS", "DBUS_STARTER_BUS_TYPE"):
        monkeypatch.setenv(name, environment[name])
    return Worker(card.folder, Rauc(card.folder / "system.conf"), slots_of(card.folder))


def told(card: FileCard) -> dict[str, object]:
    found: dict[str, object] = json.loads((card.folder / STATE).read_text())
    return found


def test_a_stick_with_several_bundles_offers_the_newest_and_the_phone_orders_it(
    card: FileCard, signer: Signer, parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    for version in ("1.0.0", "1.10.0+202611280926", "1.9.0"):
        signer.bundle(parts, version).rename(folder / f"{version}.raucb")
    with card.service() as environment:
        root = worker(card, monkeypatch, environment)
        assert root.look_on_stick(folder) == "1.10.0+202611280926"
        assert (told(card)["phase"], told(card)["version"]) == ("offered", "1.10.0+202611280926")
        order = card.folder / ORDER
        order.parent.mkdir()
        order.write_text("install\n")
        root.take_order()
        assert not order.exists()
    assert (told(card)["phase"], told(card)["percent"]) == ("installed", 0)
    assert card.root("B").read_bytes()[:4] == b"new "


def test_a_stick_is_looked_at_as_the_card_mounts_it(
    card: FileCard, signer: Signer, parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    bundle = signer.bundle(parts, VERSION).rename(folder / "a.raucb")
    bundle.chmod(0o755)  # as FAT has it: RAUC would take that away
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
    try:
        with card.service() as environment:
            assert worker(card, monkeypatch, environment).look_on_stick(folder) == VERSION
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("version", ["1.1.0+202601010000", "1.0.9+209901010000", "0.9.0"])
def test_a_downgrade_is_refused_though_it_is_signed(
    card: FileCard, signer: Signer, parts: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    bundle = signer.bundle(parts, version)
    with card.service() as environment:
        root = worker(card, monkeypatch, environment)
        with pytest.raises(UpdateError, match=r"is not newer than 1\.1\.0"):
            root.install(bundle)
    assert told(card)["phase"] == "failed"
    assert card.boot("B").read_bytes()[:4] == bytes(4)


def test_a_stranger_on_a_stick_is_told_of(
    card: FileCard, parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    Signer.made(tmp_path / "stranger").bundle(parts, VERSION).rename(folder / "a.raucb")
    with card.service() as environment:
        root = worker(card, monkeypatch, environment)
        with pytest.raises(UpdateError, match=r"a\.raucb: .*signature"):
            root.look_on_stick(folder)
        assert root.look_on_stick(tmp_path) is None
    assert told(card)["problem"] == "not-trusted"
