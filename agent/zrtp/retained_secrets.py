"""Retained secrets: which of them both sides share, and what is kept for the next call.

RFC 6189 sections 4.3 (matching), 4.6.1 (update), 4.9 (expiry). The store itself is the host's:
the engine asks it through `SecretStore` and hands it a `CacheUpdate`.
"""

from collections.abc import Callable
from dataclasses import field, replace
from enum import Enum
from typing import Final, Protocol

from agent.frozen import frozen
from agent.zrtp.algorithms import Hash
from agent.zrtp.hash_chain import mac64
from agent.zrtp.state import Role

__all__ = [
    "FOREVER",
    "NO_SECRETS",
    "CacheState",
    "RetainedSecrets",
    "SecretIds",
    "SecretStore",
    "SharedSecrets",
    "expired",
    "forget_session",
    "match",
    "rotate",
    "secret_ids",
]

FOREVER: Final = 0xFFFFFFFF
"""The cache expiration interval that means: keep it without limit (section 4.9)."""

# The MAC over a secret is keyed by the secret and covers the role of who sends it (section 4.3.1).
_ROLE_LABEL: Final = {Role.INITIATOR: b"Initiator", Role.RESPONDER: b"Responder"}


@frozen
class RetainedSecrets:
    """What is kept for one peer ZID.

    Attributes:
        rs1: 32 octets from the last exchange, or None.
        rs2: 32 octets from the one before, or None.
        verified: the user compared the SAS of a session from which these secrets descend.
        rs1_expires_at: seconds since 1970 after which nobody need be alarmed when the peer has
            forgotten the secret; None: never.
        auxsecret: a secret agreed by other means (section 4.3), or None.
        pbxsecret: the secret of an enrolment at a PBX (section 7.3.1), or None.
    """

    rs1: bytes | None = field(repr=False)
    rs2: bytes | None = field(repr=False)
    verified: bool
    rs1_expires_at: int | None = None
    auxsecret: bytes | None = field(default=None, repr=False)
    pbxsecret: bytes | None = field(default=None, repr=False)


NO_SECRETS: Final = RetainedSecrets(None, None, verified=False)
"""What is kept for a peer that was never met."""


class SecretStore(Protocol):
    """Where retained secrets are kept, by the peer's ZID."""

    def retained_secrets(self, zid: bytes) -> RetainedSecrets | None:
        """What is known of the peer with this ZID (12 octets), or None.

        It is asked while a packet is taken in, so an exception of its own comes out of
        `Session.receive`.
        """
        ...


class CacheState(Enum):
    """What the retained secrets say about the peer (section 4.3.2)."""

    NEW = "new"
    MATCHED = "matched"
    MISMATCH = "mismatch"


@frozen
class SecretIds:
    """The four secret identifiers of a DHPart message, 8 octets each."""

    rs1: bytes
    rs2: bytes
    auxsecret: bytes
    pbxsecret: bytes


@frozen
class SharedSecrets:
    """s1, s2, s3 of section 4.3; None stands for null."""

    s1: bytes | None = field(repr=False)
    s2: bytes | None = field(repr=False)
    s3: bytes | None = field(repr=False)


def secret_ids(
    secrets: RetainedSecrets,
    role: Role,
    h3: bytes,
    hash_: Hash,
    randbytes: Callable[[int], bytes],
) -> SecretIds:
    """The identifiers that the side in `role` sends of its `secrets` (section 4.3.1).

    A secret that does not exist is replaced by chance, so that a listener cannot tell.

    Args:
        secrets: the sender's.
        role: the sender's.
        h3: the hash image H3 of the sender's Hello.
        hash_: the negotiated hash.
        randbytes: source of randomness.
    """

    def identify(secret: bytes | None, label: bytes) -> bytes:
        return randbytes(8) if secret is None else mac64(secret, label, hash_.digest)

    label = _ROLE_LABEL[role]
    return SecretIds(
        identify(secrets.rs1, label),
        identify(secrets.rs2, label),
        identify(secrets.auxsecret, h3),
        identify(secrets.pbxsecret, label),
    )


def match(
    ours: RetainedSecrets, theirs: SecretIds, our_role: Role, their_h3: bytes, hash_: Hash
) -> SharedSecrets:
    """Find s1, s2, s3: what the peer proved to hold as well (section 4.3).

    Args:
        ours: our secrets for this peer.
        theirs: the identifiers of the peer's DHPart message.
        our_role: the initiator's secrets take precedence, so the search depends on the role.
        their_h3: the hash image H3 of the peer's Hello.
        hash_: the negotiated hash.
    """
    label = _ROLE_LABEL[our_role.other]

    def id_of(secret: bytes | None, covered: bytes) -> bytes | None:
        return None if secret is None else mac64(secret, covered, hash_.digest)

    kept = [(secret, id_of(secret, label)) for secret in (ours.rs1, ours.rs2)]
    received = (theirs.rs1, theirs.rs2)
    # The initiator's rs1 decides before its rs2, whichever side we are on.
    if our_role is Role.INITIATOR:
        found = [secret for secret, own_id in kept if own_id in received]
    else:
        found = [secret for peer_id in received for secret, own_id in kept if own_id == peer_id]
    return SharedSecrets(
        found[0] if found else None,
        ours.auxsecret if id_of(ours.auxsecret, their_h3) == theirs.auxsecret else None,
        ours.pbxsecret if id_of(ours.pbxsecret, label) == theirs.pbxsecret else None,
    )


def expired(secrets: RetainedSecrets, now: float) -> bool:
    """Whether the peer may have forgotten rs1 by the time `now` (section 4.9)."""
    return secrets.rs1_expires_at is not None and secrets.rs1_expires_at <= now


def rotate(
    old: RetainedSecrets,
    new_rs1: bytes,
    *,
    keep_old: bool,
    proven: bool,
    verified: bool,
    interval: int,
    confirmed_at: int,
) -> RetainedSecrets | None:
    """What is kept after an exchange in Diffie-Hellman or Preshared mode (4.6.1 and 4.9).

    Args:
        old: what was kept before.
        new_rs1: the secret of this exchange, 32 octets.
        keep_old: rs1 becomes rs2; in Preshared mode it does not.
        proven: the peer holds one of the old secrets as well. Where it does not, they may be those
            of somebody else under its ZID: they must not stand beside one that the user will have
            verified, and go.
        verified: whether the user's comparison of the SAS still holds.
        interval: seconds; the smaller one of both Confirm messages.
        confirmed_at: seconds since 1970 when Confirm1 was sent or received.

    Returns:
        None when nothing is to be stored: one side wants no secret kept and none was.
    """
    if interval == 0:
        if old.rs1 is None:
            return None
        return replace(old, verified=verified, rs1_expires_at=confirmed_at)
    rs2 = old.rs1 if keep_old else old.rs2
    return replace(
        old,
        rs1=new_rs1,
        rs2=rs2 if proven else None,
        verified=verified,
        rs1_expires_at=None if interval == FOREVER else confirmed_at + interval,
    )


def forget_session(old: RetainedSecrets) -> RetainedSecrets:
    """What is kept after the user saw that the SAS differs: nothing of this session.

    The older secrets stay: when whoever listened stays away next time, they will not match, and
    the user is alerted (section 7.1). An enrolment rests on a SAS that was the same: it ends.
    """
    return replace(old, verified=False, pbxsecret=None)
