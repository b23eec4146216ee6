"""The card's own units and scripts, as systemd reads them; skipped where its tools are missing."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support.source import ROOT

FILES = ROOT / "image/root/files"
FOLDER = FILES / "usr/lib/systemd/system"
UNITS = sorted(each for each in FOLDER.glob("*.*") if each.is_file())
INITRAMFS = ROOT / "image/root/initramfs"
EMERGENCY = Path("/usr/lib/systemd/system/emergency.service")


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_understands_every_line(path: Path, tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd-analyze is not installed")
    copy = tmp_path / path.name
    copy.write_text(re.sub("chrony.service", "dbus.socket", harmless(path)))
    done = subprocess.run(
        [tool, "verify", "--man=no", copy], capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.returncode) == ("", 0)


@pytest.mark.skipif(not EMERGENCY.is_file(), reason="systemd is not installed")
def test_an_emergency_has_no_shell_and_starts_the_phone_anew(tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / EMERGENCY.name
    unit.write_text(EMERGENCY.read_text())
    (tmp_path / f"{unit.name}.d").mkdir()
    ours = FOLDER / f"{unit.name}.d/sotto.conf"
    (tmp_path / f"{unit.name}.d/sotto.conf").write_text(harmless(ours))
    done = subprocess.run(
        [tool, "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.returncode) == ("", 0)
    # An empty one takes away all that was there before.
    before, *commands = re.findall(r"(?m)^ExecStart=(.*)$", ours.read_text())
    assert before == ""
    assert "reboot" in commands[-1]
    assert not any("shell" in each or "login" in each for each in commands)


def harmless(unit: Path) -> str:
    """A unit that runs nothing which this machine has not; lines without a command stay."""
    return re.sub(r"(?m)^ExecStart=.+$", "ExecStart=/bin/true", unit.read_text())


@pytest.mark.parametrize("kind", ["getty", "serial-getty"])
def test_the_console_of_a_debug_card_wants_no_login_program(kind: str) -> None:
    """For there is none, and no password: bash is the one program of a login that every card has."""
    added = ROOT / f"image/root/debug/etc/systemd/system/{kind}@.service.d/everybody.conf"
    before, command = re.findall(r"(?m)^ExecStart=(.*)$", added.read_text())
    assert before == ""
    assert "--skip-login --login-program /bin/bash" in command


def test_the_initramfs_has_no_modules_but_those_that_its_hook_adds() -> None:
    """A hook that cannot be run is passed over in silence: then no card would find its root."""
    settings = (INITRAMFS / "conf.d/sotto").read_text()
    assert re.findall(r"(?m)^MODULES=(.*)$", settings) == ["list"]
    hook = INITRAMFS / "hooks/sotto-modules"
    assert hook.stat().st_mode & 0o111 == 0o111
    (groups,) = re.findall(r"(?m)^auto_add_modules (.*)$", hook.read_text())
    assert {"base", "block", "mmc", "usb_storage"} <= set(groups.split())
    done = subprocess.run([hook, "prereqs"], capture_output=True, check=False)
    assert (done.stdout, done.returncode) == (b"", 0)


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_what_a_unit_runs_is_on_the_card(path: Path) -> None:
    for program in re.findall(r"(?m)^ExecStart=(/usr/lib/sotto/\S+)", path.read_text()):
        file = FILES / program.removeprefix("/")
        assert file.stat().st_mode & 0o100


def test_the_first_configuration_is_whole_or_not_there(tmp_path: Path) -> None:
    """systemd-tmpfiles syncs nothing: the file was empty for the first half minute, and then for ever."""
    given, taken = tmp_path / "usr/share/sotto/sotto.toml", tmp_path / "etc/sotto/sotto.toml"
    for each in (given, taken):
        each.parent.mkdir(parents=True)
    given.write_text('[phone]\nname = "Sotto"\n')
    taken.write_text("")
    script = FILES / "usr/lib/sotto/card/begin.sh"
    subprocess.run([script, tmp_path], check=True)
    assert taken.read_text() == given.read_text()
    assert taken.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in taken.parent.iterdir()] == [taken.name]
    orders = re.findall(r"(?m)^(sync|mv) ", script.read_text())
    assert orders == ["sync", "mv", "sync"]
    unit = (FOLDER / "sotto-begin.service").read_text()
    assert "ConditionFileNotEmpty=!/etc/sotto/sotto.toml" in unit
    assert "sotto.service" in re.findall(r"(?m)^Before=(.*)$", unit)[0].split()
    assert "sotto.toml" not in (FILES / "usr/lib/tmpfiles.d/sotto-card.conf").read_text()


def test_where_a_file_takes_anothers_name_fat_writes_that_at_once() -> None:
    """Else the old file is given up first: a plug pulled within the next half minute empties it."""
    fstab = (FILES / "etc/fstab").read_text()
    script = (FILES / "usr/lib/sotto/card/set-up.sh").read_text()
    options = re.findall(r"vfat +(\S+)", fstab) + re.findall(r"mount_boot \S+ (\S+)", script)
    written = [each.split(",") for each in options if each != "ro"]
    assert len(written) == 2
    assert all("dirsync" in each for each in written)
    assert "remount" not in script  # Linux refuses that of what is mounted with dirsync


def test_every_partition_that_is_mounted_is_the_cards() -> None:
    layout = (ROOT / "image/card/layout.sh").read_text()
    (card,) = re.findall(r"(?m)^CARD_ID=(.*)$", layout)
    mounted = re.findall(r"(?m)^PARTUUID=(\S+)-0(\d)\s+(\S+)", (FILES / "etc/fstab").read_text())
    numbers = dict(re.findall(r"(?m)^PARTITION_(\w+)=(\d)$", layout))
    assert {place: (uuid, number) for uuid, number, place in mounted} == {
        "/var": (card, numbers["DATA"]),
        "/boot/firmware": (card, numbers["CONFIG"]),
    }
