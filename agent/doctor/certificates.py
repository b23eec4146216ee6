"""What a server's certificate says, and what OpenSSL has against it. Pure."""

import ipaddress
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from agent.sip.reasons import NOTHING, Certificate, Verify

# X509_verify_cert_error_string(3): OpenSSL's numbers for what is wrong with a chain.
_FAULTS: Final = {
    2: Verify.ISSUER_NOT_FOUND,
    9: Verify.VALIDITY_PERIOD,
    10: Verify.VALIDITY_PERIOD,
    18: Verify.UNTRUSTED,
    19: Verify.UNTRUSTED,
    20: Verify.ISSUER_NOT_FOUND,
    21: Verify.UNTRUSTED,
    22: Verify.CHAIN_TOO_LONG,
    23: Verify.REVOKED,
    24: Verify.INVALID_PURPOSE,
    26: Verify.INVALID_PURPOSE,
    27: Verify.UNTRUSTED,
    29: Verify.ISSUER_MISMATCH,
    66: Verify.WEAK_SIGNATURE,
    67: Verify.WEAK_SIGNATURE,
    68: Verify.WEAK_SIGNATURE,
}


def read(der: bytes) -> Certificate:
    """What a sentence needs of it.

    Raises:
        ValueError: It is no certificate.
    """
    certificate = x509.load_der_x509_certificate(der)
    names = _alternative_names(certificate) or _common_names(certificate.subject)[:1]
    return Certificate(
        names=names,
        issuer=next(iter(_common_names(certificate.issuer)), ""),
        self_signed=certificate.subject == certificate.issuer,
        not_before=certificate.not_valid_before_utc.timestamp(),
        not_after=certificate.not_valid_after_utc.timestamp(),
    )


def proves(certificate: Certificate, host: str) -> bool:
    """Whether it is for this host: the name itself, no wildcard (RFC 5922 section 7.2)."""
    wanted = host.strip("[]").lower()
    return any(each.removeprefix("sip:").lower() == wanted for each in certificate.names)


def faults(code: int, certificate: Certificate, host: str, now: float) -> Verify:
    """All that is wrong with it: OpenSSL tells the first fault alone.

    Args:
        code: OpenSSL's verify code; 0: it had nothing against it.
        certificate: What the server showed.
        host: The name that it ought to prove.
        now: Seconds since 1970.
    """
    found = _FAULTS.get(code, Verify.INVALID_FORMAT) if code else NOTHING
    if not certificate.not_before <= now <= certificate.not_after:
        found |= Verify.VALIDITY_PERIOD
    if not proves(certificate, host):
        found |= Verify.IDENTITY_NOT_MATCH
    return found


def _alternative_names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    return tuple(
        str(each.value)
        for each in extension.value
        if isinstance(each, x509.DNSName | x509.UniformResourceIdentifier)
        or (isinstance(each, x509.IPAddress) and isinstance(each.value, _ADDRESSES))
    )


_ADDRESSES = (ipaddress.IPv4Address, ipaddress.IPv6Address)


def _common_names(name: x509.Name) -> tuple[str, ...]:
    return tuple(str(each.value) for each in name.get_attributes_for_oid(NameOID.COMMON_NAME))
