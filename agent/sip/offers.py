"""What an offer in the middle of a call would make of it (RFC 3264, attack XS01). Pure.

The SDP is read as PJSIP has it: what came as RTP/SAVP with a=crypto says RTP/AVP here and has
its a=crypto, and what came as RTP/AVP has none (`agent.media.descriptions`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

PROFILES: Final = frozenset({"RTP/AVP", "RTP/AVPF"})
"""As which the gate encrypts (RFC 6189 section 8); anything else brings its own keys."""

_CRYPTO: Final = "a=crypto:"
_LINE_END: Final = re.compile(r"[\r\n]+")


@dataclass(slots=True)
class _Audio:
    """An audio stream that is offered; `usable`: as one that the gate can encrypt."""

    usable: bool
    crypto: list[str] = field(default_factory=list)


def keeps_encryption(sdp: str, *, by_signalling: bool) -> bool:
    """Whether the call would still be encrypted in the way it is, and have sound at all.

    Neither may a call that ZRTP alone encrypts get keys of the signalling, nor may one that
    began with such keys be left without them: then ZRTP would be all that keeps it, and nobody
    knows yet whether there is any.

    Args:
        sdp: The whole offer.
        by_signalling: Whether the SDP of the call as it is has keys.
    """
    streams = tuple(_streams(sdp))
    return bool(streams) and all(
        each.usable and bool(each.crypto) == by_signalling for each in streams
    )


def keys_wanted(sdp: str) -> tuple[str, ...]:
    """The values of a=crypto that an offer wants answered; none: ZRTP alone will do.

    Args:
        sdp: The whole offer.
    """
    streams = [each for each in _streams(sdp) if each.usable]
    if not streams or any(not each.crypto for each in streams):
        return ()
    return tuple(streams[0].crypto)


def _streams(sdp: str) -> Iterator[_Audio]:
    stream: _Audio | None = None
    for line in _LINE_END.split(sdp):
        if line.startswith("m="):
            if stream is not None:
                yield stream
            stream = _audio(line)
        elif stream is not None and line.startswith(_CRYPTO):
            stream.crypto.append(line.removeprefix(_CRYPTO))
    if stream is not None:
        yield stream


def _audio(line: str) -> _Audio | None:
    """Reads "m=audio 4000 RTP/AVP 0" (RFC 4566 section 5.14); port 0 drops the stream."""
    kind, _, rest = line.partition(" ")
    port, _, rest = rest.partition(" ")
    profile = rest.partition(" ")[0]
    number = port.partition("/")[0]
    if kind != "m=audio" or (number.isascii() and number.isdigit() and int(number) == 0):
        return None
    return _Audio(number.isascii() and number.isdigit() and profile in PROFILES)
