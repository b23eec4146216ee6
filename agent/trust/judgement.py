"""Whether a server has proved that it is the one, and if not, why not. Pure.

OpenSSL has built and verified the chain; what it found comes in as flags. Here is added what
it does not know (whom SIP takes a certificate for, pinned keys, revocation lists), and each
flag is looked into until a person can do something with it. A flag that nothing explains
stays an objection: in doubt there is no trust.
"""

from collections.abc import Iterable
from enum import IntFlag
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from agent.frozen import frozen
from agent.trust.identity import UNREADABLE, called, names, proves, wildcards
from agent.trust.objections import Flaw, Objection
from agent.trust.pins import is_pinned, pin_of
from agent.trust.revocation import Lists, revoked

_TOO_WEAK: Final = range(66, 69)
"""X509_V_ERR_EE_KEY_TOO_SMALL, CA_KEY_TOO_SMALL and CA_MD_TOO_WEAK."""
_SIGNATURE_TOO_WEAK: Final = 76
"""X509_V_ERR_SIGNATURE_ALGORITHM_INCONSISTENCY: it is not by the algorithm that it names."""


class Verify(IntFlag):
    """What PJSIP finds wrong with a certificate (pj_ssl_cert_verify_flag_t)."""

    ISSUER_NOT_FOUND = 1 << 0
    UNTRUSTED = 1 << 1
    VALIDITY_PERIOD = 1 << 2
    INVALID_FORMAT = 1 << 3
    INVALID_PURPOSE = 1 << 4
    ISSUER_MISMATCH = 1 << 5
    CRL_FAILURE = 1 << 6
    REVOKED = 1 << 7
    CHAIN_TOO_LONG = 1 << 8
    WEAK_SIGNATURE = 1 << 9
    IDENTITY_NOT_MATCH = 1 << 30
    UNKNOWN = 1 << 31


NOTHING: Final = Verify(0)
"""Nothing is wrong with the certificate."""
_UNKNOWN_ISSUER: Final = Verify.ISSUER_NOT_FOUND | Verify.UNTRUSTED | Verify.ISSUER_MISMATCH


@frozen
class Proof:
    """What a server has shown.

    Attributes:
        name: Whom it should be: a host name, or an address without brackets.
        faults: What PJSIP found wrong.
        result: OpenSSL's last word, 0 if all is well.
        sent: The certificates that it sent, its own first, as DER.
        verified: The chain that OpenSSL built, as far as it got, its own first, as DER.
    """

    name: str
    faults: Verify
    result: int
    sent: tuple[bytes, ...]
    verified: tuple[bytes, ...]


@frozen
class Demand:
    """What is wanted besides a valid chain.

    Attributes:
        pins: Keys one of which must be in the chain; none: any key will do.
        lists: Revocation lists; None: nobody wants them asked.
        authorities: Whom this phone trusts, to tell a stranger from a gap in the chain.
    """

    pins: tuple[str, ...] = ()
    lists: Lists | None = None
    authorities: Iterable[x509.Certificate] = ()


@frozen
class Moment:
    """When it is, and how well that is known.

    Attributes:
        now: Seconds since 1970.
        built: When this software was made: it cannot be earlier than that.
        synchronised: Whether the clock was set by the network; None: nobody knows.
    """

    now: float
    built: float = 0.0
    synchronised: bool | None = None


def objections(proof: Proof, demand: Demand, moment: Moment) -> tuple[Objection, ...]:
    """All that speaks against the server; empty: it is the one."""
    try:
        sent = tuple(map(x509.load_der_x509_certificate, proof.sent))
        verified = tuple(map(x509.load_der_x509_certificate, proof.verified))
        found = tuple(_objections(proof, demand, moment, sent, verified))
    except UNREADABLE:
        return (Objection(Flaw.OTHER),)  # the certificate itself cannot be read
    explained = found or not (proof.faults or proof.result)
    return found if explained else (Objection(Flaw.OTHER),)


def _objections(
    proof: Proof,
    demand: Demand,
    moment: Moment,
    sent: tuple[x509.Certificate, ...],
    verified: tuple[x509.Certificate, ...],
) -> Iterable[Objection]:
    if not sent:
        yield Objection(Flaw.OTHER)  # a server without a certificate
        return
    server, faults = sent[0], proof.faults
    if faults & Verify.VALIDITY_PERIOD:
        yield _period(verified or sent, moment)
    if faults & Verify.IDENTITY_NOT_MATCH or not proves(server, proof.name):
        yield _name(server, proof.name)
    if faults & _UNKNOWN_ISSUER:
        yield _issuer(server, verified or sent, demand)
    if faults & Verify.INVALID_PURPOSE:
        yield Objection(Flaw.PURPOSE)
    if faults & Verify.WEAK_SIGNATURE or proof.result in (*_TOO_WEAK, _SIGNATURE_TOO_WEAK):
        yield Objection(Flaw.WEAK)
    if faults & Verify.REVOKED:
        yield Objection(Flaw.REVOKED)
    if not faults and not proof.result:
        yield from _further(verified, demand, moment)


def _further(
    verified: tuple[x509.Certificate, ...], demand: Demand, moment: Moment
) -> Iterable[Objection]:
    """What is asked of a chain that is valid."""
    if not verified:
        yield Objection(Flaw.OTHER)
        return
    if demand.pins and not is_pinned(verified, demand.pins):
        yield Objection(Flaw.NOT_PINNED, names=tuple(map(pin_of, verified)))
    listed = None if demand.lists is None else revoked(verified, demand.lists, moment.now)
    if listed is not None:
        yield _in_time(listed, moment) if listed.flaw is Flaw.LIST_NOT_YET_VALID else listed


def _period(chain: tuple[x509.Certificate, ...], moment: Moment) -> Objection:
    """Which certificate is not valid now: the server's own, or one above."""
    for position, certificate in enumerate(chain):
        who = called(certificate.subject) if position else ""
        begins = certificate.not_valid_before_utc.timestamp()
        ends = certificate.not_valid_after_utc.timestamp()
        if moment.now < begins:
            return _in_time(Objection(Flaw.NOT_YET_VALID, who=who, day=begins), moment)
        if ends < moment.now:
            return Objection(Flaw.EXPIRED, who=who, day=ends)
    return Objection(Flaw.OTHER)


def _in_time(not_yet: Objection, moment: Moment) -> Objection:
    """Something is from the future; is it that, or is it the clock?"""
    certain = moment.synchronised is True and moment.now >= moment.built
    return not_yet if certain else Objection(Flaw.CLOCK)


def _name(server: x509.Certificate, wanted: str) -> Objection:
    almost = wildcards(server, wanted)
    if almost:
        return Objection(Flaw.WILDCARD, names=almost)
    return Objection(Flaw.NAME, names=names(server))


def _issuer(
    server: x509.Certificate, chain: tuple[x509.Certificate, ...], demand: Demand
) -> Objection:
    if _signed_itself(server):
        return Objection(Flaw.SELF_SIGNED)
    last = chain[-1]
    if _signed_itself(last):
        return Objection(Flaw.UNKNOWN_ISSUER, who=called(last.subject))
    gap = last == server and (_names_its_issuer(last) or _is_of_a_house(last, demand.authorities))
    flaw = Flaw.INCOMPLETE if gap else Flaw.UNKNOWN_ISSUER
    return Objection(flaw, who=called(last.issuer))


def _signed_itself(certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(certificate)
    except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
        return False
    return True


def _names_its_issuer(certificate: x509.Certificate) -> bool:
    """Whether it says where the certificate of its issuer can be fetched (RFC 5280 4.2.2.1).

    Public authorities say so in each server's certificate, and none of them signs these with
    the root that phones know: so there is one in between.
    """
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    except x509.ExtensionNotFound:
        return False
    wanted = AuthorityInformationAccessOID.CA_ISSUERS
    return any(each.access_method == wanted for each in access.value)


def _is_of_a_house(certificate: x509.Certificate, known: Iterable[x509.Certificate]) -> bool:
    """Whether the issuer is of an organisation that has an authority which this phone trusts."""
    houses = {
        each.value
        for authority in known
        for each in authority.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    }
    own = certificate.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return any(each.value in houses for each in own)
