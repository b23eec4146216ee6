"""From two Hellos to five algorithms (RFC 6189 sections 4.1.2 and 5.2)."""

from typing import Final

from agent.frozen import frozen
from agent.zrtp.algorithms import (
    AUTH_TAGS,
    CIPHERS,
    HASHES,
    KEY_AGREEMENTS,
    MAX_LIST,
    SAS_TYPES,
    WITHOUT_EXCHANGE,
    AuthTag,
    Cipher,
    Hash,
    KeyAgreement,
    Offer,
    SasType,
)
from agent.zrtp.errors import ErrorCode, RefusalError
from agent.zrtp.messages import MULTISTREAM, Commit, Hello

__all__ = ["Choice", "accept", "choose", "key_agreement_blocks", "type_block", "type_blocks"]

# What every endpoint has, whether it says so or not (sections 5.1.2 to 5.1.6).
_MANDATORY: Final = Offer(("S256",), ("AES1",), ("HS32", "HS80"), ("DH3k",), ("B32",))


@frozen
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


def _name(block: bytes) -> str:
    return block.decode("latin-1").rstrip(" ")


def type_blocks(names: tuple[str, ...]) -> tuple[bytes, ...]:
    """The octets of a list in a Hello."""
    return tuple(type_block(name) for name in names)


def key_agreement_blocks(offer: Offer) -> tuple[bytes, ...]:
    """The key agreements of our Hello, and the modes without one that we know.

    Preshared mode, which nobody needs, is left out when the list is full.
    """
    return type_blocks((*offer.key_agreements, "Mult", "Prsh")[:MAX_LIST])


def _with_mandatory(names: tuple[str, ...], mandatory: tuple[str, ...]) -> tuple[str, ...]:
    """A missing mandatory algorithm counts as the last one of the list (section 5.2)."""
    return names + tuple(name for name in mandatory if name not in names)


def _common(
    ours: tuple[str, ...], theirs: tuple[bytes, ...], mandatory: tuple[str, ...]
) -> tuple[list[str], list[str]]:
    """What is in both lists: in our order, and in theirs. What we do not know falls out."""
    listed = tuple(_name(block) for block in theirs)
    our_list, their_list = _with_mandatory(ours, mandatory), _with_mandatory(listed, mandatory)
    return (
        [name for name in our_list if name in their_list],
        [name for name in their_list if name in our_list],
    )


def _mandatory_key_agreements(offer: Offer) -> tuple[str, ...]:
    return () if offer.post_quantum_only else _MANDATORY.key_agreements


def _choose_key_agreement(offer: Offer, hello: Hello, hashes: list[str]) -> KeyAgreement:
    """The faster one of both sides' first choices, so that both arrive at the same.

    A peer that puts a classical type first thereby gets it, although both have a post-quantum
    one: the rule allows no more than to leave the classical types out (`Offer`).

    Raises:
        RefusalError: only post-quantum types will do, and the peer has none of ours.
    """

    def eligible(names: list[str]) -> list[KeyAgreement]:
        kinds = (KEY_AGREEMENTS[name] for name in names)
        return [kind for kind in kinds if not kind.receive_only and kind.only_hash in {"", *hashes}]

    mandatory = _mandatory_key_agreements(offer)
    ours, theirs = map(eligible, _common(offer.key_agreements, hello.key_agreements, mandatory))
    if not ours:
        raise RefusalError(
            ErrorCode.HELLO_COMPONENTS_MISMATCH,
            "the peer has no post-quantum key agreement, and this phone is set to accept no other",
        )
    return min(ours[0], theirs[0], key=lambda kind: kind.rank)


def _strongest_first(names: list[str], strong: tuple[str, ...]) -> list[str]:
    return [name for name in strong if name in names] + names


def choose(offer: Offer, hello: Hello) -> Choice:
    """What we commit to, given what the peer listed.

    All but the key agreement is the initiator's own preference, as far as it fits together.

    Raises:
        RefusalError: only post-quantum types will do, and the peer has none of ours.
    """
    hashes, _ = _common(offer.hashes, hello.hashes, _MANDATORY.hashes)
    ciphers, _ = _common(offer.ciphers, hello.ciphers, _MANDATORY.ciphers)
    auth_tags, _ = _common(offer.auth_tags, hello.auth_tags, _MANDATORY.auth_tags)
    sas_types, _ = _common(offer.sas_types, hello.sas_types, _MANDATORY.sas_types)
    key_agreement = _choose_key_agreement(offer, hello, hashes)
    if key_agreement.strong:
        hashes = _strongest_first(hashes, ("S512", "S384"))
        ciphers = _strongest_first(ciphers, ("AES3",))
    auth_tag = next(name for name in auth_tags if ciphers[0] in AUTH_TAGS[name].ciphers)
    return Choice(
        HASHES[key_agreement.only_hash or hashes[0]],
        CIPHERS[ciphers[0]],
        AUTH_TAGS[auth_tag],
        key_agreement,
        SAS_TYPES[sas_types[0]],
    )


def accept(offer: Offer, commit: Commit) -> Choice:
    """What the peer committed to, if we offered it and it fits together.

    A Commit in Preshared or Multistream mode has no key agreement, and in Multistream mode the
    SAS type means nothing (section 4.4.3.1).

    Raises:
        RefusalError: it was not in our Hello, or one thing does not go with the other (codes 0x51
            to 0x55, section 5.9).
    """
    name = _name(commit.key_agreement)
    own = [
        (commit.hash, offer.hashes, _MANDATORY.hashes, ErrorCode.HASH_NOT_SUPPORTED),
        (commit.cipher, offer.ciphers, _MANDATORY.ciphers, ErrorCode.CIPHER_NOT_SUPPORTED),
        (commit.auth_tag, offer.auth_tags, _MANDATORY.auth_tags, ErrorCode.AUTH_TAG_NOT_SUPPORTED),
    ]
    if name not in WITHOUT_EXCHANGE:
        mandatory_kinds = _mandatory_key_agreements(offer)
        code = ErrorCode.KEY_AGREEMENT_NOT_SUPPORTED
        own.append((commit.key_agreement, offer.key_agreements, mandatory_kinds, code))
    if commit.key_agreement != MULTISTREAM:
        code = ErrorCode.SAS_NOT_SUPPORTED
        own.append((commit.sas, offer.sas_types, _MANDATORY.sas_types, code))
    for block, names, mandatory, code in own:
        if block not in type_blocks(_with_mandatory(names, mandatory)):
            raise RefusalError(code, f"the peer chose {block!r}, which we did not offer")
    choice = Choice(
        HASHES[_name(commit.hash)],
        CIPHERS[_name(commit.cipher)],
        AUTH_TAGS[_name(commit.auth_tag)],
        (KEY_AGREEMENTS | WITHOUT_EXCHANGE)[name],
        SAS_TYPES.get(_name(commit.sas), SAS_TYPES["B32"]),
    )
    _check_couplings(choice)
    return choice


def _check_couplings(choice: Choice) -> None:
    """Section 5.1.5 and RFC 7714 section 13.

    Raises:
        RefusalError: two of the algorithms do not go together.
    """
    kind, tag = choice.key_agreement, choice.auth_tag
    if kind.only_hash not in {"", choice.hash.name}:
        raise RefusalError(
            ErrorCode.HASH_NOT_SUPPORTED,
            f"the peer chose {kind.name} with {choice.hash.name}, and not with {kind.only_hash}",
        )
    if choice.cipher.name not in tag.ciphers:
        raise RefusalError(
            ErrorCode.AUTH_TAG_NOT_SUPPORTED,
            f"the peer chose {tag.name} with {choice.cipher.name}, which is not defined",
        )
