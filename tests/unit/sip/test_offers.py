"""Offers in the middle of a call: which of them leave the call to ZRTP (attack XS01)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sip.offers import keeps_zrtp

HEAD = "v=0\r\no=- 1 2 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
CRYPTO = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + "A" * 40 + "\r\n"


@pytest.mark.parametrize(
    "media",
    [
        "m=audio 4000 RTP/AVP 0\r\n",
        "m=audio 4000 RTP/AVPF 0 101\r\n",
        "m=audio 4000/1 RTP/AVP 0\r\n",
        "m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n",
        "m=video 4002 RTP/SAVP 96\r\nm=audio 4000 RTP/AVP 0\r\n",
        "m=audio 4000 RTP/AVP 0\r\n" + CRYPTO,
    ],
)
def test_stays_with_zrtp(media: str) -> None:
    assert keeps_zrtp(HEAD + media)


@pytest.mark.parametrize(
    "media",
    [
        "",
        "m=audio 4000 RTP/SAVP 0\r\n" + CRYPTO,
        "m=audio 4000 RTP/SAVPF 0\r\n" + CRYPTO,
        "m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\na=fingerprint:sha-256 00\r\n",
        "m=audio 0 RTP/AVP 0\r\n",
        "m=audio 00 RTP/AVP 0\r\n",
        "m=audio - RTP/AVP 0\r\n",
        "m=video 4000 RTP/AVP 96\r\n",
        "m=audio 0 RTP/AVP 0\r\nm=audio 4000 RTP/SAVP 0\r\n",
        "m=audio\r\n",
    ],
)
def test_leaves_zrtp(media: str) -> None:
    assert not keeps_zrtp(HEAD + media)


@given(st.text(max_size=200))
def test_nonsense_is_judged_too(sdp: str) -> None:
    keeps_zrtp(sdp)
