"""A server that answers an offer of keys with something else: no call, and not a word of sound."""

import asyncio
import base64
import contextlib
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from agent.demo.person import Person
from agent.sdes.attribute import read
from support import daemon
from support.certificates import Authority
from support.netns import network_namespace
from support.sip_server import Request, SipServer
from support.waiting import until

pytestmark = pytest.mark.live

PORT: Final = 5070
RTP_PORT: Final = 30000
KEY: Final = base64.b64encode(bytes(range(30))).decode()
GOOD: Final = f"4 AES_CM_128_HMAC_SHA1_80 inline:{KEY}"
SERVER_CAN_LISTEN: Final = "Server can listen"
HEADERS: Final = "Content-Type: application/sdp\r\n"
ZRTP: Final = range(16, 20)
"""The first octet of a ZRTP packet (RFC 7983)."""


def sdp(profile: str, *crypto: str, version: int = 1) -> str:
    lines = "".join(f"a=crypto:{each}\r\n" for each in crypto)
    return (
        f"v=0\r\no=- 1 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        f"m=audio {RTP_PORT} {profile} 0\r\na=rtpmap:0 PCMU/8000\r\n{lines}a=sendrecv\r\n"
    )


def offered(request: Request) -> list[str]:
    return re.findall(r"^a=crypto:(.*?)\r?$", request.body, re.MULTILINE)


ANSWERS: Final[dict[str, Callable[[Request], str]]] = {
    "no encryption": lambda _: sdp("RTP/AVP"),
    "keys beside RTP/AVP": lambda _: sdp("RTP/AVP", GOOD),
    "no key": lambda _: sdp("RTP/SAVP"),
    "a tag that was not offered": lambda _: sdp("RTP/SAVP", GOOD.replace("4 ", "9 ", 1)),
    "another suite than the tag's": lambda _: sdp("RTP/SAVP", GOOD.replace("_80", "_32")),
    "a short key": lambda _: sdp("RTP/SAVP", GOOD[:-4]),
    "no encryption of SRTP": lambda _: sdp("RTP/SAVP", f"{GOOD} UNENCRYPTED_SRTP"),
    "two keys": lambda _: sdp("RTP/SAVP", GOOD, GOOD.replace("4 ", "5 ", 1).replace("_80", "_32")),
    "our own key": lambda request: sdp("RTP/SAVP", offered(request)[3]),
}


@pytest.fixture(autouse=True)
def _network() -> Iterator[None]:
    with network_namespace():
        yield


class Office:
    """Alice's phone at a server that is ours, and where it wants the media."""

    def __init__(self, server: SipServer, alice: Person, media: socket.socket) -> None:
        self.server, self.alice, self.media = server, alice, media

    async def called(self, answer: Callable[[Request], str]) -> Request:
        """She calls, and gets this answer."""
        await daemon.dials(self.alice, "600")
        request = await asyncio.to_thread(self.server.next, "INVITE")
        body = answer(request)
        contact = f"Contact: <sip:600@localhost:{PORT};transport=tls>\r\n"
        request.answer("200 OK", headers=contact, sdp=body)
        return request

    async def rests(self) -> None:
        await self.alice.phone.replace()
        await self.alice.sees("Ready")

    def heard(self) -> list[bytes]:
        """What has come to the server since that was asked last, but for ZRTP."""
        packets = []
        with contextlib.suppress(BlockingIOError):
            while True:
                packets.append(self.media.recv(2048))
        return [each for each in packets if each[0] not in ZRTP]


@contextlib.asynccontextmanager
async def office(folder: Path) -> AsyncIterator[Office]:
    authority = Authority(folder)
    home = daemon.furnish(
        folder,
        f"""
[[account]]
name = "Office"
uri = "sip:alice@localhost"
password = "secret"
registrar = "sip:localhost:{PORT}"
ca_file = "{authority.file}"
policy = "zrtp_or_sdes"

[[contact]]
name = "Echo"
number = "600"
uri = "sip:600@localhost"
""",
    )
    with (
        SipServer(authority.issue("localhost"), PORT) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media,
    ):
        media.settimeout(0)
        media.bind(("127.0.0.1", RTP_PORT))
        async with daemon.living_at(home) as alice:
            request = await asyncio.to_thread(server.next, "REGISTER")
            request.answer(
                "200 OK", headers=f"Contact: {request.header('Contact')};expires=120\r\n"
            )
            await alice.sees("Ready")
            yield Office(server, alice, media)


def test_no_answer_but_the_right_one_opens_anything(tmp_path: Path) -> None:
    async def story() -> None:
        async with office(tmp_path) as there:
            for name, answer in ANSWERS.items():
                request = await there.called(answer)
                assert " RTP/SAVP " in request.body, name
                assert len(offered(request)) == len({read(each).key for each in offered(request)})
                await there.alice.sees("No encryption there", "Call not connected")
                ended = await asyncio.to_thread(there.server.next, "BYE")
                ended.answer("200 OK")
                await there.rests()
                assert there.heard() == [], name
            seen = {line for picture in there.alice.seen for line in picture.text}
            assert SERVER_CAN_LISTEN not in seen

    asyncio.run(story())


def test_what_a_call_runs_by_cannot_be_taken_away(tmp_path: Path) -> None:
    async def story() -> None:
        async with office(tmp_path) as there:
            request = await there.called(lambda _: sdp("RTP/SAVP", GOOD))
            await there.alice.sees(SERVER_CAN_LISTEN)
            for number, offer in enumerate(
                (sdp("RTP/AVP", version=2), sdp("RTP/AVP", GOOD, version=3)), 2
            ):
                request.ask("UPDATE", headers=HEADERS, body=offer, sequence=number)
                refused = await asyncio.to_thread(there.server.final, "UPDATE")
                assert refused.status == 488
            await there.alice.sees(SERVER_CAN_LISTEN, "Server tried to turn encryption off")
            # Another key is no harm: the server has them all.
            other = base64.b64encode(bytes(range(30, 60))).decode()
            offer = sdp("RTP/SAVP", GOOD.replace(KEY, other), version=4)
            request.ask("UPDATE", headers=HEADERS, body=offer, sequence=4)
            accepted = await asyncio.to_thread(there.server.final, "UPDATE")
            assert accepted.status == 200
            assert " RTP/SAVP " in accepted.body
            (ours,) = re.findall(r"^a=crypto:(.*?)\r?$", accepted.body, re.MULTILINE)
            assert read(ours).key not in {read(each).key for each in offered(request)}
            await there.alice.sees(SERVER_CAN_LISTEN)
            await asyncio.to_thread(until, lambda: there.heard() != [], "nothing is heard")

    asyncio.run(story())
