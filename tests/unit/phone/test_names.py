"""Names that come from the network."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.phone.names import NAME_LIMIT, address_of, clean


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("Bob", "Bob"),
        ("  Bob\t\r\n B.  ", "Bob B."),
        ("Bob\x00\x1b[31m", "Bob[31m"),
        ("Bob\u202egreen", "Bobgreen"),
        ("Bob\u200b\ufeff\ue000", "Bob"),
        ("Bob\u2028\u00a0B", "Bob B"),
        ("J\u00f6rg \u5c71\u7530", "J\u00f6rg \u5c71\u7530"),
        ("", ""),
        ("\x07", ""),
        ("a" * 33, "a" * 31 + "\u2026"),
        ("a" * 30 + " bcd", "a" * 30 + "\u2026"),
    ],
)
def test_clean(foreign: str, shown: str) -> None:
    assert clean(foreign) == shown


@given(st.text(), st.integers(1, 40))
def test_clean_is_bounded_visible_and_stable(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert len(shown) <= limit
    assert not any(unicodedata.category(c).startswith("C") for c in shown)
    assert clean(shown, limit) == shown


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        ("sip:bob@example.org", "bob@example.org"),
        ("SIPS:bob@example.org;transport=tls?subject=x", "bob@example.org"),
        ("sip:192.0.2.7:5061", "192.0.2.7:5061"),
        ("tel:+1555", "tel:+1555"),
        ("bob", "bob"),
        ("sip:", ""),
        ("sip:" + "b" * 100, "b" * (NAME_LIMIT - 1) + "\u2026"),
    ],
)
def test_address_of(uri: str, address: str) -> None:
    assert address_of(uri) == address
