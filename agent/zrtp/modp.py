"""Finite-field Diffie-Hellman in the groups of RFC 3526, at fixed width (RFC 6189 section 5.1.5).

`cryptography` says with each use that it will drop this one day. RFC 6189 makes it mandatory, so
that warning, and no other, is kept silent here.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from cryptography.hazmat.primitives.asymmetric import dh
from cryptography.utils import CryptographyDeprecationWarning

__all__ = ["MODP_2048", "MODP_3072", "ModpKey"]


def _number(digits: str) -> int:
    return int("".join(digits.split()), 16)


MODP_2048: Final = _number("""
    FFFFFFFF FFFFFFFF C90FDAA2 2168C234 C4C6628B 80DC1CD1 29024E08 8A67CC74
    020BBEA6 3B139B22 514A0879 8E3404DD EF9519B3 CD3A431B 302B0A6D F25F1437
    4FE1356D 6D51C245 E485B576 625E7EC6 F44C42E9 A637ED6B 0BFF5CB6 F406B7ED
    EE386BFB 5A899FA5 AE9F2411 7C4B1FE6 49286651 ECE45B3D C2007CB8 A163BF05
    98DA4836 1C55D39A 69163FA8 FD24CF5F 83655D23 DCA3AD96 1C62F356 208552BB
    9ED52907 7096966D 670C354E 4ABC9804 F1746C08 CA18217C 32905E46 2E36CE3B
    E39E772C 180E8603 9B2783A2 EC07A28F B5C55DF0 6F4C52C9 DE2BCBF6 95581718
    3995497C EA956AE5 15D22618 98FA0510 15728E5A 8AACAA68 FFFFFFFF FFFFFFFF
""")
"""The prime of group 14 (RFC 3526 section 3)."""

MODP_3072: Final = _number("""
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
""")
"""The prime of group 15 (RFC 3526 section 4)."""

_GENERATOR: Final = 2


@contextmanager
def _without_the_warning() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore",
            "Diffie-Hellman over finite fields .* is deprecated",
            CryptographyDeprecationWarning,
        )
        yield


class ModpKey:
    """A secret exponent.

    Args:
        prime: one of the two.
        secret: the exponent; twice as long as the AES key.

    Attributes:
        public_value: two to the power of the exponent.
    """

    def __init__(self, prime: int, secret: bytes) -> None:
        self._prime = prime
        with _without_the_warning():
            self._group = dh.DHParameterNumbers(prime, _GENERATOR)
            # What belongs to the exponent is not known yet, and an exchange does not look at it.
            unknown = dh.DHPublicNumbers(_GENERATOR, self._group)
            # An exponent of 0, which nobody will ever draw, would end the process.
            exponent = int.from_bytes(secret) or 1
            self._key = dh.DHPrivateNumbers(exponent, unknown).private_key()
        self.public_value = self._power_of(_GENERATOR)

    def shared_secret(self, peer_value: bytes) -> bytes:
        """The peer's value to the power of our exponent.

        Raises:
            ValueError: the result would be the same for everybody.
        """
        value = int.from_bytes(peer_value)
        # p is a safe prime: only 1 and p-1 have a small order, and 0 is no element at all.
        if not 1 < value < self._prime - 1:
            raise ValueError("no element of the group, or one of small order")
        return self._power_of(value)

    def _power_of(self, value: int) -> bytes:
        with _without_the_warning():
            element = dh.DHPublicNumbers(value, self._group).public_key()
            return self._key.exchange(element)
