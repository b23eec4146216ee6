"""How the messages of RFC 4475 are put together, and what is expected of each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Line = str | bytes
Build = Callable[[str], bytes]
"""From a word that no other message on this phone has (for branch, tag, Call-ID) to the octets."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back on the connection that a message went over.

    Attributes:
        status: The final status; 0: nothing comes at all.
        rings: Whether the phone rings before that: the status is then the one after CANCEL.
        closes: Whether the phone closes the connection, because it no longer knows where in the
            stream the next message begins.
        waits: Whether the phone first waits for the rest of a body that is shorter than its length.
        says: Lines that stand in the answer, as they come.
    """

    status: int = 0
    rings: bool = False
    closes: bool = False
    waits: bool = False
    says: tuple[str, ...] = ()


LONGEST: Final = 16_000
"""So many octets a message may have, with its body (PJSIP_MAX_PKT_LEN in image/pjsip.sh)."""
RINGS: Final = Answer(487, rings=True)
"""Taken for what it is, a call; until the caller gives up."""
SILENCE: Final = Answer()
"""A response to nothing: dropped."""
BAD: Final = Answer(400)
NOT_HERE: Final = Answer(405, says=("Allow: ",))
"""A method for other kinds of SIP elements than a phone."""


@dataclass(frozen=True, slots=True)
class Trap:
    """One message of RFC 4475.

    Attributes:
        name: As the RFC calls it.
        section: Where it stands there.
        trap: What is the matter with it.
        build: Makes its octets.
        answer: What this phone answers.
        differs: Why that, or the message, is not what the RFC has; empty: it is.
    """

    name: str
    section: str
    trap: str
    build: Build
    answer: Answer
    differs: str = ""


def message(*lines: Line, body: bytes = b"", end: str = "\r\n") -> bytes:
    """Lines, the empty line and what follows it. A line `...: {length}` gets the body's length."""
    texts = [
        line if isinstance(line, bytes) else line.replace("{length}", str(len(body))).encode()
        for line in lines
    ]
    return end.encode().join([*texts, b"", body])


def folded(*parts: str) -> str:
    """One header over several lines (RFC 3261 section 7.3.1)."""
    return "\r\n".join(parts)


def sdp(
    host: str = "192.0.2.1",
    *,
    times: str = "t=0 0",
    video: str = "m=video 3227 RTP/AVP 31",
    connection: str = "",
) -> bytes:
    """What nearly all of them carry: audio, and video of a kind that nobody has had for long."""
    lines = (
        *("v=0", f"o=mhandley 29739 7272939 IN IP4 {host}", "s=-"),
        *(f"c=IN IP4 {connection or host}", times, "m=audio 49217 RTP/AVP 0 12"),
        *(video, "a=rtpmap:31 LPC"),
    )
    return "".join(f"{line}\r\n" for line in lines).encode()
