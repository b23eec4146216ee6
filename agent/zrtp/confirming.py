"""The steps from DHPart to secure (RFC 6189 sections 4.4.1, 4.6, 5.5 to 5.8)."""

from collections.abc import Callable
from typing import Final

from agent.zrtp.agreement import Agreement
from agent.zrtp.dh_mode import Initiator, Responder
from agent.zrtp.errors import ErrorCode, RefusalError
from agent.zrtp.established import Confirmed, establish, srtp_key
from agent.zrtp.events import ReceiveKeysReady
from agent.zrtp.held import Held
from agent.zrtp.messages import MessageType, plain_message
from agent.zrtp.non_dh import Proposal
from agent.zrtp.retransmission import T2
from agent.zrtp.state import Role, Step
from agent.zrtp.wire import Packet

__all__ = ["Confirming"]

_CONF2_ACK: Final = plain_message(MessageType.CONF2_ACK)


class Confirming:
    """Carries out these steps.

    Args:
        held: what the exchange holds.

    Attributes:
        steps: which step is which method.
    """

    def __init__(self, held: Held) -> None:
        self._held = held
        self.steps: dict[Step, Callable[[Packet], None]] = {
            Step.SEND_DHPART2: self._send_dhpart2,
            Step.SEND_CONFIRM1: self._send_confirm1,
            Step.SEND_CONFIRM2: self._send_confirm2,
            Step.FINISH_AS_RESPONDER: self._finish_as_responder,
            Step.FINISH_AS_INITIATOR: self._finish_as_initiator,
            Step.GIVE_UP: self._give_up,
        }

    def _send_dhpart2(self, packet: Packet) -> None:
        held = self._held
        initiator = held.progress_as(Initiator)
        held.progress = initiator.receive_dhpart1(packet.message)
        held.stream.used(packet.message)
        held.stream.send_repeatedly(initiator.dhpart2, T2, held.now)

    def _send_confirm1(self, packet: Packet) -> None:
        held = self._held
        agreement = held.progress_as(Responder).receive_dhpart2(packet.message)
        held.progress = agreement
        held.confirmed_at = int(held.wall_clock())
        held.stream.used(packet.message, agreement.confirm)

    def _send_confirm2(self, packet: Packet) -> None:
        held = self._held
        proposed = held.progress
        agreement = (
            proposed.agreement if isinstance(proposed, Proposal) else held.progress_as(Agreement)
        )
        theirs = agreement.receive_confirm(packet.message)
        held.confirmed_at = int(held.wall_clock())
        held.progress = Confirmed(agreement, theirs)
        self._provide_keys(agreement)
        held.stream.used(packet.message)
        held.stream.send_repeatedly(agreement.confirm, T2, held.now)
        held.events.append(ReceiveKeysReady(srtp_key(agreement, Role.RESPONDER)))

    def _finish_as_initiator(self, _packet: Packet) -> None:
        self._become_secure(self._held.progress_as(Confirmed))

    def _finish_as_responder(self, packet: Packet) -> None:
        held = self._held
        agreement = held.progress_as(Agreement)
        confirmed = Confirmed(agreement, agreement.receive_confirm(packet.message))
        self._provide_keys(agreement)
        # Until Conf2ACK or our SRTP the initiator sends none: this is early enough.
        held.events.append(ReceiveKeysReady(srtp_key(agreement, Role.INITIATOR)))
        self._become_secure(confirmed)
        held.stream.used(packet.message, _CONF2_ACK)

    def _provide_keys(self, agreement: Agreement) -> None:
        """From here on the peer may be secure already, and add streams to the call."""
        (peer,) = self._held.discovery.found.values()
        self._held.call.provide(agreement, peer.hello.zid)

    def _become_secure(self, confirmed: Confirmed) -> None:
        (peer,) = self._held.discovery.found.values()
        established = establish(confirmed, peer, self._held.confirmed_at)
        self._held.progress = established
        self._held.stream.stop()
        self._held.events.extend(established.announce())

    def _give_up(self, _nothing: Packet) -> None:
        raise RefusalError(ErrorCode.PROTOCOL_TIMEOUT, "the peer stopped answering")
