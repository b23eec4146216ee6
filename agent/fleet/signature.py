"""Signatures as minisign makes them: Ed25519 over the file, and over the comment beside it. Pure.

minisign is in Debian and signs with one command, and its keys fit into one line; a bare Ed25519
signature would need a script at either end. Format: https://jedisct1.github.io/minisign/
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIGNATURE_LIMIT: Final = 4096
"""Octets of a signature's file; minisign itself stops at about that."""
_PLAIN: Final = b"Ed"
_HASHED: Final = b"ED"
_ALGORITHM: Final = 2
_KEY_NUMBER: Final = 8
_SIGNATURE: Final = 64
_TRUSTED: Final = "trusted comment: "
_LINES: Final = 4


class SignatureError(Exception):
    """Nobody who may has signed it; the message is a sentence."""


def check_signature(content: bytes, signature: bytes, public_keys: Iterable[str]) -> None:
    """Returns if one of the keys has signed the content.

    Args:
        content: What was signed.
        signature: The whole file that `minisign -S` wrote.
        public_keys: The second lines of public keys' files.

    Raises:
        SignatureError: None of them has, or it is no signature.
    """
    signed, comment, over_all = _read(signature)
    algorithm, number = signed[:_ALGORITHM], signed[_ALGORITHM : _ALGORITHM + _KEY_NUMBER]
    made = signed[_ALGORITHM + _KEY_NUMBER :]
    if algorithm == _HASHED:
        content = hashlib.blake2b(content).digest()
    elif algorithm != _PLAIN:
        raise SignatureError("its signature is of a kind that minisign does not make")
    for line in public_keys:
        key = base64.b64decode(line)
        if key[_ALGORITHM : _ALGORITHM + _KEY_NUMBER] == number:
            public = Ed25519PublicKey.from_public_bytes(key[_ALGORITHM + _KEY_NUMBER :])
            _verify(public, made, content)
            _verify(public, over_all, made + comment)
            return
    raise SignatureError(f"it is signed by key {_name(number)}, which is none of public_key")


def _verify(public: Ed25519PublicKey, signature: bytes, content: bytes) -> None:
    try:
        public.verify(signature, content)
    except InvalidSignature:
        raise SignatureError("its signature is wrong: it was changed after it was signed") from None


def _read(signature: bytes) -> tuple[bytes, bytes, bytes]:
    """The signature with algorithm and key number, the trusted comment, the one over both."""
    try:
        lines = signature.decode("utf-8").splitlines()
        if len(lines) != _LINES or not lines[2].startswith(_TRUSTED):
            raise SignatureError("its signature is no file of minisign")
        signed = base64.b64decode(lines[1], validate=True)
        over_all = base64.b64decode(lines[3], validate=True)
    except (UnicodeDecodeError, binascii.Error):
        raise SignatureError("its signature is no file of minisign") from None
    if (len(signed), len(over_all)) != (_ALGORITHM + _KEY_NUMBER + _SIGNATURE, _SIGNATURE):
        raise SignatureError("its signature is cut off")
    return signed, lines[2].removeprefix(_TRUSTED).encode(), over_all


def _name(number: bytes) -> str:
    """As minisign writes it."""
    return number[::-1].hex().upper()
