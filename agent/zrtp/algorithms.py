"""The algorithms of RFC 6189 sections 5.1.2 to 5.1.6 that this phone has, as data.

A name is the type block without its padding: "B32" stands for the octets "B32 ".
"""

from collections.abc import Container
from dataclasses import dataclass
from typing import Final

from agent.zrtp.errors import LocalError
from agent.zrtp.sas import Rendering

__all__ = [
    "AUTH_TAGS",
    "CIPHERS",
    "DEFAULT_OFFER",
    "HASHES",
    "KEY_AGREEMENTS",
    "SAS_TYPES",
    "AuthTag",
    "Cipher",
    "Hash",
    "KeyAgreement",
    "Offer",
    "SasType",
]

# A Hello counts each list in four bits, of which RFC 6189 section 5.2 allows 0 to 7.
_MAX_LIST: Final = 7


@dataclass(frozen=True, slots=True)
class Hash:
    """A hash with its HMAC; `digest` is the name that hashlib knows, `length` is in octets."""

    name: str
    digest: str
    length: int


@dataclass(frozen=True, slots=True)
class Cipher:
    """A block cipher for SRTP and for the Confirm messages; `key_length` is in octets."""

    name: str
    key_length: int


@dataclass(frozen=True, slots=True)
class AuthTag:
    """An SRTP authentication tag of `bits` bits, made with HMAC-SHA1."""

    name: str
    bits: int


@dataclass(frozen=True, slots=True)
class KeyAgreement:
    """A Diffie-Hellman type.

    Attributes:
        name: as in the Hello.
        rank: place in the order from fast to slow that section 4.1.2 compares by. The RFC ranks
            its own types; where X25519 stands follows what other phones do.
        public_value_length: octets on the wire.
        group: the mathematics behind the name; two names may share one.
    """

    name: str
    rank: int
    public_value_length: int
    group: str


@dataclass(frozen=True, slots=True)
class SasType:
    """A way to render the SAS."""

    name: str
    rendering: Rendering


HASHES: Final = {a.name: a for a in (Hash("S256", "sha256", 32), Hash("S384", "sha384", 48))}
CIPHERS: Final = {a.name: a for a in (Cipher("AES1", 16), Cipher("AES3", 32))}
AUTH_TAGS: Final = {a.name: a for a in (AuthTag("HS32", 32), AuthTag("HS80", 80))}
KEY_AGREEMENTS: Final = {
    a.name: a
    for a in (
        # One curve under two names: Linphone says X255, the GNU ZRTP family E255.
        KeyAgreement("X255", 1, 32, "x25519"),
        KeyAgreement("E255", 2, 32, "x25519"),
        KeyAgreement("EC25", 3, 64, "p256"),
        KeyAgreement("DH3k", 4, 384, "modp3072"),
    )
}
SAS_TYPES: Final = {a.name: a for a in (SasType("B32", "B32"), SasType("B256", "B256"))}


@dataclass(frozen=True, slots=True)
class Offer:
    """What our Hello lists, each in order of preference.

    What the RFC makes mandatory counts as appended even when it is left out (section 5.2):
    S256, AES1, HS32, HS80, DH3k, B32.

    Raises:
        LocalError: a name that the registry does not know, or more than seven of a kind.
    """

    hashes: tuple[str, ...] = ("S256", "S384")
    ciphers: tuple[str, ...] = ("AES3", "AES1")
    auth_tags: tuple[str, ...] = ("HS80", "HS32")
    key_agreements: tuple[str, ...] = ("X255", "E255", "EC25", "DH3k")
    sas_types: tuple[str, ...] = ("B256", "B32")

    def __post_init__(self) -> None:
        _check("hash", self.hashes, HASHES)
        _check("cipher", self.ciphers, CIPHERS)
        _check("auth tag", self.auth_tags, AUTH_TAGS)
        _check("key agreement", self.key_agreements, KEY_AGREEMENTS)
        _check("SAS", self.sas_types, SAS_TYPES)


def _check(kind: str, names: tuple[str, ...], known: Container[str]) -> None:
    if len(names) > _MAX_LIST:
        raise LocalError(f"at most {_MAX_LIST} {kind} types fit into a Hello, not {len(names)}")
    for name in names:
        if name not in known:
            raise LocalError(f"{name!r} is no {kind} type that this phone has")


DEFAULT_OFFER: Final = Offer()
