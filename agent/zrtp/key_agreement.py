"""Diffie-Hellman with the types of the registry, and the checks of RFC 6189 section 4.4.1.

Private keys are made from octets that are handed in, so that a run can be repeated. What the
peer sends is checked here and in `kem`, and nowhere else: a `KeyPair` gives no result from a bad
public value.
"""

from collections.abc import Callable
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x448 import X448PrivateKey, X448PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from agent.zrtp.algorithms import KeyAgreement
from agent.zrtp.errors import ErrorCode, RefusalError
from agent.zrtp.modp import MODP_2048, MODP_3072, ModpKey

__all__ = ["KeyPair", "MontgomeryKey", "bad_public_value", "generate_key_pair", "montgomery_key"]


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


def bad_public_value() -> RefusalError:
    """What is raised when the peer sent something that is no public value."""
    return RefusalError(
        ErrorCode.BAD_PUBLIC_VALUE,
        "the peer's public value would make the keys known to others",
        attack=True,
    )


class _Group(Protocol):
    """A key of one of the primitives; here a bad value is a ValueError."""

    @property
    def public_value(self) -> bytes: ...

    def shared_secret(self, peer_value: bytes) -> bytes: ...


class _Nist:
    """ECDH on a curve of NIST: X and Y are sent, the result is X alone (section 5.1.5)."""

    def __init__(self, curve: ec.EllipticCurve, order: int, secret: bytes) -> None:
        self._curve = curve
        self._field = (curve.key_size + 7) // 8
        # 64 bits more than the order has keep the remainder uniform (FIPS 186-5 appendix A.2.1).
        self._key = ec.derive_private_key(int.from_bytes(secret) % (order - 1) + 1, curve)
        point = self._key.public_key().public_numbers()
        self.public_value = point.x.to_bytes(self._field) + point.y.to_bytes(self._field)

    def shared_secret(self, peer_value: bytes) -> bytes:
        x, y = peer_value[: self._field], peer_value[self._field :]
        numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), self._curve)
        # Partial validation of SP 800-56A: both coordinates in the field, point on the curve.
        return self._key.exchange(ec.ECDH(), numbers.public_key())


class MontgomeryKey:
    """X25519 or X448, in the octets of RFC 7748.

    Args:
        key: of one of the two.

    Attributes:
        public_value: 32 or 56 octets.
    """

    def __init__(self, key: X25519PrivateKey | X448PrivateKey) -> None:
        self._key = key
        self.public_value = key.public_key().public_bytes_raw()

    def shared_secret(self, peer_value: bytes) -> bytes:
        """As long as the public value.

        Raises:
            ValueError: the result is all zero: a point of small order (RFC 7748 section 6).
        """
        if isinstance(self._key, X25519PrivateKey):
            return self._key.exchange(X25519PublicKey.from_public_bytes(peer_value))
        return self._key.exchange(X448PublicKey.from_public_bytes(peer_value))


def montgomery_key(curve: str, randbytes: Callable[[int], bytes]) -> MontgomeryKey:
    """A fresh key on "x25519" or "x448"."""
    if curve == "x25519":
        return MontgomeryKey(X25519PrivateKey.from_private_bytes(randbytes(32)))
    return MontgomeryKey(X448PrivateKey.from_private_bytes(randbytes(56)))


_PRIMES: Final = {"modp2048": MODP_2048, "modp3072": MODP_3072}
_CURVES: Final[dict[str, tuple[ec.EllipticCurve, int]]] = {
    "p256": (
        ec.SECP256R1(),
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    ),
    "p384": (
        ec.SECP384R1(),
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    ),
}


class _Checked:
    """A key pair that refuses what its group calls a bad value."""

    def __init__(self, group: _Group) -> None:
        self._group = group
        self.public_value = group.public_value

    def shared_secret(self, peer_value: bytes) -> bytes:
        try:
            return self._group.shared_secret(peer_value)
        except ValueError:
            raise bad_public_value() from None


def generate_key_pair(
    kind: KeyAgreement, exponent_length: int, randbytes: Callable[[int], bytes]
) -> KeyPair:
    """Make a fresh key pair for one of the Diffie-Hellman types.

    Args:
        kind: the negotiated key agreement.
        exponent_length: octets of a finite-field exponent: twice the AES key (section 5.1.5).
        randbytes: source of randomness.
    """
    (primitive,) = kind.primitives
    if primitive in _PRIMES:
        return _Checked(ModpKey(_PRIMES[primitive], randbytes(exponent_length)))
    if primitive in _CURVES:
        curve, order = _CURVES[primitive]
        return _Checked(_Nist(curve, order, randbytes(curve.key_size // 8 + 8)))
    return _Checked(montgomery_key(primitive, randbytes))
