"""The media of a phone played by hand: a socket, its SDP, and ZRTP on it."""

import re
import socket
import time
from typing import Self

from agent.zrtp import Secured
from support.zrtp_pair import Endpoint

_PATIENCE_S = 20.0


class Speaker:
    """One phone's media; every speaker is another phone.

    Args:
        name: Who it is; its ZID follows from that.
    """

    def __init__(self, name: str) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.02)
        self.zrtp = Endpoint(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._socket.close()

    def sdp(self, version: int = 1) -> str:
        """What it offers or answers; a new version for each (RFC 3264 section 8)."""
        (announced,) = self.zrtp.session.hello_hashes
        return (
            f"v=0\r\no=- 1 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self._socket.getsockname()[1]} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
            f"a=zrtp-hash:{announced}\r\n"
        )

    def agree(self, sdp: str) -> None:
        """Speaks ZRTP with whoever wrote that SDP, and believes no other Hello, to the keys."""
        found = re.search(r"m=audio (\d+)", sdp)
        assert found is not None
        there = ("127.0.0.1", int(found[1]))
        hashes = tuple(re.findall(r"a=zrtp-hash:(.*?)\r?\n", sdp))
        session, until = self.zrtp.session, time.monotonic() + _PATIENCE_S
        session.start(time.monotonic(), ssrc=self.zrtp.ssrc, peer_hello_hashes=hashes)
        while not self.zrtp.all(Secured):
            assert time.monotonic() < until, f"no keys; {self.zrtp.events}"
            self._send(there)
            try:
                data = self._socket.recv(2048)
            except TimeoutError:
                session.handle_timer(time.monotonic())
            else:
                session.receive(data, time.monotonic())
        self._send(there)

    def _send(self, there: tuple[str, int]) -> None:
        for packet in self.zrtp.pump():
            self._socket.sendto(packet, there)
