"""As which profile media stand in a message, and in PJSIP: what has keys is RTP/SAVP outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.media.descriptions import translate

HEAD = b"v=0\r\no=- 1 2 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
CRYPTO = b"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abcd\r\n"
MORE = b"a=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n"
PLAIN = b"m=audio 4000 RTP/AVP 0\r\n"
SECURE = b"m=audio 4000 RTP/SAVP 0\r\n"


@pytest.mark.parametrize(
    ("outside", "inside"),
    [
        (SECURE + CRYPTO + MORE, PLAIN + CRYPTO + MORE),
        (SECURE + MORE + CRYPTO, PLAIN + MORE + CRYPTO),
        (SECURE + CRYPTO + CRYPTO, PLAIN + CRYPTO + CRYPTO),
        (PLAIN + MORE, PLAIN + MORE),
        (
            b"m=audio 4000/2 RTP/SAVPF 0 101\r\n" + CRYPTO,
            b"m=audio 4000/2 RTP/AVPF 0 101\r\n" + CRYPTO,
        ),
        (SECURE + CRYPTO + PLAIN + MORE, PLAIN + CRYPTO + PLAIN + MORE),
        (PLAIN + MORE + SECURE + CRYPTO, PLAIN + MORE + PLAIN + CRYPTO),
        # Without a key it is nothing that we could answer: PJSIP refuses it.
        (SECURE + MORE, SECURE + MORE),
    ],
)
def test_keys_and_profile_go_together(outside: bytes, inside: bytes) -> None:
    assert translate(HEAD + outside, inwards=True) == HEAD + inside
    assert translate(HEAD + inside, inwards=False) == HEAD + outside


@pytest.mark.parametrize(
    ("outside", "inside"),
    [
        (PLAIN + CRYPTO + MORE, PLAIN + MORE),
        (b"m=audio 4000 RTP/AVPF 0\r\n" + CRYPTO, b"m=audio 4000 RTP/AVPF 0\r\n"),
        (CRYPTO + PLAIN + MORE, PLAIN + MORE),
        (b"m=audio 4000 UDP/TLS/RTP/SAVP 0\r\n" + CRYPTO, b"m=audio 4000 UDP/TLS/RTP/SAVP 0\r\n"),
        (b"m=audio 4000 rtp/savp 0\r\n" + CRYPTO, b"m=audio 4000 rtp/savp 0\r\n"),
        (b"m=audio 4000 RTP/SAVPX 0\r\n" + CRYPTO, b"m=audio 4000 RTP/SAVPX 0\r\n"),
        (b"m=audio 4000  RTP/SAVP 0\r\n" + CRYPTO, b"m=audio 4000  RTP/SAVP 0\r\n"),
        (b"m=audio 4000\r\n" + CRYPTO, b"m=audio 4000\r\n"),
        (b"m=video 4000 RTP/SAVP 96\r\n" + CRYPTO, b"m=video 4000 RTP/SAVP 96\r\n"),
        (
            PLAIN + MORE + b"m=video 0 RTP/SAVP 96\r\n" + CRYPTO,
            PLAIN + MORE + b"m=video 0 RTP/SAVP 96\r\n",
        ),
        # A lone carriage return ends a line for PJSIP, and so it does here.
        (PLAIN + b"a=x\r" + CRYPTO, PLAIN + b"a=x\r"),
    ],
)
def test_a_key_beside_another_profile_does_not_get_in(outside: bytes, inside: bytes) -> None:
    assert translate(HEAD + outside, inwards=True) == HEAD + inside


def test_what_left_once_may_leave_again() -> None:
    """PJSIP sends a message again that it has not got to print anew."""
    once = translate(HEAD + PLAIN + CRYPTO, inwards=False)
    assert translate(once, inwards=False) == once


def test_lines_that_end_by_a_line_feed_alone() -> None:
    text = (HEAD + SECURE + CRYPTO + MORE).replace(b"\r\n", b"\n")
    assert b"RTP/AVP 0\n" in translate(text, inwards=True)


PIECES = (HEAD, CRYPTO, MORE, PLAIN, SECURE, b"m=video 1 RTP/AVP 9\r\n", b"a=", b"m=audio ", b"\r")


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=20)), max_size=12))
def test_inside_no_key_stands_beside_a_secure_profile_and_none_above_the_media(
    pieces: list[bytes],
) -> None:
    inside = translate(b"".join(pieces), inwards=True)
    section = b""
    for line in inside.replace(b"\r", b"\n").split(b"\n"):
        section = line if line.startswith(b"m=") else section
        if line.startswith(b"a=crypto:"):
            assert section.startswith(b"m=audio ")
            assert section.split(b" ")[2] in {b"RTP/AVP", b"RTP/AVPF"}


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=20)), max_size=12))
def test_what_comes_in_again_leaves_as_it_came(pieces: list[bytes]) -> None:
    inside = translate(b"".join(pieces), inwards=True)
    assert translate(translate(inside, inwards=False), inwards=True) == inside


@pytest.mark.parametrize(
    "line",
    [
        b"c=IN IP4 media.example.net",
        b"c=IN IP4",
        b"c=IN  IP4 192.0.2.7",
        b"c= IN IP4 192.0.2.7",
        b"c=IN\tx IP4 192.0.2.7",
        b"c=IN IP4 " + b"1" * 100,
        b"a=candidate:1 1 UDP 1 3f2b.local 4000 typ host",
        b"a=candidate: 1 1 UDP 1 3f2b.local 4000 typ host",
        b"a=candidate:1 1\tx UDP 192.0.2.7 3f2b.local 4000 typ host",
        b"a=candidate:1 1 UDP",
        b"a=candidate:",
        b"a=rtcp:4001 IN IP4 rtcp.example.net",
        b"a=rtcp: 4001 IN IP4 rtcp.example.net",
        b"a=rtcp:4001 IN",
    ],
)
def test_no_name_gets_in_where_an_address_belongs(line: bytes) -> None:
    assert translate(HEAD + PLAIN + line + b"\r\n" + MORE, inwards=True) == HEAD + PLAIN + MORE
    away = HEAD + PLAIN + line + b"\r\n" + MORE
    assert translate(away, inwards=False) == away


@pytest.mark.parametrize(
    "line",
    [
        b"c=IN IP4 192.0.2.7",
        b"c=IN IP4 0.0.0.0",
        b"c=IN IP6 2001:db8::7",
        b"a=candidate:1 1 UDP 2122260223 192.0.2.7 4000 typ srflx raddr 10.0.0.1 rport 4",
        b"a=candidate:Hc0a 1 udp 2 2001:db8::7 4000 typ host",
        b"a=rtcp:4001",
        b"a=rtcp:4001 IN IP4 192.0.2.7",
        b"a=rtcp-mux",
    ],
)
def test_addresses_get_in(line: bytes) -> None:
    coming = HEAD + PLAIN + line + b"\r\n" + MORE
    assert translate(coming, inwards=True) == coming
