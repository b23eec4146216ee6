"""The algorithms of RFC 6189 sections 5.1.2 to 5.1.6 that this phone has, as data.

A name is the type block without its padding: "B32" stands for the octets "B32 ".
"""

from collections.abc import Container
from dataclasses import field
from typing import Final

from agent.frozen import frozen
from agent.zrtp.errors import LocalError
from agent.zrtp.sas import Rendering

__all__ = [
    "AUTH_TAGS",
    "CIPHERS",
    "DEFAULT_OFFER",
    "HASHES",
    "KEM_NONCE_LENGTH",
    "KEY_AGREEMENTS",
    "MAX_LIST",
    "SAS_TYPES",
    "WITHOUT_EXCHANGE",
    "AuthTag",
    "Cipher",
    "Hash",
    "KeyAgreement",
    "Offer",
    "SasType",
    "is_post_quantum",
]

# A Hello counts each list in four bits, of which RFC 6189 section 5.2 allows 0 to 7.
MAX_LIST: Final = 7
"""Names that each list of a Hello has room for."""

# Multistream mode, which is mandatory, stands in the same list.
_MAX_KEY_AGREEMENTS: Final = MAX_LIST - 1


@frozen
class Hash:
    """A hash with its HMAC; `digest` is the name that hashlib knows, `length` is in octets."""

    name: str
    digest: str
    length: int


@frozen
class Cipher:
    """A block cipher for SRTP and for the Confirm messages; `key_length` is in octets."""

    name: str
    key_length: int


@frozen
class AuthTag:
    """How SRTP packets are authenticated.

    Attributes:
        name: as in the Hello.
        bits: length of the tag.
        salt_bits: length of the SRTP master salt that goes with it.
        ciphers: with which ciphers there is such a tag.
    """

    name: str
    bits: int
    salt_bits: int = 112
    ciphers: tuple[str, ...] = ("AES1", "AES2", "AES3")


@frozen
class KeyAgreement:
    """A Diffie-Hellman type, or a key encapsulation mechanism (KEM). Lengths are in octets.

    With a KEM the Commit carries the initiator's public key, DHPart1 the ciphertext, and DHPart2 a
    nonce: hvi covers it, so that neither side can search for a SAS.

    Attributes:
        name: as in the Hello.
        rank: place in the order from fast to slow that section 4.1.2 compares by. The RFC ranks
            its own types; where the others stand follows what other phones do, which put
            everything post-quantum behind everything classical.
        primitives: the mathematics behind the name; with a hybrid, in the order of the name.
        public_key_length: of the public key in the Commit; 0 for Diffie-Hellman.
        pvr_length: of the value in DHPart1.
        pvi_length: of the value in DHPart2.
        post_quantum: stands against a quantum computer, as far as anybody knows.
        strong: wants S512, or else S384, and AES3, so that these are not the weakest link.
        only_hash: the hash without which it must not be used (section 5.1.5); empty: any.
        receive_only: accepted where it is offered, but never chosen by ourselves.
    """

    name: str
    rank: int
    primitives: tuple[str, ...]
    public_key_length: int
    pvr_length: int
    pvi_length: int
    post_quantum: bool = False
    strong: bool = False
    only_hash: str = ""
    receive_only: bool = False

    @property
    def is_kem(self) -> bool:
        """Whether this is a key encapsulation mechanism."""
        return self.public_key_length > 0


@frozen
class SasType:
    """A way to render the SAS."""

    name: str
    rendering: Rendering


def _dh(
    name: str,
    rank: int,
    primitive: str,
    length: int,
    *,
    strong: bool = False,
    only_hash: str = "",
    receive_only: bool = False,
) -> KeyAgreement:
    return KeyAgreement(
        name,
        rank,
        (primitive,),
        public_key_length=0,
        pvr_length=length,
        pvi_length=length,
        strong=strong,
        only_hash=only_hash,
        receive_only=receive_only,
    )


def _kem(
    name: str,
    rank: int,
    primitives: tuple[str, ...],
    lengths: tuple[int, int],
    *,
    post_quantum: bool,
    strong: bool,
) -> KeyAgreement:
    public_key, ciphertext = lengths
    return KeyAgreement(
        name,
        rank,
        primitives,
        public_key_length=public_key,
        pvr_length=ciphertext,
        pvi_length=KEM_NONCE_LENGTH,
        post_quantum=post_quantum,
        strong=strong,
    )


KEM_NONCE_LENGTH: Final = 16
"""Octets of the nonce that stands in a DHPart2 in place of a public value."""

HASHES: Final = {
    a.name: a
    for a in (Hash("S256", "sha256", 32), Hash("S384", "sha384", 48), Hash("S512", "sha512", 64))
}
CIPHERS: Final = {a.name: a for a in (Cipher("AES1", 16), Cipher("AES2", 24), Cipher("AES3", 32))}
AUTH_TAGS: Final = {
    a.name: a
    for a in (
        AuthTag("HS32", 32),
        AuthTag("HS80", 80),
        # RFC 7714: the tag is never cut, and there is none for AES-192.
        AuthTag("GCM", 128, salt_bits=96, ciphers=("AES1", "AES3")),
    )
}
KEY_AGREEMENTS: Final = {
    a.name: a
    for a in (
        _dh("DH2k", 0, "modp2048", 256, receive_only=True),
        # One curve under two names: Linphone says X255, the GNU ZRTP family E255.
        _dh("X255", 1, "x25519", 32),
        _dh("E255", 2, "x25519", 32),
        _kem("K255", 3, ("x25519",), (32, 32), post_quantum=False, strong=False),
        _dh("EC25", 4, "p256", 64),
        _dh("X448", 5, "x448", 56, strong=True),
        _kem("K448", 6, ("x448",), (56, 56), post_quantum=False, strong=True),
        _dh("DH3k", 7, "modp3072", 384),
        _dh("EC38", 8, "p384", 96, strong=True, only_hash="S384"),
        _kem("MLK2", 9, ("mlkem768",), (1184, 1088), post_quantum=True, strong=True),
        _kem("MLK3", 10, ("mlkem1024",), (1568, 1568), post_quantum=True, strong=True),
        _kem("X3M3", 11, ("x448", "mlkem1024"), (1624, 1624), post_quantum=True, strong=True),
    )
}
WITHOUT_EXCHANGE: Final = {
    name: KeyAgreement(name, 0, (), public_key_length=0, pvr_length=0, pvi_length=0)
    for name in ("Prsh", "Mult")
}
"""What stands in a Commit in place of a key agreement (sections 4.4.2 and 4.4.3)."""

SAS_TYPES: Final = {a.name: a for a in (SasType("B32", "B32"), SasType("B256", "B256"))}


def is_post_quantum(name: str) -> bool:
    """Whether a key agreement of this name withstands a quantum computer.

    A name that is none of the registry's (a mode without a key agreement of its own) does not.
    """
    kind = KEY_AGREEMENTS.get(name)
    return kind is not None and kind.post_quantum


@frozen
class Offer:
    """What our Hello lists, each in order of preference.

    What the RFC makes mandatory counts as appended even when it is left out (section 5.2):
    S256, AES1, HS32, HS80, DH3k, B32.

    GCM is not among the defaults: libbzrtp 5.3 derives the same keys and the same 96 bits of
    salt, but no phone with it was at hand to show that its packets are the same, too, and a call
    in which they are not would be secure and silent.

    Attributes:
        hashes: the names; likewise ciphers, auth_tags, key_agreements, sas_types.
        post_quantum_only: the one exception from the above: DH3k does not count as appended, so
            that a peer without any of the post-quantum types listed here is refused.

    Raises:
        LocalError: a name that the registry does not know, more than seven of a kind (of
            key agreements: six), or
            `post_quantum_only` with no type, or a classical one.
    """

    hashes: tuple[str, ...] = ("S256", "S384", "S512")
    ciphers: tuple[str, ...] = ("AES3", "AES1")
    auth_tags: tuple[str, ...] = ("HS80", "HS32")
    key_agreements: tuple[str, ...] = ("X3M3", "X255", "E255", "EC25", "DH3k")
    sas_types: tuple[str, ...] = ("B256", "B32")
    post_quantum_only: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        _check("hash", self.hashes, HASHES)
        _check("cipher", self.ciphers, CIPHERS)
        _check("auth tag", self.auth_tags, AUTH_TAGS)
        _check("key agreement", self.key_agreements, KEY_AGREEMENTS, _MAX_KEY_AGREEMENTS)
        _check("SAS", self.sas_types, SAS_TYPES)
        if self.post_quantum_only and not (
            self.key_agreements and all(map(is_post_quantum, self.key_agreements))
        ):
            raise LocalError("only post-quantum key agreement types, and at least one, were wanted")


def _check(
    kind: str, names: tuple[str, ...], known: Container[str], at_most: int = MAX_LIST
) -> None:
    if len(names) > at_most:
        raise LocalError(f"at most {at_most} {kind} types fit into a Hello, not {len(names)}")
    for name in names:
        if name not in known:
            raise LocalError(f"{name!r} is no {kind} type that this phone has")


DEFAULT_OFFER: Final = Offer()
