"""From two Hellos to five algorithms (RFC 6189 sections 4.1.2 and 5.2)."""

from dataclasses import dataclass
from typing import Final

from agent.zrtp.algorithms import (
    AUTH_TAGS,
    CIPHERS,
    HASHES,
    KEY_AGREEMENTS,
    SAS_TYPES,
    AuthTag,
    Cipher,
    Hash,
    KeyAgreement,
    Offer,
    SasType,
)
from agent.zrtp.errors import ErrorCode, RefusalError
from agent.zrtp.messages import Commit, Hello

__all__ = ["Choice", "accept", "choose", "type_block", "type_blocks"]

# What every endpoint has, whether it says so or not (sections 5.1.2 to 5.1.6).
_MANDATORY: Final = Offer(("S256",), ("AES1",), ("HS32", "HS80"), ("DH3k",), ("B32",))


@dataclass(frozen=True, slots=True)
class Choice:
    """The five algorithms of one exchange."""

    hash: Hash
    cipher: Cipher
    auth_tag: AuthTag
    key_agreement: KeyAgreement
    sas: SasType


def type_block(name: str) -> bytes:
    """The 4 octets that stand for a name of the registry."""
    return name.encode("ascii").ljust(4)


def type_blocks(names: tuple[str, ...]) -> tuple[bytes, ...]:
    """The octets of a list in a Hello."""
    return tuple(type_block(name) for name in names)


def _with_mandatory(names: tuple[str, ...], mandatory: tuple[str, ...]) -> tuple[str, ...]:
    """A missing mandatory algorithm counts as the last one of the list (section 5.2)."""
    return names + tuple(name for name in mandatory if name not in names)


def _common(
    ours: tuple[str, ...], theirs: tuple[bytes, ...], mandatory: tuple[str, ...]
) -> tuple[list[str], list[str]]:
    """What is in both lists: in our order, and in theirs. What we do not know falls out."""
    listed = tuple(block.decode("latin-1").rstrip(" ") for block in theirs)
    our_list, their_list = _with_mandatory(ours, mandatory), _with_mandatory(listed, mandatory)
    return (
        [name for name in our_list if name in their_list],
        [name for name in their_list if name in our_list],
    )


def choose(offer: Offer, hello: Hello) -> Choice:
    """What we commit to, given what the peer listed.

    The key agreement is the faster one of both sides' first choices, so that both arrive at the
    same; all else is the initiator's own preference.
    """
    ours, theirs = _common(offer.key_agreements, hello.key_agreements, _MANDATORY.key_agreements)
    faster = min(ours[0], theirs[0], key=lambda name: KEY_AGREEMENTS[name].rank)
    first = {
        "hash": _common(offer.hashes, hello.hashes, _MANDATORY.hashes)[0][0],
        "cipher": _common(offer.ciphers, hello.ciphers, _MANDATORY.ciphers)[0][0],
        "auth_tag": _common(offer.auth_tags, hello.auth_tags, _MANDATORY.auth_tags)[0][0],
        "sas": _common(offer.sas_types, hello.sas_types, _MANDATORY.sas_types)[0][0],
    }
    return Choice(
        HASHES[first["hash"]],
        CIPHERS[first["cipher"]],
        AUTH_TAGS[first["auth_tag"]],
        KEY_AGREEMENTS[faster],
        SAS_TYPES[first["sas"]],
    )


def accept(offer: Offer, commit: Commit) -> Choice:
    """What the peer committed to, if we offered it.

    Raises:
        RefusalError: it was not in our Hello (codes 0x51 to 0x55, section 5.9).
    """
    own = (
        (commit.hash, offer.hashes, _MANDATORY.hashes, ErrorCode.HASH_NOT_SUPPORTED),
        (commit.cipher, offer.ciphers, _MANDATORY.ciphers, ErrorCode.CIPHER_NOT_SUPPORTED),
        (commit.auth_tag, offer.auth_tags, _MANDATORY.auth_tags, ErrorCode.AUTH_TAG_NOT_SUPPORTED),
        (
            commit.key_agreement,
            offer.key_agreements,
            _MANDATORY.key_agreements,
            ErrorCode.KEY_AGREEMENT_NOT_SUPPORTED,
        ),
        (commit.sas, offer.sas_types, _MANDATORY.sas_types, ErrorCode.SAS_NOT_SUPPORTED),
    )
    for block, names, mandatory, code in own:
        if block not in type_blocks(_with_mandatory(names, mandatory)):
            raise RefusalError(code, f"the peer chose {block!r}, which we did not offer")
    hash_, cipher, auth_tag, key_agreement, sas = (
        block.decode("ascii").rstrip(" ") for block, *_ in own
    )
    return Choice(
        HASHES[hash_],
        CIPHERS[cipher],
        AUTH_TAGS[auth_tag],
        KEY_AGREEMENTS[key_agreement],
        SAS_TYPES[sas],
    )
