"""What ZRTP's events do to the disk and to the gate, and what the phone is told of them.

One order is sacred: Secured -> the retained secrets are on disk -> the gate gets the
keys -> the phone may say so.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final, assert_never

from agent import translate
from agent.associations import Association
from agent.candidates import Candidates
from agent.ledger import Ledger
from agent.media.gate import GateDescribed, KeyReuseError
from agent.phone import events as phone
from agent.phone.events import CallId
from agent.ports import GatePort, Trust
from agent.sdes.agreement import Agreement, DisagreementError, agree
from agent.store import Meeting, StoreError
from agent.zrtp import CacheState, SharedSecret
from agent.zrtp import events as zrtp
from agent.zrtp.sas import Sas

log = logging.getLogger(__name__)

PEERS_TOLD: Final = 4
"""How many Hellos of one stream the journal hears of: whoever can send, could else fill it."""


class Keying:
    """Handles the events of every session."""

    def __init__(
        self,
        gate: GatePort,
        store: Trust,
        ledger: Ledger,
        *,
        ask_enrolment: bool = False,
        candidates: Callable[[Sas], Candidates] | None = None,
    ) -> None:
        """Handles them for these parts.

        Args:
            gate: Gets the keys.
            store: Keeps the secrets.
            ledger: Knows the calls.
            ask_enrolment: Whether the person is asked when a PBX wants to be trusted.
            candidates: What the person chooses from; None: the person compares the whole SAS.
        """
        self._gate = gate
        self._ask_enrolment = ask_enrolment
        self._candidates = candidates
        self._store = store
        self._ledger = ledger
        self._met: list[tuple[Meeting, bool]] = []

    def write_down(self) -> None:
        """Puts on the disk what nobody has to wait for, in a turn whose packets are out."""
        met, self._met = self._met, []
        try:
            for meeting, proven in met:
                self._store.met(meeting, proven=proven)
            self._store.settle()
        except StoreError as error:
            log.error("whom the phone has met could not be written: %s", error)  # noqa: TRY400

    def handle(
        self, association: Association, call: CallId, event: zrtp.Event
    ) -> phone.PhoneEvent | None:
        """Does what the event asks for; returns what the phone has to hear, if anything."""
        match event:
            case zrtp.PeerFound():
                self._found(association, call, event)
            case zrtp.Negotiating():
                return phone.Securing(call)
            case zrtp.ReceiveKeysReady(key=key):
                association.zrtp_or_nothing = True
                self._gate.install_keys(association.gate, direction="receive", key=key)
            case zrtp.Secured():
                return self._secured(association, call, event)
            case zrtp.CacheUpdate():
                return self._commit(call, event)
            case zrtp.StreamSecured():
                log.warning("%s: keys for a stream that this phone does not have", call)
            case zrtp.EnrolmentOffered() | zrtp.SasRelayed() | zrtp.ClearRefused():
                return self._asked_for(association, call, event)
            case _:
                return self._failed_or_missing(association, call, event)
        return None

    def _found(self, association: Association, call: CallId, event: zrtp.PeerFound) -> None:
        association.peers_found += 1
        if event.hello_hash is zrtp.HelloHash.MATCHED:
            association.hash_differed = False  # what else came was somebody else's
        if association.peers_found <= PEERS_TOLD:
            log.info("%s: ZRTP there: %r, hash %s", call, event.client_id, event.hello_hash.name)
        elif association.peers_found == PEERS_TOLD + 1:
            log.warning("%s: a flood of Hellos; no more of them is told", call)

    def _clear_refused(self, association: Association, call: CallId) -> phone.ClearRefused | None:
        """Told once a stream: whoever can ask, can ask for ever."""
        if association.clear_refused:
            return None
        association.clear_refused = True
        log.warning("%s: the other phone wants to go on without encryption: refused", call)
        return phone.ClearRefused(call)

    def ended(self, call: CallId) -> None:
        """The call is over: a PBX that got no answer was refused."""
        entry = self._ledger.entry(call)
        if entry is not None and entry.enrolment_open:
            zid = entry.meeting.zid if entry.meeting else None
            self._store.log_security_event("pbx-enrolment", zid, entry.uri, "not answered: refused")

    def _asked_for(
        self,
        association: Association,
        call: CallId,
        event: zrtp.EnrolmentOffered | zrtp.SasRelayed | zrtp.ClearRefused,
    ) -> phone.PhoneEvent | None:
        match event:
            case zrtp.SasRelayed():
                log.info("%s: the PBX relays the SAS with its other side", call)
                relayed = translate.sas_relayed(event, call)
                return replace(relayed, candidates=self._to_choose_from(event.sas))
            case zrtp.ClearRefused():
                return self._clear_refused(association, call)
            case zrtp.EnrolmentOffered(zid=zid):
                # Whoever is enrolled has nothing more to ask for.
                return None if association.enrolled else self._enrolment_offered(call, zid)
            case _:
                assert_never(event)

    def _enrolment_offered(self, call: CallId, zid: bytes) -> phone.EnrolmentOffered | None:
        """Nothing is stored, and nothing is trusted, before the person has said so (7.3.1)."""
        entry = self._ledger.entry(call)
        if self._ask_enrolment and entry is not None:
            log.warning("%s: the PBX wants to be trusted; the person will be asked", call)
            entry.enrolment_open = True
            return phone.EnrolmentOffered(call)
        log.warning("%s: the PBX wants to be trusted; that was refused", call)
        uri = entry.uri if entry else ""
        self._store.log_security_event("pbx-enrolment", zid, uri, "refused")
        return None

    def _failed_or_missing(
        self,
        association: Association,
        call: CallId,
        event: zrtp.HelloHashDiffers
        | zrtp.NoZrtpPeer
        | zrtp.PeerSilent
        | zrtp.Failed
        | zrtp.PeerError,
    ) -> phone.PhoneEvent | None:
        match event:
            case zrtp.HelloHashDiffers():
                return self._hash_differs(association, call)
            case zrtp.NoZrtpPeer():
                return self._no_zrtp(association, call)
            case zrtp.PeerSilent():
                return self._silent(call)
            case zrtp.Failed():
                return self._failed(association, call, event)
            case zrtp.PeerError(code=code):
                return self._peer_failed(call, code)
            case _:
                assert_never(event)

    def described(
        self, association: Association, call: CallId, event: GateDescribed
    ) -> phone.PhoneEvent | None:
        """What the SDPs say of keys has changed (RFC 4568); returns what the phone has to hear.

        Once ZRTP has given keys, or was announced, it gives all keys that there are: whoever
        runs the server must not be able to put others in their place.
        """
        try:
            agreement = agree(event.own, event.theirs)
        except DisagreementError as error:
            if association.peer_zid is not None:
                return None
            log.warning("%s: no keys from the signalling: %s", call, error)
            self._ledger.failed(call, "no encryption")
            return phone.EncryptionMissing(call)
        if association.by_server is None and not association.zrtp_or_nothing:
            association.downgraded = self._was_verified(call)
            association.zrtp_or_nothing = association.downgraded or bool(event.remote_hashes)
        if association.zrtp_or_nothing or agreement == association.by_server:
            return None
        return self._take_from_server(association, call, agreement)

    def _take_from_server(
        self, association: Association, call: CallId, agreement: Agreement
    ) -> phone.PhoneEvent:
        gate, keys = association.gate, agreement
        try:
            self._gate.install_keys(gate, direction="receive", key=keys.receive, by_signalling=True)
            self._gate.install_keys(gate, direction="send", key=keys.send, by_signalling=True)
        except KeyReuseError:
            log.warning("%s: the signalling carries a key that was in use before", call)
            fault = phone.EncryptionFault.PROTOCOL
            self._ledger.failed(call, fault.name.lower())
            return phone.EncryptionFailed(call, fault, "a key was used twice")
        association.by_server = agreement
        log.info("%s: encrypted to the server, %s", call, agreement.suite)
        self._ledger.failed(call, "server can listen")
        return phone.EncryptedToServer(call)

    def _was_verified(self, call: CallId) -> bool:
        """Whether a phone was verified under this address: then less than ZRTP is a downgrade."""
        entry = self._ledger.entry(call)
        return entry is None or bool(self._store.verified_at_uri(entry.uri))

    def _no_zrtp(self, association: Association, call: CallId) -> phone.PhoneEvent | None:
        if association.by_server is not None:
            log.info("%s: no ZRTP there: the server can listen", call)
            return None
        if not association.downgraded:
            self._ledger.failed(call, "no ZRTP")
            return phone.EncryptionMissing(call)
        fault = phone.EncryptionFault.DOWNGRADED
        detail = "a phone was verified here, and now only the server would encrypt"
        log.warning("%s: %s", call, detail)
        self._ledger.failed(call, fault.name.lower())
        entry = self._ledger.entry(call)
        self._store.log_security_event("downgrade", None, entry.uri if entry else "", detail)
        return phone.EncryptionFailed(call, fault, detail)

    def _secured(
        self, association: Association, call: CallId, event: zrtp.Secured
    ) -> phone.PhoneEvent:
        if event.update is not None and (failed := self._commit(call, event.update)):
            return failed
        self._gate.install_keys(association.gate, direction="receive", key=event.receive)
        self._gate.install_keys(association.gate, direction="send", key=event.send)
        association.enrolled = event.pbxsecret is SharedSecret.MATCHED
        association.peer_zid = event.peer_zid
        association.zrtp_or_nothing, association.by_server = True, None
        log.info("%s: encrypted, %s, cache %s", call, event.algorithms, event.cache.name)
        return phone.Encrypted(call, self._meet(call, event))

    def _meet(self, call: CallId, event: zrtp.Secured) -> phone.Association:
        """Compares with what is known of the phone; what is new is written down after that."""
        entry = self._ledger.entry(call)
        uri = entry.uri if entry else ""
        meeting = translate.meeting(event, uri)
        peer = self._store.peer(event.peer_zid)
        found = translate.association(event, meeting, peer, self._store.verified_at_uri(uri))
        if event.cache is not CacheState.MISMATCH:
            # Who could not prove to be that phone has not met us; the SAS may still tell.
            self._met.append((meeting, translate.is_proven(found)))
        self._ledger.secured(call, meeting, event.cache.name.lower())
        return replace(found, candidates=self._to_choose_from(event.sas))

    def _to_choose_from(self, sas: Sas) -> Candidates | None:
        return self._candidates(sas) if self._candidates else None

    def _commit(self, call: CallId, update: zrtp.CacheUpdate) -> phone.EncryptionFailed | None:
        try:
            self._store.commit_secrets(update)
        except StoreError as error:
            log.error("%s: the retained secrets could not be written: %s", call, error)  # noqa: TRY400
            return phone.EncryptionFailed(call, phone.EncryptionFault.STORE, str(error))
        return None

    def _failed(
        self, association: Association, call: CallId, event: zrtp.Failed
    ) -> phone.EncryptionFailed:
        fault = translate.encryption_fault(event, hash_differed=association.hash_differed)
        log.warning("%s: ZRTP failed: %s (%s)", call, event.reason, fault.name)
        self._ledger.failed(call, fault.name.lower())
        if event.attack:
            entry = self._ledger.entry(call)
            uri = entry.uri if entry else ""
            self._store.log_security_event("zrtp-attack", None, uri, event.reason)
        return phone.EncryptionFailed(call, fault, event.reason)

    def no_way(self, association: Association) -> phone.EncryptionFailed | None:
        """ICE has failed. A call that was secure says by itself that nothing comes any more."""
        call = association.call
        if call is None:
            return None
        if association.peer_zid is not None:
            log.warning("%s: ICE found no way at its restart", call)
            return None
        fault, detail = phone.EncryptionFault.NO_WAY, "ICE: none of the ways that were tried works"
        log.warning("%s: %s (%s)", call, detail, fault.name)
        self._ledger.failed(call, fault.name.lower())
        return phone.EncryptionFailed(call, fault, detail)

    def _hash_differs(self, association: Association, call: CallId) -> phone.HashDiffers | None:
        """Before there are keys, the right Hello may yet come; afterwards the person has to know."""
        association.hash_differed = True
        if association.peer_zid is None:
            return None
        log.warning("%s: the SDP announces another Hello than the one that was used", call)
        entry = self._ledger.entry(call)
        uri = entry.uri if entry else ""
        detail = "announced too late, and not what was used"
        self._store.log_security_event("zrtp-hash", association.peer_zid, uri, detail)
        return phone.HashDiffers(call)

    def _silent(self, call: CallId) -> phone.EncryptionFailed:
        fault = phone.EncryptionFault.TIMED_OUT
        detail = "the other side has ZRTP, and did not hear us or was not heard"
        log.warning("%s: %s (%s)", call, detail, fault.name)
        self._ledger.failed(call, fault.name.lower())
        return phone.EncryptionFailed(call, fault, detail)

    def _peer_failed(self, call: CallId, code: int) -> phone.EncryptionFailed:
        fault = translate.peer_fault(code)
        detail = f"the other side sent ZRTP Error 0x{code:02x}"
        log.warning("%s: %s (%s)", call, detail, fault.name)
        self._ledger.failed(call, fault.name.lower())
        return phone.EncryptionFailed(call, fault, detail)
