"""One ZRTP exchange for one media stream, driven by packets, time and the user."""

from collections import Counter
from collections.abc import Callable
from typing import Final

from agent.frozen import frozen
from agent.zrtp.algorithms import DEFAULT_OFFER, Offer
from agent.zrtp.discovery import announce
from agent.zrtp.errors import ErrorCode, Ignored, LocalError, NotUsedError, RefusalError
from agent.zrtp.events import Event, Secured
from agent.zrtp.exchange import Exchange
from agent.zrtp.fragments import DEFAULT_MTU
from agent.zrtp.held import Held, Identity
from agent.zrtp.messages import Commit, MessageType, message_type
from agent.zrtp.multistream import CallKeys
from agent.zrtp.retained_secrets import FOREVER, SecretStore
from agent.zrtp.retransmission import EXCHANGE_LIMIT, RESPONDER_PATIENCE
from agent.zrtp.roster import Roster
from agent.zrtp.state import FINAL, TRANSITIONS, Input, Role, State
from agent.zrtp.wire import Packet

__all__ = ["Counters", "Session"]

_NOTHING: Final = Packet(0, 0, b"")

_INPUTS: Final = {
    MessageType.HELLO: Input.HELLO,
    MessageType.HELLO_ACK: Input.HELLO_ACK,
    MessageType.COMMIT: Input.COMMIT,
    MessageType.DHPART1: Input.DHPART1,
    MessageType.DHPART2: Input.DHPART2,
    MessageType.CONFIRM1: Input.CONFIRM1,
    MessageType.CONFIRM2: Input.CONFIRM2,
    MessageType.CONF2_ACK: Input.CONF2_ACK,
    MessageType.ERROR: Input.ERROR,
    MessageType.ERROR_ACK: Input.ERROR_ACK,
    MessageType.GO_CLEAR: Input.GO_CLEAR,
    MessageType.SAS_RELAY: Input.SAS_RELAY,
    MessageType.PING: Input.PING,
}
_FROM_ANYBODY: Final = frozenset({Input.HELLO, Input.PING})
# HelloACK, Conf2ACK, Error and Ping prove nothing: anybody can make them.
_TELLING: Final = frozenset(
    {
        MessageType.HELLO,
        MessageType.COMMIT,
        MessageType.DHPART1,
        MessageType.DHPART2,
        MessageType.CONFIRM1,
        MessageType.CONFIRM2,
    }
)
_WAITING_AS_RESPONDER: Final = frozenset({State.DHPART1_SENT, State.CONFIRM1_SENT})
_BEYOND_REACH: Final = frozenset({State.SECURE, State.FAILED})


def _classify(message: bytes) -> Input:
    """What happens with a message of this type; the kinds of Commit are told apart later.

    Raises:
        NotUsedError: a type that we do not know, or an answer to what we never send (ClearACK,
            RelayACK, PingACK).
    """
    kind = message_type(message)
    if kind not in _INPUTS:
        raise NotUsedError(Ignored.OUT_OF_STATE)
    return _INPUTS[kind]


@frozen
class Counters:
    """Packets that were not used, by reason.

    Attributes:
        bad_crc: damaged on their way.
        malformed: no ZRTP packet, or a message of the wrong form.
        bad_fragments: pieces of no message that may come in pieces, or that contradict others.
        unknown_type: a message type that we do not know.
        unsupported_version: a Hello of a higher version.
        wrong_source: not from the SSRC that we negotiate with.
        bad_hash_image: not from who sent the Hello (section 9).
        bad_hello_hash: a Hello that the peer's SDP does not announce.
        bad_mac: GoClear or SASrelay that the peer did not send.
        out_of_state: a message that has no place in the exchange now.
        duplicates: a message that was used before; it was answered again.
        commits_discarded: Commits that lost the contention.
        out_of_turn: Commits that came while another exchange with the same peer was going on.
        wrong_zid: from another phone than the one on the first stream of the call.
        errors_ignored: Error messages that do not end anything.
    """

    bad_crc: int = 0
    malformed: int = 0
    bad_fragments: int = 0
    unknown_type: int = 0
    unsupported_version: int = 0
    wrong_source: int = 0
    bad_hash_image: int = 0
    bad_hello_hash: int = 0
    bad_mac: int = 0
    out_of_state: int = 0
    duplicates: int = 0
    commits_discarded: int = 0
    out_of_turn: int = 0
    wrong_zid: int = 0
    errors_ignored: int = 0


class Session:
    """One ZRTP exchange for one media stream.

    After each call the host takes all events, acts on them, and then takes the packets. What a
    call leads to is decided by `state.TRANSITIONS`, and done by `exchange.Exchange`.

    Args:
        identity: who we are.
        store: where retained secrets are looked up once a peer is known.
        randbytes: gives that many unpredictable octets (section 4.8).
        wall_clock: seconds since 1970, for the expiry of secrets.
        offer: the algorithms of our Hello.
        cache_seconds: how long the secret of this exchange is to be retained; 0: not at all.
        mtu: octets of the largest packet that the path carries, as UDP payload.
        roster: what all sessions of the phone share, so that they do not disturb each other.
        prefer_preshared: commit in Preshared mode where both hold a verified secret that was
            made not too many calls ago; it is cheaper, and not forward secret (section 4.4.2).
        first_stream: the session of the first stream of the same call, when this is a further
            one; its keys come from there (section 4.4.3).

    Raises:
        LocalError: an MTU below 600.
    """

    def __init__(
        self,
        *,
        identity: Identity,
        store: SecretStore,
        randbytes: Callable[[int], bytes],
        wall_clock: Callable[[], float],
        offer: Offer = DEFAULT_OFFER,
        cache_seconds: int = FOREVER,
        mtu: int = DEFAULT_MTU,
        roster: Roster | None = None,
        prefer_preshared: bool = False,
        first_stream: "Session | None" = None,
    ) -> None:
        self._roster = roster or Roster()
        self._call: CallKeys = CallKeys() if first_stream is None else first_stream.call
        self._held = Held(
            identity=identity,
            store=store,
            randbytes=randbytes,
            wall_clock=wall_clock,
            offer=offer,
            cache_seconds=cache_seconds,
            mtu=mtu,
            call=self._call,
            is_first=first_stream is None,
        )
        self._exchange = Exchange(self._held, self._roster, self, prefer_preshared=prefer_preshared)
        self._call.join(self.go_on)
        self._state = State.IDLE
        self._settled = False
        self._recognised = 0
        self._ignored: Counter[Ignored] = Counter()

    @property
    def hello_hashes(self) -> tuple[str, ...]:
        """Values for `a=zrtp-hash`, one per version that we offer: "1.10 <64 hex digits>".

        We speak one version, so there is one value.
        """
        return (announce(self._held.ours.hello),)

    @property
    def state(self) -> State:
        """How far the exchange got."""
        return self._state

    @property
    def call(self) -> CallKeys:
        """What all streams of the call share."""
        return self._call

    @property
    def role(self) -> Role | None:
        """Initiator or responder; None before a Commit."""
        return self._held.role

    @property
    def recognised(self) -> int:
        """How many packets came from the peer, as far as that can be told.

        A Hello that the SDP announces, or any where it announces none, and what fits the hash
        chain of the Hello that we negotiate with (section 9). Whoever else wants to count has to
        repeat what the peer sent, and so has to see it.
        """
        return self._recognised

    @property
    def counters(self) -> Counters:
        """What was not used so far."""
        return Counters(**{why.value: count for why, count in self._ignored.items()})

    def start(self, now: float, *, ssrc: int, peer_hello_hashes: tuple[str, ...] = ()) -> None:
        """Begin to look for a ZRTP peer.

        Args:
            now: monotonic seconds, as in all other calls.
            ssrc: the SSRC of our RTP stream, 32 bits.
            peer_hello_hashes: the `a=zrtp-hash` values of the peer's SDP; may be empty.

        Raises:
            LocalError: it was started or closed before.
        """
        if self._state is not State.IDLE:
            raise LocalError("a session is started once")
        self._held.now = now
        self._held.stream.ssrc = ssrc
        self._held.discovery.expect(peer_hello_hashes)
        self._attempt(Input.START, _NOTHING)
        self.go_on(now)

    def update_peer_hello_hashes(self, values: tuple[str, ...]) -> None:
        """Take in the `a=zrtp-hash` values of an SDP that came after `start`.

        Values that say nothing of our version change nothing, and a Hello that was announced
        once stays so.
        """
        if self._state in FINAL:
            return
        self._held.discovery.expect(values)
        if self._exchange.greeting.review():
            self._attempt(Input.HELLO_DISOWNED, _NOTHING)

    def receive(self, packet: bytes, now: float) -> None:
        """Take in a packet, whatever it contains; what cannot be used is counted."""
        self._held.now = now
        try:
            sources = self._held.discovery.found
            whole = self._held.reassembly.receive(packet, now, sources)
            if whole is not None:
                self._take_in(whole)
                if self._state is not State.FAILED and message_type(whole.message) in _TELLING:
                    self._recognised += 1
        except NotUsedError as error:
            self._ignored[error.why] += 1

    def srtp_received(self, now: float) -> None:
        """The first authentic SRTP packet arrived: it counts as Conf2ACK (section 4.6)."""
        self._held.now = now
        if (self._state, Input.SRTP) in TRANSITIONS:
            self._attempt(Input.SRTP, _NOTHING)

    def handle_timer(self, now: float) -> None:
        """The time that `next_timer` named has come; an earlier call does nothing."""
        self._held.now = now
        if self._held.stream.handle_due(now):
            self._attempt(Input.UNANSWERED, _NOTHING)

    def next_timer(self) -> float | None:
        """When `handle_timer` wants to be called; None: not at all."""
        return self._held.stream.due

    def packets_to_send(self) -> list[bytes]:
        """Take the packets that are to be sent now.

        Nothing is handed out while `Secured` waits to be fetched: Conf2ACK tells the peer that
        the retained secret is stored, so it has to be stored before (section 4.6.1). When it is,
        other sessions with the same peer and other streams of the same call may go on: they may
        have packets to send, too, after this.
        """
        if any(isinstance(event, Secured) for event in self._held.events):
            return []
        if self._state is State.SECURE and not self._settled:
            self._settle(failed=False)
        return self._held.stream.take_packets()

    def next_event(self) -> Event | None:
        """Take the next event, oldest first; None when there is none."""
        return self._held.events.popleft() if self._held.events else None

    def sas_verified(self) -> None:
        """The user compared the SAS and it is the same: V is set, a waiting update released.

        Raises:
            LocalError: the session is not secure, or not the first stream of its call.
        """
        self._demand_secure()
        self._exchange.sas_verified()

    def sas_mismatch(self) -> None:
        """The user compared the SAS and it differs: V is cleared, this secret forgotten.

        Raises:
            LocalError: the session is not secure, or not the first stream of its call.
        """
        self._demand_secure()
        self._exchange.sas_mismatch()

    def accept_enrolment(self) -> None:
        """The user lets the PBX be a trusted man in the middle, after `EnrolmentOffered`.

        Raises:
            LocalError: the session is not secure, nothing was offered, or the SAS has not been
                compared (section 7.3.1: only with evidence that nobody else is in between).
        """
        self._demand_secure()
        self._exchange.accept_enrolment()

    def close(self, now: float) -> None:
        """The call is over: all secrets are forgotten, nothing is sent any more (section 4.7.3).

        Events that were not fetched are gone with them; `erasure` says how far this reaches.
        """
        self._held.now = now
        self._state = State.CLOSED
        self._held.forget()
        self._held.events.clear()
        self._held.stream.take_packets()
        self._call.leave(self.go_on)
        self._settle(failed=True)

    def go_on(self, now: float) -> None:
        """For other sessions: what this one may have been waiting for has come."""
        self._held.now = now
        signal = None
        if self._state is State.ACQUAINTED:
            signal = self._exchange.commits.go_signal()
        elif not self._held.is_first and self._call.failed:
            signal = Input.KEYS_MISSING
        if signal is not None and (self._state, signal) in TRANSITIONS:
            self._attempt(signal, _NOTHING)

    def give_way(self, commit: Commit, now: float) -> bool:
        """For other sessions: withdraw our Commit if one on another stream overrules it."""
        self._held.now = now
        possible = (self._state, Input.COMMIT_OVERRULED) in TRANSITIONS
        if not possible or not self._exchange.commits.overruled_by(commit):
            return False
        self._attempt(Input.COMMIT_OVERRULED, _NOTHING)
        return True

    def _demand_secure(self) -> None:
        if self._state is not State.SECURE:
            raise LocalError(f"there is no SAS to compare while the session is {self._state.name}")

    def _take_in(self, packet: Packet) -> None:
        """From a packet to an input."""
        if self._state in {State.IDLE, State.CLOSED}:
            raise NotUsedError(Ignored.OUT_OF_STATE)
        happened = _classify(packet.message)
        if packet.ssrc == self._held.stream.ssrc and self._state not in _BEYOND_REACH:
            self._collide(packet)
            return
        if happened not in _FROM_ANYBODY or self._held.peer is not None:
            self._exchange.check_source(packet)
        if self._held.stream.answer_again(packet.message, self._held.now):
            self._ignored[Ignored.DUPLICATE] += 1
            if self._state is State.PEER_FOUND:
                self._exchange.greeting.again()
        else:
            if happened is Input.COMMIT:
                happened = self._exchange.commits.classify(packet)
            elif happened is Input.HELLO and self._state is State.ACKNOWLEDGED:
                happened = self._exchange.greeting.classify(packet)
            self._attempt(happened, packet)
        if self._state in _WAITING_AS_RESPONDER:
            patience = self._held.begun_at + EXCHANGE_LIMIT - self._held.now
            self._held.stream.wait((min(RESPONDER_PATIENCE, patience),), self._held.now)

    def _collide(self, packet: Packet) -> None:
        """Section 4.1: any message that shows a collision of SSRCs ends the negotiation.

        Raises:
            NotUsedError: it shows none, as far as the SDP tells.
        """
        if not self._held.discovery.may_be_peers(packet.message):
            raise NotUsedError(Ignored.WRONG_SOURCE)
        self._fail(RefusalError(ErrorCode.SSRC_COLLISION, "the peer uses our own SSRC"))

    def _attempt(self, happened: Input, packet: Packet) -> None:
        """From an input to a step and the next state; see the rules in `state`."""
        transition = TRANSITIONS.get((self._state, happened))
        if transition is None:
            raise NotUsedError(Ignored.OUT_OF_STATE)
        step, target = transition
        try:
            self._exchange.carry_out(step, packet)
        except RefusalError as refusal:
            self._fail(refusal)
            return
        arrived = target is not self._state
        self._state = target
        if target is State.FAILED and arrived:
            self._settle(failed=True)
        if target is State.ACQUAINTED and arrived and happened is not Input.COMMIT_OVERRULED:
            self.go_on(self._held.now)

    def _fail(self, refusal: RefusalError) -> None:
        self._state = State.FAILED
        self._exchange.refuse(refusal)
        self._settle(failed=True)

    def _settle(self, *, failed: bool) -> None:
        """The exchange is over: let those go on who waited for that."""
        if not failed:
            self._exchange.keys_were_made()
        if not self._settled:
            self._settled = True
            self._roster.leave(self, self._held.now)
            if self._held.is_first:
                self._call.announce(self._held.now, failed=failed)
