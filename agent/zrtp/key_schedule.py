"""From DHResult to all keys of one exchange (RFC 6189 sections 4.4.1.4 and 4.5).

Nothing else knows the order and the labels of the derivations.
"""

import hmac
from dataclasses import field
from hashlib import new
from typing import Final, Self

from agent.frozen import frozen
from agent.zrtp.algorithms import AuthTag, Cipher, Hash
from agent.zrtp.erasure import Octets, wipe
from agent.zrtp.retained_secrets import SharedSecrets
from agent.zrtp.state import Role

__all__ = ["KdfContext", "RoleKeys", "SessionKeys", "StreamKeys", "derive_s0", "kdf"]

_ALGORITHM_ID: Final = b"ZRTP-HMAC-KDF"
_COUNTER: Final = (1).to_bytes(4)
_RS_BITS: Final = 256
_SASHASH_BITS: Final = 256
_SASVALUE_OCTETS: Final = 4


@frozen
class KdfContext:
    """ZIDi || ZIDr || total_hash: who took part, and every message that was exchanged."""

    zid_initiator: bytes
    zid_responder: bytes
    total_hash: bytes

    @classmethod
    def of_dh_mode(
        cls, hash_: Hash, zids: tuple[bytes, bytes], messages: tuple[bytes, bytes, bytes, bytes]
    ) -> Self:
        """The context of an exchange in DH mode.

        Args:
            hash_: the negotiated hash.
            zids: of the initiator and of the responder.
            messages: Hello of the responder, Commit, DHPart1, DHPart2, as they went over the wire.
        """
        return cls(*zids, new(hash_.digest, b"".join(messages)).digest())

    @classmethod
    def of_other_modes(
        cls, hash_: Hash, zids: tuple[bytes, bytes], hello: bytes, commit: bytes
    ) -> Self:
        """The context in Preshared and Multistream mode (sections 4.4.2.4 and 4.4.3.2).

        Args:
            hash_: the negotiated hash.
            zids: of the initiator and of the responder.
            hello: Hello of the responder, as it went over the wire.
            commit: the Commit, likewise.
        """
        return cls(*zids, new(hash_.digest, hello + commit).digest())

    def serialize(self) -> bytes:
        """The octets that every derivation covers."""
        return self.zid_initiator + self.zid_responder + self.total_hash


def derive_s0(
    hash_: Hash, dh_result: bytes, context: KdfContext, shared: SharedSecrets
) -> bytearray:
    """s0 of section 4.4.1.4; a null secret counts as one of length zero. Wipe it after use."""
    secrets = b"".join(
        len(secret).to_bytes(4) + secret
        for secret in (shared.s1 or b"", shared.s2 or b"", shared.s3 or b"")
    )
    material = _COUNTER + dh_result + _ALGORITHM_ID + context.serialize() + secrets
    return bytearray(new(hash_.digest, material).digest())


def kdf(hash_: Hash, key: Octets, label: str, context: bytes, bits: int) -> bytearray:
    """The key derivation function of section 4.5.1; `bits` is at most the hash's length."""
    data = _COUNTER + label.encode("ascii") + b"\x00" + context + bits.to_bytes(4)
    return bytearray(hmac.digest(key, data, hash_.digest)[: bits // 8])


@frozen
class RoleKeys:
    """The keys with which the side in one role sends (section 4.5.3).

    Attributes:
        srtp_key: SRTP master key, as long as the negotiated AES key.
        srtp_salt: SRTP master salt, 14 octets; 12 for AES-GCM (RFC 7714 section 12).
        mac_key: for the MAC of Confirm, GoClear and SASrelay.
        zrtp_key: for what is encrypted in those.
    """

    srtp_key: bytearray = field(repr=False)
    srtp_salt: bytearray = field(repr=False)
    mac_key: bytearray = field(repr=False)
    zrtp_key: bytearray = field(repr=False)

    @classmethod
    def derive(
        cls,
        hash_: Hash,
        cipher: Cipher,
        auth_tag: AuthTag,
        s0: Octets,
        context: KdfContext,
        *,
        role: str,
    ) -> Self:
        """Those of "Initiator" or "Responder"."""
        covered = context.serialize()

        def of(label: str, bits: int) -> bytearray:
            return kdf(hash_, s0, f"{role} {label}", covered, bits)

        return cls(
            of("SRTP master key", cipher.key_length * 8),
            of("SRTP master salt", auth_tag.salt_bits),
            of("HMAC key", hash_.length * 8),
            of("ZRTP key", cipher.key_length * 8),
        )

    def wipe(self) -> None:
        """Overwrite all four (section 4.7.3)."""
        wipe(self.srtp_key, self.srtp_salt, self.mac_key, self.zrtp_key)


@frozen
class StreamKeys:
    """The keys of one stream: all that is derived from s0 in Multistream mode.

    Attributes:
        initiator: keys with which the initiator sends.
        responder: keys with which the responder sends.
    """

    initiator: RoleKeys
    responder: RoleKeys

    @classmethod
    def derive(
        cls, hash_: Hash, cipher: Cipher, auth_tag: AuthTag, s0: Octets, context: KdfContext
    ) -> Self:
        """Derive them (section 4.5.3); s0 can be forgotten then (section 4.6.1)."""
        return cls(
            RoleKeys.derive(hash_, cipher, auth_tag, s0, context, role="Initiator"),
            RoleKeys.derive(hash_, cipher, auth_tag, s0, context, role="Responder"),
        )

    def wipe_srtp(self) -> None:
        """Overwrite what encrypts media, once the host has it."""
        for keys in (self.initiator, self.responder):
            wipe(keys.srtp_key, keys.srtp_salt)

    def of_role(self, role: Role) -> RoleKeys:
        """The keys with which the side in `role` sends."""
        return self.initiator if role is Role.INITIATOR else self.responder

    def wipe(self) -> None:
        """Overwrite all of them (section 4.7.3)."""
        self.initiator.wipe()
        self.responder.wipe()


@frozen
class SessionKeys(StreamKeys):
    """The keys of the first stream, and what only that one has (section 4.5.2).

    Attributes:
        sas_value: the leftmost 32 bits of sashash.
        rs1: the secret to be retained, 32 octets.
        zrtp_session: ZRTPSess, as long as the negotiated hash.
    """

    sas_value: int = field(repr=False)
    rs1: bytearray = field(repr=False)
    zrtp_session: bytearray = field(repr=False)

    @classmethod
    def derive(
        cls, hash_: Hash, cipher: Cipher, auth_tag: AuthTag, s0: Octets, context: KdfContext
    ) -> Self:
        """Derive everything (sections 4.5.2, 4.5.3 and 4.6.1)."""
        stream = StreamKeys.derive(hash_, cipher, auth_tag, s0, context)
        covered = context.serialize()

        def of(label: str, bits: int) -> bytearray:
            return kdf(hash_, s0, label, covered, bits)

        return cls(
            stream.initiator,
            stream.responder,
            int.from_bytes(of("SAS", _SASHASH_BITS)[:_SASVALUE_OCTETS]),
            of("retained secret", _RS_BITS),
            of("ZRTP Session Key", hash_.length * 8),
        )

    def wipe(self) -> None:
        """Overwrite all of them; the store has its own copy of rs1 by then."""
        # super() without arguments is lost on a dataclass with slots.
        StreamKeys.wipe(self)
        wipe(self.rs1, self.zrtp_session)
