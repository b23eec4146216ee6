"""What is wrong with the files of certificates that a configuration names. Seen without a server."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from agent.trust.files import TrustFileError, read_certificates, read_lists, read_pair
from agent.trust.identity import called
from agent.trust.objections import Flaw
from agent.trust.revocation import Lists, is_signed_by, out_of_date

Fault = tuple[str, str]
"""The key that names the file, and a sentence that goes on after it."""


def authorities(ca_file: Path, now: float) -> Iterator[Fault]:
    """What is wrong with a file of authorities.

    Args:
        ca_file: The file.
        now: Seconds since 1970.
    """
    try:
        found = read_certificates(ca_file)
    except TrustFileError as error:
        yield "ca_file", str(error)
        return
    for each in found:
        day = _day(each.not_valid_after_utc)
        if each.not_valid_after_utc.timestamp() < now:
            yield (
                "ca_file",
                f"names {ca_file}, whose certificate of {called(each.subject)} expired {day}",
            )


def lists(crl_file: Path, ca_file: Path, now: float) -> Iterator[Fault]:
    """What is wrong with a file of revocation lists.

    Args:
        crl_file: The file.
        ca_file: Those who may have signed them.
        now: Seconds since 1970.
    """
    try:
        found = read_lists(crl_file)
    except TrustFileError as error:
        yield "crl_file", str(error)
        return
    try:
        known = read_certificates(ca_file)
    except TrustFileError:
        return  # that is said of ca_file
    mine = tuple(each for each in found if any(is_signed_by(each, issuer) for issuer in known))
    if not mine:
        yield (
            "crl_file",
            (
                f"names {crl_file}, where no list is signed by an authority in {ca_file}; if it is of one "
                "that the server sends along, put that one into ca_file, too"
            ),
        )
    for issuer in {each.issuer for each in mine}:
        of_one = tuple(each for each in mine if each.issuer == issuer)
        yield from _in_time(crl_file, called(issuer), of_one, now)


def pair(
    certificate: Path, private_key: Path, keys: tuple[str, str], now: float, *, for_servers: bool
) -> Iterator[Fault]:
    """What is wrong with a certificate and its key.

    Args:
        certificate: The certificate's file.
        private_key: The key's.
        keys: What the two are called in the configuration.
        now: Seconds since 1970.
        for_servers: Whether it is shown to servers: then it must be meant for clients.
    """
    try:
        (own, *_) = read_certificates(certificate)
    except TrustFileError as error:
        yield keys[0], str(error)
        return
    try:
        read_pair(certificate, private_key)
    except TrustFileError as error:
        yield keys[1], str(error)
    if own.not_valid_after_utc.timestamp() < now:
        yield keys[0], f"names {certificate}, which expired {_day(own.not_valid_after_utc)}"
    if now < own.not_valid_before_utc.timestamp():
        day = _day(own.not_valid_before_utc)
        yield keys[0], f"names {certificate}, which is not valid before {day}"
    if for_servers and not _is_for_clients(own):
        yield keys[0], f"names {certificate}, which is not meant for clients (clientAuth)"


def _in_time(crl_file: Path, who: str, of_one: Lists, now: float) -> Iterator[Fault]:
    wrong = out_of_date(of_one, now)
    if wrong is None:
        return
    day = _day(datetime.fromtimestamp(wrong.day, UTC))
    if wrong.flaw is Flaw.LIST_EXPIRED:
        yield "crl_file", f"names {crl_file}, whose list of {who} expired {day}; fetch a new one"
    else:
        yield "crl_file", f"names {crl_file}, whose list of {who} is not valid before {day}"


def _is_for_clients(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    any_usage = ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE
    return ExtendedKeyUsageOID.CLIENT_AUTH in usage or any_usage in usage


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
