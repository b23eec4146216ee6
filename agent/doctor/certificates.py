"""What OpenSSL has against a server's certificate, as the flags that the phone judges by. Pure."""

from typing import Final

from cryptography import x509

from agent.trust.judgement import NOTHING, Verify

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


def faults(code: int, chain: tuple[x509.Certificate, ...], now: float) -> Verify:
    """All that is wrong with it: OpenSSL tells the first fault alone.

    Args:
        code: OpenSSL's verify code; 0: it had nothing against it.
        chain: What the server showed.
        now: Seconds since 1970.
    """
    found = _FAULTS.get(code, Verify.UNKNOWN) if code else NOTHING
    if not all(_is_in_time(each, now) for each in chain):
        found |= Verify.VALIDITY_PERIOD
    return found


def _is_in_time(certificate: x509.Certificate, now: float) -> bool:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return begins.timestamp() <= now <= ends.timestamp()
