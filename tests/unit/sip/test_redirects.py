"""Where an INVITE may follow a 3xx."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sip.redirects import may_follow

TLS = "<sip:carol@192.0.2.8:5061;transport=tls>"


def moved(*contacts: str, name: str = "Contact") -> str:
    lines = "".join(f"{name}: {each}\r\n" for each in contacts)
    return f"SIP/2.0 302 Moved\r\n{lines}Content-Length: 0\r\n\r\nContact: {TLS}\r\n"


@pytest.mark.parametrize(
    "response",
    [
        moved(TLS),
        moved(f'"Carol, of the office" {TLS};expires=60'),
        moved(TLS.strip("<>")),
        moved(TLS, name="m"),
        moved(TLS, name="CONTACT  "),
        moved("<sip:carol@192.0.2.8;transport=TLS>"),
    ],
)
def test_directly_to_who_speaks_tls(response: str) -> None:
    assert may_follow(response, domain=None, followed=False)


@pytest.mark.parametrize(
    "response",
    [
        moved(),
        moved(TLS, TLS),
        moved(f"{TLS}, {TLS}"),
        moved("<sip:carol@192.0.2.8>"),
        moved("<sip:carol@192.0.2.8;transport=udp>"),
        moved("<sips:carol@192.0.2.8;transport=tls>"),
        moved("<tel:+4930123456>"),
        moved("<sip:carol@192.0.2.8;transport=tls?Replaces=1>"),
        moved("*"),
    ],
)
def test_nowhere_else(response: str) -> None:
    assert not may_follow(response, domain=None, followed=False)


def test_once() -> None:
    assert not may_follow(moved(TLS), domain=None, followed=True)


@pytest.mark.parametrize(
    ("contact", "follows"),
    [
        ("<sip:carol@example.org>", True),
        ("<sip:carol@EXAMPLE.org;transport=tls>", True),
        ("<sip:carol@example.org;transport=tcp>", False),
        ("<sip:carol@example.com>", False),
        ("<sip:carol@evil.example.org>", False),
        (TLS, False),
    ],
)
def test_an_account_stays_in_its_domain(contact: str, follows: bool) -> None:  # noqa: FBT001 - parametrized
    assert may_follow(moved(contact), domain="example.org", followed=False) is follows


@given(st.text(max_size=300), st.sampled_from([None, "example.org"]))
def test_nonsense_is_not_followed(text: str, domain: str | None) -> None:
    assert not may_follow(text, domain=domain, followed=True)
    may_follow(text, domain=domain, followed=False)
