"""Who this phone is: its ZID, its SIP instance, and the certificate with which it speaks TLS."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from agent.frozen import frozen
from agent.late import late
from agent.store.database import Database, sync_folder
from agent.store.errors import StoreError

ZID_LENGTH: Final = 12
"""Octets of a ZID (RFC 6189 section 5.2)."""

_VALIDITY: Final = timedelta(days=20 * 365)
_RENEWED_BEFORE: Final = timedelta(days=30)
_EARLIER: Final = timedelta(days=1)  # clocks of two phones need not agree to the second
_COMMON_NAME_MAX: Final = 64  # octets; ub-common-name, RFC 5280 appendix A.1


@frozen
class TlsIdentity:
    """A certificate and its key, as PEM files.

    Attributes:
        certificate: The certificate, and after it those that vouch for it, if any.
        private_key: Its private key.
        not_after: When it runs out, in wall seconds.
        renewed: Whether one of the phone's own that served no longer was just replaced.
    """

    certificate: Path
    private_key: Path
    not_after: float
    renewed: bool = False


def ensure_zid(
    database: Database, now: float, randbytes: Callable[[int], bytes]
) -> tuple[bytes, str]:
    """The phone's ZID and SIP instance id (RFC 5626); made at the first start, the same ever after.

    Returns:
        12 octets, and a URN such as "urn:uuid:00000000-0000-4000-8000-000000000000".
    """
    known = database.rows("SELECT zid, instance_id FROM phone")
    if not known:
        zid, instance = randbytes(ZID_LENGTH), late("uuid")(bytes=randbytes(16), version=4).urn
        with database.transaction() as connection:
            connection.execute(
                "INSERT INTO phone (only_row, zid, instance_id, created) VALUES (1, ?, ?, ?) "
                "ON CONFLICT DO NOTHING",
                (zid, instance, now),
            )
        known = database.rows("SELECT zid, instance_id FROM phone")
    ((zid, instance),) = known
    return zid, instance


def ensure_tls_identity(folder: Path, name: str, now: float) -> TlsIdentity:
    """The phone's own certificate: made at the first start, replaced shortly before it expires.

    The key stays when the certificate is replaced, so that whoever remembers it knows the phone.

    Args:
        folder: Where `tls-key.pem` and `tls-certificate.pem` stand, both with mode 0600.
        name: The common name, the phone's display name.
        now: Wall seconds.

    Raises:
        StoreError: The files cannot be read or written.
    """
    key_file, certificate_file = folder / "tls-key.pem", folder / "tls-certificate.pem"
    when = datetime.fromtimestamp(now, UTC)
    try:
        key = _ensure_key(key_file)
        old = _load_certificate(certificate_file) if certificate_file.exists() else None
        if old is not None and _serves(old, key, when):
            not_after = old.not_valid_after_utc.timestamp()
            return TlsIdentity(certificate_file, key_file, not_after)
        new = _self_signed(key, name, when)
        _write_durably(certificate_file, new.public_bytes(serialization.Encoding.PEM))
    except (OSError, ValueError) as error:
        raise StoreError(f"the phone's TLS identity in {folder} cannot be used: {error}") from error
    not_after = new.not_valid_after_utc.timestamp()
    return TlsIdentity(certificate_file, key_file, not_after, renewed=old is not None)


def fingerprint_of(certificate: Path) -> str:
    """SHA-256 of a PEM file's first certificate, in hex digits.

    Raises:
        StoreError: It cannot be read.
    """
    try:
        return _load_certificate(certificate).fingerprint(hashes.SHA256()).hex()
    except (OSError, ValueError) as error:
        raise StoreError(f"the certificate {certificate} cannot be read: {error}") from error


def read_tls_identity(certificate: Path, private_key: Path) -> TlsIdentity:
    """A certificate that somebody else made; it is for its owner to renew it.

    Raises:
        StoreError: One of the files cannot be read, or they do not belong together.
    """
    place = f"the certificate {certificate} with the key {private_key} cannot be used"
    try:
        public = _load_certificate(certificate)
    except OSError as error:
        raise StoreError(f"{place}: {error}") from error
    except ValueError as error:
        sentence = f"{certificate} holds no certificate (PEM: -----BEGIN CERTIFICATE-----)"
        raise StoreError(sentence) from error
    try:
        key = serialization.load_pem_private_key(private_key.read_bytes(), password=None)
    except (OSError, TypeError) as error:
        raise StoreError(f"{place}: {error}") from error
    except ValueError as error:
        sentence = f"{private_key} holds no private key (PEM: -----BEGIN PRIVATE KEY-----)"
        raise StoreError(sentence) from error
    if public.public_key() != key.public_key():
        raise StoreError(f"the key {private_key} is not that of the certificate {certificate}")
    return TlsIdentity(certificate, private_key, public.not_valid_after_utc.timestamp())


def _ensure_key(file: Path) -> ec.EllipticCurvePrivateKey:
    if file.exists():
        loaded = serialization.load_pem_private_key(file.read_bytes(), password=None)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{file} holds no EC key")
        return loaded
    key = ec.generate_private_key(ec.SECP256R1())
    encoded = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _write_durably(file, encoded)
    return key


def _serves(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey, when: datetime) -> bool:
    """Whether the certificate fits the key (it may have been lost) and is not about to expire."""
    remaining = certificate.not_valid_after_utc - when
    return certificate.public_key() == key.public_key() and remaining > _RENEWED_BEFORE


def _load_certificate(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def _self_signed(key: ec.EllipticCurvePrivateKey, name: str, when: datetime) -> x509.Certificate:
    common_name = name.encode()[:_COMMON_NAME_MAX].decode(errors="ignore")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(when - _EARLIER)
        .not_valid_after(when + _VALIDITY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def _write_durably(file: Path, content: bytes) -> None:
    """Writes a file for the owner's eyes only, whole or not at all."""
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    new.rename(file)
    sync_folder(file.parent)
