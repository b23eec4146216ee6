"""A whole phone that gets its configuration from a web server, and starts anew with it."""

import asyncio
import contextlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from agent.demo.household import Home
from support.certificates import Authority
from support.daemon import furnish, living_at
from support.https_server import Answer, HttpsServer
from support.minisign import Signer

pytestmark = pytest.mark.live

PATIENCE_S: Final = 60
PASSWORD: Final = "geheim-from-the-net"  # noqa: S105 - of nobody
TOKEN: Final = "phones:geheim-at-the-door"  # noqa: S105 - of nobody
SIGNER: Final = Signer()
NEW: Final = f"""
[phone]
name = "Reception"
[fleet]
version = 7
[[account]]
name = "office"
uri = "sip:alice@127.0.0.1:9"
password = "{PASSWORD}"
"""


def follows(folder: Path, authority: Authority, server: HttpsServer) -> Home:
    return furnish(
        folder,
        f"""
[fleet]
url = "{server.url("/{serial}.toml")}"
ca_file = "{authority.file}"
token = "{TOKEN}"
public_key = ["{SIGNER.public_key}"]
""",
    )


def status(home: Home) -> dict[str, Any]:
    """What `sotto status` says; nothing while the phone starts."""
    order = [sys.executable, "-m", "agent", "status", "--json", "--socket"]
    done = subprocess.run(
        [*order, str(home.folder / "control")], check=False, capture_output=True, timeout=PATIENCE_S
    )
    found: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
    return found


async def until(home: Home, key: str, part: str) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            told = await asyncio.to_thread(status, home)
            if part in str(told.get(key)):
                return told
            await asyncio.sleep(0.2)


def is_secret(home: Home, said: object) -> bool:
    journal = home.journal.read_text(encoding="utf-8", errors="replace")
    return not any(each in f"{said}{journal}" for each in (PASSWORD, TOKEN, TOKEN[7:]))


def command_lines(home: Home) -> list[bytes]:
    """Those of this phone."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            found.append(file.read_bytes())
    return [each for each in found if str(home.config).encode() in each]


async def follows_it(home: Home, server: HttpsServer) -> None:
    async with living_at(home):
        told = await until(home, "name", "Reception")
        assert [each["account"] for each in told["accounts"]] == ["office"]
        assert "version 7" in told["configuration"]
        assert is_secret(home, told)
        (line,) = command_lines(home)
        assert b"geheim" not in line
    kept = home.folder / "fleet.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    asked = [each.path for each in server.asked]
    assert asked[0].endswith(".toml")
    assert asked[1] == f"{asked[0]}.minisig"


async def stays_as_it_is(home: Home) -> None:
    async with living_at(home) as person:
        told = await until(home, "configuration_refused", "zrtp.cipher is not known")
        assert told["name"] == "Alice"
        assert is_secret(home, told)
        await person.sees("New settings refused")


def test_a_phone_takes_what_its_server_has_signed(tmp_path: Path) -> None:
    authority = Authority(tmp_path)

    with HttpsServer(authority.issue("localhost")) as server:
        server.answer = lambda asked: Answer(
            SIGNER.sign(NEW.encode()) if asked.path.endswith(".minisig") else NEW.encode()
        )
        asyncio.run(follows_it(follows(tmp_path, authority, server), server))


def test_a_phone_refuses_what_is_wrong_and_says_so(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    wrong = f'{NEW}[zrtp]\ncipher = "AES1"\n'.encode()
    with HttpsServer(authority.issue("localhost")) as server:
        server.answer = lambda asked: Answer(
            SIGNER.sign(wrong) if asked.path.endswith(".minisig") else wrong
        )
        asyncio.run(stays_as_it_is(follows(tmp_path, authority, server)))
