"""Key encapsulation, alone or as a hybrid, in the place of Diffie-Hellman.

RFC 6189 knows nothing of it: this is the format in which Linphone sends it. The initiator's public
key is in its Commit, the responder's ciphertext in DHPart1, and DHPart2 holds a nonce. Three kinds
of mechanism are put together: ML-KEM (FIPS 203), a DHKEM made of X25519 or X448 in the way of
RFC 9180 section 4.1, and the combiner of a hybrid, whose result is safe as long as one of its parts
is.

Encapsulation for ML-KEM draws its randomness inside `cryptography`: it alone cannot be repeated.
"""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import field
from typing import Final, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import mlkem
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from agent.frozen import frozen
from agent.zrtp.algorithms import KEM_NONCE_LENGTH, Hash, KeyAgreement
from agent.zrtp.key_agreement import bad_public_value, montgomery_key

__all__ = ["Decapsulator", "Encapsulator", "combine", "dhkem_secret"]

_HASHES: Final = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_SEED_LENGTH: Final = 64


@frozen
class _Encapsulated:
    """The outcome of one mechanism: what is sent, and what both sides then know."""

    ciphertext: bytes
    secret: bytes = field(repr=False)


class _Private(Protocol):
    """The initiator's key for one mechanism."""

    @property
    def public_key(self) -> bytes: ...

    def decapsulate(self, ciphertext: bytes) -> bytes: ...


class _Mechanism(Protocol):
    """One mechanism. What is malformed is a ValueError."""

    @property
    def public_key_length(self) -> int: ...

    @property
    def ciphertext_length(self) -> int: ...

    def generate(self, hash_: Hash, randbytes: Callable[[int], bytes]) -> _Private: ...

    def encapsulate(
        self, public_key: bytes, hash_: Hash, randbytes: Callable[[int], bytes]
    ) -> _Encapsulated: ...


def dhkem_secret(hash_: Hash, curve: str, dh: bytes, ciphertext: bytes, public_key: bytes) -> bytes:
    """The shared secret of a DHKEM: RFC 9180 section 4.1 with labels of its own.

    Args:
        hash_: the negotiated hash.
        curve: "x25519" or "x448".
        dh: the result of Diffie-Hellman.
        ciphertext: the responder's ephemeral public key.
        public_key: the initiator's.

    Returns:
        As many octets as `dh` has.
    """
    suite = b"KEM" + _KEM_IDS[curve]
    length = len(dh)
    expand = length.to_bytes(2) + b"ZRTP-v1.1" + suite + b"shared_secret" + ciphertext + public_key
    extract = b"ZRTP" + suite + b"eae_prk" + dh
    return HKDF(_HASHES[hash_.digest], length, salt=None, info=expand).derive(extract)


# The numbers that RFC 9180 section 7.1 gives to X25519 and X448.
_KEM_IDS: Final = {"x25519": b"\x00\x20", "x448": b"\x00\x21"}


@frozen
class _DhKem:
    curve: str
    public_key_length: int

    @property
    def ciphertext_length(self) -> int:
        return self.public_key_length

    def generate(self, hash_: Hash, randbytes: Callable[[int], bytes]) -> _Private:
        return _DhKemPrivate(self.curve, hash_, randbytes)

    def encapsulate(
        self, public_key: bytes, hash_: Hash, randbytes: Callable[[int], bytes]
    ) -> _Encapsulated:
        key = montgomery_key(self.curve, randbytes)
        dh, ciphertext = key.shared_secret(public_key), key.public_value
        return _Encapsulated(
            ciphertext, dhkem_secret(hash_, self.curve, dh, ciphertext, public_key)
        )


class _DhKemPrivate:
    def __init__(self, curve: str, hash_: Hash, randbytes: Callable[[int], bytes]) -> None:
        self._curve = curve
        self._hash = hash_
        self._key = montgomery_key(curve, randbytes)
        self.public_key = self._key.public_value

    def decapsulate(self, ciphertext: bytes) -> bytes:
        dh = self._key.shared_secret(ciphertext)
        return dhkem_secret(self._hash, self._curve, dh, ciphertext, self.public_key)


@frozen
class _MlKem:
    private: type[mlkem.MLKEM768PrivateKey | mlkem.MLKEM1024PrivateKey]
    public: type[mlkem.MLKEM768PublicKey | mlkem.MLKEM1024PublicKey]
    public_key_length: int
    ciphertext_length: int

    def generate(self, hash_: Hash, randbytes: Callable[[int], bytes]) -> _Private:
        del hash_  # FIPS 203 brings its own
        return _MlKemPrivate(self.private.from_seed_bytes(randbytes(_SEED_LENGTH)))

    def encapsulate(
        self, public_key: bytes, hash_: Hash, randbytes: Callable[[int], bytes]
    ) -> _Encapsulated:
        del hash_, randbytes
        # Raises for a key with a coefficient that is not reduced: FIPS 203 section 7.2.
        secret, ciphertext = self.public.from_public_bytes(public_key).encapsulate()
        return _Encapsulated(ciphertext, secret)


class _MlKemPrivate:
    def __init__(self, key: mlkem.MLKEM768PrivateKey | mlkem.MLKEM1024PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes_raw()

    def decapsulate(self, ciphertext: bytes) -> bytes:
        # A wrong ciphertext of the right length gives a secret that nobody else knows (implicit
        # rejection): the Confirm will tell.
        return self._key.decapsulate(ciphertext)


_MECHANISMS: Final[dict[str, _Mechanism]] = {
    "x25519": _DhKem("x25519", 32),
    "x448": _DhKem("x448", 56),
    "mlkem768": _MlKem(mlkem.MLKEM768PrivateKey, mlkem.MLKEM768PublicKey, 1184, 1088),
    "mlkem1024": _MlKem(mlkem.MLKEM1024PrivateKey, mlkem.MLKEM1024PublicKey, 1568, 1568),
}


def combine(hash_: Hash, parts: list[_Encapsulated]) -> bytes:
    """One secret from those of all parts, bound to all ciphertexts; a lone part's own secret."""
    if len(parts) == 1:
        return parts[0].secret
    key = b""
    for part in parts:
        key = hmac.digest(key, part.secret, hash_.digest)
    return hmac.digest(key, b"".join(part.ciphertext for part in parts), hash_.digest)


def _cut(data: bytes, lengths: list[int]) -> Iterator[bytes]:
    for length in lengths:
        yield data[:length]
        data = data[length:]


class Decapsulator:
    """The initiator's side of a KEM, in the form of a `KeyPair`.

    Args:
        kind: a KEM of the registry.
        hash_: the negotiated hash.
        randbytes: source of randomness.

    Attributes:
        public_key: goes into the Commit.
        public_value: the nonce that goes into DHPart2.
    """

    def __init__(self, kind: KeyAgreement, hash_: Hash, randbytes: Callable[[int], bytes]) -> None:
        self._hash = hash_
        self._mechanisms = [_MECHANISMS[name] for name in kind.primitives]
        self._keys = [mechanism.generate(hash_, randbytes) for mechanism in self._mechanisms]
        self.public_key = b"".join(key.public_key for key in self._keys)
        self.public_value = randbytes(KEM_NONCE_LENGTH)

    def shared_secret(self, peer_value: bytes) -> bytes:
        """What stands for DHResult.

        Args:
            peer_value: the ciphertext of DHPart1, of the length that the registry tells.

        Raises:
            RefusalError: it is malformed (code 0x61).
        """
        lengths = [mechanism.ciphertext_length for mechanism in self._mechanisms]
        pieces = zip(self._keys, _cut(peer_value, lengths), strict=True)
        try:
            parts = [_Encapsulated(piece, key.decapsulate(piece)) for key, piece in pieces]
        except ValueError:
            raise bad_public_value() from None
        return combine(self._hash, parts)


class Encapsulator:
    """The responder's side of a KEM, in the form of a `KeyPair`.

    Args:
        kind: a KEM of the registry.
        hash_: the negotiated hash.
        randbytes: source of randomness.
        public_key: that of the Commit, of the length that the registry tells.

    Attributes:
        public_value: the ciphertext that goes into DHPart1.

    Raises:
        RefusalError: the public key is malformed (code 0x61).
    """

    def __init__(
        self,
        kind: KeyAgreement,
        hash_: Hash,
        randbytes: Callable[[int], bytes],
        public_key: bytes,
    ) -> None:
        mechanisms = [_MECHANISMS[name] for name in kind.primitives]
        keys = _cut(public_key, [mechanism.public_key_length for mechanism in mechanisms])
        try:
            parts = [
                mechanism.encapsulate(key, hash_, randbytes)
                for mechanism, key in zip(mechanisms, keys, strict=True)
            ]
        except ValueError:
            raise bad_public_value() from None
        self.public_value = b"".join(part.ciphertext for part in parts)
        self._secret = combine(hash_, parts)

    def shared_secret(self, peer_value: bytes) -> bytes:
        """What stands for DHResult; the nonce of DHPart2 is covered by hvi and by total_hash."""
        del peer_value
        return self._secret
