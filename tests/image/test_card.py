"""The card as it is flashed, in an emulator: five starts of one card, and one of another.

`make test-image` runs it, after `make image`. What is printed at the end is for people: times and
sizes. No time is asserted: an emulator is thirty times as slow as it likes.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.card import ASKED, LAYOUT_OF_CARD, Card, Start, tools_missing

pytestmark = [
    pytest.mark.skipif("SOTTO_IMAGE" not in os.environ, reason="wants an image: make test-image"),
    pytest.mark.timeout(3600),
]
CARD_MIB = 4096
NUMBER = "10000000abcdef01"
HUSH = "geheim, geheim"
WIFI_HUSH = "noch viel geheimer"
WRONG = '[phone]\nname = "Alice"\nbord = "pi-usb-handset"\n'
RIGHT = f"""[phone]
name = "Alice"
board = "pi-wm8960-hat"

[[account]]
name = "office"
uri = "sip:alice@example.org"
password = "{HUSH}"

[wifi]
network = "Office"
password = "{WIFI_HUSH}"
country = "DE"
"""


def image() -> Path:
    missing = tools_missing()
    assert not missing, f"missing: {missing}"
    return Path(os.environ["SOTTO_IMAGE"])


END = "systemctl --no-block poweroff"
RESET = ASKED.replace(END, f"touch /var/lib/sotto/factory-reset\n{END}")
"""At its end, what the phone leaves when somebody asks at the keypad to have all of it emptied."""


class Story:
    """One card's life: flashed with a wrong file on it, then a right one, the other slot, reset."""

    def __init__(self, folder: Path) -> None:
        self.card = Card(image(), folder, CARD_MIB)
        self.card.put("sotto.toml", WRONG)
        self.first = self.card.start("A", NUMBER)
        self.told = self.card.read("sotto-error.txt")
        self.card.put("sotto.toml", RIGHT)
        self.second = self.card.start("A", NUMBER)
        self.left = self.card.read("sotto.toml") or ""
        self.error_after = self.card.read("sotto-error.txt")
        self.octets = self.card.octets("CONFIG")
        self.third = self.card.start("B", NUMBER, asked=RESET)
        self.card.start("B", NUMBER, once=True)  # empties it, and would start anew by itself
        self.emptied = self.card.start("B", NUMBER)
        self.octets_after = self.card.octets("CONFIG")
        self.starts = (self.first, self.second, self.third)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    told = Story(tmp_path_factory.mktemp("card"))
    yield told
    for name, start in zip(("A, new", "A, configured", "B"), told.starts, strict=True):
        report(name, start)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Another card of the same image, on a board without a number."""
    return Card(image(), tmp_path_factory.mktemp("other"), CARD_MIB).start("A")


def report(name: str, start: Start) -> None:
    ready = int(start.answers["ready_us"]) / 1e6
    sys.stdout.write(
        f"\n[{name}] ready {ready:.1f} s after the kernel's start, emulated; "
        f"{start.answers['free_mib']} MiB free\n{start.answers.get('took', '')}\n"
        f"{start.answers.get('blame', '')}\n"
    )


def test_each_slot_starts_and_the_phone_can_take_a_call(story: Story) -> None:
    for start, slot in zip(story.starts, "AAB", strict=True):
        assert start.answers["slot"] == slot
        assert start.answers["phone"] == "active running"
        assert start.answers["restarts"] == "0"
        assert "at rest" in start.answers["status"]


def test_nothing_failed_and_nothing_hangs(story: Story) -> None:
    for start in story.starts[1:]:
        assert "failed" not in start.answers, start.answers["failed"]
    # The wrong file is told; all else works.
    assert re.findall(r"(\S+\.\w+) ", story.first.answers["failed"]) == ["sotto-card.service"]


def test_the_root_is_the_slots_and_cannot_be_written(story: Story) -> None:
    numbers = [LAYOUT_OF_CARD.partition(f"ROOT_{slot}").number for slot in "AAB"]
    for start, number in zip(story.starts, numbers, strict=True):
        source, kind, options = start.answers["root"].split()
        assert source.endswith(f"vda{number}")
        assert kind == "squashfs"
        assert "ro" in options.split(",")
        assert "written" not in start.answers


def test_nobody_can_log_in(story: Story) -> None:
    for start in story.starts:
        assert "login:" not in start.console
        for name in ("getty", "login", "tool"):
            assert name not in start.answers, start.answers[name]


def test_nobody_listens_but_the_phone(story: Story) -> None:
    """And the resolver and DHCP client of this machine, for itself."""
    for start in story.starts:
        rows = [row.split() for row in start.answers["listens"].splitlines()]
        open_to_all = {
            (kind, address.rpartition(":")[2])
            for kind, address, *_ in rows
            if not address.startswith(("127.", "[::1]"))
        }
        assert {port for kind, port in open_to_all if kind == "tcp"} == {"5061"}
        assert {port for kind, port in open_to_all if kind == "udp"} <= {"68", "546"}


def test_the_data_have_the_rest_of_the_card(story: Story) -> None:
    flashed = LAYOUT_OF_CARD.partition("DATA")
    for start in story.starts:
        assert int(start.answers["var_mib"]) > (CARD_MIB - flashed.start_mib) * 0.9
        assert "ext4" in start.answers["var"]
    told = subprocess.run(
        ["/usr/sbin/sfdisk", "--json", story.card.path], capture_output=True, check=True
    )
    rows = {
        int(row["node"].removeprefix(str(story.card.path))): row
        for row in json.loads(told.stdout)["partitiontable"]["partitions"]
    }
    for number, each in LAYOUT_OF_CARD.partitions.items():
        assert rows[number]["start"] == each.start_mib * 2048
        assert number == flashed.number or rows[number]["size"] == each.size_mib * 2048


def test_a_mistake_in_the_file_is_told_with_its_line(story: Story) -> None:
    assert story.told is not None
    assert 'line 3: phone.bord is not known; did you mean "board"?' in story.told
    assert story.error_after is None


def test_the_right_file_is_taken_and_its_secrets_leave_the_card(story: Story) -> None:
    assert "password_file" in story.left
    for secret in (HUSH, WIFI_HUSH):
        assert secret not in story.left
        assert secret.encode() not in story.octets
        assert secret not in story.second.answers["config"]
    assert 'uri = "sip:alice@example.org"' in story.second.answers["config"]
    modes = dict(line.split(" ", 1) for line in story.second.answers["mode"].splitlines())
    secrets = [mode for name, mode in modes.items() if name.startswith("/etc/sotto/secrets/")]
    assert secrets == ["600 sotto sotto"] * 2


def test_wifi_and_board_are_those_of_the_file(story: Story) -> None:
    for start in story.starts[1:]:
        assert f"Passphrase={WIFI_HUSH}" in start.answers["wifi"]
        assert "/var/lib/iwd/Office.psk 600 root root" in start.answers["mode"]
        assert "dtoverlay=wm8960-soundcard" in start.answers["machine"]
    for slot in "AB":
        assert b"dtoverlay=wm8960-soundcard" in story.card.octets(f"BOOT_{slot}")


def test_it_stays_the_same_phone_in_both_slots(story: Story) -> None:
    assert len({start.answers["zid"] for start in story.starts}) == 1
    assert len({start.answers["machine_id"] for start in story.starts}) == 1
    assert re.fullmatch("[0-9A-F]{24}", story.first.answers["zid"])


def test_a_factory_reset_leaves_another_phone_that_knows_nobody(story: Story) -> None:
    emptied = story.emptied.answers
    assert emptied["phone"] == "active running"
    assert "failed" not in emptied, emptied["failed"]
    assert emptied["zid"] not in {start.answers["zid"] for start in story.starts}
    account = 'uri = "sip:alice@example.org"'
    assert account in story.third.answers["config"].splitlines()
    assert account not in emptied["config"].splitlines()
    assert "/etc/sotto/secrets/" in story.third.answers["mode"]
    assert "/etc/sotto/secrets/" not in emptied["mode"]
    assert "Passphrase" in story.third.answers["wifi"]
    assert "Passphrase" not in emptied.get("wifi", "")
    assert b"alice@example.org" not in story.octets_after


def test_another_card_is_another_phone(story: Story, other: Start) -> None:
    assert other.answers["zid"] != story.first.answers["zid"]
    assert other.answers["machine_id"] != story.first.answers["machine_id"]


def test_the_keys_were_made_after_the_random_numbers_were_good(story: Story) -> None:
    for start in story.starts:
        assert float(start.answers["random_s"]) * 1e6 < int(start.answers["ready_us"])


def test_the_clock_is_never_before_the_day_of_the_image(story: Story) -> None:
    for start in story.starts:
        assert int(start.answers["clock"]) >= 0


def test_the_list_of_what_is_on_it_is_beside_it() -> None:
    listed = json.loads((image() / "sbom.spdx.json").read_text())
    names = {each["name"] for each in listed["packages"]}
    assert {"linux-image-arm64", "systemd", "libopus0", "sotto", "luma.oled"} <= names
    told = [each for each in listed["packages"] if each["licenseDeclared"] != "NOASSERTION"]
    assert len(told) > 0.9 * len(listed["packages"])
    sizes = {path.name: path.stat().st_size >> 20 for path in sorted(image().iterdir())}
    sys.stdout.write(f"\nMiB: {sizes}\n")
