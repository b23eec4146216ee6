"""How PJSIP itself is set up."""

from typing import Any, Final

import pjsua2 as pj

from agent.media.audio import CLOCK_HZ, FRAME_MS
from agent.sip.errors import SipError

OLDEST: Final = (2, 17)
"""The oldest PJSIP that will do; another pjsua2 on the path would load silently."""
OPUS_BIT_RATE: Final = 32_000
"""Bits a second, always: enough for the whole band of a voice."""


def configuration() -> Any:
    """What PJSIP is told at libInit."""
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.userAgent = "Sotto"
    config.uaConfig.mwiUnsolicitedEnabled = False
    # PJSIP's log would carry addresses, and at its higher levels whole messages.
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.medConfig.clockRate = config.medConfig.sndClockRate = CLOCK_HZ
    config.medConfig.audioFramePtime = config.medConfig.ptime = FRAME_MS
    config.medConfig.channelCount = 1
    config.medConfig.noVad = True  # RFC 6562: pauses tell what is said
    config.medConfig.sndAutoCloseTime = -1  # HandsetAudio.rest does it
    config.medConfig.ecTailLen = 0  # a handset needs no echo canceller
    return config


def require_version(library: Any) -> None:
    """Refuses an old PJSIP.

    Raises:
        SipError: It is older than `OLDEST`.
    """
    version = library.libVersion()
    if (version.major, version.minor) < OLDEST:
        raise SipError(
            f"PJSIP is {version.full}; {OLDEST[0]}.{OLDEST[1]} is the oldest that will do"
        )


def set_codecs(library: Any, wanted: tuple[str, ...]) -> None:
    """Offers these codecs in this order and no other; Opus at a constant rate.

    Args:
        library: The pjsua2 endpoint.
        wanted: Names as in SDP, e.g. ("opus", "PCMU").
    """
    opus = library.getCodecOpusConfig()
    opus.cbr = True  # RFC 6562: a variable rate tells what is said
    opus.bit_rate = OPUS_BIT_RATE
    opus.frm_ptime = FRAME_MS
    opus.sample_rate = CLOCK_HZ
    library.setCodecOpusConfig(opus)
    order = [each.lower() for each in wanted]
    for codec in library.codecEnum2():
        name = str(codec.codecId).partition("/")[0].lower()
        priority = 254 - order.index(name) if name in order else 0
        library.codecSetPriority(codec.codecId, priority)
