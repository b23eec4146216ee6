"""Whom a certificate is for, as SIP reads it (RFC 5922 section 7). Pure."""

import ipaddress
import re
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import NameOID

UNREADABLE: Final = (
    *(ValueError, UnsupportedAlgorithm, x509.InvalidVersion),
    *(x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
)
"""What `cryptography` raises for a certificate that it cannot read; not all of it when it is loaded."""
LONGEST: Final = 64
"""Characters of a name that a person is shown (ub-common-name, RFC 5280 appendix A.1)."""
_SIP_DOMAIN: Final = re.compile(
    r"sip:(\[[0-9A-Fa-f:.]+\]|[^@:;?/\[\]]+)([:;?][^@]*)?", re.IGNORECASE
)
"""A SIP URI without a user part: one with a user part is no domain (section 7.1)."""


def identities(certificate: x509.Certificate) -> tuple[str, ...]:
    """The SIP domains and addresses that the certificate proves (RFC 5922 section 7.1).

    A URI with the scheme "sip" comes before DNS names, which do not count beside one; the
    common name counts only where there are no alternative names at all. Addresses (RFC 5280
    section 4.2.1.6) are not in RFC 5922, and count for a domain that is an address.

    Raises:
        ValueError: The extension cannot be read.
    """
    alternative = _alternative_names(certificate)
    if alternative is None:
        known = map(_lower, common_names(certificate.subject))
        return tuple(name for name in known if not _is_address(name))
    found = (
        _SIP_DOMAIN.fullmatch(uri)
        for uri in alternative.get_values_for_type(x509.UniformResourceIdentifier)
    )
    domains = tuple(_lower(each.group(1)) for each in found if each)
    hosts = map(_lower, alternative.get_values_for_type(x509.DNSName))
    addresses = map(str, alternative.get_values_for_type(x509.IPAddress))
    return (*(domains or (name for name in hosts if not _is_address(name))), *addresses)


def names(certificate: x509.Certificate) -> tuple[str, ...]:
    """Every name in the certificate, as it stands there: for a person to read.

    Raises:
        ValueError: The extension cannot be read.
    """
    alternative = _alternative_names(certificate)
    if alternative is None:
        return tuple(map(_readable, common_names(certificate.subject)))
    texts = (each.value for each in alternative if isinstance(each.value, str))
    addresses = map(str, alternative.get_values_for_type(x509.IPAddress))
    return (*map(_readable, texts), *addresses)


def proves(certificate: x509.Certificate, name: str) -> bool:
    """Whether it proves this SIP domain or address: whole, and no wildcard (section 7.2).

    Args:
        certificate: The server's own.
        name: A host name, or an address without brackets.

    Raises:
        ValueError: The certificate cannot be read.
    """
    return _lower(name) in identities(certificate)


def wildcards(certificate: x509.Certificate, name: str) -> tuple[str, ...]:
    """Its names that would do if SIP allowed wildcards: the person is told that it does not.

    Raises:
        ValueError: The certificate cannot be read.
    """
    _, _, parent = _lower(name).partition(".")
    return tuple(each for each in identities(certificate) if each == f"*.{parent}")


def common_names(name: x509.Name) -> tuple[str, ...]:
    """The common names in a distinguished name."""
    return tuple(str(each.value) for each in name.get_attributes_for_oid(NameOID.COMMON_NAME))


def called(name: x509.Name) -> str:
    """What a person calls who has this distinguished name; empty if it says nothing."""
    organisation = name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    known = (*common_names(name), *(str(each.value) for each in organisation))
    return _readable(known[0] if known else name.rfc4514_string())


def _readable(name: str) -> str:
    """One short line: whoever shows a certificate can write into it what they like."""
    return "".join(each if each.isprintable() else "?" for each in name[:LONGEST])


def _alternative_names(certificate: x509.Certificate) -> x509.SubjectAlternativeName | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None


def _lower(name: str) -> str:
    """The form in which two names are compared (RFC 4343): an absolute name is the same one."""
    bare = name.removeprefix("[").removesuffix("]") if name.startswith("[") else name
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return bare.removesuffix(".").lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
