"""Diffie-Hellman in the groups of the registry, with the checks of RFC 6189 section 4.4.1.

Private keys are made from octets that are handed in, so that a run can be repeated. What the
peer sends is checked here and nowhere else: a `KeyPair` gives no result from a bad public value.
"""

from collections.abc import Callable
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from agent.zrtp.algorithms import KeyAgreement
from agent.zrtp.errors import ErrorCode, RefusalError

__all__ = ["MODP_3072", "KeyPair", "generate_key_pair"]

MODP_3072: Final = int(
    """
    FFFFFFFF FFFFFFFF C90FDAA2 2168C234 C4C6628B 80DC1CD1 29024E08 8A67CC74
    020BBEA6 3B139B22 514A0879 8E3404DD EF9519B3 CD3A431B 302B0A6D F25F1437
    4FE1356D 6D51C245 E485B576 625E7EC6 F44C42E9 A637ED6B 0BFF5CB6 F406B7ED
    EE386BFB 5A899FA5 AE9F2411 7C4B1FE6 49286651 ECE45B3D C2007CB8 A163BF05
    98DA4836 1C55D39A 69163FA8 FD24CF5F 83655D23 DCA3AD96 1C62F356 208552BB
    9ED52907 7096966D 670C354E 4ABC9804 F1746C08 CA18217C 32905E46 2E36CE3B
    E39E772C 180E8603 9B2783A2 EC07A28F B5C55DF0 6F4C52C9 DE2BCBF6 95581718
    3995497C EA956AE5 15D22618 98FA0510 15728E5A 8AAAC42D AD33170D 04507A33
    A85521AB DF1CBA64 ECFB8504 58DBEF0A 8AEA7157 5D060C7D B3970F85 A6E1E4C7
    ABF5AE8C DB0933D7 1E8C94E0 4A25619D CEE3D226 1AD2EE6B F12FFA06 D98A0864
    D8760273 3EC86A64 521F2B18 177B200C BBE11757 7A615D6C 770988C0 BAD946E2
    08E24FA0 74E5AB31 43DB5BFC E0FD108E 4B82D120 A93AD2CA FFFFFFFF FFFFFFFF
    """.replace(" ", "").replace("\n", ""),
    16,
)
"""The prime of group 15 (RFC 3526 section 4); its generator is 2."""

_MODP_LENGTH: Final = 384
_GENERATOR: Final = 2

_P256: Final = ec.SECP256R1()
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_P256_FIELD: Final = 32


class KeyPair(Protocol):
    """One side's ephemeral key, good for one exchange."""

    @property
    def public_value(self) -> bytes:
        """What goes into DHPart1 or DHPart2, at its full width."""
        ...

    def shared_secret(self, peer_value: bytes) -> bytes:
        """DHResult at its full width, leading zeros kept (section 4.4.1.4).

        Args:
            peer_value: the peer's public value, of the length that the registry tells.

        Raises:
            RefusalError: the value would give a result that others can know (code 0x61).
        """
        ...


def generate_key_pair(
    kind: KeyAgreement, exponent_length: int, randbytes: Callable[[int], bytes]
) -> KeyPair:
    """Make a fresh key pair.

    Args:
        kind: the negotiated key agreement.
        exponent_length: octets of a finite-field exponent: twice the AES key (section 5.1.5).
        randbytes: source of randomness.
    """
    if kind.group == "x25519":
        return _X25519(randbytes(32))
    if kind.group == "p256":
        return _P256Key(randbytes(_P256_FIELD + 8))
    return _FiniteField(randbytes(exponent_length))


def _bad_public_value() -> RefusalError:
    return RefusalError(
        ErrorCode.BAD_PUBLIC_VALUE,
        "the peer's public value would make the keys known to others",
        attack=True,
    )


class _FiniteField:
    """The 3072-bit group of RFC 3526.

    Python's own `pow` does it: cryptography is about to drop finite-field Diffie-Hellman. Its
    time depends on the exponent, but each exponent serves for two powers in one call only.
    """

    def __init__(self, secret: bytes) -> None:
        self._exponent = int.from_bytes(secret)
        self.public_value = self._fixed_width(pow(_GENERATOR, self._exponent, MODP_3072))

    def shared_secret(self, peer_value: bytes) -> bytes:
        value = int.from_bytes(peer_value)
        # p is a safe prime: only 1 and p-1 have a small order, and 0 is no element at all.
        if not 1 < value < MODP_3072 - 1:
            raise _bad_public_value()
        return self._fixed_width(pow(value, self._exponent, MODP_3072))

    @staticmethod
    def _fixed_width(number: int) -> bytes:
        return number.to_bytes(_MODP_LENGTH)


class _P256Key:
    """ECDH on P-256: X and Y are sent, the result is X alone (section 5.1.5)."""

    def __init__(self, secret: bytes) -> None:
        # 64 bits more than the order has keep the remainder uniform (FIPS 186-5 appendix A.2.1).
        scalar = int.from_bytes(secret) % (_P256_ORDER - 1) + 1
        self._key = ec.derive_private_key(scalar, _P256)
        point = self._key.public_key().public_numbers()
        self.public_value = point.x.to_bytes(_P256_FIELD) + point.y.to_bytes(_P256_FIELD)

    def shared_secret(self, peer_value: bytes) -> bytes:
        x, y = peer_value[:_P256_FIELD], peer_value[_P256_FIELD:]
        numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), _P256)
        try:
            # Partial validation of SP 800-56A: both coordinates in the field, point on the curve.
            peer_key = numbers.public_key()
        except ValueError:
            raise _bad_public_value() from None
        return self._key.exchange(ec.ECDH(), peer_key)


class _X25519:
    """X25519 as Linphone and the GNU ZRTP family send it: the 32 octets of RFC 7748."""

    def __init__(self, secret: bytes) -> None:
        self._key = X25519PrivateKey.from_private_bytes(secret)
        self.public_value = self._key.public_key().public_bytes_raw()

    def shared_secret(self, peer_value: bytes) -> bytes:
        try:
            # Raises when the result is all zero: a point of small order (RFC 7748 section 6.1).
            return self._key.exchange(X25519PublicKey.from_public_bytes(peer_value))
        except ValueError:
            raise _bad_public_value() from None
