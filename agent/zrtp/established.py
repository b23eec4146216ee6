"""What is left to do once both sides hold the same keys: the cache, the user's verdict, requests."""

import hmac
from dataclasses import replace

from agent.frozen import frozen
from agent.zrtp.agreement import Agreement, Mode
from agent.zrtp.confirm import Assertions
from agent.zrtp.discovery import FoundPeer
from agent.zrtp.enrolment import derive_pbxsecret
from agent.zrtp.errors import Ignored, LocalError, NotUsedError
from agent.zrtp.events import (
    Algorithms,
    CacheUpdate,
    EnrolmentOffered,
    Event,
    SasRelayed,
    Secured,
    SharedSecret,
    SrtpKey,
    StreamSecured,
)
from agent.zrtp.hash_chain import mac64
from agent.zrtp.key_schedule import RoleKeys, SessionKeys
from agent.zrtp.messages import GoClear, MessageType
from agent.zrtp.negotiation import Choice
from agent.zrtp.retained_secrets import (
    CacheState,
    RetainedSecrets,
    expired,
    forget_session,
    rotate,
)
from agent.zrtp.sas import render
from agent.zrtp.sas_relay import check_relay, open_relay
from agent.zrtp.state import Role

__all__ = ["Confirmed", "Established", "EstablishedStream", "establish", "srtp_key"]


def srtp_key(agreement: Agreement, role: Role) -> SrtpKey:
    """The key with which the side in `role` encrypts its media (section 4.5.3)."""
    keys = agreement.keys.of_role(role)
    return SrtpKey(bytes(keys.srtp_key), bytes(keys.srtp_salt), agreement.choice.auth_tag.bits)


def _algorithms(choice: Choice) -> Algorithms:
    return Algorithms(
        choice.hash.name,
        choice.cipher.name,
        choice.auth_tag.name,
        choice.key_agreement.name,
        choice.sas.name,
    )


@frozen
class Confirmed:
    """The peer proved the keys; whether it knows that we proved them is still open.

    Attributes:
        agreement: what was agreed.
        theirs: what the peer asserted in its Confirm.
    """

    agreement: Agreement
    theirs: Assertions


class EstablishedStream:
    """An exchange that both sides confirmed, on whichever stream of a call.

    Args:
        confirmed: what was agreed and asserted.
        peer: the peer's Hello.

    Attributes:
        peer: as given.
    """

    def __init__(self, confirmed: Confirmed, peer: FoundPeer) -> None:
        self.peer = peer
        self._agreement = confirmed.agreement
        self._theirs = confirmed.theirs

    @property
    def mode(self) -> Mode:
        """How the keys came about."""
        return self._agreement.mode

    def announce(self) -> list[Event]:
        """What the host is told, once."""
        agreement = self._agreement
        secured = StreamSecured(
            send=srtp_key(agreement, agreement.role),
            receive=srtp_key(agreement, agreement.role.other),
            role=agreement.role,
            peer_zid=self.peer.hello.zid,
            disclosure=self._theirs.disclosure,
            algorithms=_algorithms(agreement.choice),
        )
        agreement.keys.wipe_srtp()
        return [secured]

    def check_go_clear(self, message: bytes) -> None:
        """Check the MAC of a GoClear (section 4.7.2).

        Raises:
            NotUsedError: it is wrong: not from the peer, or our own one sent back.
        """
        digest = self._agreement.choice.hash.digest
        expected = mac64(self._their_keys.mac_key, MessageType.GO_CLEAR.value, digest)
        if not hmac.compare_digest(expected, GoClear.parse(message).clear_mac):
            raise NotUsedError(Ignored.BAD_MAC)

    def receive_sas_relay(self, message: bytes) -> SasRelayed | None:
        """Take in an SASrelay; what it says counts on the first stream alone.

        Raises:
            NotUsedError: it is not from the peer.
        """
        check_relay(message, self._their_keys, self._agreement.choice.hash)
        return None

    def wipe(self) -> None:
        """Overwrite all keys."""
        self._agreement.keys.wipe()

    @property
    def _their_keys(self) -> RoleKeys:
        return self._agreement.keys.of_role(self._agreement.role.other)


class Established(EstablishedStream):
    """An exchange that both sides confirmed, on the first stream of a call.

    Args:
        confirmed: what was agreed and asserted.
        keys: those of the agreement.
        peer: the peer's Hello.
        confirmed_at: seconds since 1970 when Confirm1 was sent or received: expiry counts from
            there (section 4.9).
    """

    def __init__(
        self, confirmed: Confirmed, keys: SessionKeys, peer: FoundPeer, confirmed_at: int
    ) -> None:
        super().__init__(confirmed, peer)
        agreement, theirs = confirmed.agreement, confirmed.theirs
        self._keys = keys
        self._cache = _cache_state(agreement, confirmed_at)
        # Section 4.6.1.1: after a mismatch nothing is stored until the user has compared.
        self._waits = self._cache is CacheState.MISMATCH
        self._sas_compared = agreement.verified_before
        interval = min(agreement.our_cache_seconds, theirs.cache_seconds)
        # What stays of an earlier session is not what the user compares in this one.
        self._can_be_verified = interval > 0 or agreement.proven.retained
        self._retained = rotate(
            agreement.secrets,
            bytes(keys.rs1),
            keep_old=agreement.mode is Mode.DIFFIE_HELLMAN,
            proven=agreement.proven.retained,
            verified=agreement.verified_before,
            interval=interval,
            confirmed_at=confirmed_at,
        )

    def announce(self) -> list[Event]:
        """What the host is told, once."""
        secured = self._secured()
        self._keys.wipe_srtp()
        # E without M: no PBX, and nobody whom one could be enrolled at (section 7.3.1).
        offered = self._theirs.enrollment and self.peer.hello.mitm
        return [secured, EnrolmentOffered(self.peer.hello.zid)] if offered else [secured]

    def sas_verified(self, kept: RetainedSecrets) -> list[CacheUpdate]:
        """The SAS is the same: set V and store; this also ends the wait after a mismatch.

        Args:
            kept: what is retained for the peer now. A later call may have renewed it, and the user
                may have taken back what a PBX was allowed: neither is undone.
        """
        self._sas_compared = True
        if self._retained is None:
            return []
        waited, self._waits = self._waits, False
        if waited or kept.rs1 is None:
            update = replace(
                self._retained,
                verified=self._can_be_verified,
                auxsecret=kept.auxsecret,
                pbxsecret=kept.pbxsecret,
            )
        elif self._retained.rs1 in {kept.rs1, kept.rs2}:
            update = replace(kept, verified=self._can_be_verified)
        else:
            # Whether it descends from this session cannot be told any more.
            update = kept
        return [CacheUpdate(self.peer.hello.zid, update)]

    def sas_mismatch(self) -> CacheUpdate:
        """The SAS differs: clear V and forget the secret of this session (section 7.1)."""
        self._retained = None
        self._sas_compared = False
        return CacheUpdate(self.peer.hello.zid, forget_session(self._agreement.secrets))

    def accept_enrolment(self, kept: RetainedSecrets) -> CacheUpdate:
        """The user trusts the PBX: keep pbxsecret with what is kept already (section 7.3.1).

        Args:
            kept: what is retained for the PBX now.

        Raises:
            LocalError: the peer offered nothing, or nobody compared the SAS with it.
        """
        if not (self._theirs.enrollment and self.peer.hello.mitm):
            raise LocalError("the peer did not offer an enrolment")
        if not self._sas_compared:
            raise LocalError("before an enrolment the SAS has to be compared")
        agreement, role = self._agreement, self._agreement.role
        zids = agreement.our_zid, self.peer.hello.zid
        initiator, responder = zids if role is Role.INITIATOR else reversed(zids)
        secret = derive_pbxsecret(
            agreement.choice.hash, self._keys.zrtp_session, initiator, responder
        )
        return CacheUpdate(self.peer.hello.zid, replace(kept, pbxsecret=secret))

    def receive_sas_relay(self, message: bytes) -> SasRelayed | None:
        """Take in an SASrelay; it is shown if the sender proved to be our PBX (section 7.3).

        Raises:
            NotUsedError: it is not from the peer, or it is malformed.
        """
        if not (self.peer.hello.mitm and self._agreement.proven.pbxsecret):
            return super().receive_sas_relay(message)
        relay = open_relay(message, self._their_keys, self._agreement.choice.hash)
        if relay.sas is None:
            return None
        return SasRelayed(relay.sas, relay.verified, relay.disclosure)

    def wipe(self) -> None:
        """Overwrite all keys, and forget what was to be retained: the store has it."""
        super().wipe()
        self._retained = None

    def _secured(self) -> Secured:
        agreement, theirs = self._agreement, self._theirs
        retained = None if self._waits else self._retained
        return Secured(
            send=srtp_key(agreement, agreement.role),
            receive=srtp_key(agreement, agreement.role.other),
            sas=render(agreement.choice.sas.rendering, self._keys.sas_value),
            role=agreement.role,
            peer_zid=self.peer.hello.zid,
            cache=self._cache,
            verified_here=agreement.verified_before,
            verified_there=theirs.verified,
            disclosure=theirs.disclosure,
            mitm=self.peer.hello.mitm,
            hello_hash=self.peer.hello_hash,
            algorithms=_algorithms(agreement.choice),
            update=None if retained is None else CacheUpdate(self.peer.hello.zid, retained),
            auxsecret=_judge(agreement.secrets.auxsecret, proven=agreement.proven.auxsecret),
            pbxsecret=_judge(agreement.secrets.pbxsecret, proven=agreement.proven.pbxsecret),
            signature_type=theirs.signature.name if theirs.signature else "",
        )


def establish(confirmed: Confirmed, peer: FoundPeer, confirmed_at: int) -> EstablishedStream:
    """What an exchange that both sides confirmed comes to; see `Established`."""
    keys = confirmed.agreement.call_keys
    if keys is None:
        return EstablishedStream(confirmed, peer)
    return Established(confirmed, keys, peer, confirmed_at)


def _judge(secret: bytes | None, *, proven: bool) -> SharedSecret:
    if secret is None:
        return SharedSecret.ABSENT
    return SharedSecret.MATCHED if proven else SharedSecret.MISMATCH


def _cache_state(agreement: Agreement, now: int) -> CacheState:
    """Section 4.3.2; an expired secret may have been forgotten without alarm (section 4.9)."""
    if agreement.proven.retained:
        return CacheState.MATCHED
    secrets: RetainedSecrets = agreement.secrets
    if secrets.rs1 is None or expired(secrets, now):
        return CacheState.NEW
    return CacheState.MISMATCH
