"""Secrets that come from elsewhere than the last call (RFC 6189 sections 7.3.1 and 8.2)."""

from typing import Final

from agent.zrtp.algorithms import Hash
from agent.zrtp.erasure import Octets
from agent.zrtp.key_schedule import kdf

__all__ = ["derive_pbxsecret", "derive_srtps"]

_SECRET_BITS: Final = 256


def derive_pbxsecret(
    hash_: Hash, zrtp_session: Octets, zid_initiator: bytes, zid_responder: bytes
) -> bytes:
    """The trusted MiTM key that a phone and a PBX keep after an enrolment, 32 octets.

    Args:
        hash_: the negotiated hash.
        zrtp_session: ZRTPSess.
        zid_initiator: 12 octets.
        zid_responder: 12 octets.
    """
    context = zid_initiator + zid_responder
    return bytes(kdf(hash_, zrtp_session, "Trusted MiTM key", context, _SECRET_BITS))


def derive_srtps(
    hash_: Hash, master_key: bytes, master_salt: bytes, zid_initiator: bytes, zid_responder: bytes
) -> bytes:
    """What may serve as auxsecret when the signalling has agreed on SRTP keys, 32 octets.

    Args:
        hash_: the negotiated hash.
        master_key: the SRTP master key that stood in the SDP.
        master_salt: its salt.
        zid_initiator: 12 octets.
        zid_responder: 12 octets.
    """
    context = zid_initiator + zid_responder + master_salt
    return bytes(kdf(hash_, master_key, "SRTP Secret", context, _SECRET_BITS))
