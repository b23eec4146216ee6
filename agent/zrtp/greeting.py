"""The steps until two phones know each other (RFC 6189 sections 4.1, 5.2, 5.3)."""

from collections.abc import Callable
from typing import Final

from agent.zrtp.discovery import refuse_version
from agent.zrtp.errors import ErrorCode, Ignored, NotUsedError, RefusalError
from agent.zrtp.events import HelloHash, HelloHashDiffers, NoZrtpPeer, PeerSilent
from agent.zrtp.held import Held
from agent.zrtp.messages import (
    Hello,
    MessageType,
    hello_version,
    message_type,
    plain_message,
    same_version,
)
from agent.zrtp.retransmission import HELLO_DEADLINE, T1, T1_EXTENDED
from agent.zrtp.state import Input, Step
from agent.zrtp.wire import Packet, decode_packet

__all__ = ["Greeting", "hello_zid"]

_HELLO_ACK: Final = plain_message(MessageType.HELLO_ACK)


def hello_zid(packet: bytes) -> bytes | None:
    """The ZID in a packet that is a whole Hello of our version; None if it is none."""
    try:
        message = decode_packet(packet).message
        if message_type(message) is not MessageType.HELLO:
            return None
        return Hello.parse(message).zid
    except NotUsedError:
        return None


class Greeting:
    """Carries out these steps.

    Args:
        held: what the exchange holds.

    Attributes:
        steps: which step is which method.
    """

    def __init__(self, held: Held) -> None:
        self._held = held
        self.steps: dict[Step, Callable[[Packet], None]] = {
            Step.SEND_HELLO: self._send_hello,
            Step.MEET_PEER: self._meet_peer,
            Step.MEET_ANOTHER_PEER: self._meet_another_peer,
            Step.MEET_LATE_PEER: self._meet_late_peer,
            Step.MEET_UNACQUAINTED_PEER: self._meet_unacquainted_peer,
            Step.WAIT_FOR_HELLO: self._wait_for_hello,
            Step.STOP_HELLO: self._stop_hello,
            Step.REPORT_NO_PEER: self._report_no_peer,
            Step.FORGET_PEER: self._forget_peer,
            Step.REFUSE_PEER: self._refuse_peer,
            Step.REPORT_HASH: self._report_hash,
        }

    def classify(self, packet: Packet) -> Input:
        """Whether the first Hello is of who acknowledged ours before it came."""
        same = packet.ssrc == self._held.acknowledged
        return Input.HELLO if same else Input.HELLO_OF_ANOTHER

    def again(self) -> None:
        """A peer that still says Hello can have our HelloACK next, and would wait for our Hello."""
        if self._held.stream.due is None:
            self._held.stream.send_repeatedly(self._held.ours.hello, T1_EXTENDED, self._held.now)

    def review(self) -> bool:
        """Compare the accepted Hellos with an announcement that came later.

        Returns:
            True when the Hello that we rely on is not the announced one.
        """
        held, discovery = self._held, self._held.discovery
        if held.peer is None and discovery.expects_peer:
            held.stream.extend(T1_EXTENDED)
        confirmed, disowned = discovery.review()
        for peer in confirmed:
            held.events.append(peer.event)
        for peer in disowned if held.peer is None else ():
            held.stream.forget(peer.raw)
            del discovery.found[peer.ssrc]
        if held.peer is None:
            return bool(disowned) and not discovery.found
        held.peer = discovery.found[held.peer.ssrc]
        return bool(disowned)

    def _send_hello(self, _nothing: Packet) -> None:
        held = self._held
        schedule = T1_EXTENDED if held.discovery.expects_peer else T1
        held.stream.send_repeatedly(held.ours.hello, schedule, held.now)

    def _meet_peer(self, packet: Packet) -> None:
        self._meet_another_peer(packet)
        # The peer is there and has not heard us yet.
        self._hurry()

    def _meet_another_peer(self, packet: Packet) -> None:
        known = self._held.discovery.found
        try:
            self._accept_hello(packet)
        except RefusalError:
            if not known or packet.ssrc in known:
                raise
            # Section 9: what somebody else sends does not end what a peer has begun.
            raise NotUsedError(Ignored.WRONG_SOURCE) from None
        self._held.stream.remember(packet.message, _HELLO_ACK)
        self._held.stream.answer(_HELLO_ACK, self._held.now)

    def _meet_late_peer(self, packet: Packet) -> None:
        """Its HelloACK came first, so that our Commit can stand for ours."""
        held = self._held
        self._accept_hello(packet)
        held.acquainted = packet.ssrc
        held.stream.stop()
        # Should the Commit be lost, or have to wait, a repeated Hello gets a HelloACK.
        held.stream.remember(packet.message, _HELLO_ACK)

    def _meet_unacquainted_peer(self, packet: Packet) -> None:
        self._meet_another_peer(packet)
        self._held.stream.send_repeatedly(self._held.ours.hello, T1_EXTENDED, self._held.now)

    def _wait_for_hello(self, packet: Packet) -> None:
        self._held.acknowledged = packet.ssrc
        self._held.stream.wait(HELLO_DEADLINE, self._held.now)

    def _stop_hello(self, packet: Packet) -> None:
        self._held.acquainted = packet.ssrc
        self._held.stream.stop()

    def _accept_hello(self, packet: Packet) -> None:
        held = self._held
        if held.discovery.compare(packet.message) is HelloHash.DIFFERS:
            if not held.discovery.found:
                self._report_rejection()
            raise NotUsedError(Ignored.BAD_HELLO_HASH)
        version = hello_version(packet.message)
        if not same_version(version):
            # Section 5.3: a HelloACK says no more than that the Hello has arrived.
            held.stream.answer(_HELLO_ACK, held.now)
            refuse_version(version)
        held.events.append(held.discovery.accept(packet).event)

    def _hurry(self) -> None:
        self._held.stream.hurry(self._held.ours.hello, T1_EXTENDED, self._held.now)

    def _report_rejection(self) -> None:
        if not self._held.discovery.rejected:
            self._held.discovery.rejected = True
            self._held.events.append(HelloHashDiffers())

    def _report_no_peer(self, _nothing: Packet) -> None:
        discovery = self._held.discovery
        if discovery.rejected and not discovery.found:
            raise RefusalError(
                None, "every Hello that came differs from the one in the peer's SDP", attack=True
            )
        is_there = discovery.found or discovery.expects_peer or self._held.acknowledged is not None
        self._held.events.append(PeerSilent() if is_there else NoZrtpPeer())

    def _forget_peer(self, _nothing: Packet) -> None:
        self._report_rejection()
        self._hurry()

    def _refuse_peer(self, _nothing: Packet) -> None:
        self._report_rejection()
        raise RefusalError(
            ErrorCode.CRITICAL_SOFTWARE_ERROR,
            "the peer's SDP announces another Hello than the one that came",
            attack=True,
        )

    def _report_hash(self, _nothing: Packet) -> None:
        self._report_rejection()
