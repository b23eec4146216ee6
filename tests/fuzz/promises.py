"""What a session promises, checked on each thing that happens to it."""

from dataclasses import dataclass, replace
from typing import Final

from agent.zrtp import (
    CacheUpdate,
    Event,
    Failed,
    HelloHashDiffers,
    PeerError,
    PeerFound,
    ReceiveKeysReady,
    SasRelayed,
    Secured,
    State,
    StreamSecured,
)
from agent.zrtp.messages import MessageType, plain_message
from fuzz.situations import Situation

MOST_PACKETS: Final = 2
_DEAD: Final = frozenset({State.FAILED, State.CLOSED})
_SECURED: Final = (Secured, StreamSecured)
_ENDINGS: Final = (Failed, PeerError)
_TOLD_WHEN_SECURE: Final = (CacheUpdate, HelloHashDiffers, PeerFound, SasRelayed)
_ERROR_ACK: Final = plain_message(MessageType.ERROR_ACK)


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that happened to a session.

    Attributes:
        before: its state then; likewise after.
        datagram: what arrived, if anything did.
        events: what it told its host.
        packets: what it sent.
    """

    before: State
    after: State
    datagram: bytes | None
    events: list[Event]
    packets: list[bytes]

    def count(self, *kinds: type[Event]) -> int:
        return sum(isinstance(event, kinds) for event in self.events)


def check(seen: Observation, situation: Situation) -> None:
    """All promises.

    Raises:
        AssertionError: one is broken.
    """
    assert len(seen.packets) <= MOST_PACKETS
    _check_states(seen)
    if seen.before in _DEAD:
        _check_silence(seen)
    if seen.count(ReceiveKeysReady, *_SECURED):
        _check_keys(seen, situation)


def _check_states(seen: Observation) -> None:
    """Who failed stays so, and who is secure: only the user and an SDP can add anything."""
    if seen.before in _DEAD or seen.before is State.SECURE:
        assert seen.after is seen.before
        assert all(isinstance(event, _TOLD_WHEN_SECURE) for event in seen.events)
        return
    assert seen.after is not State.CLOSED
    assert seen.count(*_ENDINGS) == (seen.after is State.FAILED)
    assert seen.count(*_SECURED) == (seen.after is State.SECURE)


def _check_silence(seen: Observation) -> None:
    """Who failed says nothing new, and answers nothing but the peer's own Error."""
    assert not seen.events
    if seen.before is State.CLOSED:
        assert not seen.packets
    elif seen.datagram is not None:
        assert all(_message(packet) == _ERROR_ACK for packet in seen.packets)


def _check_keys(seen: Observation, situation: Situation) -> None:
    """Keys come out by what the true peer sent, octet for octet, and are those that it has."""
    true = situation.secured
    if seen.datagram is not None:
        assert _message(seen.datagram) in map(_message, situation.honest)
    for event in seen.events:
        if isinstance(event, ReceiveKeysReady):
            assert event.key == true.receive
        elif isinstance(event, Secured):
            assert isinstance(true, Secured)
            assert replace(event, hello_hash=true.hello_hash) == true
        elif isinstance(event, StreamSecured):
            assert event == true


def _message(packet: bytes) -> bytes:
    return packet[12:-4]
