"""A server that proves nothing, or wants a weak proof: what stands on a whole phone's panel."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from support import daemon
from support.certificates import Authority
from support.couple import Side, living_at
from support.netns import network_namespace
from support.sip_server import SipServer

pytestmark = pytest.mark.live

PORT: Final = 5070
RIGHT: Final = "Test CA"
MD5: Final = 'WWW-Authenticate: Digest realm="office", nonce="n1", qop="auth", algorithm=MD5\r\n'


@pytest.fixture(name="runner")
def _runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(name="server")
def _server(request: pytest.FixtureRequest, folder: Path) -> Iterator[SipServer]:
    """Whom the authority with that name vouches for."""
    authorities = {name: Authority(folder, name) for name in (RIGHT, "Another CA")}
    with (
        network_namespace(),
        SipServer(authorities[request.param].issue("localhost"), PORT) as found,
    ):
        yield found


@pytest.fixture(name="folder")
def _folder() -> Iterator[Path]:
    """The name of a socket has to be short."""
    with tempfile.TemporaryDirectory(prefix="sotto-") as name:
        yield Path(name)


@pytest.fixture(name="alice")
def _alice(runner: asyncio.Runner, server: SipServer, folder: Path) -> Iterator[Side]:
    """Her phone has an account there."""
    assert server
    account = f"""
[[account]]
name = "Office"
uri = "sip:alice@localhost"
password = "secret"
registrar = "sip:localhost:{PORT}"
ca_file = "{folder / RIGHT.replace(" ", "-")}.pem"
allow_md5 = false
"""
    living = living_at(daemon.furnish(folder, account))
    try:
        yield runner.run(living.__aenter__())
    finally:
        runner.run(living.__aexit__(None, None, None))


@pytest.mark.parametrize("server", ["Another CA"], indirect=True)
def test_xs07_the_panel_says_that_nobody_vouches_for_the_server(
    alice: Side, runner: asyncio.Runner
) -> None:
    runner.run(alice.sees("authority unknown here (Another CA)"))


@pytest.mark.parametrize("server", [RIGHT], indirect=True)
def test_xs08_the_panel_says_that_the_server_wants_a_weak_proof(
    alice: Side, runner: asyncio.Runner, server: SipServer
) -> None:
    server.next("REGISTER").answer("401 Unauthorized", headers=MD5)
    runner.run(alice.sees("localhost takes only MD5"))
