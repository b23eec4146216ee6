"""What SIP and ZRTP say, in the phone's own words. Pure.

The phone imports neither of the two, so that its states can be read, drawn and tested
without them; here is the one place where the vocabularies meet.
"""

from datetime import date, datetime
from typing import Final, assert_never

from agent.phone import events as phone
from agent.phone.actions import Refusal
from agent.sip import events as sip
from agent.store import Level, Meeting, Peer
from agent.zrtp import CacheState, ErrorCode, Failed, HelloHash, Secured, SharedSecret
from agent.zrtp import events as zrtp
from agent.zrtp.algorithms import WITHOUT_EXCHANGE, is_post_quantum

_REGISTRATION: Final = {
    sip.Registration.TRYING: phone.AccountCondition.STARTING,
    sip.Registration.REGISTERED: phone.AccountCondition.READY,
    sip.Registration.REFUSED: phone.AccountCondition.REFUSED,
    sip.Registration.UNREACHABLE: phone.AccountCondition.UNREACHABLE,
    sip.Registration.UNTRUSTED: phone.AccountCondition.UNTRUSTED,
}

_ENDINGS: Final = {
    403: phone.EndReason.NOT_PERMITTED,
    404: phone.EndReason.NOT_FOUND,
    408: phone.EndReason.NO_ANSWER,
    410: phone.EndReason.NOT_FOUND,
    480: phone.EndReason.NO_ANSWER,
    484: phone.EndReason.NOT_FOUND,
    486: phone.EndReason.BUSY,
    487: phone.EndReason.CANCELLED,
    488: phone.EndReason.NO_COMMON_ENCRYPTION,
    502: phone.EndReason.UNREACHABLE,
    503: phone.EndReason.UNREACHABLE,
    504: phone.EndReason.UNREACHABLE,
    600: phone.EndReason.BUSY,
    603: phone.EndReason.DECLINED,
    604: phone.EndReason.NOT_FOUND,
    606: phone.EndReason.NO_COMMON_ENCRYPTION,
}

SIP_CODES: Final = {
    Refusal.NORMAL: 200,
    Refusal.BUSY: 486,
    Refusal.DECLINED: 603,
    Refusal.NOT_ENCRYPTED: 488,
}
"""With which status an unanswered call is refused (RFC 3261 section 21); 200 = plain BYE."""

_TRANSFERS: Final = {
    sip.Progress.TRYING: phone.TransferOutcome.TRYING,
    sip.Progress.DONE: phone.TransferOutcome.DONE,
    sip.Progress.FAILED: phone.TransferOutcome.FAILED,
}

_QUALITIES: Final = {
    sip.Quality.GOOD: phone.Quality.GOOD,
    sip.Quality.FAIR: phone.Quality.FAIR,
    sip.Quality.POOR: phone.Quality.POOR,
    sip.Quality.SILENT: phone.Quality.SILENT,
}

_WEAK: Final = frozenset({"DH2k"})
"""Offered only where the configuration names it: some 112 bits (RFC 6189 section 5.1.5)."""

MOVED: Final = 302
"""We have sent the caller elsewhere (RFC 3261 section 21.3.3)."""

_HASHES: Final = {
    HelloHash.MATCHED: phone.ZrtpHash.MATCHED,
    HelloHash.MISSING: phone.ZrtpHash.MISSING,
    HelloHash.DIFFERS: phone.ZrtpHash.DIFFERS,
}

_CACHES: Final = {
    CacheState.NEW: phone.Cache.NEW,
    CacheState.MATCHED: phone.Cache.MATCHED,
    CacheState.MISMATCH: phone.Cache.MISMATCHED,
}


def account_changed(event: sip.RegistrationChanged) -> phone.AccountChanged:
    """An account's registration, for the idle screen."""
    return phone.AccountChanged(event.account, _REGISTRATION[event.state], event.reason)


def call_ended(event: sip.Ended) -> phone.CallEnded:
    """A dialog's end; a status that the table does not know counts as a failure."""
    call = phone.CallId(event.call)
    if event.network_lost:
        return phone.CallEnded(call, phone.EndReason.NETWORK_LOST)
    if event.elsewhere:
        return phone.CallEnded(call, phone.EndReason.ELSEWHERE)
    if event.code < 300:  # noqa: PLR2004 - 2xx: it was up, and a BYE ended it
        reason = phone.EndReason.REMOTE_HUNG_UP if event.by_peer else phone.EndReason.LOCAL_HUNG_UP
        return phone.CallEnded(call, reason)
    if event.code == MOVED and not event.by_peer:
        return phone.CallEnded(call, phone.EndReason.TRANSFERRED)
    usual = _ENDINGS.get(event.code, phone.EndReason.FAILED)
    why = phone.EndReason.NOT_TRUSTED if event.untrusted else usual
    return phone.CallEnded(call, why, event.reason)


MidCall = (
    sip.EarlyMedia
    | sip.RemoteHeld
    | sip.ReencryptionRefused
    | sip.TransferRequested
    | sip.TransferProgress
    | sip.LineQuality
    | sip.LineCut
)
"""What SIP tells of a call besides its beginning and its end."""


def mid_call(event: MidCall) -> phone.MidCallEvent:  # noqa: PLR0911 - one an event
    """The same in the phone's words."""
    call = phone.CallId(event.call)
    match event:
        case sip.EarlyMedia():
            return phone.EarlyMedia(call)
        case sip.RemoteHeld(held=held):
            return phone.RemoteHeld(call, held)
        case sip.ReencryptionRefused():
            return phone.ReencryptionRefused(call)
        case sip.TransferRequested(uri=uri, name=name, attended=attended):
            return phone.TransferRequested(call, uri, name, attended)
        case sip.TransferProgress(progress=progress, detail=detail):
            return phone.TransferProgress(call, _TRANSFERS[progress], detail)
        case sip.LineQuality(quality=quality):
            return phone.LineQuality(call, _QUALITIES[quality])
        case sip.LineCut(cut=cut):
            return phone.LineCut(call, cut)
        case _:
            assert_never(event)


def local_day(wall: float) -> date:
    """The day of a wall time (seconds since 1970), where the phone stands."""
    return datetime.fromtimestamp(wall).astimezone().date()


def remembered(peers: list[Peer]) -> phone.Remembered | None:
    """The one of these verified phones that was verified last; None if there is none."""
    dated = [peer for peer in peers if peer.last_verified is not None]
    if not dated:
        return None
    latest = max(dated, key=lambda peer: peer.last_verified or 0.0)
    return phone.Remembered(latest.name, local_day(latest.last_verified or 0.0))


def meeting(secured: Secured, uri: str) -> Meeting:
    """What a finished key agreement tells the store, in a call with this address."""
    agreement = secured.algorithms.key_agreement
    return Meeting(
        secured.peer_zid,
        uri,
        # Preshared mode agrees on nothing: its keys are as strong as those that they come from.
        None
        if agreement in WITHOUT_EXCHANGE
        else Level(agreement, post_quantum=is_post_quantum(agreement)),
        announced=secured.hello_hash is HelloHash.MATCHED,
    )


def association(
    secured: Secured, met: Meeting, peer: Peer | None, verified_at_address: list[Peer]
) -> phone.Association:
    """What a finished key agreement tells, together with what we know of the peer.

    Args:
        secured: What ZRTP says.
        met: The same as the store will know it.
        peer: What the store knows of this ZID.
        verified_at_address: The verified phones that were met under this SIP address.

    Returns:
        The phone's view of it. That it is another phone than before is said of every ZID
        never verified under this address, also of one verified elsewhere: whoever is
        trusted under one name must not pass under another.
    """
    met_before = any(peer.zid == secured.peer_zid for peer in verified_at_address)
    another = None if met_before else remembered(verified_at_address)
    known = peer is not None and peer.last_verified is not None
    address = peer.address(met.uri) if peer else None
    return phone.Association(
        zid=secured.peer_zid.hex(),
        sas=secured.sas.words,
        cache=_CACHES[secured.cache],
        zrtp_hash=_HASHES[secured.hello_hash],
        verified_here=secured.verified_here,
        verified_there=secured.verified_there,
        cache_name=peer.name if peer else "",
        verified_on=local_day(peer.last_verified or 0.0) if peer and known else None,
        another_phone=another,
        disclosure=secured.disclosure,
        mitm=secured.mitm,
        enrolled=secured.mitm and secured.pbxsecret is SharedSecret.MATCHED,
        weaker_than_before=_is_weaker(met.level, peer.level if peer else None),
        hash_stripped=(
            secured.hello_hash is HelloHash.MISSING and address is not None and address.announced
        ),
        aux_mismatch=secured.auxsecret is SharedSecret.MISMATCH,
        weak=secured.algorithms.key_agreement in _WEAK,
    )


def sas_relayed(event: zrtp.SasRelayed, call: phone.CallId) -> phone.SasRelayed:
    """The SAS of somebody behind the PBX at which we are enrolled."""
    return phone.SasRelayed(call, event.sas.words, event.verified_there, event.disclosure)


def is_proven(found: phone.Association) -> bool:
    """Whether it is a phone that we verified, known again, and nothing is odd about the call."""
    odd = found.another_phone is not None or found.weaker_than_before
    return found.cache is phone.Cache.MATCHED and found.verified_here and not odd


def _is_weaker(now: Level | None, before: Level | None) -> bool:
    if now is None or before is None:
        return False
    return before.post_quantum and not now.post_quantum


def encryption_fault(failed: Failed, *, hash_differed: bool) -> phone.EncryptionFault:
    """Why ZRTP failed, as far as a person can do something with it."""
    if hash_differed:
        return phone.EncryptionFault.HASH_DIFFERS
    if failed.attack:
        return phone.EncryptionFault.ATTACK
    return phone.EncryptionFault.TIMED_OUT if failed.code is None else _fault(failed.code)


def peer_fault(code: int) -> phone.EncryptionFault:
    """Why the other side gave up, from its Error message (RFC 6189 section 5.9).

    Anybody on the path can send one: whether it is true or forged, there is no call.
    """
    return phone.EncryptionFault.ATTACK if code in _CAUGHT else _fault(code)


def _fault(code: int) -> phone.EncryptionFault:
    if code == ErrorCode.PROTOCOL_TIMEOUT:
        return phone.EncryptionFault.TIMED_OUT
    if code in _NO_COMMON:
        return phone.EncryptionFault.NO_COMMON_ALGORITHM
    return phone.EncryptionFault.PROTOCOL


_CAUGHT: Final = frozenset(
    {ErrorCode.BAD_PUBLIC_VALUE, ErrorCode.HVI_MISMATCH, ErrorCode.BAD_CONFIRM_MAC}
)
"""What only somebody between the two ends explains."""

_NO_COMMON: Final = frozenset(
    {
        ErrorCode.UNSUPPORTED_VERSION,
        ErrorCode.HELLO_COMPONENTS_MISMATCH,
        ErrorCode.HASH_NOT_SUPPORTED,
        ErrorCode.CIPHER_NOT_SUPPORTED,
        ErrorCode.KEY_AGREEMENT_NOT_SUPPORTED,
        ErrorCode.AUTH_TAG_NOT_SUPPORTED,
        ErrorCode.SAS_NOT_SUPPORTED,
    }
)
