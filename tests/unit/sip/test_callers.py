import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sip.callers import LONGEST_NAME, LONGEST_URI, caller, direct_address, quoted


@pytest.mark.parametrize(
    ("header", "name", "uri"),
    [
        ('"Bob" <sip:bob@example.org>', "Bob", "sip:bob@example.org"),
        ("Bob  Smith <sip:bob@example.org>;tag=1", "Bob Smith", "sip:bob@example.org"),
        (r'"Bob \"B\" \\" <sip:bob@example.org>', 'Bob "B" \\', "sip:bob@example.org"),
        ("<sip:bob@example.org>", "", "sip:bob@example.org"),
        ("sip:bob@example.org", "", "sip:bob@example.org"),
        ('"a\u202eb\x00\x1b\u200bc\nd" <sip:x>', "abc d", "sip:x"),
        ("", "", ""),
    ],
)
def test_caller(header: str, name: str, uri: str) -> None:
    assert caller(header) == (name, uri)


@given(st.text(max_size=1000))
def test_whatever_is_sent_is_one_printable_line_of_bounded_length(header: str) -> None:
    name, uri = caller(header)
    assert len(name) <= LONGEST_NAME
    assert len(uri) <= LONGEST_URI
    assert (name + uri).isprintable() or not name + uri


@given(st.text(max_size=100))
def test_quoted_name_comes_back(name: str) -> None:
    shown, uri = caller(f"{quoted(name)} <sip:x>")
    assert uri == "sip:x"
    assert shown == caller(f"{quoted(shown)} <sip:x>")[0]


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("<sip:192.0.2.7:5062;transport=TLS;ob>", "sip:192.0.2.7:5062"),
        ('"Bob" <sip:192.0.2.7:5061;transport=tls>', "sip:192.0.2.7"),
        ("<mailto:bob@example.org>", "sip:from@192.0.2.7"),
        ("", "sip:from@192.0.2.7"),
    ],
)
def test_direct_address(contact: str, address: str) -> None:
    assert direct_address(contact, "sip:from@192.0.2.7") == address
