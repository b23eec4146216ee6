"""What stands inside Confirm and SASrelay: the peer holds the keys, and may still write anything."""

from typing import Final

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from agent.zrtp.algorithms import HASHES
from agent.zrtp.confirm import open_confirm
from agent.zrtp.errors import NotUsedError
from agent.zrtp.hash_chain import mac64
from agent.zrtp.key_schedule import RoleKeys
from agent.zrtp.messages import Confirm, MessageType
from agent.zrtp.sas_relay import open_relay
from agent.zrtp.wire import WORD
from fuzz.meter import Meter

_HASH: Final = HASHES["S256"]
_KEYS: Final = RoleKeys(bytearray(16), bytearray(14), bytearray(32), bytearray(16))
_IV: Final = bytes(16)
_BEFORE_SIGNATURE: Final = 32 + 2 * WORD
_SIGNATURE_WORDS: Final = 511


def seal(kind: MessageType, inside: bytes) -> bytes:
    """A message of the peer with this inside."""
    encryptor = Cipher(AES(_KEYS.zrtp_key), CFB(_IV)).encryptor()
    sealed = encryptor.update(inside) + encryptor.finalize()
    return Confirm(mac64(_KEYS.mac_key, sealed, _HASH.digest), _IV, sealed).serialize(kind)


class SealedTarget:
    """An input is the inside of an SASrelay if its first octet is odd, else of a Confirm1."""

    def __init__(self) -> None:
        self.meter = Meter()

    def execute(self, data: bytes) -> None:
        is_relay, inside = bool(data[:1] and data[0] % 2), data[1:]
        inside += bytes(-len(inside) % WORD)
        try:
            self._open_relay(inside) if is_relay else self._open_confirm(inside)
        except NotUsedError:
            # Both hold as much, and the flags say how long the signature is.
            at = 0 if is_relay else 32
            flags = int.from_bytes(inside[at : at + WORD])
            assert len(inside) != _BEFORE_SIGNATURE + (flags >> 8 & _SIGNATURE_WORDS) * WORD
        self.meter.executed()

    def _open_confirm(self, inside: bytes) -> None:
        message = seal(MessageType.CONFIRM1, inside)
        theirs = self.meter.measure(open_confirm, message, _KEYS, _HASH)
        assert theirs.h0 == inside[:32]
        assert theirs.cache_seconds == int.from_bytes(inside[36:40])
        assert not (theirs.enrollment and theirs.allow_clear)
        signature = theirs.signature
        assert (signature.kind + signature.block if signature else b"") == inside[40:]
        assert signature is None or not signature.name or signature.name.isprintable()

    def _open_relay(self, inside: bytes) -> None:
        message = seal(MessageType.SAS_RELAY, inside)
        relay = self.meter.measure(open_relay, message, _KEYS, _HASH)
        assert relay.rendering + relay.sashash == inside[4:40]
        assert relay.sas is None or "".join(relay.sas.words).isascii()
