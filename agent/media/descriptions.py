"""The SRTP keys that stand in an SDP: PJSIP writes it, and asks here what belongs in.

To PJSIP all media are RTP/AVP. What has a=crypto travels as RTP/SAVP, and what comes as RTP/SAVP
with a=crypto looks like RTP/AVP with a=crypto to PJSIP and in all that is read here.
"""

from collections.abc import Callable
from dataclasses import field

from agent.frozen import frozen
from agent.media import _gate


@frozen
class Question:
    """Which a=crypto lines our SDP gets for one audio stream.

    Attributes:
        leg: pjsua's id of the call.
        account: pjsua's id of the account that it goes by.
        source: Where the latest request came from, "address:port": an offer came with it.
        offered: The values of a=crypto in the offer; None: we are the one who offers.
        established: Whether an SDP of ours is in force.
        own: Those in that one.
        theirs: Those in the other side's.
        fresh: Whoever answers may be somebody else than before.
    """

    leg: int
    account: int
    source: str
    offered: tuple[str, ...] | None = field(repr=False)
    own: tuple[str, ...] = field(repr=False)
    theirs: tuple[str, ...] = field(repr=False)
    established: bool
    fresh: bool


def set_describer(describe: Callable[[Question], tuple[str, ...]] | None) -> None:
    """Says who describes.

    Args:
        describe: Called on the thread that polls PJSIP, in the midst of PJSIP; returns the
            values of a=crypto. If it raises, there will be no SDP and no call. None: nobody, no
            SDP has any.
    """
    _gate.set_describer(None if describe is None else lambda *asked: describe(Question(*asked)))


def carries_keys(leg: int) -> bool:
    """Whether the SDP of ours that is in force has a=crypto.

    Args:
        leg: pjsua's id of the call.
    """
    return bool(_gate.sdes_runs(leg))


def translate(sdp: bytes, *, inwards: bool) -> bytes:
    """An SDP as PJSIP sees it, or as it travels; what has no a=crypto stays as it is.

    Args:
        sdp: The whole text.
        inwards: Whether it came in; else it is on its way out.
    """
    return _gate.translate(sdp, inwards)
