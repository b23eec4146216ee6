"""The phone under systemd with parts to lose: what is left of it, and who says so.

Runs where hardware/missing.py has started systemd: with the real unit and the real drivers on the
kernel's simulations, and an account at Debian's Kamailio.
"""

import grp
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from hw.profile import load_profile
from support import panel_reader
from support.certificates import Authority
from support.kamailio import Kamailio
from support.kernel_phone import BOARD, card_away, handset_down, make_board, picture_as_text
from support.kernel_rig import BUS, REASON, GpioSim, Panel, hardware, is_here
from support.phone_service import PhoneService, configure, systemctl

pytestmark = [
    pytest.mark.hardware,
    pytest.mark.skipif(not is_here() or "SOTTO_SERVICE" not in os.environ, reason=REASON),
    pytest.mark.timeout(900),
]
ON_LINES: Final = {"keypad", "hook switch", "lamps", "ringer"}
NETWORK: Final = (
    "ip link add dummy0 type dummy",
    "ip address add 192.0.2.10/24 dev dummy0",
    "ip link set dummy0 up",
)


@dataclass
class Service(PhoneService):
    """On the kernel's hardware."""

    lines: GpioSim
    display: Panel

    def panel(self) -> str:
        return "\n" + picture_as_text(self.display.picture())

    def shows(self, text: str) -> bool:
        return panel_reader.stands(text, self.display.picture())

    def says_missing(self, device: str) -> bool:
        """Whether `sotto status` says so."""
        return any("Missing" in line and device in line for line in self.status().splitlines())

    def lines_missing(self) -> set[str]:
        """Which parts that hang on lines `sotto status` misses."""
        status = self.status().splitlines()
        told = {each for line in status if "Missing" in line for each in ON_LINES if each in line}
        return told if status else {"nobody answers"}

    def answers_to_its_hook(self) -> None:
        """Lifts the handset, and lays it down."""
        pin = load_profile(BOARD).hook.pin
        self.lines.part(pin)
        self.until_shows("Dial a number")
        self.lines.join(pin)
        self.until_shows("Ready")

    def status(self) -> str:
        """What the machine's shell is told."""
        order = [str(Path(sys.executable).with_name("sotto")), "status"]
        return subprocess.run(order, capture_output=True, text=True, check=False).stdout


@pytest.fixture(scope="module", name="hardware")
def _hardware(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Network, server, lines, bus and card, as udev and the package would leave them."""
    folder = tmp_path_factory.mktemp("office")
    for order in NETWORK:
        subprocess.run(order.split(), check=True)
    authority = Authority(folder)
    make_board()
    with Kamailio(folder, authority.issue("localhost")) as server, hardware() as (lines, display):
        configure(authority.file, server.port, BOARD)
        _give_lines(lines)
        _give("i2c", Path(f"/dev/i2c-{BUS}"))
        _give_sound()
        with handset_down(lines, load_profile(BOARD)):
            yield Service(lines, display)
            systemctl("stop", "sotto")


def _give(group: str, *paths: Path) -> None:
    """Does what udev's rules do; there is no udev here."""
    for path in paths:
        os.chown(path, 0, grp.getgrnam(group).gr_gid)
        path.chmod(0o660)


def _give_sound() -> None:
    _give("audio", *Path("/dev/snd").glob("*C*"))


def _give_lines(lines: GpioSim) -> None:
    _give("gpio", Path("/dev") / lines.chip)


@pytest.fixture(name="service")
def _service(hardware: Service) -> Service:
    """The phone, running and registered."""
    systemctl("reset-failed", "sotto")
    systemctl("start", "sotto")
    hardware.until_ready()
    return hardware


def test_a_phone_that_is_killed_is_back_and_registered(service: Service) -> None:
    before = service.pid
    os.kill(before, signal.SIGKILL)
    service.back(before, "killed")


def test_a_phone_that_needs_more_memory_than_it_may_comes_back(service: Service) -> None:
    service.ends_for_want_of_memory()


def test_without_a_sound_card_the_panel_says_so_until_there_is_one(service: Service) -> None:
    before = service.pid
    with card_away():
        service.until_shows("Handset missing:")
        assert service.says_missing("handset")
    _give_sound()
    service.until(lambda: not service.shows("Handset missing:"), "handset again")
    service.until_shows("Ready")
    assert service.pid == before


def test_without_a_display_the_phone_lives_on_and_tells_whoever_asks(service: Service) -> None:
    before = service.pid
    service.display.say("unplug")
    service.until(lambda: service.says_missing("display"), "missing display in sotto status")
    service.display.say("plug")
    service.until_shows("Ready")
    assert service.pid == before


def test_without_lines_the_panel_says_so_until_there_are_some(service: Service) -> None:
    before = service.pid
    service.lines.unplug()
    service.until(lambda: service.lines_missing() == ON_LINES, "missing lines in sotto status")
    service.until_shows("missing:")
    _plug_in(service)
    service.until_shows("Ready")
    assert service.pid == before
    service.answers_to_its_hook()


def test_a_phone_that_starts_without_lines_takes_them_when_they_come(service: Service) -> None:
    service.lines.unplug()
    systemctl("restart", "sotto")
    service.until(lambda: service.lines_missing() == ON_LINES, "missing lines in sotto status")
    before = service.pid
    service.until_shows("missing:")
    _plug_in(service)
    service.until_ready()
    assert service.pid == before
    service.answers_to_its_hook()


def _plug_in(service: Service) -> None:
    service.lines.plug()
    _give_lines(service.lines)
    service.until(lambda: not service.lines_missing(), "sotto status that misses nothing")
