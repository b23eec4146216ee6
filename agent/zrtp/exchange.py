"""What the steps of the state machine do: one method for each `state.Step`.

An `Exchange` does not know in which state it is, only what it holds; the table in `state` and
`Session` see to it that a step is asked for when it makes sense. A step either does all of its
work or raises.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from agent.zrtp.agreement import Agreement, OurSide, PeerSide
from agent.zrtp.algorithms import Offer
from agent.zrtp.dh_mode import Initiator, Responder, check_commit
from agent.zrtp.discovery import Discovery, FoundPeer, refuse_version
from agent.zrtp.errors import ErrorCode, Ignored, LocalError, NotUsedError, RefusalError
from agent.zrtp.established import Confirmed, Established, srtp_key
from agent.zrtp.events import (
    Event,
    Failed,
    HelloHash,
    HelloHashDiffers,
    Negotiating,
    NoZrtpPeer,
    PeerError,
    ReceiveKeysReady,
)
from agent.zrtp.fragments import Reassembly, largest_message
from agent.zrtp.hash_chain import HashChain, check_image
from agent.zrtp.messages import (
    VERSION,
    Commit,
    ErrorMessage,
    Hello,
    MessageType,
    Ping,
    PingACK,
    hello_version,
    plain_message,
    same_version,
)
from agent.zrtp.negotiation import accept, choose, type_blocks
from agent.zrtp.retained_secrets import NO_SECRETS, SecretStore
from agent.zrtp.retransmission import HELLO_DEADLINE, T1, T1_EXTENDED, T2
from agent.zrtp.state import Role, Step
from agent.zrtp.stream import Stream
from agent.zrtp.wire import Packet

__all__ = ["Exchange", "Identity"]

_T = TypeVar("_T")

_ZID_LENGTH: Final = 12
_CLIENT_ID_LENGTH: Final = 16
_SEED_LENGTH: Final = 32
_ENDPOINT_HASH_LENGTH: Final = 8

_HELLO_ACK: Final = plain_message(MessageType.HELLO_ACK)
_CONF2_ACK: Final = plain_message(MessageType.CONF2_ACK)
_ERROR_ACK: Final = plain_message(MessageType.ERROR_ACK)
_RELAY_ACK: Final = plain_message(MessageType.RELAY_ACK)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in Hello messages.

    Attributes:
        zid: 12 octets, random, made once when the phone was installed (section 4.9).
        client_id: the software's name; ASCII, at most 16 characters are sent.

    Raises:
        LocalError: the ZID has another length.
    """

    zid: bytes
    client_id: str

    def __post_init__(self) -> None:
        if len(self.zid) != _ZID_LENGTH:
            raise LocalError(f"a ZID has {_ZID_LENGTH} octets, not {len(self.zid)}")


class Exchange:
    """What we hold and do in one ZRTP exchange.

    Args:
        identity: who we are.
        store: where retained secrets are looked up.
        randbytes: source of randomness.
        wall_clock: seconds since 1970.
        offer: the algorithms of our Hello.
        cache_seconds: how long we want the secret retained.
        mtu: octets of the largest packet that we send.

    Attributes:
        hello: our whole Hello.
        stream: what goes out.
        reassembly: what comes in in pieces.
        discovery: the Hellos that came in.
        events: what the host has to be told.
        role: who we are, once there was a Commit.
        peer: with whom we negotiate, from the Commit on.
        now: monotonic seconds; set by the session before each step.
    """

    def __init__(
        self,
        *,
        identity: Identity,
        store: SecretStore,
        randbytes: Callable[[int], bytes],
        wall_clock: Callable[[], float],
        offer: Offer,
        cache_seconds: int,
        mtu: int,
    ) -> None:
        chain = HashChain.from_seed(randbytes(_SEED_LENGTH))
        self.hello = _hello(identity, offer, chain)
        self.stream = Stream(randbytes, mtu)
        self.reassembly = Reassembly(largest_message(offer.key_agreements))
        self.discovery = Discovery(identity.zid)
        self.events: deque[Event] = deque()
        self.role: Role | None = None
        self.peer: FoundPeer | None = None
        self.now = 0.0
        self._ours = OurSide(identity.zid, self.hello, chain, randbytes, cache_seconds)
        self._offer = offer
        self._store = store
        self._wall_clock = wall_clock
        self._confirmed_at = 0
        self._progress: object = None
        self._steps = self._all_steps()

    def carry_out(self, step: Step, packet: Packet) -> None:
        """Do what a step says.

        Args:
            step: what is to be done.
            packet: what caused it; empty when no packet did.

        Raises:
            NotUsedError: the message is not to be used after all.
            RefusalError: the exchange cannot go on.
        """
        self._steps[step](packet)

    def check_source(self, packet: Packet) -> None:
        """Before an exchange anybody may speak whose Hello came, in it only the peer.

        Raises:
            NotUsedError: this SSRC may not.
        """
        known = self.discovery.found
        if known and packet.ssrc not in known:
            raise NotUsedError(Ignored.WRONG_SOURCE)

    def greet_again(self) -> None:
        """A peer that still says Hello can have our HelloACK next, and would wait for our Hello."""
        if self.stream.due is None:
            self.stream.send_repeatedly(self.hello, T1_EXTENDED, self.now)

    def review_hellos(self) -> bool:
        """Compare the accepted Hellos with an announcement that came later.

        Returns:
            True when the Hello that we rely on is not the announced one.
        """
        if self.peer is None and self.discovery.expects_peer:
            self.stream.extend(T1_EXTENDED)
        confirmed, disowned = self.discovery.review()
        for peer in confirmed:
            self.events.append(peer.event)
        for peer in disowned if self.peer is None else ():
            self.stream.forget(peer.raw)
            del self.discovery.found[peer.ssrc]
        if self.peer is None:
            return bool(disowned) and not self.discovery.found
        self.peer = self.discovery.found[self.peer.ssrc]
        return bool(disowned)

    def refuse(self, refusal: RefusalError) -> None:
        """End the exchange and say so to the peer and to the host."""
        self.drop()
        if refusal.code is not None:
            self.stream.send_repeatedly(ErrorMessage(refusal.code).serialize(), T2, self.now)
        self.events.append(Failed(refusal.code, refusal.reason, refusal.attack))

    def drop(self) -> None:
        """Forget all keys, repeat nothing and answer nothing again."""
        self._progress = None
        self.stream.fall_silent()

    def sas_verified(self) -> None:
        """The user compared the SAS and it is the same."""
        update = self._as(Established).sas_verified()
        if update is not None:
            self.events.append(update)

    def sas_mismatch(self) -> None:
        """The user compared the SAS and it differs."""
        self.events.append(self._as(Established).sas_mismatch())

    def _all_steps(self) -> dict[Step, Callable[[Packet], None]]:
        return {
            Step.SEND_HELLO: self._send_hello,
            Step.MEET_PEER: self._meet_peer,
            Step.MEET_ANOTHER_PEER: self._meet_another_peer,
            Step.WAIT_FOR_HELLO: self._wait_for_hello,
            Step.COMMIT_TO_NEW_PEER: self._commit_to_new_peer,
            Step.COMMIT_TO_KNOWN_PEER: self._commit_to_known_peer,
            Step.OVERRULE_PRESHARED: self._overrule_preshared,
            Step.ACCEPT_COMMIT: self._accept_commit,
            Step.RESOLVE_CONTENTION: self._resolve_contention,
            Step.DISCARD_PRESHARED: self._discard_preshared,
            Step.REFUSE_MULTISTREAM: self._refuse_multistream,
            Step.REFUSE_MIXED_COMMITS: self._refuse_mixed_commits,
            Step.SEND_DHPART2: self._send_dhpart2,
            Step.SEND_CONFIRM1: self._send_confirm1,
            Step.SEND_CONFIRM2: self._send_confirm2,
            Step.FINISH_AS_RESPONDER: self._finish_as_responder,
            Step.FINISH_AS_INITIATOR: self._finish_as_initiator,
            Step.REPORT_NO_PEER: self._report_no_peer,
            Step.FORGET_PEER: self._forget_peer,
            Step.REFUSE_PEER: self._refuse_peer,
            Step.REPORT_HASH: self._report_hash,
            Step.GIVE_UP: self._give_up,
            Step.END_BY_PEER: self._end_by_peer,
            Step.IGNORE_ERROR: self._ignore_error,
            Step.STOP_REPEATING: self._stop_repeating,
            Step.ANSWER_PING: self._answer_ping,
            Step.REFUSE_GO_CLEAR: self._refuse_go_clear,
            Step.ACKNOWLEDGE_SAS_RELAY: self._acknowledge_sas_relay,
        }

    def _as(self, kind: type[_T]) -> _T:
        """What the steps so far have brought; that it is of this kind the table guarantees."""
        if not isinstance(self._progress, kind):
            raise LocalError(f"this step needs {kind.__name__}, not {self._progress!r}")
        return self._progress

    # Discovery (sections 4.1, 5.2, 5.3).

    def _send_hello(self, _nothing: Packet) -> None:
        schedule = T1_EXTENDED if self.discovery.expects_peer else T1
        self.stream.send_repeatedly(self.hello, schedule, self.now)

    def _meet_peer(self, packet: Packet) -> None:
        self._meet_another_peer(packet)
        # The peer is there and has not heard us yet.
        self.stream.hurry(self.hello, T1_EXTENDED, self.now)

    def _meet_another_peer(self, packet: Packet) -> None:
        self._accept_hello(packet)
        self.stream.used(packet.message, _HELLO_ACK)

    def _wait_for_hello(self, _packet: Packet) -> None:
        self.stream.wait(HELLO_DEADLINE, self.now)

    def _accept_hello(self, packet: Packet) -> None:
        if self.discovery.compare(packet.message) is HelloHash.DIFFERS:
            self._report_rejection()
            raise NotUsedError(Ignored.BAD_HELLO_HASH)
        version = hello_version(packet.message)
        if not same_version(version):
            # Section 5.3: a HelloACK says no more than that the Hello has arrived.
            self.stream.send(_HELLO_ACK)
            refuse_version(version)
        self.events.append(self.discovery.accept(packet).event)

    def _report_rejection(self) -> None:
        if not self.discovery.rejected:
            self.discovery.rejected = True
            self.events.append(HelloHashDiffers())

    def _report_no_peer(self, _nothing: Packet) -> None:
        if self.discovery.rejected and not self.discovery.found:
            raise RefusalError(
                None, "every Hello that came differs from the one in the peer's SDP", attack=True
            )
        self.events.append(NoZrtpPeer())

    def _forget_peer(self, _nothing: Packet) -> None:
        self._report_rejection()
        self.stream.hurry(self.hello, T1_EXTENDED, self.now)

    def _refuse_peer(self, _nothing: Packet) -> None:
        self._report_rejection()
        raise RefusalError(
            ErrorCode.CRITICAL_SOFTWARE_ERROR,
            "the peer's SDP announces another Hello than the one that came",
            attack=True,
        )

    def _report_hash(self, _nothing: Packet) -> None:
        self._report_rejection()

    # Commit (sections 4.2, 4.4.1.1, 5.4).

    def _commit_to_new_peer(self, packet: Packet) -> None:
        self._accept_hello(packet)
        self._commit(packet.ssrc)
        # The Commit stands for a HelloACK; should it be lost, a repeated Hello gets a real one.
        self.stream.remember(packet.message, _HELLO_ACK)

    def _commit_to_known_peer(self, packet: Packet) -> None:
        self._commit(packet.ssrc)

    def _overrule_preshared(self, packet: Packet) -> None:
        check_image(Commit.parse(packet.message).h2, self._hello_of(packet).h3)
        self._commit(packet.ssrc)

    def _commit(self, ssrc: int) -> None:
        peer = self.discovery.settle(ssrc)
        initiator = Initiator(self._ours, self._peer_side(peer), choose(self._offer, peer.hello))
        self._take_role(Role.INITIATOR, peer, initiator)
        self.stream.send_repeatedly(initiator.commit, T2, self.now)

    def _accept_commit(self, packet: Packet) -> None:
        self._respond(packet, None)

    def _resolve_contention(self, packet: Packet) -> None:
        initiator = self._as(Initiator)
        commit = Commit.parse(packet.message)
        check_image(commit.h2, self._hello_of(packet).h3)
        if commit.commitment <= initiator.hvi:
            raise NotUsedError(Ignored.COMMIT_DISCARDED)
        self._respond(packet, initiator)

    def _respond(self, packet: Packet, previous: Initiator | None) -> None:
        commit = Commit.parse(packet.message)
        peer = self.discovery.found[packet.ssrc]
        side = self._peer_side(peer)
        check_commit(commit, side)
        choice = accept(self._offer, commit)
        responder = Responder(self._ours, side, choice, packet.message, previous)
        self._take_role(Role.RESPONDER, self.discovery.settle(packet.ssrc), responder)
        self.stream.used(packet.message, responder.dhpart1)

    def _discard_preshared(self, _packet: Packet) -> None:
        raise NotUsedError(Ignored.COMMIT_DISCARDED)

    def _refuse_multistream(self, packet: Packet) -> None:
        check_image(Commit.parse(packet.message).h2, self._hello_of(packet).h3)
        raise RefusalError(
            ErrorCode.KEY_AGREEMENT_NOT_SUPPORTED,
            "the peer wants to add a stream to a session that does not exist",
        )

    def _refuse_mixed_commits(self, packet: Packet) -> None:
        check_image(Commit.parse(packet.message).h2, self._hello_of(packet).h3)
        raise RefusalError(
            ErrorCode.CRITICAL_SOFTWARE_ERROR,
            "the peer wants to add a stream while the first one is being negotiated",
        )

    def _hello_of(self, packet: Packet) -> Hello:
        return self.discovery.found[packet.ssrc].hello

    def _peer_side(self, peer: FoundPeer) -> PeerSide:
        secrets = self._store.retained_secrets(peer.hello.zid) or NO_SECRETS
        return PeerSide(peer.hello, peer.raw, secrets)

    def _take_role(self, role: Role, peer: FoundPeer, progress: Initiator | Responder) -> None:
        self.role, self.peer, self._progress = role, peer, progress
        self.events.append(Negotiating(role))

    # DHPart and Confirm (sections 4.4.1, 4.6, 5.5 to 5.8).

    def _send_dhpart2(self, packet: Packet) -> None:
        initiator = self._as(Initiator)
        self._progress = initiator.receive_dhpart1(packet.message)
        self.stream.used(packet.message)
        self.stream.send_repeatedly(initiator.dhpart2, T2, self.now)

    def _send_confirm1(self, packet: Packet) -> None:
        agreement = self._as(Responder).receive_dhpart2(packet.message)
        self._progress = agreement
        self._confirmed_at = int(self._wall_clock())
        self.stream.used(packet.message, agreement.confirm)

    def _send_confirm2(self, packet: Packet) -> None:
        agreement = self._as(Agreement)
        theirs = agreement.receive_confirm(packet.message)
        self._confirmed_at = int(self._wall_clock())
        self._progress = Confirmed(agreement, theirs)
        self.stream.used(packet.message)
        self.stream.send_repeatedly(agreement.confirm, T2, self.now)
        self.events.append(ReceiveKeysReady(srtp_key(agreement, Role.RESPONDER)))

    def _finish_as_initiator(self, _packet: Packet) -> None:
        self._become_secure(self._as(Confirmed))

    def _finish_as_responder(self, packet: Packet) -> None:
        agreement = self._as(Agreement)
        confirmed = Confirmed(agreement, agreement.receive_confirm(packet.message))
        # Until Conf2ACK or our SRTP the initiator sends none: this is early enough.
        self.events.append(ReceiveKeysReady(srtp_key(agreement, Role.INITIATOR)))
        self._become_secure(confirmed)
        self.stream.used(packet.message, _CONF2_ACK)

    def _become_secure(self, confirmed: Confirmed) -> None:
        (peer,) = self.discovery.found.values()
        established = Established(confirmed, peer, self._confirmed_at)
        self._progress = established
        self.stream.stop()
        self.events.append(established.event)

    # Endings and requests (sections 4.7, 5.9 to 5.16).

    def _give_up(self, _nothing: Packet) -> None:
        raise RefusalError(ErrorCode.PROTOCOL_TIMEOUT, "the peer stopped answering")

    def _end_by_peer(self, packet: Packet) -> None:
        code = ErrorMessage.parse(packet.message).code
        self.drop()
        self.stream.send(_ERROR_ACK)
        self.events.append(PeerError(code))

    def _ignore_error(self, packet: Packet) -> None:
        ErrorMessage.parse(packet.message)
        self.stream.send(_ERROR_ACK)
        raise NotUsedError(Ignored.ERROR_IGNORED)

    def _stop_repeating(self, _packet: Packet) -> None:
        self.stream.stop()

    def _answer_ping(self, packet: Packet) -> None:
        ping = Ping.parse(packet.message)
        if self.peer is None:
            # Section 6: a Ping is evidence of a ZRTP endpoint.
            self.stream.extend(T1_EXTENDED)
        own = self._ours.zid[:_ENDPOINT_HASH_LENGTH]
        self.stream.send(PingACK(own, ping.endpoint_hash, packet.ssrc).serialize())

    def _refuse_go_clear(self, packet: Packet) -> None:
        # We never set the A flag, so the peer must not ask (table 8); the call stays encrypted.
        self._as(Established).check_go_clear(packet.message)
        self.stream.send(ErrorMessage(ErrorCode.GOCLEAR_NOT_ALLOWED).serialize())

    def _acknowledge_sas_relay(self, packet: Packet) -> None:
        # Section 5.13: acknowledged, but never shown: no PBX is trusted here.
        self._as(Established).check_sas_relay(packet.message)
        self.stream.send(_RELAY_ACK)


def _hello(identity: Identity, offer: Offer, chain: HashChain) -> bytes:
    """Our Hello, which stays the same for the whole session."""
    client_id = identity.client_id.encode("ascii", "replace")[:_CLIENT_ID_LENGTH]
    return Hello(
        VERSION,
        client_id.ljust(_CLIENT_ID_LENGTH),
        chain.h3,
        identity.zid,
        type_blocks(offer.hashes),
        type_blocks(offer.ciphers),
        type_blocks(offer.auth_tags),
        type_blocks(offer.key_agreements),
        type_blocks(offer.sas_types),
    ).serialize(chain.h2)
