"""The messages of RFC 6189 sections 5.2 to 5.16, one frozen dataclass each.

`parse` takes a whole message whose preamble and length `wire.decode_packet` has checked, reads it
to the last octet and raises NotUsedError when it is not what its type demands. `serialize` gives
the octets back. The MAC at the end of Hello, Commit and DHPart is checked later, when its key is
known (`hash_chain.check_mac`), so `parse` only steps over it.
"""

import struct
from enum import Enum
from typing import ClassVar, Final, Self

from agent.frozen import frozen
from agent.zrtp.algorithms import KEY_AGREEMENTS
from agent.zrtp.errors import Ignored, NotUsedError
from agent.zrtp.hash_chain import MAC_LENGTH, append_mac
from agent.zrtp.retained_secrets import SecretIds
from agent.zrtp.wire import PREAMBLE, WORD, Reader

__all__ = [
    "CONFIRM_IV_LENGTH",
    "MULTISTREAM",
    "PRESHARED",
    "VERSION",
    "Commit",
    "Confirm",
    "DHPart1",
    "DHPart2",
    "ErrorMessage",
    "GoClear",
    "Hello",
    "MessageType",
    "Ping",
    "PingACK",
    "hello_version",
    "message_type",
    "plain_message",
    "same_version",
]

VERSION: Final = b"1.10"
"""The protocol version that we speak."""

PRESHARED: Final = b"Prsh"
MULTISTREAM: Final = b"Mult"
CONFIRM_IV_LENGTH: Final = 16

_HEADER_LENGTH: Final = 3 * WORD
_HASH_IMAGE: Final = 32
_ZID: Final = 12
_HVI: Final = 32
_NONCE: Final = 16
_KEY_ID: Final = 8
_MAX_LIST: Final = 7

# The flag word of a Hello: 0, S, M, P, 8 unused bits, then hc, cc, ac, kc, sc of four bits each.
_MITM: Final = 1 << 29
_PASSIVE: Final = 1 << 28
_COUNT_SHIFTS: Final = (16, 12, 8, 4, 0)


class MessageType(Enum):
    """The message type blocks of section 5.1.1."""

    HELLO = b"Hello   "
    HELLO_ACK = b"HelloACK"
    COMMIT = b"Commit  "
    DHPART1 = b"DHPart1 "
    DHPART2 = b"DHPart2 "
    CONFIRM1 = b"Confirm1"
    CONFIRM2 = b"Confirm2"
    CONF2_ACK = b"Conf2ACK"
    ERROR = b"Error   "
    ERROR_ACK = b"ErrorACK"
    GO_CLEAR = b"GoClear "
    CLEAR_ACK = b"ClearACK"
    SAS_RELAY = b"SASrelay"
    RELAY_ACK = b"RelayACK"
    PING = b"Ping    "
    PING_ACK = b"PingACK "


def message_type(message: bytes) -> MessageType:
    """Which message this is.

    Raises:
        NotUsedError: a type that we do not know.
    """
    try:
        return MessageType(message[WORD:_HEADER_LENGTH])
    except ValueError:
        raise NotUsedError(Ignored.UNKNOWN_TYPE) from None


def _frame(kind: MessageType, body: bytes, *, mac: bool = False) -> bytes:
    """Put preamble, length and type before a body; the length counts a MAC that comes later."""
    length = _HEADER_LENGTH + len(body) + (MAC_LENGTH if mac else 0)
    return struct.pack(">HH", PREAMBLE, length // WORD) + kind.value + body


def _body(message: bytes) -> Reader:
    return Reader(message[_HEADER_LENGTH:])


def plain_message(kind: MessageType) -> bytes:
    """A message that has no body: one of the ACKs, 3 words."""
    return _frame(kind, b"")


def hello_version(message: bytes) -> bytes:
    """The version of a Hello, 4 octets; all that is known of one of another version.

    Raises:
        NotUsedError: it does not begin like "1.1", so the message is no Hello at all.
    """
    version = _body(message).take(WORD)
    if not (version[:1].isdigit() and version[1:2] == b"." and version[2:3].isdigit()):
        raise NotUsedError(Ignored.MALFORMED)
    return version


def same_version(version: bytes) -> bool:
    """Whether this is our version: the fourth octet does not count (section 4.1.1)."""
    return version[:3] == VERSION[:3]


def _type_blocks(reader: Reader, count: int) -> tuple[bytes, ...]:
    if count > _MAX_LIST:
        raise NotUsedError(Ignored.MALFORMED)
    return tuple(reader.take(WORD) for _ in range(count))


@frozen
class Hello:
    """Section 5.2. The lists hold type blocks of 4 octets as they came, known to us or not.

    Attributes:
        version: 4 octets.
        client_id: 16 octets.
        h3: hash image, 32 octets.
        zid: 12 octets.
        mitm: M flag: a PBX that may relay a SAS.
        passive: P flag: never sends a Commit.
    """

    version: bytes
    client_id: bytes
    h3: bytes
    zid: bytes
    hashes: tuple[bytes, ...]
    ciphers: tuple[bytes, ...]
    auth_tags: tuple[bytes, ...]
    key_agreements: tuple[bytes, ...]
    sas_types: tuple[bytes, ...]
    mitm: bool = False
    passive: bool = False

    @classmethod
    def parse(cls, message: bytes) -> Self:
        """Read a Hello of our version."""
        reader = _body(message)
        version, client_id = reader.take(WORD), reader.take(4 * WORD)
        h3, zid = reader.take(_HASH_IMAGE), reader.take(_ZID)
        flags = reader.word()
        hashes, ciphers, auth_tags, key_agreements, sas_types = (
            _type_blocks(reader, flags >> shift & 0xF) for shift in _COUNT_SHIFTS
        )
        reader.take(MAC_LENGTH)
        reader.finish()
        return cls(
            version,
            client_id,
            h3,
            zid,
            hashes,
            ciphers,
            auth_tags,
            key_agreements,
            sas_types,
            mitm=bool(flags & _MITM),
            passive=bool(flags & _PASSIVE),
        )

    def serialize(self, h2: bytes) -> bytes:
        """The whole message; the MAC is keyed with H2. The S flag is never set."""
        lists = (
            self.hashes,
            self.ciphers,
            self.auth_tags,
            self.key_agreements,
            self.sas_types,
        )
        flags = self.mitm * _MITM | self.passive * _PASSIVE
        for shift, blocks in zip(_COUNT_SHIFTS, lists, strict=True):
            flags |= len(blocks) << shift
        body = self.version + self.client_id + self.h3 + self.zid + flags.to_bytes(WORD)
        body += b"".join(b"".join(blocks) for blocks in lists)
        return append_mac(_frame(MessageType.HELLO, body, mac=True), h2)


def _public_key_length(key_agreement: bytes, remaining: int) -> int:
    """Octets between hvi and MAC; of a type that we do not know it is all there is."""
    kind = KEY_AGREEMENTS.get(key_agreement.decode("latin-1").rstrip(" "))
    if kind is None and key_agreement not in {MULTISTREAM, PRESHARED}:
        return remaining - MAC_LENGTH
    return kind.public_key_length if kind is not None else 0


@frozen
class Commit:
    """Section 5.4, all three kinds; which one it is the key agreement type tells.

    Attributes:
        h2: hash image, 32 octets.
        zid: 12 octets, the same as in the sender's Hello.
        hash: the chosen type block, 4 octets; likewise cipher, auth_tag, key_agreement, sas.
        commitment: hvi (32 octets) in Diffie-Hellman mode, a nonce (16) in Multistream mode,
            nonce and keyID (24) in Preshared mode.
        public_key: the initiator's, when the type is a key encapsulation mechanism.
    """

    h2: bytes
    zid: bytes
    hash: bytes
    cipher: bytes
    auth_tag: bytes
    key_agreement: bytes
    sas: bytes
    commitment: bytes
    public_key: bytes = b""

    @classmethod
    def parse(cls, message: bytes) -> Self:
        """Read a Commit of any kind."""
        reader = _body(message)
        h2, zid = reader.take(_HASH_IMAGE), reader.take(_ZID)
        hash_, cipher, auth_tag = reader.take(WORD), reader.take(WORD), reader.take(WORD)
        key_agreement, sas = reader.take(WORD), reader.take(WORD)
        length = {MULTISTREAM: _NONCE, PRESHARED: _NONCE + _KEY_ID}.get(key_agreement, _HVI)
        commitment = reader.take(length)
        public_key = reader.take(_public_key_length(key_agreement, reader.remaining))
        reader.take(MAC_LENGTH)
        reader.finish()
        return cls(h2, zid, hash_, cipher, auth_tag, key_agreement, sas, commitment, public_key)

    def serialize(self, h1: bytes) -> bytes:
        """The whole message; the MAC is keyed with H1."""
        body = self.h2 + self.zid + self.hash + self.cipher + self.auth_tag
        body += self.key_agreement + self.sas + self.commitment + self.public_key
        return append_mac(_frame(MessageType.COMMIT, body, mac=True), h1)


@frozen
class _DHPart:
    """What DHPart1 and DHPart2 have in common (sections 5.5 and 5.6).

    Attributes:
        h1: hash image, 32 octets.
        ids: the identifiers of the sender's secrets.
        public_value: pvr or pvi; its length depends on the key agreement type. With a key
            encapsulation mechanism the ciphertext, or a nonce.
    """

    TYPE: ClassVar[MessageType]

    h1: bytes
    ids: SecretIds
    public_value: bytes

    @classmethod
    def parse(cls, message: bytes, public_value_length: int) -> Self:
        """Read it, with a public value of exactly `public_value_length` octets."""
        reader = _body(message)
        h1 = reader.take(_HASH_IMAGE)
        ids = SecretIds(*(reader.take(MAC_LENGTH) for _ in range(4)))
        public_value = reader.take(public_value_length)
        reader.take(MAC_LENGTH)
        reader.finish()
        return cls(h1, ids, public_value)

    def serialize(self, h0: bytes) -> bytes:
        """The whole message; the MAC is keyed with H0."""
        ids = self.ids.rs1 + self.ids.rs2 + self.ids.auxsecret + self.ids.pbxsecret
        return append_mac(_frame(self.TYPE, self.h1 + ids + self.public_value, mac=True), h0)


class DHPart1(_DHPart):
    """The responder's half of the Diffie-Hellman exchange (section 5.5)."""

    __slots__ = ()
    TYPE = MessageType.DHPART1


class DHPart2(_DHPart):
    """The initiator's half of the Diffie-Hellman exchange (section 5.6)."""

    __slots__ = ()
    TYPE = MessageType.DHPART2


@frozen
class Confirm:
    """The outside of Confirm1, Confirm2 and SASrelay (sections 5.7 and 5.13).

    Attributes:
        mac: 8 octets over `sealed`.
        iv: 16 octets.
        sealed: the encrypted part.
    """

    mac: bytes
    iv: bytes
    sealed: bytes

    @classmethod
    def parse(cls, message: bytes) -> Self:
        """Read the outside; what is inside `confirm.open_confirm` reads."""
        reader = _body(message)
        mac, iv = reader.take(MAC_LENGTH), reader.take(CONFIRM_IV_LENGTH)
        return cls(mac, iv, reader.take(reader.remaining))

    def serialize(self, kind: MessageType) -> bytes:
        """The whole message, as one of the types that have this form."""
        return _frame(kind, self.mac + self.iv + self.sealed)


@frozen
class ErrorMessage:
    """Section 5.9; `code` is any 32-bit number, known to us or not."""

    code: int

    @classmethod
    def parse(cls, message: bytes) -> Self:
        """Read an Error."""
        reader = _body(message)
        code = reader.word()
        reader.finish()
        return cls(code)

    def serialize(self) -> bytes:
        """The whole message."""
        return _frame(MessageType.ERROR, self.code.to_bytes(WORD))


@frozen
class GoClear:
    """Section 5.11; `clear_mac` is 8 octets."""

    clear_mac: bytes

    @classmethod
    def parse(cls, message: bytes) -> Self:
        """Read a GoClear."""
        reader = _body(message)
        clear_mac = reader.take(MAC_LENGTH)
        reader.finish()
        return cls(clear_mac)

    def serialize(self) -> bytes:
        """The whole message."""
        return _frame(MessageType.GO_CLEAR, self.clear_mac)


@frozen
class Ping:
    """Section 5.15; `version` is 4 octets, `endpoint_hash` 8."""

    version: bytes
    endpoint_hash: bytes

    @classmethod
    def parse(cls, message: bytes) -> Self:
        """Read a Ping: exactly 6 words."""
        reader = _body(message)
        version, endpoint_hash = reader.take(WORD), reader.take(2 * WORD)
        reader.finish()
        return cls(version, endpoint_hash)

    def serialize(self) -> bytes:
        """The whole message."""
        return _frame(MessageType.PING, self.version + self.endpoint_hash)


@frozen
class PingACK:
    """Section 5.16.

    Attributes:
        endpoint_hash: ours, 8 octets.
        ping_endpoint_hash: that of the Ping, 8 octets.
        ping_ssrc: the source identifier of the packet that held the Ping.
    """

    endpoint_hash: bytes
    ping_endpoint_hash: bytes
    ping_ssrc: int

    def serialize(self) -> bytes:
        """The whole message, always in the form of our own version."""
        body = VERSION + self.endpoint_hash + self.ping_endpoint_hash
        return _frame(MessageType.PING_ACK, body + self.ping_ssrc.to_bytes(WORD))
