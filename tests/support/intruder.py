"""A server in the path of a call's signalling that speaks in it for either of the phones.

It knows the dialog, and goes on counting for the phone in whose name it speaks, so that neither
of them notices how many requests there were (RFC 3261 section 12.2).
"""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from support.signalling import Signalling, SipMessage
from support.waiting import SLOWER

_PATIENCE_S: Final = 20.0 * SLOWER
_FINAL: Final = 200
_REQUESTS: Final = count(1)
_BRANCH: Final = "z9hG4bKintruder"


@dataclass(slots=True)
class Intruder:
    """Put it in the way of the signalling before the call: `signalling.alter = intruder.alter`."""

    signalling: Signalling
    _answers: dict[str, asyncio.Future[int]] = field(default_factory=dict)
    _invite: SipMessage | None = None
    _accepted: SipMessage | None = None
    _added: Counter[bool] = field(default_factory=Counter)

    def alter(self, message: SipMessage) -> SipMessage | None:
        """Lets everything pass but the answers to what it asked itself."""
        if _BRANCH in message.header("Via"):
            self._answered(message)
            return None
        number, method = _cseq(message)
        is_answer = message.head.startswith("SIP/2.0 ")
        if method == "INVITE" and self._accepted is None:
            if not is_answer:
                self._invite = message
            elif message.head.startswith("SIP/2.0 200"):
                self._accepted = message
        # A request of the caller's goes to the callee, and the answer to it to the caller.
        towards_callee = message.to_callee is not is_answer
        more = self._added[towards_callee] * (-1 if is_answer else 1)
        return _counted(message, number + more, method)

    async def offers(self, sdp: str, *, to_callee: bool, method: str = "INVITE") -> int:
        """Asks one of the phones for other media in the name of the other one.

        Returns:
            The final status.

        Raises:
            TimeoutError: There is none.
        """
        self._added[to_callee] += 1
        branch = f"{_BRANCH}{next(_REQUESTS)}"
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._answers[branch] = answer
        self.signalling.inject(self._request(method, branch, sdp, to_callee=to_callee))
        async with asyncio.timeout(_PATIENCE_S):
            status = await answer
        if method == "INVITE":
            self.signalling.inject(self._request("ACK", branch, "", to_callee=to_callee))
        return status

    def sdp_of(self, *, to_callee: bool) -> str:
        """What the phone in whose name it would speak has said of its media."""
        invite, accepted = self._dialog()
        return (invite if to_callee else accepted).body

    def _answered(self, message: SipMessage) -> None:
        status = int(message.head.split(" ", 2)[1])
        branch = re.search(rf"{_BRANCH}[0-9]+", message.head)
        assert branch
        answer = self._answers[branch[0]]
        if status >= _FINAL and not answer.done():
            answer.set_result(status)

    def _dialog(self) -> tuple[SipMessage, SipMessage]:
        assert self._invite is not None
        assert self._accepted is not None
        return self._invite, self._accepted

    def _request(self, method: str, branch: str, sdp: str, *, to_callee: bool) -> SipMessage:
        invite, accepted = self._dialog()
        caller, callee = invite.header("From"), accepted.header("To")
        me, other = (invite, accepted) if to_callee else (accepted, invite)
        first = _cseq(invite)[0] if to_callee else 0
        sent_by = re.search(r"SIP/2.0/TLS ([^;]+);", invite.header("Via"))
        target = re.search(r"<([^>]+)>", other.header("Contact"))
        assert sent_by
        assert target
        lines = [
            f"{method} {target[1]} SIP/2.0",
            f"Via: SIP/2.0/TLS {sent_by[1]};rport;branch={branch}",
            "Max-Forwards: 70",
            f"From: {caller if to_callee else callee}",
            f"To: {callee if to_callee else caller}",
            f"Call-ID: {invite.header('Call-ID')}",
            f"CSeq: {first + self._added[to_callee]} {method}",
            f"Contact: {me.header('Contact')}",
            *(["Content-Type: application/sdp"] if sdp else []),
            "Content-Length: 0",
        ]
        return SipMessage(to_callee, "\r\n".join(lines), sdp)


def _cseq(message: SipMessage) -> tuple[int, str]:
    number, _, method = message.header("CSeq").partition(" ")
    return int(number), method.strip()


def _counted(message: SipMessage, number: int, method: str) -> SipMessage:
    head = re.sub(r"(?m)^CSeq: .*?(\r?)$", rf"CSeq: {number} {method}\1", message.head)
    return replace(message, head=head)


def newer(sdp: str) -> str:
    """The same description with the next version number (RFC 4566 section 5.2)."""

    def counted(line: re.Match[str]) -> str:
        return f"{line[1]}{int(line[2]) + 1} "

    return re.sub(r"(?m)^(o=\S+ \S+ )(\d+) ", counted, sdp)


def with_sdes(sdp: str) -> str:
    """Keys that every server on the way can read (RFC 4568), and no word of ZRTP."""
    crypto = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + "A" * 40 + "\r\n"
    moved = without_hash(sdp).replace("RTP/AVP", "RTP/SAVP")
    return re.sub(r"(m=audio [^\r]*\r\n)", rf"\1{crypto}", moved)


def without_hash(sdp: str) -> str:
    """No word of ZRTP."""
    return re.sub(r"a=zrtp-hash:[^\r]*\r\n", "", newer(sdp))
