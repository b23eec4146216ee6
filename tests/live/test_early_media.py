"""183: keys and sound before anybody has answered."""

import re
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent.phone import events as phone
from agent.sip.events import Answered, EarlyMedia, RemoteRinging
from agent.zrtp import Secured
from support.certificates import self_signed
from support.party import guest
from support.sip_server import SipServer
from support.zrtp_pair import Endpoint

pytestmark = pytest.mark.live

BY_HAND = 5070
CONTACT = f"Contact: <sip:bob@127.0.0.1:{BY_HAND};transport=tls>\r\n"


class Speaker:
    """The media of the one who is called: a socket, and ZRTP on it."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.02)
        self._zrtp = Endpoint("bob")

    def sdp(self) -> str:
        (announced,) = self._zrtp.session.hello_hashes
        return (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self._socket.getsockname()[1]} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
            f"a=zrtp-hash:{announced}\r\n"
        )

    def agree(self, offer: str) -> None:
        """Speaks ZRTP with whoever made the offer until both have keys."""
        found = re.search(r"m=audio (\d+)", offer)
        assert found is not None
        there = ("127.0.0.1", int(found[1]))
        session, until = self._zrtp.session, time.monotonic() + 20
        session.start(time.monotonic(), ssrc=self._zrtp.ssrc)
        while not self._zrtp.all(Secured):
            assert time.monotonic() < until
            for packet in self._zrtp.pump():
                self._socket.sendto(packet, there)
            try:
                data = self._socket.recv(2048)
            except TimeoutError:
                session.handle_timer(time.monotonic())
            else:
                session.receive(data, time.monotonic())
        for packet in self._zrtp.pump():
            self._socket.sendto(packet, there)

    def close(self) -> None:
        self._socket.close()


def test_keys_before_the_answer(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(SipServer(self_signed(tmp_path, "by-hand"), BY_HAND))
        caller = guest(stack, tmp_path, 0).phone
        speaker = Speaker()
        stack.callback(speaker.close)
        caller.order("dial", "mine", f"sip:bob@127.0.0.1:{BY_HAND}", None)
        invite = server.next("INVITE")
        invite.answer("183 Session Progress", headers=CONTACT, sdp=speaker.sdp())
        caller.wait_for(RemoteRinging)
        assert caller.wait_for(EarlyMedia) == EarlyMedia("mine")
        speaker.agree(invite.body)
        found = caller.wait_for(phone.Encrypted)
        assert found.call == "mine"
        assert found.association.zrtp_hash is phone.ZrtpHash.MATCHED
        invite.answer("200 OK", headers=CONTACT, sdp=speaker.sdp())
        caller.wait_for(Answered)
        # The answer brings nothing new: the keys are those of before.
        assert not [each for each in caller.events(0.3) if isinstance(each, phone.Encrypted)]


def test_ringing_alone_is_no_media(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(SipServer(self_signed(tmp_path, "by-hand"), BY_HAND))
        caller = guest(stack, tmp_path, 0).phone
        caller.order("dial", "mine", f"sip:bob@127.0.0.1:{BY_HAND}", None)
        server.next("INVITE").answer("180 Ringing", headers=CONTACT)
        caller.wait_for(RemoteRinging)
        assert not [each for each in caller.events(0.2) if isinstance(each, EarlyMedia)]
