"""The steps around Commit: which mode, whose turn, whose Commit counts (RFC 6189 sections 4.2, 5.4)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from agent.zrtp import preshared
from agent.zrtp.agreement import Mode
from agent.zrtp.algorithms import HASHES, WITHOUT_EXCHANGE
from agent.zrtp.dh_mode import Initiator, Responder, check_commit
from agent.zrtp.discovery import FoundPeer
from agent.zrtp.errors import ErrorCode, Ignored, LocalError, NotUsedError, RefusalError
from agent.zrtp.established import EstablishedStream
from agent.zrtp.hash_chain import check_image
from agent.zrtp.held import Held
from agent.zrtp.messages import MULTISTREAM, PRESHARED, Commit
from agent.zrtp.negotiation import Choice, accept, choose
from agent.zrtp.non_dh import NONCE_LENGTH, KeySource, Proposal, answer, propose
from agent.zrtp.retransmission import T2
from agent.zrtp.roster import Contender, Roster
from agent.zrtp.state import Input, Role, Step
from agent.zrtp.wire import Packet

__all__ = ["Commits"]

_WITHOUT_DH: Final = frozenset({PRESHARED, MULTISTREAM})


class Commits:
    """Carries out these steps.

    Args:
        held: what the exchange holds.
        roster: whose turn it is with a peer.
        contender: the session, as the roster knows it.
        prefer_preshared: commit in Preshared mode where that is possible.

    Attributes:
        steps: which step is which method.
    """

    def __init__(
        self, held: Held, roster: Roster, contender: Contender, *, prefer_preshared: bool
    ) -> None:
        self._held = held
        self._roster = roster
        self._contender = contender
        self._prefer_preshared = prefer_preshared
        self.steps: dict[Step, Callable[[Packet], None]] = {
            Step.SEND_COMMIT: self._send_commit,
            Step.SEND_PRESHARED_COMMIT: self._send_preshared_commit,
            Step.SEND_MULTISTREAM_COMMIT: self._send_multistream_commit,
            Step.ACCEPT_COMMIT: self._accept_commit,
            Step.ACCEPT_PRESHARED_COMMIT: self._accept_preshared_commit,
            Step.ACCEPT_MULTISTREAM_COMMIT: self._accept_multistream_commit,
            Step.OVERRULE_PRESHARED: self._overrule_preshared,
            Step.RESOLVE_CONTENTION: self._resolve_contention,
            Step.RESOLVE_PRESHARED_CONTENTION: self._resolve_preshared_contention,
            Step.RESOLVE_MULTISTREAM_CONTENTION: self._resolve_multistream_contention,
            Step.DISCARD_COMMIT: self._discard_commit,
            Step.WITHDRAW_COMMIT: self._withdraw_commit,
            Step.REFUSE_MISPLACED_COMMIT: self._refuse_misplaced_commit,
            Step.REFUSE_MIXED_COMMITS: self._refuse_mixed_commits,
            Step.REFUSE_WITHOUT_KEYS: self._refuse_without_keys,
        }

    def classify(self, packet: Packet) -> Input:
        """Which kind of Commit this is.

        Raises:
            NotUsedError: it is malformed.
        """
        commit = Commit.parse(packet.message)
        if commit.key_agreement == MULTISTREAM:
            keyed = not self._held.is_first and self._held.call.has_keys
            return Input.MULTISTREAM_COMMIT if keyed else Input.MISPLACED_COMMIT
        if not self._held.is_first:
            return Input.MISPLACED_COMMIT
        if commit.key_agreement == PRESHARED:
            known = self._preshared_source(commit, packet.ssrc) is not None
            return Input.PRESHARED_COMMIT if known else Input.FOREIGN_PRESHARED_COMMIT
        return Input.COMMIT

    def go_signal(self) -> Input | None:
        """Whether and how to commit to the peer that we are acquainted with; None: not now."""
        peer, call = self._held.discovery.found[self._held.acquainted], self._held.call
        if not self._held.is_first:
            if call.failed or (call.has_keys and not self._fits_call(peer)):
                return Input.KEYS_MISSING
            return Input.MAY_COMMIT_MULTISTREAM if call.has_keys else None
        if not self._roster.take_turn(peer.hello.zid, self._contender):
            return None
        if self._prefer_preshared and self._may_commit_preshared(peer):
            return Input.MAY_COMMIT_PRESHARED
        return Input.MAY_COMMIT

    def overruled_by(self, commit: Commit) -> bool:
        """Whether a Commit of the peer takes precedence over the one that we have sent (4.2)."""
        progress = self._held.progress
        if isinstance(progress, Initiator):
            return commit.key_agreement not in _WITHOUT_DH and commit.commitment > progress.hvi
        proposal = self._held.progress_as(Proposal)
        if commit.key_agreement not in _WITHOUT_DH:
            return True
        (peer,) = self._held.discovery.found.values()
        if proposal.agreement.mode is Mode.PRESHARED and peer.hello.mitm:
            # We never set the M flag ourselves: the phone is the initiator, not the PBX.
            return False
        return commit.commitment[:NONCE_LENGTH] > proposal.nonce

    def note(self, established: EstablishedStream) -> None:
        """Keep in mind how old the secret is that this exchange has left."""
        zid = established.peer.hello.zid
        if established.mode is Mode.DIFFIE_HELLMAN:
            self._roster.made_afresh(zid)
        elif established.mode is Mode.PRESHARED:
            self._roster.made_from_old(zid)

    def _fits_call(self, peer: FoundPeer) -> bool:
        same = peer.hello.zid == self._held.call.peer_zid
        return same and MULTISTREAM in peer.hello.key_agreements

    def _may_commit_preshared(self, peer: FoundPeer) -> bool:
        secrets = self._held.side_of(peer).secrets
        return (
            preshared.listed_by(peer.hello)
            and preshared.is_reliable(secrets, self._held.wall_clock())
            and self._roster.allows_preshared(peer.hello.zid)
        )

    def _preshared_source(self, commit: Commit, ssrc: int) -> KeySource | None:
        """What the peer's keyID stands for, if we hold it and trust it (4.4.2.1, 4.4.2.3)."""
        peer = self._held.discovery.found.get(ssrc)
        hash_ = HASHES.get(commit.hash.decode("latin-1"))
        if peer is None or hash_ is None or not self._roster.allows_preshared(peer.hello.zid):
            return None
        secrets = self._held.side_of(peer).secrets
        if not preshared.is_reliable(secrets, self._held.wall_clock()):
            return None
        return preshared.find_source(hash_, secrets, commit)

    # Our own Commit.

    def _send_commit(self, _nothing: Packet) -> None:
        held = self._held
        peer = held.discovery.found[held.acquainted]
        initiator = Initiator(held.ours, held.side_of(peer), choose(held.offer, peer.hello))
        held.begin(Role.INITIATOR, peer, initiator)
        held.stream.send_repeatedly(initiator.commit, T2, held.now)

    def _send_preshared_commit(self, _nothing: Packet) -> None:
        peer = self._held.discovery.found[self._held.acquainted]
        choice = replace(
            choose(self._held.offer, peer.hello), key_agreement=WITHOUT_EXCHANGE["Prsh"]
        )
        source = preshared.own_source(choice.hash, self._held.side_of(peer).secrets)
        self._propose(peer, choice, source)

    def _send_multistream_commit(self, _nothing: Packet) -> None:
        peer = self._held.discovery.found[self._held.acquainted]
        self._propose(peer, *self._held.call.terms())

    def _propose(self, peer: FoundPeer, choice: Choice, source: KeySource) -> None:
        held = self._held
        nonce = held.ours.randbytes(NONCE_LENGTH)
        held.call.use_nonce(nonce)
        proposal = propose(held.ours, held.side_of(peer), choice, source, nonce)
        held.begin(Role.INITIATOR, peer, proposal)
        held.stream.send_repeatedly(proposal.commit, T2, held.now)

    def _overrule_preshared(self, packet: Packet) -> None:
        held = self._held
        peer = self._sender(packet)
        if not self._roster.take_turn(peer.hello.zid, self._contender):
            raise NotUsedError(Ignored.OUT_OF_TURN)
        held.acquainted = packet.ssrc
        self._send_commit(packet)

    def _withdraw_commit(self, _nothing: Packet) -> None:
        self._held.withdraw()
        self._held.stream.stop()

    # The peer's Commit.

    def _accept_commit(self, packet: Packet) -> None:
        self._respond(packet, None)

    def _resolve_contention(self, packet: Packet) -> None:
        initiator = self._held.progress_as(Initiator)
        self._demand_precedence(packet)
        self._respond(packet, initiator)

    def _resolve_preshared_contention(self, packet: Packet) -> None:
        self._demand_precedence(packet)
        self._accept_preshared_commit(packet)

    def _resolve_multistream_contention(self, packet: Packet) -> None:
        self._demand_precedence(packet)
        self._accept_multistream_commit(packet)

    def _demand_precedence(self, packet: Packet) -> None:
        self._sender(packet)
        if not self.overruled_by(Commit.parse(packet.message)):
            raise NotUsedError(Ignored.COMMIT_DISCARDED)

    def _respond(self, packet: Packet, previous: Initiator | None) -> None:
        held = self._held
        commit, peer = Commit.parse(packet.message), held.discovery.found[packet.ssrc]
        side = held.side_of(peer)
        check_commit(commit, side)
        choice = accept(held.offer, commit)
        self._claim_turn(peer, commit)
        responder = Responder(held.ours, side, choice, packet.message, previous)
        held.begin(Role.RESPONDER, peer, responder)
        held.stream.used(packet.message, responder.dhpart1)

    def _accept_preshared_commit(self, packet: Packet) -> None:
        commit, peer = Commit.parse(packet.message), self._held.discovery.found[packet.ssrc]
        source = self._preshared_source(commit, packet.ssrc)
        check_commit(commit, self._held.side_of(peer))
        choice = accept(self._held.offer, commit)
        self._claim_turn(peer, commit)
        self._held.call.use_nonce(commit.commitment[:NONCE_LENGTH])
        if source is None:
            raise LocalError("this step needs a Commit whose key we hold")
        self._answer(packet, peer, choice, source)

    def _accept_multistream_commit(self, packet: Packet) -> None:
        commit, peer = Commit.parse(packet.message), self._held.discovery.found[packet.ssrc]
        check_commit(commit, self._held.side_of(peer))
        if peer.hello.zid != self._held.call.peer_zid:
            raise NotUsedError(Ignored.WRONG_ZID)
        choice = accept(self._held.offer, commit)
        self._held.call.use_nonce(commit.commitment)
        _, source = self._held.call.terms()
        self._answer(packet, peer, choice, source)

    def _answer(self, packet: Packet, peer: FoundPeer, choice: Choice, source: KeySource) -> None:
        held = self._held
        agreement = answer(held.ours, held.side_of(peer), choice, source, packet.message)
        held.begin(Role.RESPONDER, peer, agreement)
        held.confirmed_at = int(held.wall_clock())
        held.stream.used(packet.message, agreement.confirm)

    def _claim_turn(self, peer: FoundPeer, commit: Commit) -> None:
        zid = peer.hello.zid
        if not self._roster.claim_turn(zid, self._contender, commit, self._held.now):
            raise NotUsedError(Ignored.OUT_OF_TURN)

    def _discard_commit(self, _packet: Packet) -> None:
        raise NotUsedError(Ignored.COMMIT_DISCARDED)

    def _sender(self, packet: Packet) -> FoundPeer:
        """Whose Commit this is.

        Raises:
            NotUsedError: somebody else's than the Hello of that SSRC (section 9).
        """
        peer = self._held.discovery.found[packet.ssrc]
        check_image(Commit.parse(packet.message).h2, peer.hello.h3)
        return peer

    def _refuse_misplaced_commit(self, packet: Packet) -> None:
        self._sender(packet)
        raise RefusalError(
            ErrorCode.KEY_AGREEMENT_NOT_SUPPORTED,
            "the peer wants to add a stream to a session that does not exist"
            if self._held.is_first
            else "the peer wants to make new keys for a further stream of the same call",
        )

    def _refuse_mixed_commits(self, packet: Packet) -> None:
        self._sender(packet)
        raise RefusalError(
            ErrorCode.CRITICAL_SOFTWARE_ERROR,
            "the peer takes for the first stream of a call what is a further one, or vice versa",
        )

    def _refuse_without_keys(self, _nothing: Packet) -> None:
        if self._held.call.failed:
            raise RefusalError(
                ErrorCode.SERVICE_UNAVAILABLE, "the first stream of the call has no keys"
            )
        raise RefusalError(
            ErrorCode.CRITICAL_SOFTWARE_ERROR,
            "who answers on this stream cannot be keyed like the first stream of the call",
        )
