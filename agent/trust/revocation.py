"""Certificates that were taken back: revocation lists (RFC 5280 section 5). Pure."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPublicKeyTypes

from agent.trust.identity import called
from agent.trust.objections import Flaw, Objection

Lists = tuple[x509.CertificateRevocationList, ...]


def revoked(chain: tuple[x509.Certificate, ...], lists: Lists, now: float) -> Objection | None:
    """What the lists say against a chain; None: nothing.

    Whoever configures a list wants it asked: without a valid one of whoever signed the
    server's certificate there is no trust. For the authorities above, who seldom publish
    one, a list counts where there is one.

    Args:
        chain: As it was verified, the server's own first, the trusted one last.
        lists: All that are known, of whomever.
        now: Seconds since 1970.
    """
    # The last one is trusted as it stands: nobody can take it back but who put it there.
    for position, (certificate, issuer) in enumerate(pairwise(chain)):
        mine = tuple(each for each in lists if each.issuer == certificate.issuer)
        if not mine and position > 0:
            continue
        found = _by(certificate, issuer, mine, now)
        if found is not None:
            return found
    return None


def _by(
    certificate: x509.Certificate, issuer: x509.Certificate, mine: Lists, now: float
) -> Objection | None:
    who = called(certificate.issuer)
    if not mine:
        return Objection(Flaw.LIST_MISSING, who=who)
    genuine = tuple(each for each in mine if is_signed_by(each, issuer))
    if not genuine:
        return Objection(Flaw.LIST_FORGED, who=who)
    usable = tuple(each for each in genuine if _covers(each, certificate))
    if not usable:
        return Objection(Flaw.LIST_MISSING, who=who)
    for each in usable:
        entry = each.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None:
            return Objection(Flaw.REVOKED, day=entry.revocation_date_utc.timestamp())
    return out_of_date(usable, now)


def out_of_date(lists: Lists, now: float) -> Objection | None:
    """Whether none of these lists is valid now, and what to say of that."""
    when = datetime.fromtimestamp(now, UTC)
    begun = [each for each in lists if each.last_update_utc <= when]
    if not begun:
        day = min(each.last_update_utc for each in lists)
        return Objection(Flaw.LIST_NOT_YET_VALID, day=day.timestamp())
    # A list that does not say until when it is valid (section 5.1.2.5 demands it) stays so.
    ends = [each.next_update_utc for each in begun]
    if any(end is None or when <= end for end in ends):
        return None
    return Objection(Flaw.LIST_EXPIRED, day=max(end.timestamp() for end in ends if end))


def is_signed_by(listed: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Whether this authority signed the list, and may sign lists (RFC 5280 section 6.3.3 (f))."""
    try:
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        usage = None
    if usage is not None and not usage.crl_sign:
        return False
    key = cast("CertificateIssuerPublicKeyTypes", issuer.public_key())  # any other: a TypeError
    try:
        return listed.issuer == issuer.subject and listed.is_signature_valid(key)
    except (InvalidSignature, UnsupportedAlgorithm, TypeError):
        return False


def _covers(listed: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Whether the list speaks of such certificates, and we understand it (section 5.2)."""
    for extension in listed.extensions:
        if isinstance(extension.value, x509.IssuingDistributionPoint):
            if not _is_of(extension.value, certificate):
                return False
        elif extension.critical:  # among them the sign of a mere list of changes (section 5.2.4)
            return False
    return True


def _is_of(point: x509.IssuingDistributionPoint, certificate: x509.Certificate) -> bool:
    is_authority = _is_authority(certificate)
    if point.indirect_crl or point.only_some_reasons or point.only_contains_attribute_certs:
        return False
    if point.only_contains_ca_certs and not is_authority:
        return False
    if point.only_contains_user_certs and is_authority:
        return False
    return point.full_name is None or bool({*point.full_name} & _points_of(certificate))


def _points_of(certificate: x509.Certificate) -> set[x509.GeneralName]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return set()
    return {name for each in found for name in each.full_name or ()}


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
