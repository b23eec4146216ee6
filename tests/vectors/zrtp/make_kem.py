"""Writes kem.json: what a DHKEM and the combiner come to, computed without any library.

    python tests/vectors/zrtp/make_kem.py

X25519 and X448 are the ladder of RFC 7748 section 5 in plain integers, HKDF is RFC 5869 section 2
in HMACs. Before anything is written, the DHKEM is held against the vector of RFC 9180 appendix
A.1.1, which differs from ours in its labels alone. ML-KEM's part comes out of mlkem.json.
"""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Final, NamedTuple

_HERE: Final = Path(__file__).parent
_HASHES: Final = {"S256": "sha256", "S384": "sha384", "S512": "sha512"}


class _Curve(NamedTuple):
    prime: int
    a24: int
    base: int
    octets: int
    kem_id: bytes

    def clamp(self, private: bytes) -> int:
        scalar = bytearray(private)
        if self.octets == 32:
            scalar[0] &= 248
            scalar[31] = scalar[31] & 127 | 64
        else:
            scalar[0] &= 252
            scalar[55] |= 128
        return int.from_bytes(scalar, "little")

    def multiply(self, private: bytes, point: bytes) -> bytes:
        p, scalar = self.prime, self.clamp(private)
        x1 = int.from_bytes(point, "little") % 2 ** (255 if self.octets == 32 else 448) % p
        x2, z2, x3, z3 = 1, 0, x1, 1
        for bit in reversed(range(self.octets * 8)):
            if scalar >> bit & 1:
                x2, z2, x3, z3 = self._step(x3, z3, x2, z2, x1)
                x2, z2, x3, z3 = x3, z3, x2, z2
            else:
                x2, z2, x3, z3 = self._step(x2, z2, x3, z3, x1)
        return (x2 * pow(z2, -1, p) % p).to_bytes(self.octets, "little")

    def _step(self, x2: int, z2: int, x3: int, z3: int, x1: int) -> tuple[int, int, int, int]:
        """Twice the first point, and the sum of both."""
        p = self.prime
        plus, minus = (x2 + z2) % p, (x2 - z2) % p
        square, other = plus * plus % p, minus * minus % p
        difference = (square - other) % p
        da, cb = (x3 - z3) * plus % p, (x3 + z3) * minus % p
        return (
            square * other % p,
            difference * (square + self.a24 * difference) % p,
            (da + cb) ** 2 % p,
            x1 * (da - cb) ** 2 % p,
        )

    def public(self, private: bytes) -> bytes:
        return self.multiply(private, self.base.to_bytes(self.octets, "little"))


_CURVES: Final = {
    "x25519": _Curve(2**255 - 19, 121665, 9, 32, b"\x00\x20"),
    "x448": _Curve(2**448 - 2**224 - 1, 39081, 5, 56, b"\x00\x21"),
}


def _hkdf(digest: str, material: bytes, info: bytes, length: int) -> bytes:
    key = hmac.digest(bytes(hashlib.new(digest).digest_size), material, digest)
    out, block, counter = b"", b"", 0
    while len(out) < length:
        counter += 1
        block = hmac.digest(key, block + info + bytes([counter]), digest)
        out += block
    return out[:length]


def _dhkem(
    curve: _Curve,
    digest: str,
    private: bytes,
    peer: bytes,
    context: bytes,
    *,
    labels: tuple[bytes, bytes],
) -> bytes:
    dh = curve.multiply(private, peer)
    suite, length = b"KEM" + curve.kem_id, curve.octets
    material = labels[0] + suite + b"eae_prk" + dh
    info = length.to_bytes(2, "big") + labels[1] + suite + b"shared_secret" + context
    return _hkdf(digest, material, info, length)


def _check_against_rfc_9180() -> None:
    curve = _CURVES["x25519"]
    ephemeral = bytes.fromhex("52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736")
    static = bytes.fromhex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8")
    expected = "fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc"
    context = curve.public(ephemeral) + curve.public(static)
    labels = (b"HPKE-v1", b"HPKE-v1")
    secret = _dhkem(curve, "sha256", ephemeral, curve.public(static), context, labels=labels)
    assert secret.hex() == expected, secret.hex()


def _octets(text: str, length: int) -> bytes:
    """Private keys that look like chance and can be made again."""
    return hashlib.shake_256(text.encode()).digest(length)


def _dhkem_vector(name: str, hash_: str) -> dict[str, str]:
    curve = _CURVES[name]
    private, ephemeral = (
        _octets(f"{name} {who}", curve.octets) for who in ("initiator", "responder")
    )
    public_key, ciphertext = curve.public(private), curve.public(ephemeral)
    secret = _dhkem(
        curve,
        _HASHES[hash_],
        ephemeral,
        public_key,
        ciphertext + public_key,
        labels=(b"ZRTP", b"ZRTP-v1.1"),
    )
    return {
        "hash": hash_,
        "initiator_private": private.hex(),
        "responder_private": ephemeral.hex(),
        "public_key": public_key.hex(),
        "ciphertext": ciphertext.hex(),
        "secret": secret.hex(),
    }


def _combine(digest: str, secrets: list[bytes], ciphertexts: list[bytes]) -> bytes:
    key = b""
    for secret in secrets:
        key = hmac.digest(key, secret, digest)
    return hmac.digest(key, b"".join(ciphertexts), digest)


def _hybrid_vector(hash_: str) -> dict[str, str]:
    """X3M3."""
    classical = _dhkem_vector("x448", hash_)
    quantum = json.loads((_HERE / "mlkem.json").read_text(encoding="utf-8"))["mlkem1024"]
    parts = (classical, quantum)
    secret = _combine(
        _HASHES[hash_],
        [bytes.fromhex(part["secret"]) for part in parts],
        [bytes.fromhex(part["ciphertext"]) for part in parts],
    )
    return {"hash": hash_, "secret": secret.hex()}


def main() -> None:
    """Check, and write."""
    _check_against_rfc_9180()
    vectors = {
        "K255": [_dhkem_vector("x25519", hash_) for hash_ in _HASHES],
        "K448": [_dhkem_vector("x448", hash_) for hash_ in _HASHES],
        "X3M3": [_hybrid_vector(hash_) for hash_ in _HASHES],
    }
    text = json.dumps(vectors, indent=1) + "\n"
    (_HERE / "kem.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
