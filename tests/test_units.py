"""The service as systemd reads it; skipped where systemd's tools are missing."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from agent.arguments import CARD, FactoryResetOptions, TellFailureOptions, parse_arguments
from agent.config import CONTROL_SOCKET
from agent.factory.emptying import BOOT, CONFIGURATION, OF_CARD, STATE
from agent.factory.mark import MARK
from agent.failure import CONFIGURATION_WRONG
from agent.shell.options import INSTALLED
from support.source import ROOT

UNITS = ROOT / "systemd"
EXPOSURE_MAX = 15
"""In tenths: systemd-analyze counts from 0 (shut) to 100 (open)."""
SEES_DEVICES_AND_NETWORK = {"sotto-update-look.service": 17}
"""RAUC, which it asks about what it has fetched, wants to know the device that this lies on."""
NEWER_KEYS = re.compile(r"Unknown key.*'(RestartSteps|RestartMaxDelaySec)'")
"""Of systemd 254; Debian 12 has 252, and ignores them."""


def run(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    return subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)


CARD_UNITS = ROOT / "image/update/files/usr/lib/systemd/system"
"""Those that only a card of its own has."""


@pytest.fixture(
    params=[
        each.name for folder in (UNITS, CARD_UNITS) for each in sorted(folder.glob("*.service"))
    ]
)
def unit(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A unit with a program that exists on this machine."""
    name: str = request.param
    for each in (*UNITS.glob("*.service"), *CARD_UNITS.glob("*.service")):  # they name one another
        text = each.read_text()
        copy = tmp_path / each.name
        copy.write_text(
            re.sub(r"(?m)^(Exec(?:Start|StartPre|StartPost|StopPost))=.*$", r"\1=/bin/true", text)
        )
    instance = name.replace("@.", "@sda1.")
    return (tmp_path / name).rename(tmp_path / instance)


def test_systemd_understands_every_line(unit: Path) -> None:
    done = run("systemd-analyze", "verify", "--man=no", str(unit))
    said = [line for line in done.stderr.splitlines() if not NEWER_KEYS.search(line)]
    assert (said, done.returncode) == ([], 0)


def test_systemd_understands_what_a_card_adds_to_the_factory_reset(tmp_path: Path) -> None:
    added = ROOT / "image/root/files/usr/lib/systemd/system/sotto-reset.service.d"
    shutil.copytree(added, tmp_path / added.name)
    unit = (UNITS / "sotto-reset.service").read_text()
    copy = tmp_path / "sotto-reset.service"
    copy.write_text(re.sub(r"(?m)^(ExecStart)=.*$", r"\1=/bin/true", unit))
    done = run("systemd-analyze", "verify", "--man=no", str(copy))
    assert (done.stderr, done.returncode) == ("", 0)


def test_the_service_is_shut_in(unit: Path) -> None:
    most = SEES_DEVICES_AND_NETWORK.get(unit.name, EXPOSURE_MAX)
    done = run("systemd-analyze", "security", "--offline=true", f"--threshold={most}", str(unit))
    assert done.returncode == 0, done.stdout


def test_the_user_is_made_with_its_groups(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    done = run("systemd-sysusers", f"--root={tmp_path}", str(UNITS / "sotto.sysusers"))
    assert done.returncode == 0, done.stderr
    groups = dict(line.split(":", 1) for line in (tmp_path / "etc/group").read_text().splitlines())
    members = [name for name, rest in groups.items() if rest.endswith(":sotto")]
    assert sorted(members) == ["audio", "gpio", "i2c", "spi"]
    done = run("systemd-tmpfiles", f"--root={tmp_path}", "--create", str(UNITS / "sotto.tmpfiles"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "etc/sotto").stat().st_mode & 0o777 == 0o750


def test_the_card_is_taken_before_the_phone_begins() -> None:
    card, phone = ((UNITS / f"{name}.service").read_text() for name in ("sotto-card", "sotto"))
    (file,) = re.findall(r"(?m)^ExecStart=.*--config (\S+)", phone)
    assert "Before=sotto.service" in card
    assert re.findall(r"(?m)^ExecStart=\S+ take-config (\S+) --config (\S+)", card) == [
        (str(CARD), file)
    ]
    assert Path(file) == INSTALLED
    assert f"ReadWritePaths=-{CARD.parent} {INSTALLED.parent}" in card


def test_only_the_phones_group_gets_to_the_control_socket() -> None:
    unit = (UNITS / "sotto.service").read_text()
    (folder,) = re.findall(r"(?m)^RuntimeDirectory=(.*)$", unit)
    assert CONTROL_SOCKET.parent == Path("/run") / folder
    assert re.findall(r"(?m)^(?:RuntimeDirectoryMode|Group)=(.*)$", unit) == ["sotto", "0750"]


def test_the_rtp_ports_are_those_of_the_default_configuration() -> None:
    unit = (UNITS / "sotto.service").read_text()
    assert set(re.findall(r"udp:(\d+)-(\d+)", unit)) == {("16384", "16483")}


def test_a_phone_that_fails_is_told_and_started_again_later_and_later() -> None:
    unit = (UNITS / "sotto.service").read_text()
    settings = dict(re.findall(r"(?m)^(\w+)=(.*)$", unit))
    assert settings["OnFailure"] == "sotto-failure.service"
    wanted = {"Restart": "always", "RestartSec": "200ms", "RestartSteps": "6"}
    assert wanted.items() <= settings.items()
    assert (settings["RestartMaxDelaySec"], settings["StartLimitIntervalSec"]) == ("60", "0")
    assert int(settings["RestartPreventExitStatus"]) == CONFIGURATION_WRONG
    failure = (UNITS / "sotto-failure.service").read_text()
    (line,) = re.findall(r"(?m)^ExecStart=\S+ (.*)$", failure)
    assert parse_arguments(line.split()) == TellFailureOptions(INSTALLED)


def test_a_factory_reset_is_done_before_the_phone_begins() -> None:
    phone, reset = ((UNITS / f"{name}.service").read_text() for name in ("sotto", "sotto-reset"))
    for order in ("Wants", "After"):
        assert f"{order}=sotto-reset.service" in phone
    assert "Before=sotto.service sotto-card.service sotto-machine.service iwd.service" in reset
    assert f"ConditionPathExists=/{STATE}/{MARK}\n" in reset
    assert f"ReadWritePaths=/{STATE} /{CONFIGURATION} -/{BOOT}\n" in reset
    (line,) = re.findall(r"(?m)^ExecStart=\S+ (.*)$", reset)
    assert parse_arguments(line.split()) == FactoryResetOptions("sotto")
    card = (
        ROOT / "image/root/files/usr/lib/systemd/system/sotto-reset.service.d/card.conf"
    ).read_text()
    assert f"ReadWritePaths={' '.join(f'-/{each}' for each in OF_CARD)}\n" in card
