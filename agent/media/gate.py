"""The gate: ZRTP and SRTP in the RTP path of every call, outside Python's way.

The C module stands between PJSIP's stream and its socket. ZRTP comes up as events; nothing else
passes in either direction before there are keys; then libsrtp does the rest, without the GIL.
Every function may be called from any thread, as long as the endpoint lives.
"""

import hashlib
import re
from typing import Any, Literal

from agent.media import _gate
from agent.media.gate_events import (
    Counters,
    GateAttached,
    GateBlocked,
    GateCreated,
    GateDescribed,
    GateDestroyed,
    GateDetached,
    GateEvent,
    GatePathLost,
    SrtpReceived,
    ZrtpPacket,
    check_key,
)
from agent.zrtp.events import SrtpKey

__all__ = [
    "Counters",
    "Direction",
    "GateAttached",
    "GateBlocked",
    "GateCreated",
    "GateDescribed",
    "GateDestroyed",
    "GateDetached",
    "GateEvent",
    "GateGoneError",
    "GatePathLost",
    "KeyReuseError",
    "SrtpKey",
    "SrtpReceived",
    "ZrtpPacket",
    "arm",
    "armed",
    "close",
    "counters",
    "drain",
    "fileno",
    "install",
    "install_keys",
    "send_zrtp",
    "vouch",
]

Direction = Literal["send", "receive"]

# In the order of gate.h's event_kind.
_EVENTS = (
    *(GateCreated, GateAttached, GateDetached, ZrtpPacket, SrtpReceived, GateDestroyed),
    *(GateBlocked, GatePathLost, GateDescribed),
)
_DIRECTIONS: dict[Direction, int] = {"send": 0, "receive": 1}
_INSTALLED, _KEY_USED_BEFORE = 0, 1  # gate.h's install_result
_ZRTP_HASH = re.compile(r"[1-9]\.[0-9]{2} [0-9a-f]{64}")


class GateGoneError(LookupError):
    """The call has ended: there is no such gate any more."""


class KeyReuseError(ValueError):
    """This key had an SRTP context before; a second one would repeat its keystream."""


def install() -> None:
    """Puts the gate into PJSIP: every call from now on has one.

    Call it after each libInit, before the first call.

    Raises:
        RuntimeError: libInit has not been called, or libsrtp does not start.
    """
    _gate.install()


def fileno() -> int:
    """The descriptor that turns readable when `drain` has something."""
    return _gate.fileno()


def drain() -> list[GateEvent]:
    """Takes all that has happened since the last call, in order."""
    return [_event(kind, fields) for kind, fields in _gate.drain()]


def _event(kind: int, fields: tuple[Any, ...]) -> GateEvent:
    event = _EVENTS[kind]
    if event is GateDestroyed:
        gate, leg, numbers = fields
        return GateDestroyed(gate, leg, Counters(*numbers))
    if event is SrtpReceived:
        gate, leg, origin = fields
        return SrtpReceived(gate, leg, by_signalling=bool(origin))
    return event(*fields)


def arm(token: int, value: str) -> None:
    """Lays the hash of a Hello ready, for the SDP of the next gate that PJSIP makes.

    PJSIP writes the SDP of an incoming call's answer before anybody hears of the call, so the
    Hello messages are made beforehand.

    Args:
        token: Any positive number: GateCreated brings it back.
        value: "1.10 " and 64 hexadecimal digits (RFC 6189 section 8.1).

    Raises:
        ValueError: The value is no zrtp-hash, or the token is not positive.
        RuntimeError: 16 are waiting already.
    """
    if token <= 0 or not _ZRTP_HASH.fullmatch(value):
        raise ValueError(f"no zrtp-hash: {value!r}, token {token}")
    if not _gate.arm(token, value):
        raise RuntimeError("16 zrtp-hashes are armed and none is used")


def armed() -> int:
    """How many armed hashes no gate has taken yet."""
    return _gate.armed()


def send_zrtp(gate: int, packet: bytes) -> bool:
    """Sends a ZRTP packet from the call's RTP socket.

    Args:
        gate: The gate's number.
        packet: The whole packet, header and CRC included; 28 to 1500 octets.

    Returns:
        Whether it went to the socket; False if the gate is detached or gone, as happens when
        a call ends.

    Raises:
        ValueError: Not a ZRTP packet with a good CRC. Nothing else leaves before keys.
    """
    return _gate.send_zrtp(gate, packet)


def vouch(gate: int, source: str) -> None:
    """Says that the peer was heard from an address: ZRTP from there moves the call to it.

    So a phone behind NAT is answered where it is. The next packet from there does it, and none
    does once SRTP has come: from then on only authentic SRTP moves the address.

    Args:
        gate: The gate's number; nothing happens where it is gone.
        source: As `ZrtpPacket.source` has it.

    Raises:
        ValueError: Not an address with a port.
    """
    _gate.vouch(gate, source)


def install_keys(
    gate: int, *, direction: Direction, key: SrtpKey, by_signalling: bool = False
) -> None:
    """Opens one direction. The key that runs already goes on running, rollover counter and all.

    Keys outlast a GateDetached: after a hold there is nothing to install.

    Args:
        gate: The gate's number.
        direction: "send" or "receive"; RFC 6189 section 5.3 wants to receive first.
        key: The master key of that direction.
        by_signalling: Whether it came in the SDP: then no packet under it says anything of ZRTP
            (`SrtpReceived`).

    Raises:
        GateGoneError: There is no such gate.
        ValueError: libsrtp has no cipher for it.
        KeyReuseError: The key was in use before, here or in another gate of this process.
        RuntimeError: libsrtp refuses the key.
    """
    check_key(key)
    secret = key.master_key + key.master_salt
    fingerprint = hashlib.sha256(b"Sotto SRTP key" + secret).digest()
    try:
        result = _gate.install_keys(
            gate,
            _DIRECTIONS[direction],
            key.auth_tag_bits,
            key.master_key,
            key.master_salt,
            fingerprint,
            int(by_signalling),
        )
    except LookupError as error:
        raise GateGoneError(*error.args) from None
    if result == _KEY_USED_BEFORE:
        raise KeyReuseError(f"gate {gate}: this {direction} key has been used before")
    if result != _INSTALLED:
        raise RuntimeError(f"gate {gate}: libsrtp refuses the {direction} key")


def close(gate: int) -> None:
    """Drops both keys: from now on nothing but ZRTP passes. Fine if the gate is gone.

    The same keys cannot come back (KeyReuseError).
    """
    _gate.close(gate)


def counters(gate: int) -> Counters:
    """What has passed a gate so far.

    Raises:
        GateGoneError: There is no such gate.
    """
    try:
        return Counters(*_gate.counters(gate))
    except LookupError as error:
        raise GateGoneError(*error.args) from None
