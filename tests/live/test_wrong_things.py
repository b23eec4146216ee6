"""What goes wrong around a phone: each has its own sentence, and what is left goes on working."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from agent.demo.household import Home
from agent.last_words import TOLD
from support import couple
from support.certificates import Authority
from support.couple import AT_REST, CALLEE, CALLER, Side, living_at
from support.tls_server import TlsServer

pytestmark = pytest.mark.live

PATIENCE_S = 20


@pytest.fixture(name="home")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return couple.furnish(tmp_path_factory.mktemp("home"), CALLER, CALLEE)


def add(home: Home, text: str) -> None:
    home.config.chmod(0o600)
    with home.config.open("a", encoding="utf-8") as config:
        config.write(text)


def starts_and_fails(config: Path) -> tuple[int, str]:
    """The exit status of a phone that cannot start, and all that it says."""
    order = [sys.executable, "-m", "agent", "run", "--config", str(config)]
    done = subprocess.run(order, check=False, capture_output=True, text=True, timeout=PATIENCE_S)
    return done.returncode, done.stdout + done.stderr


async def has_dial_tone(side: Side) -> None:
    """The phone lives: it answers its hook, and there is sound in its earpiece."""
    await side.person.phone.lift()
    await side.sees("Dial a number")
    start = side.home.earpiece.stat().st_size if side.home.earpiece.exists() else 0
    await side.until(lambda: loud(side.home.earpiece, start), "the dial tone")
    await side.person.phone.replace()


def loud(recording: Path, start: int) -> bool:
    return recording.exists() and any(recording.read_bytes()[max(start, 44) :])


def test_certificate_with_another_name(home: Home, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with TlsServer(authority.issue("sip.example.net")) as server:
        add(
            home,
            f"""
[[account]]
name = "Office"
uri = "sip:adelheid@localhost"
password = "a password that nobody may see"
registrar = "sip:localhost:{server.port}"
ca_file = "{authority.file}"
""",
        )

        async def look() -> Side:
            async with living_at(home) as side:
                await side.sees("Certificate of localhost: it is for sip.example.net")
                await has_dial_tone(side)
                return side

        side = asyncio.run(look())
    assert server.received == b""
    assert "account Office: UNTRUSTED Certificate of localhost: it is for" in side.journal


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (("rtp_port_min = 16400", "rtp_port_min = 80"), "line 11: "),
        (('board = "simulator"', 'board = "simulator'), "line 5: this is no TOML"),
        (("[media]", "[medea]"), "line 10: "),
        (('uri = "sip:bertram', 'uri = "tel:bertram'), "line 21: "),
    ],
)
def test_broken_configuration(home: Home, spoil: tuple[str, str], sentence: str) -> None:
    text = home.config.read_text(encoding="utf-8")
    assert spoil[0] in text
    home.config.write_text(text.replace(*spoil), encoding="utf-8")
    status, told = starts_and_fails(home.config)
    assert status == 2
    assert f"{home.config}, {sentence}" in told
    assert "Traceback" not in told


def test_no_configuration(tmp_path: Path) -> None:
    status, told = starts_and_fails(tmp_path / "sotto.toml")
    display, configuration = told.splitlines()
    assert status == 2
    assert display.startswith("the display cannot tell what is wrong here: no display at I2C")
    assert configuration == f"{tmp_path}/sotto.toml: cannot be read: No such file or directory"


def test_microphone_that_is_not_there(home: Home) -> None:
    """A file stands for it here, so that this is the configuration's mistake."""
    home.microphone.unlink()
    status, told = starts_and_fails(home.config)
    assert status == 2
    assert told == (
        f"{home.config}, line 15: simulator.microphone_file names {home.microphone}, "
        "where there is no file\n"
    )


def test_microphone_that_does_not_work(home: Home) -> None:
    """It is there and cannot be opened: the phone says so, and does the rest of its work."""
    home.microphone.write_bytes(b"no sound at all")

    async def look() -> None:
        async with living_at(home) as side:
            await side.sees("Handset missing: The microphone's file")
            assert f"handset: The microphone's file {home.microphone}: " in side.journal
            await has_dial_tone(side)

    asyncio.run(look())


def test_port_that_is_taken(home: Home) -> None:
    """By another phone, which does not notice."""

    async def look() -> tuple[int, str]:
        async with living_at(home) as side:
            other = couple.furnish(home.sockets / "other", CALLER, CALLEE)
            failed = await asyncio.to_thread(starts_and_fails, other.config)
            await has_dial_tone(side)
            await side.sees(AT_REST)
            return failed

    status, told = asyncio.run(look())
    assert status == TOLD
    assert "the phone cannot start: Cannot listen on 127.0.0.1:15061: " in told
    assert "Address already in use" in told
    assert "Traceback" not in told


def test_simulator_that_runs_already(home: Home) -> None:
    async def look() -> tuple[int, str]:
        async with living_at(home) as side:
            other = home.folder / "other.toml"
            text = home.config.read_text(encoding="utf-8")
            other.write_text(text.replace(":15061", ":15063"), encoding="utf-8")
            failed = await asyncio.to_thread(starts_and_fails, other)
            await has_dial_tone(side)
            return failed

    status, told = asyncio.run(look())
    assert status == TOLD
    assert (
        f"the phone cannot start: the board does not start: another phone listens on {home.socket}"
        in told
    )
    assert "Traceback" not in told
