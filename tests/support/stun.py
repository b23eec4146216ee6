"""STUN and TURN as they stand on the wire (RFC 8489, RFC 8656): as much as a test reads and forges."""

import secrets
import struct
from typing import Final

BINDING_REQUEST: Final = 0x0001
BINDING_ANSWER: Final = 0x0101
BINDING_ERROR: Final = 0x0111
REFRESH_ERROR: Final = 0x0114
_SEND, _DATA_INDICATION = 0x0016, 0x0017
_INTEGRITY, _ERROR_CODE, _PEER, _DATA, _MAPPED = 0x0008, 0x0009, 0x0012, 0x0013, 0x0020
_COOKIE: Final = 0x2112A442
_HEADER: Final = 20
_CHANNELS: Final = range(0x40, 0x50)
"""The first octets of ChannelData (RFC 8656 section 12)."""


def kind(payload: bytes) -> int | None:
    """The type of a STUN message; None: it is none."""
    if len(payload) < _HEADER or payload[0] > 1 or payload[4:8] != _COOKIE.to_bytes(4):
        return None
    return int.from_bytes(payload[:2])


def carried(payload: bytes) -> bytes:
    """What a TURN client and its server send each other for somebody else; else the packet itself."""
    if payload[:1] and payload[0] in _CHANNELS:
        return payload[4 : 4 + int.from_bytes(payload[2:4])]
    if kind(payload) in {_SEND, _DATA_INDICATION}:
        return _attributes(payload).get(_DATA, payload)
    return payload


def channel(payload: bytes) -> int | None:
    """The channel of ChannelData; None: it is none."""
    return int.from_bytes(payload[:2]) if payload[:1] and payload[0] in _CHANNELS else None


def is_answered_check(payload: bytes) -> bool:
    """Whether a peer has answered a connectivity check: a STUN server's own answer is not signed."""
    return kind(payload) == BINDING_ANSWER and _INTEGRITY in _attributes(payload)


def message(what: int, *attributes: bytes) -> bytes:
    """A message of somebody who has seen none of the credentials."""
    body = b"".join(attributes)
    return struct.pack(">HHI", what, len(body), _COOKIE) + secrets.token_bytes(12) + body


def forgeries() -> list[bytes]:
    """What somebody may send who can write any sender's address, and has not heard a word."""
    signed = _attribute(_INTEGRITY, secrets.token_bytes(20))
    mapped = _attribute(_MAPPED, b"\x00\x01" + secrets.token_bytes(6))
    stale = _attribute(_ERROR_CODE, b"\x00\x00\x04\x26" + b"Stale Nonce")
    conflict = _attribute(_ERROR_CODE, b"\x00\x00\x04\x57" + b"Role Conflict")
    return [
        message(BINDING_REQUEST),
        message(BINDING_REQUEST, _attribute(0x0006, b"guessed:user"), signed),
        message(BINDING_REQUEST, _attribute(0x0025, b""), signed),
        message(BINDING_ANSWER, mapped),
        message(BINDING_ANSWER, mapped, signed),
        message(BINDING_ERROR, conflict, signed),
        message(REFRESH_ERROR, stale),
    ]


def channel_data(number: int, payload: bytes) -> bytes:
    """What a TURN server sends on a channel."""
    return struct.pack(">HH", number, len(payload)) + payload


def data_indication(payload: bytes) -> bytes:
    """What a TURN server sends of a peer without a channel."""
    peer = _attribute(_PEER, b"\x00\x01" + secrets.token_bytes(6))
    return message(_DATA_INDICATION, peer, _attribute(_DATA, payload))


def _attribute(what: int, value: bytes) -> bytes:
    return struct.pack(">HH", what, len(value)) + value + bytes(-len(value) % 4)


def _attributes(payload: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = _HEADER
    while at + 4 <= len(payload):
        what, size = struct.unpack_from(">HH", payload, at)
        found.setdefault(what, payload[at + 4 : at + 4 + size])
        at += 4 + size + -size % 4
    return found
