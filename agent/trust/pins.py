"""Keys that a server is known by, as RFC 7469 spells them. Pure."""

import base64
import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def pin_of(certificate: x509.Certificate) -> str:
    """The pin of its key: SHA-256 of the SubjectPublicKeyInfo, in base64 (RFC 7469 section 2.4)."""
    return base64.b64encode(_digest(certificate)).decode()


def is_pinned(chain: tuple[x509.Certificate, ...], pins: tuple[str, ...]) -> bool:
    """Whether one of the chain's keys is pinned: the server's, or an authority's (section 2.6).

    Args:
        chain: As it was verified: a certificate that the server merely sent along proves nothing.
        pins: Each as in `pin_of`.
    """
    wanted = {base64.b64decode(pin) for pin in pins}
    return any(_digest(certificate) in wanted for certificate in chain)


def _digest(certificate: x509.Certificate) -> bytes:
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(key).digest()
