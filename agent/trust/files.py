"""The files that an account names to say whom it trusts and who this phone is."""

import re
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from agent.frozen import frozen
from agent.trust.identity import UNREADABLE
from agent.trust.revocation import Lists

_LIST: Final = re.compile(rb"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----", re.DOTALL)


class TrustFileError(Exception):
    """A file will not do; the message goes on after the name of what names it."""


@frozen
class Pair:
    """A certificate and its key.

    Attributes:
        chain: The certificate, and after it those that vouch for it.
        key: Its private key.
    """

    chain: tuple[x509.Certificate, ...]
    key: PrivateKeyTypes


def read_certificates(file: Path) -> tuple[x509.Certificate, ...]:
    """All certificates in a PEM file, one at least.

    Raises:
        TrustFileError: It cannot be read, or holds something else.
    """
    content = _content(file)
    try:
        return tuple(x509.load_pem_x509_certificates(content))
    except UNREADABLE:
        raise TrustFileError(
            f"names {file}, which holds {_kind(content)}, but must hold certificates "
            "(PEM: -----BEGIN CERTIFICATE-----)"
        ) from None


def read_lists(file: Path) -> Lists:
    """All revocation lists in a file, one at least: PEM, or a single one as DER.

    Raises:
        TrustFileError: It cannot be read, or holds something else.
    """
    content = _content(file)
    try:
        found = tuple(map(x509.load_pem_x509_crl, _LIST.findall(content)))
        return found or (x509.load_der_x509_crl(content),)
    except ValueError:
        raise TrustFileError(
            f"names {file}, which holds {_kind(content)}, but must hold revocation lists "
            "(PEM: -----BEGIN X509 CRL-----, or DER)"
        ) from None


def read_pair(certificate: Path, key: Path) -> Pair:
    """A certificate and its key, which belong together.

    Raises:
        TrustFileError: One of them cannot be read, or the two do not; this sentence is about
            the key unless `read_certificates` complains about the certificate as well.
    """
    chain = read_certificates(certificate)
    content = _content(key)
    try:
        private = serialization.load_pem_private_key(content, password=None)
    except TypeError:
        raise TrustFileError(
            f"names {key}, which is locked with a password: nobody is there to type it"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise TrustFileError(
            f"names {key}, which holds {_kind(content)}, but must hold a private key "
            "(PEM: -----BEGIN PRIVATE KEY-----)"
        ) from None
    if private.public_key() != chain[0].public_key():
        raise TrustFileError(f"names {key}, which is not the key of the certificate {certificate}")
    return Pair(chain, private)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise TrustFileError(f"names {file}, which cannot be read: {error.strerror}") from None


def _kind(content: bytes) -> str:
    """What a file holds instead, so that a mix-up is seen."""
    kinds = {
        b"-----BEGIN CERTIFICATE REQUEST": "a request for a certificate",
        b"-----BEGIN CERTIFICATE": "certificates",
        b"PRIVATE KEY-----": "a private key",
        b"-----BEGIN X509 CRL": "revocation lists",
        b"-----BEGIN PUBLIC KEY": "a public key",
    }
    found = next((kind for mark, kind in kinds.items() if mark in content), None)
    return found or ("something else" if content.strip() else "nothing")
