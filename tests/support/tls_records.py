"""TLS as it looks from outside (RFC 8446 section 5): records, and what the ServerHello chose."""

from collections.abc import Iterator
from typing import Final

HANDSHAKE: Final = 22
_TYPES: Final = frozenset({20, 21, HANDSHAKE, 23})
_LONGEST: Final = (1 << 14) + 256
_SERVER_HELLO: Final = 2
_SUPPORTED_VERSIONS: Final = 43


def records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and content of each record of one direction, to the last octet.

    Raises:
        ValueError: Something else than TLS records is there.
    """
    at = 0
    while at < len(stream):
        kind, version = stream[at], int.from_bytes(stream[at + 1 : at + 3])
        size = int.from_bytes(stream[at + 3 : at + 5])
        # Section 5.1: the record's own version stays that of TLS 1.0 or 1.2 for ever.
        if kind not in _TYPES or version not in {0x0301, 0x0303} or size > _LONGEST:
            raise ValueError(f"no TLS record: {stream[at : at + 64]!r}")
        if at + 5 + size > len(stream):
            raise ValueError("a TLS record is cut off")
        yield kind, stream[at + 5 : at + 5 + size]
        at += 5 + size


def negotiated_version(stream: bytes) -> int:
    """The version in the ServerHello of one direction: 0x0304 is TLS 1.3; 0: there is none."""
    for kind, content in records(stream):
        if kind == HANDSHAKE and content[0] == _SERVER_HELLO:
            return _chosen(content)
    return 0


def _chosen(hello: bytes) -> int:
    # Header, legacy version, random; session id; cipher suite, compression; extensions.
    at = 4 + 2 + 32
    at += 1 + hello[at] + 2 + 1 + 2
    while at + 4 <= len(hello):
        kind, size = int.from_bytes(hello[at : at + 2]), int.from_bytes(hello[at + 2 : at + 4])
        if kind == _SUPPORTED_VERSIONS:
            return int.from_bytes(hello[at + 4 : at + 6])
        at += 4 + size
    return int.from_bytes(hello[4:6])
