"""The phone under systemd: what kills it, what it misses, and what is left of it meanwhile.

Runs where hardware/service.py has started systemd: with the real unit, on the simulated board, with
an account at Debian's Kamailio.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from agent.factory.mark import MARK
from hw.simulator.client import LinkClosedError, SimulatorClient
from hw.types import Key, KeyPressed, KeyReleased
from support.certificates import Authority
from support.kamailio import Kamailio
from support.phone_service import (
    ETC,
    PATIENCE_S,
    STATE,
    PhoneService,
    configure,
    give_to_the_phone,
    systemctl,
)

pytestmark = [
    pytest.mark.hardware,
    pytest.mark.skipif("SOTTO_SERVICE" not in os.environ, reason="hardware/service.py runs it"),
    pytest.mark.timeout(400),
]
SHIPPED: Final = Path("/usr/share/sotto/sotto.toml")
BOARD: Final = Path("/run/sotto/board.sock")
CABLE: Final = "cable0"
ADDRESS: Final = "192.0.2.10/24"
_FULL_MIB: Final = 4


async def _panel() -> str:
    client = await SimulatorClient.connect(BOARD)
    try:
        async with asyncio.timeout(5.0):
            state = await client.until(lambda state: bool(state.picture.text))
        return " / ".join(state.picture.text)
    finally:
        await client.close()


class Service(PhoneService):
    """On the simulated board."""

    def panel(self) -> str:
        with contextlib.suppress(OSError, TimeoutError, LinkClosedError):
            return asyncio.run(_panel())
        return ""

    def shows(self, text: str) -> bool:
        return text in self.panel()

    def back_as(self, before: int, name: str) -> None:
        """Waits until another process has taken over, whose panel says this name."""
        self.until(lambda: self.pid not in (0, before), "new process")
        self.until_shows(name)


@pytest.fixture(scope="module", name="world")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A network and a server."""
    folder = tmp_path_factory.mktemp("office")
    for order in (
        f"ip link add {CABLE} type veth peer name socket0",
        "ip link set socket0 up",
        f"ip address add {ADDRESS} dev {CABLE}",
        f"ip link set {CABLE} up",
    ):
        subprocess.run(order.split(), check=True)
    authority = Authority(folder)
    with Kamailio(folder, authority.issue("localhost")) as server:
        configure(authority.file, server.port, "simulator", f'[simulator]\nsocket = "{BOARD}"')
        yield
        systemctl("stop", "sotto")


@pytest.fixture(name="service")
def _service(world: None) -> Service:  # noqa: ARG001 - it is there
    """The phone, running and registered."""
    service = Service()
    systemctl("start", "sotto")
    service.until_ready()
    return service


def test_a_phone_that_is_killed_is_back_and_registered(service: Service) -> None:
    before = service.pid
    os.kill(before, signal.SIGKILL)
    service.back(before, "killed")


def test_a_phone_that_stands_still_is_started_again_by_the_watchdog(service: Service) -> None:
    before = service.pid
    os.kill(before, signal.SIGSTOP)
    service.back(before, "stopped")
    assert "Watchdog timeout" in service.journal


def test_a_phone_that_needs_more_memory_than_it_may_comes_back(service: Service) -> None:
    if "memory" not in Path("/sys/fs/cgroup/cgroup.controllers").read_text().split():
        pytest.skip("this kernel's memory controller is not in the unified hierarchy")
    service.ends_for_want_of_memory()


def test_a_full_disk_is_told_and_forgotten_when_there_is_room(service: Service) -> None:
    systemctl("stop", "sotto")
    order = ["mount", "-t", "tmpfs", "-o", f"size={_FULL_MIB}m", "tmpfs", str(STATE)]
    subprocess.run(order, check=True)
    try:
        filler = STATE / "filler"
        with pytest.raises(OSError, match="No space left"):
            filler.write_bytes(bytes(2 * _FULL_MIB << 20))
        systemctl("start", "--no-block", "sotto")
        service.until(lambda: "the phone cannot start" in service.journal, "reason in the journal")
        assert "full" in service.journal
        filler.unlink()
        service.until_ready()
    finally:
        systemctl("stop", "sotto")
        subprocess.run(["umount", str(STATE)], check=True)


def test_without_a_network_the_panel_says_so_until_there_is_one(service: Service) -> None:
    before = service.pid
    subprocess.run(["ip", "link", "set", CABLE, "down"], check=True)
    service.until_shows("No network")
    subprocess.run(["ip", "address", "replace", ADDRESS, "dev", CABLE], check=True)
    subprocess.run(["ip", "link", "set", CABLE, "up"], check=True)
    service.until_shows("Ready")
    assert service.pid == before


async def _hold_confirm_for_a_reset() -> None:
    client = await SimulatorClient.connect(BOARD)
    try:
        for key in (Key.MENU, *[Key.DIGIT_8] * 3, Key.CONFIRM, Key.STAR, Key.CONFIRM):
            await client.send(KeyPressed(key))
            await client.send(KeyReleased(key))
        async with asyncio.timeout(PATIENCE_S):
            await client.until(lambda state: "FACTORY RESET" in " ".join(state.picture.text))
            await client.send(KeyPressed(Key.CONFIRM))
            with contextlib.suppress(LinkClosedError):  # the phone has ended
                await client.until(lambda state: not state)
    finally:
        await client.close()


def test_a_factory_reset_makes_a_new_phone(service: Service, tmp_path: Path) -> None:
    kept = tmp_path / "etc"
    shutil.copytree(ETC, kept)
    SHIPPED.parent.mkdir(parents=True, exist_ok=True)
    SHIPPED.write_text(
        f"""[phone]\nname = "Nobody"\nboard = "simulator"\n[simulator]\nsocket = "{BOARD}"\n"""
    )
    (STATE / "found").write_text("in a drawer")
    before, key = service.pid, (STATE / "tls-key.pem").read_bytes()
    asyncio.run(_hold_confirm_for_a_reset())
    service.back_as(before, "Nobody")
    assert sorted(path.name for path in ETC.iterdir()) == ["sotto.toml"]
    assert (ETC / "sotto.toml").read_text() == SHIPPED.read_text()
    assert not (STATE / "found").exists()
    assert not (STATE / MARK).exists()
    assert (STATE / "tls-key.pem").read_bytes() != key
    shutil.copytree(kept, ETC, dirs_exist_ok=True)
    give_to_the_phone()
    systemctl("restart", "sotto")
    service.until_ready()
