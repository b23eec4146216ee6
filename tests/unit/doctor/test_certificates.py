"""What is read of a certificate, and what is wrong with it."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from agent.doctor import certificates
from agent.sip.reasons import NOTHING, Certificate, Verify
from support.certificates import Authority, Identity, self_signed

HOST = "sip.example.org"
SHOWN = Certificate((HOST, "sip:Example.org"), "CA", not_before=100.0, not_after=200.0)


def der(identity: Identity) -> bytes:
    found = x509.load_pem_x509_certificate(identity.certificate.read_bytes())
    return found.public_bytes(Encoding.DER)


def test_a_certificate_of_an_authority(tmp_path: Path) -> None:
    read = certificates.read(der(Authority(tmp_path, "House CA").issue(HOST)))
    assert (read.names, read.issuer, read.self_signed) == ((HOST,), "House CA", False)
    assert read.not_after - read.not_before == 2 * 86400


def test_one_that_signed_itself(tmp_path: Path) -> None:
    assert certificates.read(der(self_signed(tmp_path, HOST))).self_signed


def test_what_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="asn1"):
        certificates.read(b"")


@pytest.mark.parametrize(
    ("names", "host", "proven"),
    [
        ((HOST,), HOST, True),
        ((HOST.upper(),), HOST, True),
        (("sip:sip.example.org",), HOST, True),
        (("*.example.org",), HOST, False),
        (("example.org",), HOST, False),
        (("2001:db8::1",), "[2001:db8::1]", True),
        ((), HOST, False),
    ],
)
def test_for_whom_it_is(names: tuple[str, ...], host: str, proven: bool) -> None:  # noqa: FBT001
    assert certificates.proves(Certificate(names), host) is proven


@pytest.mark.parametrize(
    ("code", "host", "now", "wrong"),
    [
        (0, HOST, 150.0, NOTHING),
        (10, HOST, 250.0, Verify.VALIDITY_PERIOD),
        (9, HOST, 50.0, Verify.VALIDITY_PERIOD),
        (18, HOST, 150.0, Verify.UNTRUSTED),
        (20, HOST, 150.0, Verify.ISSUER_NOT_FOUND),
        (23, HOST, 150.0, Verify.REVOKED),
        (4711, HOST, 150.0, Verify.INVALID_FORMAT),
        (0, "a.example", 150.0, Verify.IDENTITY_NOT_MATCH),
        # OpenSSL tells one fault; a person wants to hear of all of them.
        (
            20,
            "a.example",
            250.0,
            Verify.ISSUER_NOT_FOUND | Verify.VALIDITY_PERIOD | Verify.IDENTITY_NOT_MATCH,
        ),
    ],
)
def test_all_that_is_wrong_with_it(code: int, host: str, now: float, wrong: Verify) -> None:
    assert certificates.faults(code, SHOWN, host, now) == wrong
