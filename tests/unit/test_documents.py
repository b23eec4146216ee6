"""What the documents promise, held to what the phone does."""

import re
from pathlib import Path

import pytest

from agent.config import load_config
from hw.profile import load_profile
from hw.wiring import wiring_table

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_the_wiring_of_the_profile() -> None:
    assert wiring_table(load_profile("pi-usb-handset")).strip() in README


def test_the_example_configuration_is_right() -> None:
    config = load_config(ROOT / "systemd" / "sotto.example.toml")
    assert config.phone.board == "pi-usb-handset"


@pytest.mark.parametrize("document", ["README.md", "docs/screens.md"])
def test_every_picture_and_link_is_there(document: str) -> None:
    path = ROOT / document
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8"))
    missing = [link for link in links if not (path.parent / link).exists()]
    assert not missing
