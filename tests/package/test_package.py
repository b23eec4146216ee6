"""The Debian package: what is in it, and that a phone runs once it is installed."""

import re
import shutil
import signal
import socket
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from support.other_root import OtherRoot, other_root
from support.source import ROOT
from support.waiting import PATIENCE_S

pytestmark = pytest.mark.timeout(600)

DPKGS_OWN = (
    *("/var/lib/dpkg", "/var/log", "/var/cache", "/etc/.pwd.lock"),
    *("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow"),
)


def build() -> Path:
    done = subprocess.run(
        [ROOT / "image/deb/build.sh"], stdout=subprocess.PIPE, text=True, check=True
    )
    return Path(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def package() -> Path:
    return build()


@pytest.fixture(scope="module")
def content(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, unpacked."""
    folder = tmp_path_factory.mktemp("content")
    subprocess.run(["dpkg-deb", "--raw-extract", package, folder], check=True)
    return folder


@pytest.fixture(scope="module")
def machine(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherRoot]:
    """This one, with the package installed on it."""
    with other_root(tmp_path_factory.mktemp("machine")) as root:
        shutil.copy(package, root.path / "sotto.deb")
        root.run("dpkg", "--install", "/sotto.deb")
        yield root


def test_built_again_it_is_the_same(package: Path) -> None:
    before = package.read_bytes()
    assert build().read_bytes() == before


def test_all_of_it_belongs_to_root_and_gives_nobody_rights(package: Path) -> None:
    listed = subprocess.run(
        ["dpkg-deb", "--contents", package], capture_output=True, text=True, check=True
    )
    lines = [line.split()[:2] for line in listed.stdout.splitlines()]
    assert {owner for _, owner in lines} == {"root/root"}
    assert {rights for rights, _ in lines} <= {
        *("drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x", "lrwxrwxrwx"),
    }


def test_nothing_in_it_knows_where_it_was_built(content: Path) -> None:
    for path in content.rglob("*"):
        if path.is_file():
            octets = path.read_bytes()
            assert str(ROOT).encode() not in octets, path
            assert b"/tmp/tmp." not in octets, path


def test_the_units_start_what_is_in_it(content: Path) -> None:
    units = sorted((content / "usr/lib/systemd/system").glob("*.service"))
    assert [unit.name for unit in units] == sorted(
        path.name for path in (ROOT / "systemd").glob("*.service")
    )
    for unit in units:
        for line in unit.read_text().splitlines():
            if line.startswith("ExecStart="):
                assert (content / line.split("=")[1].split()[0].lstrip("-+!/")).exists(), line


def test_a_c_module_finds_its_libraries_and_no_other(content: Path) -> None:
    gate = content / "usr/lib/sotto/python/agent/media/_gate.abi3.so"
    read = subprocess.run(["readelf", "-d", gate], capture_output=True, text=True, check=True)
    (path,) = (
        line.split("[")[1].rstrip("]") for line in read.stdout.splitlines() if "runpath" in line
    )
    assert Path(path.replace("$ORIGIN", str(gate.parent))).resolve() == (
        content / "usr/lib/sotto/pjsip/lib"
    )


def test_it_starts_with_the_machine(machine: OtherRoot) -> None:
    started = {path.name for path in (machine.path / "etc/systemd/system").rglob("sotto*.service")}
    assert started == {"sotto.service", "sotto-card.service"}


def test_a_phone_runs_once_it_is_installed(machine: OtherRoot) -> None:
    assert machine.run("sotto", "--version").startswith("sotto ")
    machine.run("sotto", "check-config", "/etc/sotto/sotto.toml")
    assert "root sotto 640" in machine.run("stat", "--format=%U %G %a", "/etc/sotto/sotto.toml")
    for folder in ("/var/lib/sotto", "/run/sotto"):  # systemd's part
        machine.run("install", "-d", "-o", "sotto", "-g", "sotto", "-m", "700", folder)
    # Short, for an address of a socket is.
    address = machine.path / "run/told"
    as_the_phone = ("setpriv", "--reuid=sotto", "--regid=sotto", "--init-groups", "--")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(address))
        address.chmod(0o777)
        manager.settimeout(PATIENCE_S)
        phone = subprocess.Popen(
            machine.command(
                *("env", "--chdir=/run/sotto", "NOTIFY_SOCKET=/run/told", *as_the_phone),
                *("sotto", "run", "--config", "/etc/sotto/sotto.toml"),
            )
        )
        try:
            while b"READY=1" not in manager.recv(4096):
                assert phone.poll() is None
            assert "at rest" in machine.run("sotto", "status")
        finally:
            phone.send_signal(signal.SIGTERM)
            assert phone.wait(PATIENCE_S) == 0


def test_purged_it_leaves_what_the_person_made_and_nothing_else(
    package: Path, tmp_path: Path
) -> None:
    with other_root(tmp_path) as machine:
        shutil.copy(package, machine.path / "sotto.deb")
        before = machine.changed(*DPKGS_OWN)
        machine.run("dpkg", "--install", "/sotto.deb")
        assert machine.changed(*DPKGS_OWN) > before
        kept = machine.path / "etc/sotto/office.password"
        kept.write_text("secret")
        machine.run("dpkg", "--purge", "sotto")
        left = {
            path
            for path in machine.changed(*DPKGS_OWN) - before
            if (machine.changes / path[1:]).is_file()
        }
        assert left == {"/etc/sotto/office.password"}


def test_every_library_that_the_phone_needs_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = dict(re.findall(r"(?m)^([\w-]+)==([\w.]+)", (ROOT / "image/python.txt").read_text()))
    for wanted in (*project["dependencies"], *project["optional-dependencies"]["pi"]):
        requirement = Requirement(wanted)
        name = canonicalize_name(requirement.name)
        assert requirement.specifier.contains(pinned[name]), wanted
