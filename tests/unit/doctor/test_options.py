"""OPTIONS: the question that names nobody, and what is read of the answer."""

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.doctor import options
from agent.doctor.options import Answer


def test_the_request_is_one_that_changes_nothing_and_names_nobody() -> None:
    text = options.request("sip.example.org", 5061, "192.0.2.7:40000", "abc").decode()
    assert text.startswith("OPTIONS sip:sip.example.org:5061;transport=tls SIP/2.0\r\n")
    assert text.endswith("\r\nContent-Length: 0\r\n\r\n")
    assert "From: <sip:anonymous@anonymous.invalid>;tag=abc\r\n" in text
    assert "Contact" not in text


def test_an_answer_with_all_that_is_told() -> None:
    data = (
        "SIP/2.0 100 Trying\r\n\r\n"
        "SIP/2.0 401 Unauthorized\r\n"
        'WWW-Authenticate: Digest realm="x", nonce="n", algorithm=SHA-256\r\n'
        'www-authenticate : Digest realm="x", nonce="n"\r\n'
        "Server: Kamailio (5.8)\r\n"
        f"Date: {formatdate(1_790_000_000, usegmt=True)}\r\n\r\n"
    ).encode()
    assert options.read(data) == Answer(401, ("SHA-256", "MD5"), "Kamailio (5.8)", 1_790_000_000.0)


@pytest.mark.parametrize(
    "data", [b"", b"SIP/2.0 200 OK\r\nServer: x\r\n", b"SIP/2.0 100 Trying\r\n\r\n"]
)
def test_an_answer_that_is_not_there_yet(data: bytes) -> None:
    assert options.read(data) is None


def test_a_date_that_is_none_is_left_out() -> None:
    assert options.read(b"SIP/2.0 200 OK\r\nDate: tomorrow\r\n\r\n") == Answer(200)


def test_a_web_server_is_no_sip_server() -> None:
    with pytest.raises(ValueError, match="no SIP"):
        options.read(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@given(st.binary(max_size=300))
def test_no_octets_do_more_than_be_refused(data: bytes) -> None:
    for prefix in (b"", b"SIP/2.0 200 OK\r\n"):
        try:
            assert isinstance(options.read(prefix + data + b"\r\n\r\n"), Answer | None)
        except ValueError as error:
            assert "no SIP" in str(error)  # noqa: PT017
