import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sip_uri import SipUri, SipUriError, identity_of


@pytest.mark.parametrize(
    "text",
    [
        "sip:alice@example.org",
        "sips:alice@example.org:5071",
        "sip:192.0.2.7",
        "sip:bob@[2001:db8::7]:5061",
        "sip:a%20b@example.org;transport=tls;lr",
        "sip:+43;x=y?z@example.org",
    ],
)
def test_an_address_comes_out_as_it_went_in(text: str) -> None:
    assert str(SipUri.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", 'must begin with "sip:"'),
        ("example.org", 'must begin with "sip:"'),
        ("tel:+43", 'must begin with "sip:"'),
        ("sip:", "the host is missing"),
        ("sip:@example.org", 'cannot stand before "@"'),
        ("sip:al ice@example.org", 'cannot stand before "@"'),
        ("sip:alice:secret@example.org", "password has no place"),
        ("sip:alice@-a.org", "is no host name"),
        ("sip:alice@a..org", "is no host name"),
        ("sip:alice@300.1.1.1", "is no IPv4 address"),
        ("sip:alice@[2001::db8::7]", "is no IPv6 address"),
        ("sip:alice@[2001:db8::7", "no IPv6 address in brackets"),
        ("sip:alice@2001:db8::7", "must stand in brackets"),
        ("sip:alice@example.org:0", "is no port"),
        ("sip:alice@example.org:", "is no port"),
        ("sip:alice@example.org:65536", "is no port"),
        ("sip:alice@example.org:٣", "is no port"),
        ("sip:alice@example.org;transport=udp", "TLS only"),
        ("sip:alice@example.org;TRANSPORT=TCP", "TLS only"),
        ("sip:alice@example.org; x", "is no parameter"),
        ("sip:alice@example.org?subject=x", 'headers after "?"'),
    ],
)
def test_what_is_no_address_is_told_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(SipUriError) as caught:
        SipUri.parse(text)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "sip:bob@example.org",
        "SIP:bob@Example.ORG",
        "sip:bob@example.org.",
        "sip:bob@example.org:5061",
        "sip:%62ob@example.org",
        " sip:bob@example.org ",
        "sip:bob@example.org;transport=udp;ob",
        "sip:bob@example.org?subject=hi",
        '"Bob" <sip:bob@example.org;transport=tls>;tag=1a2b',
    ],
)
def test_two_ways_to_write_one_address_are_one(text: str) -> None:
    assert identity_of(text) == "sip:bob@example.org"


def test_ipv6_addresses_are_compared_in_their_shortest_form() -> None:
    assert identity_of("sip:[2001:DB8:0:0::7]") == identity_of("sip:[2001:db8::7]:5061")


@pytest.mark.parametrize(
    "text",
    ["sip:Bob@example.org", "sips:bob@example.org", "sip:bob@example.org:5071", "sip:example.org"],
)
def test_another_address_stays_another(text: str) -> None:
    assert identity_of(text) != "sip:bob@example.org"


@given(st.text())
def test_whatever_a_peer_sends_has_an_identity_that_stays(text: str) -> None:
    assert identity_of(identity_of(text)) == identity_of(text)
