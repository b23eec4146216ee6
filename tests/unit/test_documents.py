"""What the documents promise, held to what the phone does."""

import re
import subprocess
import textwrap
from pathlib import Path

import pytest
from conformance import report
from cryptography import x509

from agent.config import load_config
from hw.profile import BOARDS, load_profile
from hw.wiring import wiring_table
from hw.wiring_svg import draw
from support import asterisk, coturn, kamailio, rtpengine

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_the_wiring_of_the_profile() -> None:
    assert wiring_table(load_profile("pi-usb-handset")).strip() in README


@pytest.mark.parametrize("path", sorted(BOARDS.glob("*.toml")), ids=lambda path: path.stem)
def test_the_drawings_are_those_of_the_profiles(path: Path) -> None:
    """After a change: python -m hw.wiring --svg NAME > docs/wiring-NAME.svg"""
    drawing = (ROOT / "docs" / f"wiring-{path.stem}.svg").read_text(encoding="utf-8")
    assert drawing == draw(load_profile(path.stem))
    assert f"](docs/wiring-{path.stem}.svg)" in README


def test_no_drawing_is_of_a_board_that_is_gone() -> None:
    drawn = {path.stem.removeprefix("wiring-") for path in (ROOT / "docs").glob("wiring-*.svg")}
    assert drawn == {path.stem for path in BOARDS.glob("*.toml")}


def test_the_example_configuration_is_right() -> None:
    config = load_config(ROOT / "systemd" / "sotto.example.toml")
    assert config.phone.board == "pi-usb-handset"


@pytest.mark.parametrize(
    "document",
    ["README.md", "docs/image.md", "docs/screens.md", "docs/security.md", "docs/servers.md"],
)
def test_every_picture_and_link_is_there(document: str) -> None:
    path = ROOT / document
    links = re.findall(r"\]\((?!https:)([^)#]+)\)", path.read_text(encoding="utf-8"))
    missing = [link for link in links if not (path.parent / link).exists()]
    assert not missing


def test_every_claim_of_security_names_tests_that_exist() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    claims = page.split("## The claims")[1].split("\n## ")[0]
    rows = [line for line in claims.splitlines() if line.startswith("| ") and "tests |" not in line]
    known = {(place.removeprefix("tests/"), name) for place, name in report.test_names()}
    for row in rows:
        if set(row) <= set("| -"):
            continue
        named = [
            (place, name)
            for place, names in re.findall(r"([\w/]+\.py): ((?:`\w+`(?:, )?)+)", row)
            for name in re.findall(r"`(\w+)`", names)
        ]
        assert named, row
        assert set(named) <= known, row


def test_the_servers_that_are_described_are_those_that_the_tests_run() -> None:
    """Every file that the page links to is there, and no file is there that it does not link to."""
    page = (ROOT / "docs" / "servers.md").read_text(encoding="utf-8")
    folder = ROOT / "docs" / "servers"
    files = {str(each.relative_to(folder.parent)) for each in folder.rglob("*") if each.is_file()}
    assert set(re.findall(r"\]\((servers/[^)#]+)\)", page)) == files
    assert folder / "kamailio" == kamailio.OFFICE
    assert folder / "asterisk" == asterisk.OFFICE
    assert folder / "coturn" / "turnserver.conf" == coturn.OFFICE
    assert folder / "rtpengine" / "rtpengine.conf" == rtpengine.OFFICE


def test_the_lines_for_rtpengine_are_those_of_the_configuration() -> None:
    page = (ROOT / "docs" / "servers.md").read_text(encoding="utf-8").split("## rtpengine")[1]
    config = (kamailio.OFFICE / "kamailio.cfg").read_text(encoding="utf-8")
    block = page.split("   ```\n")[1]
    lines = [line.strip() for line in block.splitlines()]
    assert len(lines) == 2
    assert all(line in config for line in lines)


def test_the_users_file_is_as_the_page_makes_it() -> None:
    page = (ROOT / "docs" / "servers.md").read_text(encoding="utf-8")
    script = re.search(r"```sh\n(.*?user=alice.*?)```", page, re.DOTALL)
    assert script is not None
    run = ["bash", "-c", textwrap.dedent(script[1])]
    said = subprocess.run(
        run, input="secret of alice\n", capture_output=True, text=True, check=True
    )
    users = kamailio.Office(domain="example.org", users=("alice",)).subscribers()
    assert users.splitlines() == ["username(string) ha1(string)", said.stdout.strip()]


def test_the_certificates_are_as_the_page_makes_them(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "servers.md").read_text(encoding="utf-8")
    script = re.search(r"```sh\n(openssl req .*?)```", page, re.DOTALL)
    assert script is not None
    subprocess.run(["bash", "-ec", script[1]], cwd=tmp_path, check=True, capture_output=True)
    certificate, authority = (
        x509.load_pem_x509_certificate((tmp_path / f"{name}.pem").read_bytes())
        for name in ("server", "ca")
    )
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["example.org", "sip1.example.org"]
    certificate.verify_directly_issued_by(authority)
