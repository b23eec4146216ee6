import base64
import io
import logging
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.redact import configure_logging, redact
from agent.zrtp.sas import render

KEY = bytes(range(200, 232))
log = logging.getLogger("test.redact")


@pytest.fixture(autouse=True)
def root_logger() -> Iterator[None]:
    """Gives the root logger back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)


@dataclass(frozen=True)
class Leaky:
    rs1: bytes
    sas: str


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call from sip:alice@example.org", "call from sip:a…@example.org"),
        ("sips:alice:pw@example.org:5061;lr", "sips:a…@example.org:5061;lr"),
        ('"Bob" <sip:bob@[::1]>;tag=1', '"Bob" <sip:b…@[::1]>;tag=1'),
        ("SIP:Bob@H and sip:c@h", "SIP:B…@H and sip:c…@h"),
        ("to sip:192.0.2.7", "to sip:192.0.2.7"),
        ("tel:+43-1-234;x", "tel:…;x"),
        ("a=crypto:1 AEAD inline:abc/def+== x", "a=crypto:1 AEAD inline:[key] x"),
        ('Authorization: Digest username="a"', "Authorization: [credentials]"),
        ('proxy-authorization: x\nVia: y"', 'proxy-authorization: [credentials]\nVia: y"'),
        ("password=geheim, user=a", "password=[hidden], user=a"),
        ("{'password': 'two words'}", "{'password': [hidden]}"),
        ('response="0123", nonce', "response=[hidden], nonce"),
        ("SAS: acrobat Wichita", "SAS: [hidden]"),
        ("SAS: aardvark Ohio", "SAS: [hidden]"),
        ("the SAS is q7zn now", "the SAS is [hidden] now"),
        ("words=('acrobat', 'Wichita'), x", "words=[hidden], x"),
        ('{"words": ["acrobat", "Wichita"]}', '{"words": [hidden]}'),
        ("sas_text='acrobat Wichita')", "sas_text=[hidden])"),
        ("the SAS was confirmed", "the SAS was confirmed"),
    ],
)
def test_what_a_line_becomes(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "zid 000102030405060708090a0b",
        "call 3: encrypted, X255 AES3 HS80 B256, cache MATCHED",
        "uuid 0da68e7a-41b9-40a2-8960-d755f123cced",
        "/usr/lib/python3.11/site-packages/cryptography/hazmat/primitives/ciphers/base.py",
        "2026-05-03 10:15:00,123 ready, 12 % of 65536 bytes at 192.0.2.7:5061",
        "a secret was forgotten; the key was pressed",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert redact(text) == text


@given(st.binary(min_size=16, max_size=200), st.booleans())
def test_no_octets_get_through_in_hexadecimal_or_as_bytes(octets: bytes, upper: bool) -> None:  # noqa: FBT001
    text = octets.hex().upper() if upper else octets.hex()
    assert redact(f"key {text} end") == "key [hex] end"
    assert redact(f"key {octets.hex(':')} end") == "key [hex] end"
    assert redact(f"key {octets!r} end") == "key [bytes] end"
    assert redact(f"key {bytearray(octets)!r} end") == "key [bytes] end"


def test_a_key_in_base64_is_hidden() -> None:
    assert redact(f"key {base64.b64encode(KEY).decode()} end") == "key [base64] end"


def test_known_secrets_are_hidden_wherever_they_stand() -> None:
    stream = io.StringIO()
    configure_logging("INFO", secrets=["geheim", ""], stream=stream, environment={})
    log.info("x%sy and %r", "geheim", Leaky(KEY, "acrobat Wichita"))
    line = stream.getvalue()
    assert "x[hidden]y and Leaky(rs1=[bytes], sas=[hidden])" in line
    assert "geheim" not in line


def fail(password: str) -> None:
    raise ValueError(f"no answer from sip:alice@example.org with {password!r}")


@given(st.integers(0, 2**32 - 1))
def test_the_engines_own_value_never_shows_its_words(value: int) -> None:
    shown = render("B256", value)
    text = redact(f"{shown!r}, SAS: {' '.join(shown.words)}")
    assert not any(word in text for word in shown.words)


def test_the_engines_own_value_never_shows_its_characters() -> None:
    shown = render("B32", 0x87654321)
    text = redact(f"{shown!r}, SAS: {' '.join(shown.words)}")
    assert shown.words[0] not in text


def test_tracebacks_are_redacted_too() -> None:
    stream = io.StringIO()
    configure_logging("INFO", secrets=["geheim"], stream=stream, environment={})
    try:
        fail("geheim")
    except ValueError:
        log.exception("failed for %s", "sip:alice@example.org", stack_info=True)
    text = stream.getvalue()
    assert "failed for sip:a…@example.org" in text
    assert "ValueError: no answer from sip:a…@example.org with '[hidden]'" in text
    assert "Traceback (most recent call last)" in text
    assert "Stack (most recent call last)" in text
    assert "alice" not in text


def test_arguments_that_do_not_fit_lose_neither_line_nor_secret() -> None:
    stream = io.StringIO()
    configure_logging("INFO", stream=stream, environment={})
    template = "only %s"
    log.info(template, "one", KEY)
    assert "only %s [arguments that do not fit]" in stream.getvalue()


def test_the_journal_gets_priorities_instead_of_dates() -> None:
    stream = io.StringIO()
    configure_logging("DEBUG", stream=stream, environment={"JOURNAL_STREAM": "8:1"})
    log.debug("a")
    log.warning("b\nc")
    log.critical("d")
    assert stream.getvalue().splitlines() == [
        "<7>test.redact: a",
        "<4>test.redact: b",
        "<4>c",
        "<2>test.redact: d",
    ]


def test_the_level_is_kept_and_warnings_come_along() -> None:
    stream = io.StringIO()
    configure_logging("WARNING", stream=stream, environment={})
    log.info("not this")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("sip:alice@example.org is old", stacklevel=1)
    assert "not this" not in stream.getvalue()
    assert "sip:a…@example.org is old" in stream.getvalue()


def test_configuring_twice_leaves_one_handler() -> None:
    first, second = io.StringIO(), io.StringIO()
    configure_logging("INFO", stream=first, environment={})
    configure_logging("INFO", stream=second, environment=os.environ)
    log.info("once")
    assert first.getvalue() == ""
    assert second.getvalue().count("once") == 1
