"""Refer-To: what is read from it, and what is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sip.refer import Referral, referral, replacing
from agent.sip_uri import SipUri, SipUriError


def test_blind() -> None:
    found = referral('"Carol" <sip:carol@example.org>')
    assert found == Referral(SipUri("sip", "carol", "example.org"), "Carol", "")


@pytest.mark.parametrize(
    "refer_to",
    [
        "<sip:carol@example.org?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>",
        "<sip:carol@example.org?replaces=a%40b%3bto-tag%3d1%3bfrom-tag%3d2&Subject=x>",
        "<sip:carol@example.org;method=INVITE?Subject=x&Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>",
    ],
)
def test_attended(refer_to: str) -> None:
    found = referral(refer_to)
    assert str(found.uri) == "sip:carol@example.org"
    assert found.replaces == "a@b;to-tag=1;from-tag=2"


@pytest.mark.parametrize(
    "refer_to",
    [
        "",
        "tel:+4930123456",
        "<tel:+4930123456>",
        "<sip:carol@example.org;transport=udp>",
        "<sip:carol@example.org;method=BYE>",
        "<sip:carol@example.org?Replaces=>",
        "<sip:carol@example.org?Replaces=only-a-call-id>",
        "<sip:carol@example.org?Replaces=a%3Bto-tag%3D1%0d%0aEvil%3A%20y>",
        "<sip:carol@example.org?Replaces=a%3Bto-tag%3D1%20b>",
    ],
)
def test_nowhere(refer_to: str) -> None:
    with pytest.raises(SipUriError):
        referral(refer_to)


def test_only_the_place_goes_on() -> None:
    """Other headers in the address would get into our INVITE."""
    found = referral(
        "<sip:carol@example.org?Subject=x&Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2&Evil=y>"
    )
    header = found.header(SipUri("sip", "carol", "example.org", None, ("transport=tls",)))
    assert header == (
        "<sip:carol@example.org;transport=tls?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2>"
    )


def test_replacing() -> None:
    assert replacing("a@b", to_tag="1", from_tag="2") == "a@b;to-tag=1;from-tag=2"


@given(
    st.text("abcXYZ019-.!%*_+`'~()<>:\\\"/[]?{}@", min_size=1, max_size=60),
    st.text("abc019-.!%*_+`'~", min_size=1, max_size=30),
    st.text("abc019-.!%*_+`'~", min_size=1, max_size=30),
)
def test_what_is_written_can_be_read(call_id: str, to_tag: str, from_tag: str) -> None:
    replaces = replacing(call_id, to_tag=to_tag, from_tag=from_tag)
    written = Referral(SipUri("sip", "carol", "example.org"), "", replaces)
    assert referral(written.header(written.uri)).replaces == replaces


@given(st.text(max_size=300))
def test_nonsense_is_refused_and_nothing_else(refer_to: str) -> None:
    try:
        referral(refer_to)
    except SipUriError:
        return
