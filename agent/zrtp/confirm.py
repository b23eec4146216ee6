"""What Confirm1 and Confirm2 hold inside: sealed with CFB, covered by a MAC (section 5.7)."""

import hmac
from dataclasses import field
from typing import Final

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from agent.frozen import frozen
from agent.zrtp.algorithms import Hash
from agent.zrtp.errors import ErrorCode, RefusalError
from agent.zrtp.hash_chain import mac64
from agent.zrtp.key_schedule import RoleKeys
from agent.zrtp.messages import Confirm, MessageType
from agent.zrtp.signature import Signature
from agent.zrtp.wire import WORD, Reader

__all__ = ["Assertions", "open_confirm", "seal_confirm"]

_H0: Final = 32
_MAX_SIGNATURE_WORDS: Final = 511
_ENROLLMENT, _VERIFIED, _ALLOW_CLEAR, _DISCLOSURE = 8, 4, 2, 1


@frozen
class Assertions:
    """What one side asserts in its Confirm, under the new keys.

    Attributes:
        h0: the seed of its hash chain, 32 octets.
        cache_seconds: how long it wants the new secret retained.
        verified: V flag: its user compared the SAS in an earlier session.
        disclosure: D flag: it may give the keys away.
        allow_clear: A flag: it accepts GoClear. With E set it counts as 0 (section 7.3.1).
        enrollment: E flag: a PBX asks to be enrolled.
        signature: of the SAS; never verified here, and never sent.
    """

    h0: bytes = field(repr=False)
    cache_seconds: int
    verified: bool = False
    disclosure: bool = False
    allow_clear: bool = False
    enrollment: bool = False
    signature: Signature | None = None


def seal_confirm(
    kind: MessageType, assertions: Assertions, iv: bytes, keys: RoleKeys, hash_: Hash
) -> bytes:
    """A whole Confirm1 or Confirm2, 19 words: we never sign the SAS.

    Args:
        kind: CONFIRM1 or CONFIRM2.
        assertions: what we assert.
        iv: 16 octets, random and used once.
        keys: the keys of our own role.
        hash_: the negotiated hash.
    """
    flags = (
        assertions.enrollment * _ENROLLMENT
        | assertions.verified * _VERIFIED
        | assertions.allow_clear * _ALLOW_CLEAR
        | assertions.disclosure * _DISCLOSURE
    )
    inside = assertions.h0 + flags.to_bytes(WORD) + assertions.cache_seconds.to_bytes(WORD)
    encryptor = Cipher(AES(keys.zrtp_key), CFB(iv)).encryptor()
    sealed = encryptor.update(inside) + encryptor.finalize()
    return Confirm(mac64(keys.mac_key, sealed, hash_.digest), iv, sealed).serialize(kind)


def open_confirm(message: bytes, keys: RoleKeys, hash_: Hash) -> Assertions:
    """Check the MAC, then decrypt. A signature is stepped over: we cannot check any.

    Args:
        message: a whole Confirm1 or Confirm2.
        keys: the keys of the peer's role.
        hash_: the negotiated hash.

    Raises:
        RefusalError: confirm_mac is wrong, so the two sides hold different keys (code 0x70).
        NotUsedError: the form is wrong.
    """
    confirm = Confirm.parse(message)
    if not hmac.compare_digest(mac64(keys.mac_key, confirm.sealed, hash_.digest), confirm.mac):
        raise RefusalError(
            ErrorCode.BAD_CONFIRM_MAC,
            "the peer's Confirm does not prove the same keys as ours",
            attack=True,
        )
    decryptor = Cipher(AES(keys.zrtp_key), CFB(confirm.iv)).decryptor()
    reader = Reader(decryptor.update(confirm.sealed) + decryptor.finalize())
    h0, flags, cache_seconds = reader.take(_H0), reader.word(), reader.word()
    # 15 unused bits, 9 bits of signature length in words, 8 bits of flags.
    signature = Signature.read(reader, flags >> 8 & _MAX_SIGNATURE_WORDS)
    reader.finish()
    enrollment = bool(flags & _ENROLLMENT)
    return Assertions(
        h0,
        cache_seconds,
        verified=bool(flags & _VERIFIED),
        disclosure=bool(flags & _DISCLOSURE),
        allow_clear=bool(flags & _ALLOW_CLEAR) and not enrollment,
        enrollment=enrollment,
        signature=signature,
    )
