"""IPv4, IPv6, both: who is spoken to in which."""

import pytest

from agent.phone.preferences import Language
from agent.screens.words import words_in
from agent.sip.families import (
    Family,
    families_of,
    family_of,
    lacking,
    listening_at,
)

FOUR, SIX = ("192.0.2.7",), ("2001:db8::7",)
BOTH = FOUR + SIX


@pytest.mark.parametrize(
    ("host", "family"),
    [
        ("192.0.2.7", Family.IPV4),
        ("2001:db8::7", Family.IPV6),
        ("[2001:db8::7]", Family.IPV6),
        ("sip.example.org", None),
    ],
)
def test_family_of_a_host(host: str, family: Family | None) -> None:
    assert family_of(host) is family


def test_families_of_a_machine() -> None:
    assert families_of(BOTH) == {Family.IPV4, Family.IPV6}
    assert families_of(()) == set()


@pytest.mark.parametrize("everywhere", ["0.0.0.0", "[::]"])  # noqa: S104 - what is tested
def test_everywhere_means_both(everywhere: str) -> None:
    both = {Family.IPV4: "0.0.0.0", Family.IPV6: "[::]"}  # noqa: S104 - as above
    assert listening_at(everywhere, has_ipv6=True) == both
    assert listening_at(everywhere, has_ipv6=False) == {Family.IPV4: both[Family.IPV4]}


def test_an_address_means_that_one() -> None:
    assert listening_at("127.0.0.1", has_ipv6=True) == {Family.IPV4: "127.0.0.1"}
    assert listening_at("[2001:db8::7]", has_ipv6=True) == {Family.IPV6: "[2001:db8::7]"}


@pytest.mark.parametrize(
    ("host", "own", "told"),
    [
        ("[2001:db8::9]", FOUR, "This phone has no IPv6 address, and they have no other"),
        ("192.0.2.9", SIX, "This phone has no IPv4 address, and they have no other"),
        ("192.0.2.9", BOTH, ""),
        ("[2001:db8::9]", BOTH, ""),
        ("phone.example.org", FOUR, ""),
        ("127.0.0.1", (), ""),
        ("192.0.2.9", None, ""),
    ],
)
def test_whoever_cannot_be_called_is_told_of(
    host: str, own: tuple[str, ...] | None, told: str
) -> None:
    assert lacking(host, own) == told


@pytest.mark.parametrize("language", [each for each in Language if each is not Language.ENGLISH])
def test_that_is_said_in_every_language(language: Language) -> None:
    for host, own in (("[2001:db8::9]", FOUR), ("192.0.2.9", SIX)):
        told = lacking(host, own)
        assert words_in(language).sentence(told) != told
