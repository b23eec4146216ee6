"""Certificates of every kind that a server may show, made on the spot."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Identity:
    """A certificate and its key, as files."""

    certificate: Path
    private_key: Path


class Authority:
    """A certificate authority.

    Args:
        folder: Where its files go.
        name: Its common name.
        organisation: Its organisation, if it has one.
        above: The authority that vouches for it; None: itself.
        valid_for: How long it is valid, from yesterday on.
    """

    def __init__(
        self,
        folder: Path,
        name: str = "Test CA",
        *,
        organisation: str | None = None,
        above: "Authority | None" = None,
        valid_for: timedelta = 31 * DAY,
    ) -> None:
        self._folder = folder
        self._above = above
        self.name = _distinguished(name, organisation)
        self.key = ec.generate_private_key(ec.SECP256R1())
        start = datetime.now(UTC) - DAY
        issuer = above or self
        self.certificate = (
            _builder(self.name, issuer.name, self.key, start, start + valid_for)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(issuer.key, hashes.SHA256())
        )
        self.file = folder / f"{name.replace(' ', '-')}.pem"
        self.file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def issue(
        self,
        name: str,
        *further: str,
        valid_from: timedelta = -DAY,
        valid_for: timedelta = 2 * DAY,
        names: Iterable[x509.GeneralName] | None = None,
        usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
        also_client: bool = False,
        fetched_at: str | None = None,
        whole_chain: bool = True,
    ) -> Identity:
        """Signs a certificate for a server's name.

        Args:
            name: Its common name, and the first DNS name in it unless `names` says otherwise.
            further: Further DNS names.
            valid_from: When it begins to be valid, counted from now.
            valid_for: For how long it is.
            names: Its subject alternative names; empty: it has none.
            usage: What it is good for.
            also_client: Whether its holder may show it to other servers, too.
            fetched_at: Where the issuer's certificate is to be had, as it says.
            whole_chain: Whether the file holds those of the authorities below the root, too.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        start = datetime.now(UTC) + valid_from
        wanted = (
            list(names or ())
            if names is not None
            else [x509.DNSName(each) for each in (name, *further)]
        )
        usages = [usage, *([ExtendedKeyUsageOID.CLIENT_AUTH] if also_client else [])]
        builder = _builder(_distinguished(name), self.name, key, start, start + valid_for)
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        if wanted:
            builder = builder.add_extension(x509.SubjectAlternativeName(wanted), critical=False)
        if fetched_at is not None:
            access = x509.AccessDescription(
                AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(fetched_at)
            )
            extension = x509.AuthorityInformationAccess([access])
            builder = builder.add_extension(extension, critical=False)
        certificate = builder.sign(self.key, hashes.SHA256())
        above = self._below_the_root() if whole_chain else ()
        stem = f"{name.replace('*', 'any').replace(' ', '-')}-{certificate.serial_number:x}"
        return _write(self._folder, stem, (certificate, *above), key)

    def revokes(
        self,
        *identities: Identity,
        valid_from: timedelta = -DAY,
        valid_for: timedelta = 2 * DAY,
        signed_by: "Authority | None" = None,
        extension: x509.ExtensionType | None = None,
    ) -> x509.CertificateRevocationList:
        """Lists certificates that it takes back.

        Args:
            identities: Which ones.
            valid_from: When the list begins to be valid, counted from now.
            valid_for: For how long it is.
            signed_by: Who signed it instead.
            extension: A critical one.
        """
        start = datetime.now(UTC) + valid_from
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.name)
        builder = builder.last_update(start).next_update(start + valid_for)
        for identity in identities:
            serial = load(identity.certificate).serial_number
            entry = x509.RevokedCertificateBuilder().serial_number(serial)
            builder = builder.add_revoked_certificate(entry.revocation_date(start).build())
        if extension is not None:
            builder = builder.add_extension(extension, critical=True)
        return builder.sign((signed_by or self).key, hashes.SHA256())

    def _below_the_root(self) -> tuple[x509.Certificate, ...]:
        if self._above is None:
            return ()
        return (self.certificate, *self._above._below_the_root())


def self_signed(folder: Path, name: str) -> Identity:
    """A certificate that vouches for itself, as a phone has one for direct calls."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    certificate = (
        _builder(_distinguished(name), _distinguished(name), key, now - DAY, now + DAY)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _write(folder, f"{name}-self", (certificate,), key)


def write_lists(file: Path, *lists: x509.CertificateRevocationList) -> Path:
    """Puts revocation lists into a file, as PEM."""
    file.write_bytes(b"".join(each.public_bytes(serialization.Encoding.PEM) for each in lists))
    return file


def load(file: Path) -> x509.Certificate:
    """The first certificate in a PEM file."""
    return x509.load_pem_x509_certificate(file.read_bytes())


def _distinguished(name: str, organisation: str | None = None) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if organisation is not None:
        parts.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    return x509.Name(parts)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    start: datetime,
    end: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _write(
    folder: Path,
    stem: str,
    chain: tuple[x509.Certificate, ...],
    key: ec.EllipticCurvePrivateKey,
) -> Identity:
    identity = Identity(folder / f"{stem}.pem", folder / f"{stem}.key")
    pem = (each.public_bytes(serialization.Encoding.PEM) for each in chain)
    identity.certificate.write_bytes(b"".join(pem))
    identity.private_key.touch(mode=0o600)
    identity.private_key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return identity
