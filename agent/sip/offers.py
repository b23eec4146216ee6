"""What an offer in the middle of a call would make of it (RFC 3264, attack XS01). Pure."""

from typing import Final

PROFILES: Final = frozenset({"RTP/AVP", "RTP/AVPF"})
"""As which ZRTP is negotiated (RFC 6189 section 8); anything else brings its own keys."""


def keeps_zrtp(sdp: str) -> bool:
    """Whether the call would still be one that ZRTP encrypts, and have sound at all.

    An a=crypto beside RTP/AVP moves nothing: our answer has none, so nobody uses it.

    Args:
        sdp: The whole offer.
    """
    return any(_is_plain_audio(line) for line in sdp.splitlines())


def _is_plain_audio(line: str) -> bool:
    """Reads "m=audio 4000 RTP/AVP 0" (RFC 4566 section 5.14); port 0 drops the stream."""
    kind, _, rest = line.partition(" ")
    port, _, rest = rest.partition(" ")
    profile = rest.partition(" ")[0]
    number = port.partition("/")[0]
    return (
        kind == "m=audio"
        and number.isascii()
        and number.isdigit()
        and int(number) != 0
        and profile in PROFILES
    )
