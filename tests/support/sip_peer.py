"""The plainest phone there is: SIP over UDP on loopback, and sockets that show what arrives."""

import re
import socket
from dataclasses import dataclass, field

_COPIED = ("via", "from", "to", "call-id", "cseq")


def _udp() -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("127.0.0.1", 0))
    one.setblocking(False)  # noqa: FBT003 - the library's own way
    return one


def _take(sock: socket.socket) -> list[tuple[bytes, tuple[str, int]]]:
    packets = []
    while True:
        try:
            packets.append(sock.recvfrom(4096))
        except BlockingIOError:
            return packets


@dataclass
class SipPeer:
    """Answers one call at once; `poll` does all the work, so nothing runs by itself.

    Args:
        media_lines: More lines for the SDP's media, such as "a=zrtp-hash:...".
        session_lines: More lines for the SDP's session.
        mux: Whether RTCP comes on the RTP port.
    """

    media_lines: list[str] = field(default_factory=list)
    session_lines: list[str] = field(default_factory=list)
    mux: bool = False

    def __post_init__(self) -> None:
        self._sip, self.rtp, self.rtcp = _udp(), _udp(), _udp()
        self.offer = ""
        self.rtp_in: list[bytes] = []
        self.rtcp_in: list[bytes] = []

    @property
    def uri(self) -> str:
        return f"sip:peer@127.0.0.1:{self._sip.getsockname()[1]}"

    @property
    def their_rtp(self) -> tuple[str, int]:
        """Where the other side's SDP wants RTP."""
        return "127.0.0.1", self._offered(r"m=audio (\d+)")

    @property
    def their_rtcp(self) -> tuple[str, int]:
        return "127.0.0.1", self._offered(r"a=rtcp:(\d+)")

    def _offered(self, pattern: str) -> int:
        found = re.search(pattern, self.offer)
        assert found, self.offer
        return int(found[1])

    def poll(self) -> None:
        """Answers what has come on SIP, and collects what has come on RTP and RTCP."""
        for data, source in _take(self._sip):
            self._answer(data.decode(), source)
        self.rtp_in += [data for data, _ in _take(self.rtp)]
        self.rtcp_in += [data for data, _ in _take(self.rtcp)]

    def send(self, *packets: bytes) -> None:
        for packet in packets:
            self.rtp.sendto(packet, self.their_rtp)

    def send_rtcp(self, packet: bytes) -> None:
        if self.mux:
            self.send(packet)
        else:
            self.rtcp.sendto(packet, self.their_rtcp)

    def close(self) -> None:
        for sock in (self._sip, self.rtp, self.rtcp):
            sock.close()

    def _answer(self, request: str, source: tuple[str, int]) -> None:
        head, _, body = request.partition("\r\n\r\n")
        method = head.split(" ", 1)[0]
        if method not in {"INVITE", "BYE", "UPDATE"}:
            return
        if body:
            self.offer = body
        lines = [line for line in head.split("\r\n")[1:] if line.split(":")[0].lower() in _COPIED]
        lines = [
            line + ";tag=peer" if line.lower().startswith("to:") and "tag=" not in line else line
            for line in lines
        ]
        sdp = self._sdp() if method == "INVITE" else ""
        answer = [
            "SIP/2.0 200 OK",
            *lines,
            f"Contact: <{self.uri}>",
            "Content-Type: application/sdp",
            f"Content-Length: {len(sdp)}",
            "",
            sdp,
        ]
        self._sip.sendto("\r\n".join(answer).encode(), source)

    def _sdp(self) -> str:
        mux = ["a=rtcp-mux"] if self.mux else [f"a=rtcp:{self.rtcp.getsockname()[1]}"]
        lines = [
            "v=0",
            "o=- 1 1 IN IP4 127.0.0.1",
            "s=-",
            "c=IN IP4 127.0.0.1",
            "t=0 0",
            *self.session_lines,
            f"m=audio {self.rtp.getsockname()[1]} RTP/AVP 0",
            "a=rtpmap:0 PCMU/8000",
            *mux,
            *self.media_lines,
        ]
        return "\r\n".join(lines) + "\r\n"
