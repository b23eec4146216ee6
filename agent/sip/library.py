"""How PJSIP itself is set up."""

from typing import Any, Final

import pjsua2 as pj

from agent.media.audio import CLOCK_HZ, FRAME_MS
from agent.sip.errors import SipError

OLDEST: Final = (2, 17)
"""The oldest PJSIP that will do; another pjsua2 on the path would load silently."""
OPUS_BIT_RATE: Final = 64_000
"""Bits a second, always: as many as G.711 and G.722 take. At one rate each packet pays for the copy
of the one before it with its own sound: at 32,000 nothing worth hearing is left for a copy, and a
lost packet in ten cost more than half of the quality."""
OPUS_LOSS_PERCENT: Final = 10
"""How much loss Opus is to be ready for: the more, the better each packet's copy of the one before
it (forward error correction), and the worse the packet's own sound. At 20 a clean line sounds
worse, and a bad one hardly better."""
ECHO_TAIL_MS: Final = 200
"""How late an echo may come and still be taken out, in milliseconds. The way from the earpiece
to the microphone is short, but the buffers of a sound card count as well: with 64 an echo was
8 dB lower, with 200 it was 10 to 23 dB lower, for as much work."""
PLAYBACK_MS: Final = 30
"""How much sound waits in the card to be played: three turns of the bridge. PJSIP's own 140 is 110 ms
that the other one waits longer for each answer."""


def configuration(*, echo_cancelling: bool = True, turn_ms: int = FRAME_MS) -> Any:
    """What PJSIP is told at libInit.

    Args:
        echo_cancelling: Whether the echo of the earpiece is taken out of the microphone's
            sound. It concerns sound cards only.
        turn_ms: Length of one turn of the bridge, in milliseconds.
    """
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.userAgent = "Sotto"
    config.uaConfig.mwiUnsolicitedEnabled = False
    # PJSIP's log would carry addresses, and at its higher levels whole messages.
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.medConfig.clockRate = config.medConfig.sndClockRate = CLOCK_HZ
    config.medConfig.audioFramePtime = turn_ms
    config.medConfig.ptime = FRAME_MS
    config.medConfig.channelCount = 1
    config.medConfig.noVad = True  # RFC 6562: pauses tell what is said
    config.medConfig.sndAutoCloseTime = -1  # HandsetAudio.rest does it
    config.medConfig.sndPlayLatency = PLAYBACK_MS
    # The card turns the bridge. PJSIP's own timer would need a buffer on either side of the bridge,
    # because its clock is not the card's: 30 ms more from the microphone, 60 to the earpiece.
    config.medConfig.sndUseSwClock = False
    config.medConfig.ecTailLen = ECHO_TAIL_MS if echo_cancelling else 0
    # No sound driver that the phone uses has one of its own.
    config.medConfig.ecOptions = pj.PJMEDIA_ECHO_SPEEX | pj.PJMEDIA_ECHO_USE_SW_ECHO
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
    """Offers these codecs in this order and no other, as RFC 6562 wants them spoken.

    Each sends all the time, at one rate, and hides the loss of a packet when it plays.

    Args:
        library: The pjsua2 endpoint.
        wanted: Names as in SDP, e.g. ("opus", "PCMU").
    """
    opus = library.getCodecOpusConfig()
    opus.cbr = True  # RFC 6562: a variable rate tells what is said
    opus.bit_rate = OPUS_BIT_RATE
    opus.packet_loss = OPUS_LOSS_PERCENT
    opus.frm_ptime = FRAME_MS
    opus.sample_rate = CLOCK_HZ
    library.setCodecOpusConfig(opus)
    order = [each.lower() for each in wanted]
    for codec in library.codecEnum2():
        name = str(codec.codecId).partition("/")[0].lower()
        priority = 254 - order.index(name) if name in order else 0
        library.codecSetPriority(codec.codecId, priority)
        if priority:
            _speak_evenly(library, codec.codecId)


def _speak_evenly(library: Any, codec: str) -> None:
    parameters = library.codecGetParam(codec)
    parameters.setting.vad = False  # RFC 6562: pauses tell what is said
    parameters.setting.plc = True
    library.codecSetParam(codec, parameters)
