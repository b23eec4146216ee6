"""The error codes of RFC 6189, and the three ways in which something can be refused.

Nothing of this reaches the caller of `Session.receive`: a message that is not used is counted,
a refusal ends the exchange with an Error message and a `Failed` event. Only `LocalError`, the
sign that this program used the engine wrongly, is raised to the caller.
"""

from enum import Enum, IntEnum

__all__ = ["ErrorCode", "Ignored", "LocalError", "NotUsedError", "RefusalError"]


class ErrorCode(IntEnum):
    """What an Error message says (RFC 6189 section 5.9, table 8)."""

    MALFORMED_PACKET = 0x10
    CRITICAL_SOFTWARE_ERROR = 0x20
    UNSUPPORTED_VERSION = 0x30
    HELLO_COMPONENTS_MISMATCH = 0x40
    HASH_NOT_SUPPORTED = 0x51
    CIPHER_NOT_SUPPORTED = 0x52
    KEY_AGREEMENT_NOT_SUPPORTED = 0x53
    AUTH_TAG_NOT_SUPPORTED = 0x54
    SAS_NOT_SUPPORTED = 0x55
    NO_SHARED_SECRET = 0x56
    BAD_PUBLIC_VALUE = 0x61
    HVI_MISMATCH = 0x62
    RELAYED_SAS_UNTRUSTED = 0x63
    BAD_CONFIRM_MAC = 0x70
    NONCE_REUSE = 0x80
    EQUAL_ZIDS = 0x90
    SSRC_COLLISION = 0x91
    SERVICE_UNAVAILABLE = 0xA0
    PROTOCOL_TIMEOUT = 0xB0
    GOCLEAR_NOT_ALLOWED = 0x100


class Ignored(Enum):
    """Why a packet was not used; the values are the fields of `Counters`."""

    BAD_CRC = "bad_crc"
    MALFORMED = "malformed"
    BAD_FRAGMENT = "bad_fragments"
    UNKNOWN_TYPE = "unknown_type"
    UNSUPPORTED_VERSION = "unsupported_version"
    WRONG_SOURCE = "wrong_source"
    BAD_HASH_IMAGE = "bad_hash_image"
    BAD_HELLO_HASH = "bad_hello_hash"
    BAD_MAC = "bad_mac"
    OUT_OF_STATE = "out_of_state"
    DUPLICATE = "duplicates"
    COMMIT_DISCARDED = "commits_discarded"
    OUT_OF_TURN = "out_of_turn"
    WRONG_ZID = "wrong_zid"
    ERROR_IGNORED = "errors_ignored"


class LocalError(Exception):
    """The engine was used in a way that its contract does not allow: a bug of ours."""


class NotUsedError(Exception):
    """A received message is not used and changes nothing.

    Args:
        why: the counter that it adds to.
    """

    def __init__(self, why: Ignored) -> None:
        super().__init__(why.value)
        self.why = why


class RefusalError(Exception):
    """The exchange cannot go on.

    Args:
        code: what the Error message tells the peer; None: it is told nothing.
        reason: one sentence for the person who reads the log.
        attack: True when only somebody between the two ends explains it.
    """

    def __init__(self, code: ErrorCode | None, reason: str, *, attack: bool = False) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.attack = attack
