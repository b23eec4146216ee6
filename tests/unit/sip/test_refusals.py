"""What is answered to requests that PJSIP cannot read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sip.refusals import answer
from torture.table import TRAPS

REQUEST = (
    b"INVITE sip:bob@example.org SIP/2.0\r\n"
    b"Via: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK1\r\n"
    b"v: SIP/2.0/TLS 192.0.2.2,\r\n SIP/2.0/TLS 192.0.2.3\r\n"
    b"Max-Forwards: 70\r\n"
    b"f: <sip:mallory@example.org>;tag=hers\r\n"
    b"To: <sip:bob@example.org>\r\n"
    b"i: first\r\nCall-ID: second\r\n"
    b"CSeq: 7 INVITE\r\n"
    b"Content-Length: 4\r\n\r\nbody"
)


def test_all_that_a_response_needs_is_copied_as_it_came() -> None:
    lines = answer(REQUEST, 400).split(b"\r\n")
    assert lines[:5] == [
        b"SIP/2.0 400 Bad Request",
        b"Via: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK1",
        b"v: SIP/2.0/TLS 192.0.2.2,",
        b" SIP/2.0/TLS 192.0.2.3",
        b"f: <sip:mallory@example.org>;tag=hers",
    ]
    assert re.fullmatch(rb"To: <sip:bob@example\.org>;tag=[0-9a-f]{16}", lines[5])
    assert lines[6:] == [b"i: first", b"CSeq: 7 INVITE", b"Content-Length: 0", b"", b""]


def test_the_same_request_gets_the_same_tag() -> None:
    assert answer(REQUEST, 400) == answer(REQUEST, 400)
    assert answer(REQUEST, 400) != answer(REQUEST.replace(b"bob", b"eve"), 400)


def test_a_tag_that_is_there_stays() -> None:
    request = REQUEST.replace(b"bob@example.org>\r\n", b"bob@example.org> ; Tag = his\r\n")
    assert b"\r\nTo: <sip:bob@example.org> ; Tag = his\r\n" in answer(request, 400)


@pytest.mark.parametrize(
    ("request_line", "status", "line"),
    [
        (b"OPTIONS sip:bob@example.org SIP/7.0", 400, b"505 Version Not Supported"),
        (b"OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0", 400, b"416 Unsupported URI Scheme"),
        (b"OPTIONS <sip:bob@example.org> SIP/2.0", 400, b"400 Bad Request"),
        (b"OPTIONS sips:bob@example.org; lr SIP/2.0", 400, b"400 Bad Request"),
        (b"OPTIONS  tel:5  sip/2.0 ", 400, b"400 Bad Request"),
        (b"INVITE other:bob SIP/9.9", 513, b"513 Message Too Large"),
    ],
)
def test_status(request_line: bytes, status: int, line: bytes) -> None:
    _, _, rest = REQUEST.partition(b"\r\n")
    assert answer(request_line + b"\r\n" + rest, status).startswith(b"SIP/2.0 " + line + b"\r\n")


@pytest.mark.parametrize(
    "octets",
    [
        REQUEST.replace(b"INVITE sip", b"ACK sip"),
        REQUEST.replace(b"INVITE sip:bob@example.org SIP/2.0", b"SIP/2.0 200 OK"),
        REQUEST.replace(b"Via", b"Vie").replace(b"v:", b"w:"),
        b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
        b"",
        b"\r\n\r\n",
        REQUEST[:20],
    ],
)
def test_nobody_waits_for_an_answer(octets: bytes) -> None:
    assert answer(octets, 400) == b""


def test_what_is_missing_is_left_out() -> None:
    request = b"INVITE sip:bob@example.org SIP/2.0\r\nVia: SIP/2.0/TLS 192.0.2.1\r\n\r\n"
    assert answer(request, 400) == (
        b"SIP/2.0 400 Bad Request\r\nVia: SIP/2.0/TLS 192.0.2.1\r\nContent-Length: 0\r\n\r\n"
    )


@given(
    st.sampled_from(sorted(TRAPS)),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 8), st.binary(max_size=8))),
)
def test_whatever_comes_only_its_own_lines_go_back(
    name: str, changes: list[tuple[int, int, bytes]]
) -> None:
    octets = TRAPS[name].build("w")
    for at, size, piece in changes:
        octets = octets[:at] + piece + octets[at + size :]
    said = answer(octets, 400)
    if not said:
        return
    assert said.endswith(b"\r\nContent-Length: 0\r\n\r\n")
    assert len(said) <= len(octets) + 100
    came = set(octets.replace(b"\r\n", b"\n").split(b"\n"))
    for line in said.split(b"\r\n")[1:-3]:
        assert re.sub(rb";tag=[0-9a-f]{16}$", b"", line) in came or line in came
