import ipaddress
from pathlib import Path

import pytest
from cryptography.x509 import DNSName, GeneralName, IPAddress, RFC822Name, UniformResourceIdentifier

from agent.trust.identity import LONGEST, called, identities, names, proves, wildcards
from support.certificates import Authority, load

HOST = "sip.example.org"


def dns(name: str) -> GeneralName:
    return DNSName(name)


def uri(text: str) -> GeneralName:
    return UniformResourceIdentifier(text)


def address(text: str) -> GeneralName:
    return IPAddress(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    ("alternative", "name", "expected"),
    [
        ([dns(HOST)], HOST, True),
        ([dns("SIP.Example.ORG")], HOST, True),
        ([dns(HOST)], "sip.example.org.", True),
        ([dns("a.example"), dns(HOST)], HOST, True),
        # RFC 5922 section 7.2: whole names, and no wildcard in any form.
        ([dns("*.example.org")], HOST, False),
        ([dns(".example.org")], HOST, False),
        ([dns("example.org")], HOST, False),
        ([dns("a.sip.example.org")], HOST, False),
        # Section 7.1: URIs of SIP's without a user part, and then no DNS name beside them.
        ([uri("sip:sip.example.org")], HOST, True),
        ([uri("SIP:Sip.Example.Org")], HOST, True),
        ([uri("sip:sip.example.org:5061")], HOST, True),
        ([uri("sip:sip.example.org;transport=tls")], HOST, True),
        ([uri("sip:alice@sip.example.org")], HOST, False),
        ([uri("sips:sip.example.org")], HOST, False),
        ([uri("https://sip.example.org")], HOST, False),
        ([uri("sip:a.example"), dns(HOST)], HOST, False),
        ([uri("sip:a.example"), uri("sip:sip.example.org")], HOST, True),
        ([uri("sip:alice@a.example"), dns(HOST)], HOST, True),
        ([RFC822Name("alice@sip.example.org")], HOST, False),
        # An address is proved by an address (RFC 5280 section 4.2.1.6), or by a URI.
        ([address("192.0.2.7")], "192.0.2.7", True),
        ([address("192.0.2.7"), dns(HOST)], HOST, True),
        ([dns("192.0.2.7")], "192.0.2.7", False),
        ([uri("sip:192.0.2.7")], "192.0.2.7", True),
        ([uri("sip:[2001:db8::7]")], "2001:db8::7", True),
        ([address("2001:db8::7")], "2001:DB8:0::7", True),
        ([address("2001:db8::7")], "2001:db8::8", False),
        # Somebody else's name with an end of text in it.
        ([dns("sip.example.org\x00.evil.example")], HOST, False),
        # The common name counts where there is no alternative name at all.
        ([], HOST, True),
        ([dns("a.example")], HOST, False),
        ([address("192.0.2.7")], HOST, False),
    ],
)
def test_whom_a_certificate_proves(
    tmp_path: Path,
    alternative: list[GeneralName],
    name: str,
    expected: bool,  # noqa: FBT001 - a column of the table
) -> None:
    made = load(Authority(tmp_path).issue(HOST, names=alternative).certificate)
    assert proves(made, name) is expected


def test_an_address_as_common_name_proves_nothing(tmp_path: Path) -> None:
    made = load(Authority(tmp_path).issue("192.0.2.7", names=[]).certificate)
    assert identities(made) == ()
    assert not proves(made, "192.0.2.7")


def test_names_are_told_as_they_stand_there_and_in_one_short_line(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    alternative = [dns("A.example"), uri("sip:b.example"), address("192.0.2.7"), dns("x\ny" * 99)]
    told = names(load(authority.issue(HOST, names=alternative).certificate))
    assert told[:2] == ("A.example", "sip:b.example")
    assert told[3] == "192.0.2.7"
    assert told[2] == ("x?y" * 99)[:LONGEST]
    assert names(load(authority.issue(HOST, names=[]).certificate)) == (HOST,)


def test_a_wildcard_that_would_have_done_is_known(tmp_path: Path) -> None:
    made = load(Authority(tmp_path).issue(HOST, names=[dns("*.Example.org")]).certificate)
    assert wildcards(made, HOST) == ("*.example.org",)
    assert wildcards(made, "a.sip.example.org") == ()


def test_an_authority_is_called_by_its_common_name(tmp_path: Path) -> None:
    assert called(Authority(tmp_path, "CA 2", organisation="House").name) == "CA 2"
