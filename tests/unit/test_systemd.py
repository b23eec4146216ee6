import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.systemd import Systemd


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(5)
        yield listener


def test_it_says_what_systemd_understands(manager: socket.socket) -> None:
    systemd = Systemd(manager.getsockname())
    systemd.ready()
    systemd.status("2 accounts,\nnone registered")
    systemd.watchdog()
    systemd.stopping()
    assert [manager.recv(100) for _ in range(4)] == [
        b"READY=1",
        b"STATUS=2 accounts, none registered",
        b"WATCHDOG=1",
        b"STOPPING=1",
    ]


def test_an_abstract_socket_is_reached() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("")  # Linux picks a free abstract name
        listener.settimeout(5)
        name = listener.getsockname()
        assert name[:1] == b"\0"
        Systemd("@" + name[1:].decode()).ready()
        assert listener.recv(100) == b"READY=1"


def test_the_environment_is_read_and_not_handed_on(manager: socket.socket) -> None:
    environment = {
        "NOTIFY_SOCKET": manager.getsockname(),
        "WATCHDOG_USEC": "20000000",
        "WATCHDOG_PID": str(os.getpid()),
        "HOME": "/",
    }
    systemd = Systemd.from_environment(environment)
    assert systemd.watchdog_period == 20.0
    assert environment == {"HOME": "/"}
    systemd.ready()
    assert manager.recv(100) == b"READY=1"


def test_the_real_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "1500000")
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    assert Systemd.from_environment().watchdog_period == 1.5
    assert "WATCHDOG_USEC" not in os.environ


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "1"},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "0"},
    ],
)
def test_nobody_watches(environment: dict[str, str]) -> None:
    assert Systemd.from_environment(environment).watchdog_period is None


def test_outside_systemd_nothing_happens() -> None:
    Systemd().ready()


def test_a_manager_that_went_away_does_not_matter(tmp_path: Path) -> None:
    Systemd(str(tmp_path / "gone")).watchdog()
