"""SASrelay: a PBX between two phones passes on the SAS of its other side (RFC 6189 section 5.13)."""

import hmac
from dataclasses import field
from typing import Final

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from agent.frozen import frozen
from agent.zrtp.algorithms import SAS_TYPES, Hash
from agent.zrtp.errors import Ignored, NotUsedError
from agent.zrtp.hash_chain import mac64
from agent.zrtp.key_schedule import RoleKeys
from agent.zrtp.messages import Confirm
from agent.zrtp.sas import Sas, render
from agent.zrtp.signature import Signature
from agent.zrtp.wire import WORD, Reader

__all__ = ["SasRelay", "check_relay", "open_relay"]

_SASHASH: Final = 32
_SASVALUE: Final = 4
_MAX_SIGNATURE_WORDS: Final = 511
_LONGEST: Final = WORD + WORD + _SASHASH + _MAX_SIGNATURE_WORDS * WORD
_VERIFIED, _ALLOW_CLEAR, _DISCLOSURE = 4, 2, 1


@frozen
class SasRelay:
    """What a PBX relays of its other side.

    Attributes:
        rendering: the type block of that side's SAS, 4 octets.
        sashash: 32 octets; zeros when only the rendering is meant.
        verified: V flag of that side.
        allow_clear: its A flag.
        disclosure: its D flag.
    """

    rendering: bytes
    sashash: bytes = field(repr=False)
    verified: bool = False
    allow_clear: bool = False
    disclosure: bool = False

    @property
    def sas(self) -> Sas | None:
        """What to show; None when there is nothing to show, or no way that we know."""
        kind = SAS_TYPES.get(self.rendering.decode("latin-1").rstrip(" "))
        if kind is None or not any(self.sashash):
            return None
        return render(kind.rendering, int.from_bytes(self.sashash[:_SASVALUE]))


def check_relay(message: bytes, keys: RoleKeys, hash_: Hash) -> Confirm:
    """Check the MAC of an SASrelay; what it says is not looked at.

    Raises:
        NotUsedError: the MAC is wrong: not from the peer; or it is longer than any SASrelay.
    """
    relay = Confirm.parse(message)
    if len(relay.sealed) > _LONGEST:
        raise NotUsedError(Ignored.MALFORMED)
    if not hmac.compare_digest(mac64(keys.mac_key, relay.sealed, hash_.digest), relay.mac):
        raise NotUsedError(Ignored.BAD_MAC)
    return relay


def open_relay(message: bytes, keys: RoleKeys, hash_: Hash) -> SasRelay:
    """Check an SASrelay and decrypt it.

    Raises:
        NotUsedError: the MAC is wrong, or what is inside has not the right form.
    """
    relay = check_relay(message, keys, hash_)
    decryptor = Cipher(AES(keys.zrtp_key), CFB(relay.iv)).decryptor()
    reader = Reader(decryptor.update(relay.sealed) + decryptor.finalize())
    flags, rendering, sashash = reader.word(), reader.take(WORD), reader.take(_SASHASH)
    # 15 unused bits, 9 bits of signature length in words, 8 bits of flags.
    Signature.read(reader, flags >> 8 & _MAX_SIGNATURE_WORDS)
    reader.finish()
    return SasRelay(
        rendering,
        sashash,
        verified=bool(flags & _VERIFIED),
        allow_clear=bool(flags & _ALLOW_CLEAR),
        disclosure=bool(flags & _DISCLOSURE),
    )
