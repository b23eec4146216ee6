"""How a call's audio stream stands, as PJSIP counts it."""

from typing import Final

import pjsua2 as pj

from agent.frozen import frozen
from agent.sip.leg import CallLeg
from agent.sip.quality import Reading


@frozen
class Audio:
    """How a call's audio stream stands.

    Attributes:
        index: Which of the call's media it is.
        is_open: There is something to hear, if only the other side's music on hold.
        is_early: It came up before anybody has answered.
        receives: The other side may send to us.
        remote_held: The other side wants nothing from us: sendonly, or inactive.
    """

    index: int
    is_open: bool
    is_early: bool
    receives: bool
    remote_held: bool


_OPEN: Final = (pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD)


def audio_of(leg: CallLeg) -> Audio | None:
    """The audio stream of a call; None: there is none."""
    # The info must outlive the loop: its parts are pointers into it, not objects.
    info = leg.getInfo()
    early = info.state == pj.PJSIP_INV_STATE_EARLY and info.role == pj.PJSIP_ROLE_UAC
    for each in info.media:
        if each.type == pj.PJMEDIA_TYPE_AUDIO and each.status != pj.PJSUA_CALL_MEDIA_NONE:
            is_open = each.status in _OPEN
            return Audio(
                index=each.index,
                is_open=is_open,
                is_early=early and is_open,
                receives=bool(each.dir & pj.PJMEDIA_DIR_DECODING),
                remote_held=not each.dir & pj.PJMEDIA_DIR_ENCODING,
            )
    return None


def reading_of(leg: CallLeg) -> Reading | None:
    """What the stream of a call has counted so far; None: there is none."""
    audio = audio_of(leg)
    if audio is None or not leg.hasMedia():
        return None
    statistics = leg.getStreamStat(audio.index)
    received = statistics.rtcp.rxStat
    return Reading(
        packets=received.pkt,
        lost=received.loss + received.discard,
        jitter_ms=received.jitterUsec.last / 1000,
        round_trip_ms=statistics.rtcp.rttUsec.last / 1000,
        expected=audio.receives and not audio.remote_held and not leg.holding.is_wanted,
    )
