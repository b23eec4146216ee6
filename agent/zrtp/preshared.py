"""Preshared mode: keys from the secret that the last call left (RFC 6189 section 4.4.2)."""

import hmac
from hashlib import new
from typing import Final

from agent.zrtp.agreement import Mode, Proven
from agent.zrtp.algorithms import Hash
from agent.zrtp.hash_chain import mac64
from agent.zrtp.messages import PRESHARED, Commit, Hello
from agent.zrtp.non_dh import NONCE_LENGTH, KeySource
from agent.zrtp.retained_secrets import RetainedSecrets, expired

__all__ = ["find_source", "is_reliable", "listed_by", "own_source"]

_KEY_ID_LABEL: Final = b"Prsh"


def listed_by(hello: Hello) -> bool:
    """Whether the sender of a Hello knows this mode."""
    return PRESHARED in hello.key_agreements


def is_reliable(secrets: RetainedSecrets, now: float) -> bool:
    """Whether rs1 may be relied on: there is one, and the user compared the SAS (4.4.2.1)."""
    return secrets.rs1 is not None and secrets.verified and not expired(secrets, now)


def own_source(hash_: Hash, secrets: RetainedSecrets) -> KeySource:
    """What we propose: made of every secret that we hold for the peer; rs1 is among them."""
    return _source(hash_, secrets, auxsecret=True, pbxsecret=True)


def find_source(hash_: Hash, secrets: RetainedSecrets, commit: Commit) -> KeySource | None:
    """What the peer proposes, if some of our secrets give the same (section 4.4.2.3).

    rs1 is always among them, rs2 never.
    """
    wanted = commit.commitment[NONCE_LENGTH:]
    for auxsecret, pbxsecret in ((True, True), (False, True), (True, False), (False, False)):
        source = _source(hash_, secrets, auxsecret=auxsecret, pbxsecret=pbxsecret)
        if hmac.compare_digest(source.key_id, wanted):
            return source
    return None


def _source(
    hash_: Hash, secrets: RetainedSecrets, *, auxsecret: bool, pbxsecret: bool
) -> KeySource:
    used = (
        secrets.rs1,
        secrets.auxsecret if auxsecret else None,
        secrets.pbxsecret if pbxsecret else None,
    )
    material = b"".join(len(each or b"").to_bytes(4) + (each or b"") for each in used)
    key = bytearray(new(hash_.digest, material).digest())
    proven = Proven(*(each is not None for each in used))
    return KeySource(Mode.PRESHARED, key, proven, mac64(key, _KEY_ID_LABEL, hash_.digest))
