"""Offers in the middle of a call: which of them leave it encrypted as it is (attack XS01)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sip.offers import keeps_encryption

HEAD = "v=0\r\no=- 1 2 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
CRYPTO = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + "A" * 40 + "\r\n"
AUDIO = "m=audio 4000 RTP/AVP 0\r\n"


@pytest.mark.parametrize(
    "media",
    [
        AUDIO,
        "m=audio 4000 RTP/AVPF 0 101\r\n",
        "m=audio 4000/1 RTP/AVP 0\r\n",
        "m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n",
        "m=video 4002 RTP/SAVP 96\r\n" + CRYPTO + AUDIO,
        "m=audio 0 RTP/SAVP 0\r\n" + CRYPTO + AUDIO,
    ],
)
def test_stays_with_zrtp(media: str) -> None:
    assert keeps_encryption(HEAD + media, by_signalling=False)
    assert not keeps_encryption(HEAD + media, by_signalling=True)


@pytest.mark.parametrize("media", [AUDIO + CRYPTO, "m=audio 4000 RTP/AVPF 0\r\n" + CRYPTO])
def test_stays_with_keys_of_the_signalling(media: str) -> None:
    assert keeps_encryption(HEAD + media, by_signalling=True)
    assert not keeps_encryption(HEAD + media, by_signalling=False)


@pytest.mark.parametrize("by_signalling", [False, True])
@pytest.mark.parametrize(
    "media",
    [
        "",
        "m=audio 4000 RTP/SAVP 0\r\n",
        "m=audio 4000 RTP/SAVP 0\r\n" + CRYPTO,
        "m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\na=fingerprint:sha-256 00\r\n",
        "m=audio 0 RTP/AVP 0\r\n",
        "m=audio 00 RTP/AVP 0\r\n",
        "m=audio - RTP/AVP 0\r\n",
        "m=video 4000 RTP/AVP 96\r\n",
        "m=audio 0 RTP/AVP 0\r\nm=audio 4000 RTP/SAVP 0\r\n",
        "m=audio\r\n",
        # One of each: nobody knows which of them PJSIP would take.
        AUDIO + AUDIO + CRYPTO,
    ],
)
def test_leaves_the_encryption_that_there_is(media: str, by_signalling: bool) -> None:  # noqa: FBT001 - what is tried
    assert not keeps_encryption(HEAD + media, by_signalling=by_signalling)


def test_a_line_that_ends_only_for_python_ends_no_media() -> None:
    hidden = AUDIO + "a=x\x0bm=video 4002 RTP/AVP 96\r\n" + CRYPTO
    assert not keeps_encryption(HEAD + hidden, by_signalling=False)


@given(st.text(max_size=200))
def test_nonsense_is_judged_too(sdp: str) -> None:
    keeps_encryption(sdp, by_signalling=False)
