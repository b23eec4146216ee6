"""Names where an SDP should have addresses: nobody makes this phone ask DNS by calling it."""

from pathlib import Path
from typing import Final

import pytest

from agent.sip.events import Answered, IncomingCall
from support.dns_server import DnsServer
from support.sip_phone import SipPhone, settings_for
from support.sip_raw import RawPeer

pytestmark = pytest.mark.live

SDP: Final = (
    "v=0\r\no=- 1 1 IN IP4 origin.example.net\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=rtcp:40001 IN IP4 rtcp.example.net\r\n"
    "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"
    "a=candidate:1 1 UDP 2122260223 ice.example.net 40000 typ host\r\n"
    "a=candidate:1 2 UDP 2122260222 127.0.0.1 40001 typ host\r\n"
    "a=candidate:2 1 UDP 2122260000 127.0.0.1 40000 typ host\r\n"
)


def test_no_name_is_looked_up(tmp_path: Path) -> None:
    """The whole phone would wait for the answer, as long as who calls wants it to."""
    with (
        DnsServer() as server,
        SipPhone(
            settings_for(tmp_path, 5061), gated=True, name_server=(server.address, tmp_path)
        ) as phone,
        RawPeer(5061) as peer,
    ):
        peer.request("INVITE", sdp=SDP.format(address="media.example.net"))
        assert peer.final_status() == 400
        peer.request("INVITE", sdp=SDP.format(address="127.0.0.1"))
        call = phone.wait_for(IncomingCall).call
        phone.order("answer", call)
        assert peer.final_status() == 200
        phone.wait_for(Answered)
        peer.request("INVITE", sdp=SDP.format(address="media.example.net"))
        assert peer.final_status() in {400, 415, 488}
        parts = SDP.format(address="media.example.net")
        peer.request(
            "INVITE",
            headers="Content-Type: multipart/mixed;boundary=x\r\n",
            body=f"--x\r\nContent-Type: application/sdp\r\n\r\n{parts}\r\n--x--\r\n",
        )
        assert peer.final_status() in {400, 415, 488}
        peer.request("INVITE", sdp=SDP.format(address="127.0.0.1"))
        assert peer.final_status() == 200, "the call is as it was"
        assert server.asked == []
