"""What is left to do once both sides hold the same keys: the cache, the user's verdict, requests."""

import hmac
from dataclasses import dataclass, replace

from agent.zrtp.agreement import Agreement
from agent.zrtp.confirm import Assertions, check_relay
from agent.zrtp.discovery import FoundPeer
from agent.zrtp.errors import Ignored, LocalError, NotUsedError
from agent.zrtp.events import Algorithms, CacheUpdate, Secured, SrtpKey
from agent.zrtp.hash_chain import mac64
from agent.zrtp.messages import GoClear, MessageType
from agent.zrtp.retained_secrets import CacheState, expired, forget_session, rotate
from agent.zrtp.sas import render
from agent.zrtp.state import Role

__all__ = ["Confirmed", "Established", "srtp_key"]


def srtp_key(agreement: Agreement, role: Role) -> SrtpKey:
    """The key with which the side in `role` encrypts its media (section 4.5.3)."""
    keys = agreement.keys.of_role(role)
    return SrtpKey(bytes(keys.srtp_key), bytes(keys.srtp_salt), agreement.choice.auth_tag.bits)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The peer proved the keys; whether it knows that we proved them is still open.

    Attributes:
        agreement: what was agreed.
        theirs: what the peer asserted in its Confirm.
    """

    agreement: Agreement
    theirs: Assertions


class Established:
    """An exchange that both sides confirmed.

    Args:
        confirmed: what was agreed and asserted.
        peer: the peer's Hello.
        confirmed_at: seconds since 1970 when Confirm1 was sent or received: expiry counts from
            there (section 4.9).
    """

    def __init__(self, confirmed: Confirmed, peer: FoundPeer, confirmed_at: int) -> None:
        agreement, theirs = confirmed.agreement, confirmed.theirs
        keys = agreement.call_keys
        if keys is None:
            raise LocalError("only the first stream of a call has a SAS")
        self._agreement = agreement
        self._keys = keys
        self._theirs = theirs
        self._peer = peer
        self._cache = _cache_state(agreement, confirmed_at)
        self._retained = rotate(
            agreement.secrets,
            bytes(keys.rs1),
            verified=agreement.verified_before,
            interval=min(agreement.our_cache_seconds, theirs.cache_seconds),
            confirmed_at=confirmed_at,
        )

    @property
    def event(self) -> Secured:
        """What the host is told."""
        agreement, choice = self._agreement, self._agreement.choice
        return Secured(
            send=srtp_key(agreement, agreement.role),
            receive=srtp_key(agreement, agreement.role.other),
            sas=render(choice.sas.rendering, self._keys.sas_value),
            role=agreement.role,
            peer_zid=self._peer.hello.zid,
            cache=self._cache,
            verified_here=agreement.verified_before,
            verified_there=self._theirs.verified,
            disclosure=self._theirs.disclosure,
            mitm=self._peer.hello.mitm,
            hello_hash=self._peer.hello_hash,
            algorithms=Algorithms(
                choice.hash.name,
                choice.cipher.name,
                choice.auth_tag.name,
                choice.key_agreement.name,
                choice.sas.name,
            ),
            # Section 4.6.1.1: after a mismatch nothing is stored until the user has compared.
            update=None if self._cache is CacheState.MISMATCH else self._update(verified=None),
        )

    def sas_verified(self) -> CacheUpdate | None:
        """The SAS is the same: set V and store; this also ends the wait after a mismatch."""
        return self._update(verified=True)

    def sas_mismatch(self) -> CacheUpdate:
        """The SAS differs: clear V and forget the secret of this session (section 7.1)."""
        self._retained = None
        return CacheUpdate(self._peer.hello.zid, forget_session(self._agreement.secrets))

    def check_go_clear(self, message: bytes) -> None:
        """Check the MAC of a GoClear (section 4.7.2).

        Raises:
            NotUsedError: it is wrong: not from the peer, or our own one sent back.
        """
        keys = self._agreement.keys.of_role(self._agreement.role.other)
        expected = mac64(
            keys.mac_key, MessageType.GO_CLEAR.value, self._agreement.choice.hash.digest
        )
        if not hmac.compare_digest(expected, GoClear.parse(message).clear_mac):
            raise NotUsedError(Ignored.BAD_MAC)

    def check_sas_relay(self, message: bytes) -> None:
        """Check the MAC of an SASrelay.

        Raises:
            NotUsedError: it is wrong.
        """
        agreement = self._agreement
        check_relay(message, agreement.keys.of_role(agreement.role.other), agreement.choice.hash)

    def _update(self, *, verified: bool | None) -> CacheUpdate | None:
        if self._retained is None:
            return None
        if verified is not None:
            self._retained = replace(self._retained, verified=verified)
        return CacheUpdate(self._peer.hello.zid, self._retained)


def _cache_state(agreement: Agreement, now: int) -> CacheState:
    """Section 4.3.2; an expired secret may have been forgotten without alarm (section 4.9)."""
    if agreement.proven.retained:
        return CacheState.MATCHED
    if agreement.secrets.rs1 is None or expired(agreement.secrets, now):
        return CacheState.NEW
    return CacheState.MISMATCH
