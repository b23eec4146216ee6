"""Hold and resume with Debian's linphonec, from either side: the keys stay, and the sound returns.

linphonec is not called by TLS, not even within a call, so Kamailio stands between.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.phone import events as phone
from agent.sip.events import (
    Answered,
    Dialled,
    Ended,
    IncomingCall,
    Registration,
    RegistrationChanged,
    RemoteHeld,
)
from support import handset_files as sound
from support.certificates import Authority, self_signed
from support.kamailio import Kamailio
from support.linphone import Linphone, Setup, available, linphone
from support.netns import network_namespace
from support.party import HERTZ, PORTS, Guest, guest, rtp_port
from support.pcap import Capture, capturing, read_capture
from support.sip_phone import account_at
from support.sound import read_wav
from support.srtp_trace import rtp_from

pytestmark = [
    pytest.mark.peer,
    pytest.mark.live,
    pytest.mark.skipif(not available(), reason="no linphonec 5.1 or 5.3 (linphone-cli)"),
]


LIKE = 0.9
CALLERS = pytest.mark.parametrize("caller", ["ours", "theirs"])


@pytest.fixture(autouse=True)
def _network() -> Iterator[None]:
    with network_namespace():
        yield


@dataclass(frozen=True)
class Call:
    """One of them has called, and both speak."""

    alice: Guest
    name: str
    lin: Linphone

    def order(self, order: str) -> None:
        self.alice.phone.order(order, self.name)

    def told(self, *, held: bool) -> None:
        assert self.alice.phone.wait_for(RemoteHeld) == RemoteHeld(self.name, held)


def run(folder: Path, caller: str, story: Callable[[Call], Awaitable[None]]) -> Capture:
    """Runs a story in a call that one of them makes; returns all that went over the wire."""
    home = folder / "lin"
    home.mkdir()
    authority = Authority(folder)
    with (
        capturing(folder / "call.pcap"),
        Kamailio(folder, authority.issue("localhost")) as server,
        ExitStack() as stack,
    ):
        setup = Setup(
            home,
            self_signed(folder, "lin"),
            sound.write_tone(home / "speech.wav", HERTZ[1]),
            server=f"sip:localhost:{server.port};transport=tls",
            password="secret of lin",  # noqa: S106 - Kamailio's
        )
        account = account_at(server.port, authority.file)
        alice = guest(stack, folder, 0, codecs=("opus",), accounts=(account,))
        alice.phone.wait_for(
            RegistrationChanged, lambda each: each.state is Registration.REGISTERED
        )
        asyncio.run(_call(setup, alice, caller, story))
    assert heard_to_the_end(setup)
    return read_capture(folder / "call.pcap")


async def _call(
    setup: Setup, alice: Guest, caller: str, story: Callable[[Call], Awaitable[None]]
) -> None:
    async with linphone(setup) as lin:
        name = await (_called_by(alice, lin) if caller == "theirs" else _calling(alice, lin))
        alice.phone.wait_for(Answered)
        alice.phone.wait_for(phone.Encrypted)
        await lin.sas()
        call = Call(alice, name, lin)
        call.order("connect_audio")
        call.alice.hears(1)
        await story(call)
        for _ in range(3):  # half a second each: linphonec's file is written in blocks
            alice.hears(1)
        await lin.hangs_up()
        alice.phone.wait_for(Ended)


async def _called_by(alice: Guest, lin: Linphone) -> str:
    await lin.call("sip:alice@localhost")
    name = alice.phone.wait_for(IncomingCall).call
    alice.phone.order("answer", name)
    return name


async def _calling(alice: Guest, lin: Linphone) -> str:
    alice.phone.order("dial", "mine", "sip:lin@localhost", "work")
    alice.phone.wait_for(Dialled)
    await lin.answer()
    return "mine"


def heard_to_the_end(setup: Setup) -> bool:
    """Whether our tone is in the last half second that linphonec's earpiece played."""
    samples, rate = read_wav(setup.earpiece)
    return sound.share_of(samples[-rate // 2 :], HERTZ[0], rate) > LIKE


def check(capture: Capture) -> None:
    """One key agreement, and no index of ours came twice."""
    assert [each.zrtp for each in capture.datagrams].count("Confirm1") == 1
    packets = rtp_from(capture.datagrams, rtp_port(PORTS[0]))
    indexes = [(each.ssrc, each.index) for each in packets]
    assert len(set(indexes)) == len(indexes) > 50


@CALLERS
def test_we_hold(tmp_path: Path, caller: str) -> None:
    async def story(call: Call) -> None:
        call.order("disconnect_audio")
        call.order("hold")
        await call.lin.reaches("PausedByRemote")
        call.order("connect_audio")
        call.order("resume")
        call.alice.hears(1)

    check(run(tmp_path, caller, story))


@CALLERS
def test_linphone_holds(tmp_path: Path, caller: str) -> None:
    async def story(call: Call) -> None:
        await call.lin.order("pause")
        call.told(held=True)
        await call.lin.reaches("Paused")
        await call.lin.order("resume")
        call.told(held=False)
        call.alice.hears(1)

    check(run(tmp_path, caller, story))
