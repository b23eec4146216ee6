"""What the documents promise, held to what the phone does."""

import re
from pathlib import Path

import pytest
from conformance import report

from agent.config import load_config
from hw.profile import BOARDS, load_profile
from hw.wiring import wiring_table
from hw.wiring_svg import draw

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


@pytest.mark.parametrize("document", ["README.md", "docs/screens.md", "docs/security.md"])
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
