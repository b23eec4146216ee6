"""The steps that answer single messages: GoClear, SASrelay, Ping, Error (sections 4.7, 5.9 to 5.16)."""

from collections.abc import Callable
from typing import Final

from agent.zrtp.errors import ErrorCode, Ignored, NotUsedError
from agent.zrtp.established import EstablishedStream
from agent.zrtp.events import ClearRefused, PeerError
from agent.zrtp.held import Held
from agent.zrtp.messages import ErrorMessage, MessageType, Ping, PingACK, plain_message
from agent.zrtp.retransmission import T1_EXTENDED
from agent.zrtp.state import Step
from agent.zrtp.wire import Packet

__all__ = ["Requests"]

_ENDPOINT_HASH_LENGTH: Final = 8
_ERROR_ACK: Final = plain_message(MessageType.ERROR_ACK)
_RELAY_ACK: Final = plain_message(MessageType.RELAY_ACK)


class Requests:
    """Carries out these steps.

    Args:
        held: what the exchange holds.

    Attributes:
        steps: which step is which method.
    """

    def __init__(self, held: Held) -> None:
        self._held = held
        self.steps: dict[Step, Callable[[Packet], None]] = {
            Step.END_BY_PEER: self._end_by_peer,
            Step.IGNORE_ERROR: self._ignore_error,
            Step.STOP_REPEATING: self._stop_repeating,
            Step.ANSWER_PING: self._answer_ping,
            Step.REFUSE_GO_CLEAR: self._refuse_go_clear,
            Step.RECEIVE_SAS_RELAY: self._receive_sas_relay,
        }

    def _end_by_peer(self, packet: Packet) -> None:
        code = ErrorMessage.parse(packet.message).code
        self._held.forget()
        self._held.stream.send(_ERROR_ACK)
        self._held.events.append(PeerError(code))

    def _ignore_error(self, packet: Packet) -> None:
        ErrorMessage.parse(packet.message)
        self._held.stream.answer(_ERROR_ACK, self._held.now)
        raise NotUsedError(Ignored.ERROR_IGNORED)

    def _stop_repeating(self, _packet: Packet) -> None:
        self._held.stream.stop()

    def _answer_ping(self, packet: Packet) -> None:
        held = self._held
        ping = Ping.parse(packet.message)
        if held.peer is None:
            # Section 6: a Ping is evidence of a ZRTP endpoint.
            held.stream.extend(T1_EXTENDED)
        own = held.ours.zid[:_ENDPOINT_HASH_LENGTH]
        answer = PingACK(own, ping.endpoint_hash, packet.ssrc).serialize()
        held.stream.answer(answer, held.now)

    def _refuse_go_clear(self, packet: Packet) -> None:
        # We never set the A flag, so the peer must not ask (table 8); the call stays encrypted.
        self._held.progress_as(EstablishedStream).check_go_clear(packet.message)
        refusal = ErrorMessage(ErrorCode.GOCLEAR_NOT_ALLOWED).serialize()
        self._held.stream.answer(refusal, self._held.now)
        self._held.events.append(ClearRefused())

    def _receive_sas_relay(self, packet: Packet) -> None:
        relayed = self._held.progress_as(EstablishedStream).receive_sas_relay(packet.message)
        self._held.stream.used(packet.message, _RELAY_ACK)
        if relayed is not None:
            self._held.events.append(relayed)
