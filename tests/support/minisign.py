"""Signs as minisign does; `tests/unit/fleet/test_signature.py` holds both ways to a file of its own."""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class Signer:
    """Somebody with a key.

    Args:
        seed: 32 octets, the private key.
        number: 8 octets by which the key is known.
    """

    def __init__(self, seed: bytes = bytes(32), number: bytes = b"numbered") -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._number = number

    @property
    def public_key(self) -> str:
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return base64.b64encode(b"Ed" + self._number + raw).decode()

    def sign(self, content: bytes, *, hashed: bool = True, comment: str = "of today") -> bytes:
        algorithm = b"ED" if hashed else b"Ed"
        made = self._key.sign(hashlib.blake2b(content).digest() if hashed else content)
        over_all = self._key.sign(made + comment.encode())
        return "\n".join(
            (
                "untrusted comment: signature",
                base64.b64encode(algorithm + self._number + made).decode(),
                f"trusted comment: {comment}",
                base64.b64encode(over_all).decode(),
                "",
            )
        ).encode()
